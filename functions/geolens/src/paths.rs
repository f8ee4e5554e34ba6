//! What can be asked for, and by which path.

use shared::domain::FileId;
use shared::http::Request;
use shared::{Error, Result};

/// One of the endpoints, and what it is asked about.
pub(crate) enum Operation {
    /// `GET /ingest/upload/config`
    UploadConfig,
    /// `POST /ingest/upload/presigned`
    OpenUpload,
    /// `POST /ingest/upload/presigned/{job_id}/complete`
    CompleteUpload(Job),
    /// `GET /jobs/{job_id}`
    JobStatus(Job),
    /// `POST /jobs/{job_id}/cancel`
    CancelJob(Job),
    /// `POST /ingest/commit/{job_id}`
    CommitJob(Job),
}

/// A job, as the path names it.
pub(crate) struct Job(String);

impl Job {
    /// The file that the job is. Parsed after the admission, so that only an admitted caller learns that
    /// the id is malformed.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]: it is not the UUID of a file.
    pub(crate) fn file(&self) -> Result<FileId> {
        FileId::from_uuid(&self.0).map_err(|_| Error::NotFound)
    }
}

/// What a request asks for.
///
/// # Errors
///
/// [`Error::NoSuchPath`]: there is no such endpoint.
pub(crate) fn operation(request: &Request) -> Result<Operation> {
    let path = request.path();
    let path = path.strip_prefix("/geolens").ok_or(Error::NoSuchPath { slashed: false })?;
    // GeoLens' users set base URLs that end with `/api`, and its documented paths begin after it. Both work.
    let path = path.strip_prefix("/api/").or_else(|| path.strip_prefix('/')).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let job = |id: &str| Job(id.to_owned());
    match (request.method().as_str(), &segments[..]) {
        ("GET", ["ingest", "upload", "config"]) => Ok(Operation::UploadConfig),
        ("POST", ["ingest", "upload", "presigned"]) => Ok(Operation::OpenUpload),
        ("POST", ["ingest", "upload", "presigned", id, "complete"]) => {
            Ok(Operation::CompleteUpload(job(id)))
        }
        ("GET", ["jobs", id]) => Ok(Operation::JobStatus(job(id))),
        ("POST", ["ingest", "commit", id]) => Ok(Operation::CommitJob(job(id))),
        ("POST", ["jobs", id, "cancel"]) => Ok(Operation::CancelJob(job(id))),
        _ => Err(Error::NoSuchPath { slashed: false }),
    }
}
