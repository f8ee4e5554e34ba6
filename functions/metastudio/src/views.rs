//! What the clients of MetaStudio read.

use serde::Serialize;
use shared::domain::Ticket;
use shared::uploads::Opened;

/// A file that is sent by one PUT.
#[derive(Serialize)]
pub(crate) struct CreatedFile {
    file_id: String,
    upload_url: String,
}

impl CreatedFile {
    pub(crate) fn new(opened: &Opened) -> Self {
        let CreatedLargeFile { file_id, upload_urls } = CreatedLargeFile::new(opened);
        Self { file_id, upload_url: upload_urls.concat() }
    }
}

/// A file that is sent in parts: a URL for each, in their order.
#[derive(Serialize)]
pub(crate) struct CreatedLargeFile {
    file_id: String,
    upload_urls: Vec<String>,
}

impl CreatedLargeFile {
    pub(crate) fn new(opened: &Opened) -> Self {
        let urls = match &opened.ticket {
            Ticket::Put(ticket) => vec![&ticket.url],
            Ticket::Parts(parts) => parts.iter().map(|part| &part.ticket.url).collect(),
        };
        Self {
            file_id: opened.file.id.to_uuid(),
            upload_urls: urls.into_iter().map(|url| url.reveal().to_owned()).collect(),
        }
    }
}
