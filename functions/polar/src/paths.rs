//! What can be asked for, and by which path.

use shared::domain::FileId;
use shared::http::Request;
use shared::{Error, Result};

/// One of the endpoints, and the file it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// `POST /v1/files/`
    CreateFile,
    /// `POST /v1/files/{id}/uploaded`
    CompleteUpload(FileId),
    /// `GET /v1/files/`
    ListFiles,
    /// `PATCH /v1/files/{id}`
    UpdateFile(FileId),
    /// `DELETE /v1/files/{id}`
    DeleteFile(FileId),
    /// `GET /v1/files/{id}/download`
    DownloadFile(FileId),
}

/// What a request asks for.
///
/// # Errors
///
/// [`Error::NoSuchPath`]: there is no such endpoint. [`Error::NotFound`]: the id is no file's.
pub(crate) fn operation(request: &Request) -> Result<Operation> {
    let path = request.path();
    let path = path.strip_prefix("/polar/v1/files/").ok_or(Error::NoSuchPath { slashed: false })?;
    let segments: Vec<&str> = path.split('/').collect();
    match (request.method().as_str(), &segments[..]) {
        ("POST", [""]) => Ok(Operation::CreateFile),
        ("GET", [""]) => Ok(Operation::ListFiles),
        ("POST", [id, "uploaded"]) => file(id).map(Operation::CompleteUpload),
        ("GET", [id, "download"]) => file(id).map(Operation::DownloadFile),
        ("PATCH", [id]) => file(id).map(Operation::UpdateFile),
        ("DELETE", [id]) => file(id).map(Operation::DeleteFile),
        _ => Err(Error::NoSuchPath { slashed: false }),
    }
}

fn file(id: &str) -> Result<FileId> {
    FileId::from_uuid(id).map_err(|_| Error::NotFound)
}
