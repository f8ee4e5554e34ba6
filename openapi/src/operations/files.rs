//! Files that are there.

use shared::http::{DownloadUrlQuery, FileView, ListView, PageQuery, UpdateFile, UrlView};

use super::{Answer, NONE, Operation, ok, request};
use crate::schemas::fields;

/// The operation of this function, if it is one of these.
pub(super) fn of(function: &str) -> Option<Operation> {
    Some(match function {
        "list-files" => Operation {
            summary: "List files",
            description: "The files of the workspace in every status, newest first, with their exact \
                number. A page costs the same at every offset.\n\nTo read all of them, ask for the next page with \
                `after`, the `nextAfter` of the page before: no file is skipped or told twice while others \
                are created and deleted, which moves offsets. `totalCount` may count a create there that \
                is under way.",
            query: Some(fields::<PageQuery>),
            answers: vec![ok::<ListView>("A page of files.")],
            ..NONE
        },
        "get-file" => Operation {
            summary: "Get a file",
            description: "One file as it is now. Poll it after a 202 of complete-file. `received` tells of the \
                bytes of a PENDING file that have arrived.",
            answers: vec![ok::<FileView>("The file.")],
            ..NONE
        },
        "update-file" => Operation {
            summary: "Update a file",
            description: "Gives a file another name or other labels, in any status. Labels that are not named \
                stay as they are, also those that another request sets at the same time.",
            request: Some(request::<UpdateFile>(true)),
            answers: vec![ok::<FileView>("The file as it is now.")],
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
