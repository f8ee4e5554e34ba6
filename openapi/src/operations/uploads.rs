//! Uploading: from the creation of a file to its completion.

use shared::http::{
    CompleteFile, CreateFile, CreatedView, FileView, NoBody, PartsPage, SignParts, SignedPartsView,
    StoredPartsView, UploadUrlView,
};

use super::{Answer, FILE_LINKS, NONE, Operation, UPLOAD_LINKS, ok, request};
use crate::schemas::{Schemas, fields};

/// The operation of this function, if it is one of these.
pub(super) fn of(function: &str) -> Option<Operation> {
    Some(match function {
        "create-file" => Operation {
            summary: "Create a file",
            description: "Opens the upload of one file. PUT its bytes to `uploadUrl` with exactly the \
                `uploadHeaders`, then complete it. With `multipart` the answer has `parts` in place of \
                `uploadUrl`: PUT every part to its own URL.\n\nThe URL writes once. If the answer to a PUT \
                is lost and it is sent again, S3 answers 412 or 409: complete the file, which looks at \
                what S3 holds.\n\nWith `autoComplete` the file is completed without a further request. With \
                an `Idempotency-Key` the request can be repeated for 24 hours and makes one file, which a \
                repetition tells as it is now. Each workspace has its own keys, and each upload token.",
            idempotent: true,
            request: Some(request::<CreateFile>(true)),
            answers: vec![ok::<CreatedView>(
                "The file is PENDING: its upload may begin. Or the file that an earlier request with the same \
                    `Idempotency-Key` has created.",
            )],
            links: UPLOAD_LINKS,
            ..NONE
        },
        "sign-upload" => Operation {
            summary: "Sign the upload again",
            description: "A new URL for the PUT of a PENDING file, where the first was lost, or S3 answers \
                403 because it has expired. It works until the upload expires. The file must not be \
                uploaded in parts.",
            request: Some(request::<NoBody>(false)),
            answers: vec![ok::<UploadUrlView>("The URL, and the headers to send.")],
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
        "cancel-file" => Operation {
            summary: "Cancel a file",
            description: "Gives up the upload of a PENDING file. Its bytes are deleted. Cancelling twice is \
                harmless.",
            request: Some(request::<NoBody>(false)),
            answers: vec![ok::<FileView>("The file is CANCELLED.")],
            links: FILE_LINKS,
            ..NONE
        },
        _ => return None,
    })
}
