//! What a request asks for, by its method and path.

use shared::domain::{Access, Category, Scope};
use shared::http::Method;
use shared::{Error, Result};

/// What the clients of MetaStudio can ask for. An id is parsed for callers only: a stranger is told
/// nothing of it.
#[expect(clippy::enum_variant_names, reason = "the names are those of MetaStudio")]
pub(crate) enum Operation {
    /// `POST /v1/{project_id}/files`
    CreateFile,
    /// `POST /v1/{project_id}/large-files`
    CreateLargeFile,
    /// `POST /v1/{project_id}/files/{file_id}/complete`
    CompleteFile(String),
    /// `DELETE /v1/{project_id}/files/{file_id}`
    DeleteFile(String),
}

impl Operation {
    /// The operation of a path, below `/metastudio` or not: the official clients take the host of their
    /// endpoint and drop its path. Which project is named is of no consequence: the key decides.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchPath`]: there is no such API.
    pub(crate) fn find(method: &Method, path: &str) -> Result<Self> {
        let path = path.strip_prefix("/metastudio").unwrap_or(path);
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        if segments.contains(&"") {
            return Err(Error::NoSuchPath { slashed: false });
        }
        match (method.as_str(), &segments[..]) {
            ("POST", ["v1", _, "files"]) => Ok(Self::CreateFile),
            ("POST", ["v1", _, "large-files"]) => Ok(Self::CreateLargeFile),
            ("POST", ["v1", _, "files", id, "complete"]) => {
                Ok(Self::CompleteFile((*id).to_owned()))
            }
            ("DELETE", ["v1", _, "files", id]) => Ok(Self::DeleteFile((*id).to_owned())),
            _ => Err(Error::NoSuchPath { slashed: false }),
        }
    }

    /// What a key needs for it.
    pub(crate) fn access(&self) -> Access {
        let write = |scope| Access::by_key(Some(scope), Category::Write);
        match self {
            Self::CreateFile | Self::CreateLargeFile | Self::CompleteFile(_) => {
                write(Scope::FilesCreate)
            }
            Self::DeleteFile(_) => write(Scope::FilesDelete),
        }
    }
}
