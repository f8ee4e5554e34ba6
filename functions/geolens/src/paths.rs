//! What can be asked for, and by which path.

use lambda_http::{Request, RequestExt as _};
use shared::domain::FileId;
use shared::{Error, Result};

/// One of the endpoints, and the job it is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// `GET /ingest/upload/config`
    UploadConfig,
    /// `POST /ingest/upload/presigned`
    OpenUpload,
    /// `POST /ingest/upload/presigned/{job_id}/complete`
    CompleteUpload(FileId),
    /// `GET /jobs/{job_id}`
    JobStatus(FileId),
    /// `POST /jobs/{job_id}/cancel`
    CancelJob(FileId),
}

/// What a request asks for.
///
/// # Errors
///
/// [`Error::NotFound`]: there is no such endpoint, or the id is no job's.
pub(crate) fn operation(request: &Request) -> Result<Operation> {
    let path = request.raw_http_path();
    let path = path.strip_prefix("/geolens").ok_or(Error::NotFound)?;
    // GeoLens is served under `/api`: its users' base URLs end with that, its documented paths begin
    // after it. Whoever only changes the host or only the base may do so.
    let path = path.strip_prefix("/api/").or_else(|| path.strip_prefix('/')).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    match (request.method().as_str(), &segments[..]) {
        ("GET", ["ingest", "upload", "config"]) => Ok(Operation::UploadConfig),
        ("POST", ["ingest", "upload", "presigned"]) => Ok(Operation::OpenUpload),
        ("POST", ["ingest", "upload", "presigned", id, "complete"]) => {
            job(id).map(Operation::CompleteUpload)
        }
        ("GET", ["jobs", id]) => job(id).map(Operation::JobStatus),
        ("POST", ["jobs", id, "cancel"]) => job(id).map(Operation::CancelJob),
        _ => Err(Error::NotFound),
    }
}

fn job(id: &str) -> Result<FileId> {
    FileId::from_uuid(id).map_err(|_| Error::NotFound)
}
