//! What can be asked for, and by which path: `/uppy/<token>/s3/…`.

use shared::domain::{ApiKey, FileId, KeyKind};
use shared::http::Request;
use shared::{Error, Result};

/// One of Companion's routes, and the upload that it is asked about.
pub(crate) enum Operation {
    /// `POST /s3/multipart`
    CreateUpload,
    /// `GET /s3/multipart/{uploadId}`
    ListParts(Upload),
    /// `GET /s3/multipart/{uploadId}/{partNumber}`
    SignPart(Upload, String),
    /// `GET /s3/multipart/{uploadId}/batch`
    SignParts(Upload),
    /// `POST /s3/multipart/{uploadId}/complete`
    CompleteUpload(Upload),
    /// `DELETE /s3/multipart/{uploadId}`
    AbortUpload(Upload),
    /// `GET /s3/params`
    SignPut,
}

/// An upload, as the path names it.
pub(crate) struct Upload(String);

impl Upload {
    /// The file that is uploaded. Parsed while the caller is being admitted, so that nobody else learns that an
    /// id is malformed.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]: it is not the id of a file.
    pub(crate) fn file(&self) -> Result<FileId> {
        self.0.parse().map_err(|_| Error::NotFound)
    }
}

/// What a request asks for.
///
/// # Errors
///
/// [`Error::NoSuchPath`]: there is no such route.
pub(crate) fn operation(request: &Request) -> Result<Operation> {
    let segments: Vec<&str> = request.path().split('/').skip(1).collect();
    let upload = |id: &str| Upload(id.to_owned());
    match (request.method().as_str(), &segments[..]) {
        ("GET", ["uppy", _, "s3", "params"]) => Ok(Operation::SignPut),
        ("POST", ["uppy", _, "s3", "multipart"]) => Ok(Operation::CreateUpload),
        ("GET", ["uppy", _, "s3", "multipart", id]) => Ok(Operation::ListParts(upload(id))),
        ("DELETE", ["uppy", _, "s3", "multipart", id]) => Ok(Operation::AbortUpload(upload(id))),
        ("GET", ["uppy", _, "s3", "multipart", id, "batch"]) => {
            Ok(Operation::SignParts(upload(id)))
        }
        ("POST", ["uppy", _, "s3", "multipart", id, "complete"]) => {
            Ok(Operation::CompleteUpload(upload(id)))
        }
        ("GET", ["uppy", _, "s3", "multipart", id, number]) => {
            Ok(Operation::SignPart(upload(id), (*number).to_owned()))
        }
        _ => Err(Error::NoSuchPath { slashed: false }),
    }
}

/// The upload token in the path, if it is one and no key.
pub(crate) fn token(request: &Request) -> Option<ApiKey> {
    let token: ApiKey = request.path().split('/').nth(2)?.parse().ok()?;
    (token.kind() == KeyKind::UploadToken).then_some(token)
}
