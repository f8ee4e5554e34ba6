//! Files that are there.

use shared::http::{DownloadUrlQuery, FileView, ListView, UrlView};
use shared::listing::Page;

use super::{Answer, NONE, Operation, ok};
use crate::schemas::fields;

/// The operation of this function, if it is one of these.
pub(super) fn of(function: &str) -> Option<Operation> {
    Some(match function {
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
        "get-file-url" => Operation {
            summary: "Get a download URL",
            description: "A presigned URL that delivers exactly the bytes that were proven, under the \
                file's name and type. It works for 15 minutes by default.",
            query: Some(fields::<DownloadUrlQuery>),
            answers: vec![ok::<UrlView>("The URL.")],
            ..NONE
        },
        "delete-file" => Operation {
            summary: "Delete a file",
            description: "Deletes record and bytes, in any status. URLs that were signed before find \
                nothing any more.",
            answers: vec![Answer { status: 204, description: "The file is gone.", schema: None }],
            ..NONE
        },
        _ => return None,
    })
}
