//! Upload tokens and keys.

use shared::http::{CreateUploadToken, KeyView, UploadTokenView, UsageView, endpoints};

use super::{Answer, NONE, Operation, ok, request};

/// The operation of this function, if it is one of these.
pub(super) fn of(function: &str) -> Option<Operation> {
    Some(match function {
        "create-upload-token" => Operation {
            tag: "Upload tokens",
            summary: "Create an upload token",
            description: "A token that your server hands to a page, whose users hold no key. With it a page \
                can create files within the token's bounds, upload, complete, cancel and see them, and \
                reach no other file. A file that is refused, for its size or its type, costs no place; a \
                file that was created keeps its place, also when it is cancelled. An upload ends with \
                its token at the latest.",
            request: Some(request::<CreateUploadToken>(false)),
            answers: vec![ok::<UploadTokenView>("The token, shown only now.")],
            links: &[&endpoints::REVOKE_UPLOAD_TOKEN],
            ..NONE
        },
        "revoke-upload-token" => Operation {
            tag: "Upload tokens",
            summary: "Revoke an upload token",
            description: "Ends a token of the workspace at once, whoever made it. Its completed files \
                stay.",
            answers: vec![Answer { status: 204, description: "The token is over.", schema: None }],
            ..NONE
        },
        "validate-key" => Operation {
            tag: "Keys",
            summary: "Validate the key",
            description: "What the key or the upload token of the request may do.",
            answers: vec![ok::<KeyView>("The key is valid.")],
            ..NONE
        },
        "get-usage" => Operation {
            tag: "Keys",
            summary: "Get the usage",
            description: "How many files and bytes the workspace keeps, and may keep. The operator of the \
                deployment sets the quota.",
            answers: vec![ok::<UsageView>("The usage.")],
            ..NONE
        },
        _ => return None,
    })
}
