//! One request, as a handler sees it.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::de::DeserializeOwned;

use super::{Request, fields};
use crate::domain::idempotency::InvalidIdempotencyKey;
use crate::domain::{ApiKey, IdempotencyKey};
use crate::{Caller, Error, PendingCaller, Result};

/// The largest body that is read, in bytes: complete, with 10,000 parts and their checksums, needs
/// three quarters of it.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// The header that names a create, so that its repetition is recognized.
pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// A request whose key is well-formed.
#[derive(Clone)]
pub struct Call {
    request: Arc<Request>,
    caller: PendingCaller,
}

impl Call {
    pub(super) fn new(request: Request, caller: PendingCaller) -> Self {
        Self { request: Arc::new(request), caller }
    }

    /// Who calls, as far as that is known yet.
    #[must_use]
    pub const fn pending_caller(&self) -> &PendingCaller {
        &self.caller
    }

    /// The caller, once admitted. This never returns for a caller who is refused: the edge answers it.
    pub async fn caller(&self) -> &Caller {
        self.caller.caller().await
    }

    /// A parameter of the path. One that does not parse names nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub fn path<T: FromStr>(&self, name: &str) -> Result<T> {
        let text = self.request.path_parameter(name);
        // A malformed id is answered like one that does not exist.
        text.and_then(|text| text.parse().ok()).ok_or(Error::NotFound)
    }

    /// Where the client found us: the scheme and the host of the URL that it asked for.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        self.request.origin()
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
        // A page of another origin may post a form without asking first, but not JSON.
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

    /// The `Idempotency-Key`, if the request has one.
    ///
    /// # Errors
    ///
    /// [`Error::IdempotencyKeyTooLong`], or [`Error::InvalidValue`]: it is empty, or not printable ASCII.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>> {
        let Some(header) = self.request.headers().get(IDEMPOTENCY_KEY) else { return Ok(None) };
        let text = header.to_str().unwrap_or_default();
        text.parse().map(Some).map_err(|invalid| match invalid {
            InvalidIdempotencyKey::TooLong => Error::IdempotencyKeyTooLong,
            InvalidIdempotencyKey::Malformed => {
                let param = IDEMPOTENCY_KEY.to_owned();
                Error::InvalidValue { param, reason: invalid.to_string() }
            }
        })
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
