//! What each operation is for, what it takes and what it answers.

use schemars::JsonSchema;
use serde_json::{Value, json};
use shared::http::{
    CancelFile, CompleteFile, CreateFile, CreatedView, Endpoint, FileView, KeyView, ListView,
    PartsPage, SignParts, SignedPartsView, StoredPartsView, UrlView, endpoints,
};
use shared::listing::Page;

use crate::schemas::{Field, Schemas, fields};

/// The prose of an operation, and the types of its bodies.
pub(crate) struct Operation {
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) query: Option<fn() -> Vec<Field>>,
    pub(crate) request: Option<Request>,
    pub(crate) answers: Vec<Answer>,
    /// The operations that take the id of the file in the answer.
    pub(crate) links: &'static [&'static Endpoint],
}

/// The body of a request.
pub(crate) struct Request {
    pub(crate) schema: fn(&mut Schemas) -> Value,
    pub(crate) required: bool,
}

/// A success.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) schema: Option<fn(&mut Schemas) -> Value>,
}

/// The groups of operations, each with what it is about.
pub(crate) const TAGS: [(&str, &str); 3] = [
    ("Files", "Upload files, list them and download them."),
    ("Parts", "Upload large files in parts, several at a time, and resume what was interrupted."),
    ("Keys", "Find out what a key may do."),
];

const NONE: Operation = Operation {
    tag: "Files",
    summary: "",
    description: "",
    query: None,
    request: None,
    answers: Vec::new(),
    links: &[],
};

const FILE_LINKS: &[&Endpoint] =
    &[&endpoints::GET_FILE, &endpoints::GET_FILE_URL, &endpoints::DELETE_FILE];

const UPLOAD_LINKS: &[&Endpoint] = &[
    &endpoints::COMPLETE_FILE,
    &endpoints::CANCEL_FILE,
    &endpoints::SIGN_PARTS,
    &endpoints::LIST_PARTS,
    &endpoints::GET_FILE,
    &endpoints::DELETE_FILE,
];

/// The body of a request that follows a link, where it needs one.
pub(crate) fn body_of_link(to: &Endpoint) -> Option<Value> {
    match to.function {
        "complete-file" => Some(json!({})),
        "sign-parts" => Some(json!({ "partNumbers": [1] })),
        _ => None,
    }
}

/// The operation of an endpoint.
///
/// # Errors
///
/// Nothing is said of the endpoint: its function's name.
pub(crate) fn of(endpoint: &Endpoint) -> Result<Operation, &'static str> {
    Ok(match endpoint.function {
        "create-file" => Operation {
            summary: "Create a file",
            description: "Opens the upload of one file. PUT its bytes to `uploadUrl` with exactly the \
                `uploadHeaders`, then complete it. With `multipart` the answer has `parts` in place of \
                `uploadUrl`: PUT every part to its own URL.\n\nThe URL writes once. If the answer to a PUT \
                is lost and it is sent again, S3 answers 412 or 409: complete the file, which looks at \
                what S3 holds.",
            request: Some(request::<CreateFile>(true)),
            answers: vec![ok::<CreatedView>("The file is PENDING: its upload may begin.")],
            links: UPLOAD_LINKS,
            ..NONE
        },
        "list-files" => Operation {
            summary: "List files",
            description: "The files of the workspace in every status, newest first, with their exact \
                number. A page costs the same at every offset.",
            query: Some(fields::<Page>),
            answers: vec![ok::<ListView>("A page of files.")],
            ..NONE
        },
        "get-file" => Operation {
            summary: "Get a file",
            description: "One file as it is now. Poll it after a 202 of complete-file.",
            answers: vec![ok::<FileView>("The file.")],
            ..NONE
        },
        "delete-file" => Operation {
            summary: "Delete a file",
            description: "Deletes record and bytes, in any status. URLs that were signed before find \
                nothing any more.",
            answers: vec![Answer { status: 204, description: "The file is gone.", schema: None }],
            ..NONE
        },
        "sign-parts" => Operation {
            tag: "Parts",
            summary: "Sign part uploads",
            description: "URLs to PUT parts to, up to 1,000 at a time: the first ones, or new ones where \
                S3 answers 403 because a URL has expired. If you give a part's checksum, S3 itself \
                refuses other bytes.",
            request: Some(request::<SignParts>(true)),
            answers: vec![ok::<SignedPartsView>("The parts, in the order asked for.")],
            ..NONE
        },
        "list-parts" => Operation {
            tag: "Parts",
            summary: "List uploaded parts",
            description: "The parts that S3 holds, so that an interrupted upload sends only the others.",
            query: Some(fields::<PartsPage>),
            answers: vec![ok::<StoredPartsView>("A page of parts.")],
            ..NONE
        },
        "complete-file" => Operation {
            summary: "Complete a file",
            description: "Proves the uploaded bytes and completes the file. Completing twice is harmless. \
                After `upload_missing`, `size_mismatch` or `checksum_mismatch` the file is still PENDING, \
                and the bytes can be PUT again.\n\nFor a file in parts, S3 joins the parts first. Without \
                `md5` the answer does not wait for the bytes to be read: the file's `md5` appears later.",
            request: Some(request::<CompleteFile>(true)),
            answers: vec![
                ok::<FileView>("The file is COMPLETED."),
                Answer {
                    status: 202,
                    description: "The proof takes longer than a request: `verification` tells how far it \
                        has come. Poll get-file, or repeat complete-file.",
                    schema: Some(Schemas::answer::<FileView>),
                },
            ],
            links: FILE_LINKS,
            ..NONE
        },
        "get-file-url" => Operation {
            summary: "Get a download URL",
            description: "A presigned URL that delivers exactly the bytes that were proven, under the \
                file's name and type. It works for 15 minutes by default.",
            answers: vec![ok::<UrlView>("The URL.")],
            ..NONE
        },
        "cancel-file" => Operation {
            summary: "Cancel a file",
            description: "Gives up the upload of a PENDING file. Its bytes are deleted.",
            request: Some(request::<CancelFile>(false)),
            answers: vec![ok::<FileView>("The file is CANCELLED.")],
            links: FILE_LINKS,
            ..NONE
        },
        "validate-key" => Operation {
            tag: "Keys",
            summary: "Validate the key",
            description: "What the key of the request may do.",
            answers: vec![ok::<KeyView>("The key is valid.")],
            ..NONE
        },
        unknown => return Err(unknown),
    })
}

const fn ok<T: JsonSchema>(description: &'static str) -> Answer {
    Answer { status: 200, description, schema: Some(Schemas::answer::<T>) }
}

const fn request<T: JsonSchema>(required: bool) -> Request {
    Request { schema: Schemas::request::<T>, required }
}
