//! One request, as a handler sees it.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::de::DeserializeOwned;
use tokio::sync::SetOnce;

use super::{Request, fields};
use crate::domain::{ApiKey, FileId, ObjectKey, Workspace};
use crate::storage::Caller;
use crate::{Error, Result};

/// The largest body that is read, in bytes: complete, with 10,000 parts and their checksums, needs
/// three quarters of it.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// A request whose key is well-formed. Whether its caller is admitted, [`Call::caller`] tells.
#[derive(Clone)]
pub struct Call {
    request: Arc<Request>,
    workspace: Workspace,
    confirmed: bool,
    caller: Arc<SetOnce<Caller>>,
}

impl Call {
    /// `confirmed` says that the key was found to be genuine before.
    pub(super) fn new(request: Request, workspace: Workspace, confirmed: bool) -> Self {
        let request = Arc::new(request);
        Self { request, workspace, confirmed, caller: Arc::new(SetOnce::new()) }
    }

    /// The workspace that the key claims. What is read by it is answered only if the claim holds.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Where the bytes of `file` lie, if the key's claim holds.
    #[must_use]
    pub fn object_key(&self, file: FileId) -> ObjectKey {
        ObjectKey { workspace: self.workspace.clone(), file }
    }

    /// Waits until the key is known to be genuine: not at all if this container has admitted it
    /// before. A forged key is refused by one call to DynamoDB. Anything beyond that and a `GetItem`
    /// has to wait for this, or strangers could make us pay, and read, in whatever workspace they name.
    pub async fn confirmed(&self) {
        if !self.confirmed {
            self.caller().await;
        }
    }

    /// The caller, once admitted. A caller who is refused is answered elsewhere, and this never
    /// returns.
    pub async fn caller(&self) -> &Caller {
        self.caller.wait().await
    }

    pub(super) fn admit(&self, caller: Caller) {
        // The one admission of a call sets this once; there is nothing to do if it were set.
        let _ = self.caller.set(caller);
    }

    /// A parameter of the path. One that does not parse names nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn path<T: FromStr>(&self, name: &str) -> Result<T> {
        let text = self.request.path_parameter(name);
        text.and_then(|text| text.parse().ok()).ok_or(Error::NotFound)
    }

    /// The parameters of the query.
    ///
    /// # Errors
    ///
    /// What is wrong with which parameter; one that is repeated is ambiguous and refused.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T> {
        fields::of_query(self.request.query())
    }

    /// The parameters of the query as they stand, also those that are repeated.
    pub fn query_pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        form_urlencoded::parse(self.request.query().as_bytes())
    }

    /// The body, which must be there.
    ///
    /// # Errors
    ///
    /// What is wrong with the body, or with which field.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T> {
        let bytes = self.request.body().ok_or_else(|| Error::InvalidJson {
            reason: "its encoding cannot be read".to_owned(),
        })?;
        if bytes.is_empty() {
            return Err(Error::InvalidJson { reason: "it is missing".to_owned() });
        }
        if !self.says_json() {
            return Err(Error::UnsupportedMediaType);
        }
        if bytes.len() > MAX_BODY_BYTES {
            let reason = format!("it is larger than {MAX_BODY_BYTES} bytes");
            return Err(Error::InvalidJson { reason });
        }
        fields::of_json(bytes)
    }

    /// The body, or the default where there is none.
    ///
    /// # Errors
    ///
    /// As [`Call::body`].
    pub fn optional_body<T: DeserializeOwned + Default>(&self) -> Result<T> {
        if self.request.body().is_some_and(<[u8]>::is_empty) {
            Ok(T::default())
        } else {
            self.body()
        }
    }

    fn says_json(&self) -> bool {
        let header = self.request.header(CONTENT_TYPE);
        let media_type = header.and_then(|value| value.split(';').next()).unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case("application/json")
    }
}

/// The API key of a request, if it carries a well-formed one: `Authorization: Bearer <key>`.
#[must_use]
pub fn bearer_key(request: &Request) -> Option<ApiKey> {
    let header = request.header(AUTHORIZATION)?;
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    credentials.trim().parse().ok()
}
