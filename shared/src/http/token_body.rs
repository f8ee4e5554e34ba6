//! Upload tokens on the wire: the body that asks for one, and the answer that holds it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::invalid;
use super::view::text;
use crate::Result;
use crate::domain::{ApiKey, KeyHash, MimeRange, PartPlan, Timestamp};
use crate::error::check_bounds;
use crate::upload_tokens::{CreatedToken, NewToken};

/// The bounds of an upload token. What is absent or null bounds nothing, but for `maxFiles` and
/// `expiresIn`, which have defaults.
#[derive(Debug, Default, JsonSchema, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateUploadToken {
    /// How many files can be created with the token; 1 if absent.
    #[schemars(range(min = 1, max = 1000))]
    max_files: Option<u64>,
    /// The largest file in bytes.
    #[schemars(range(min = 0, max = 53_687_091_200_000_u64))]
    max_size_bytes: Option<u64>,
    /// The media types that are admitted, up to 20: types without parameters, or families such as
    /// `image/*`.
    #[schemars(length(min = 1, max = 20))]
    mime_types: Option<Vec<MimeRange>>,
    /// In how many seconds the token ends: one minute to seven days, one hour if absent.
    #[schemars(range(min = 60, max = 604_800))]
    expires_in: Option<u64>,
}

/// The most media types that a token lists.
const MOST_TYPES: usize = 20;

impl CreateUploadToken {
    /// The token that is to be made.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`](crate::Error::InvalidValue): a bound is out of its own bounds.
    pub fn into_token(self) -> Result<NewToken> {
        let max_files = self.max_files.unwrap_or(1);
        check_bounds("maxFiles", max_files, 1..=1000)?;
        let expires_in = self.expires_in.unwrap_or(3600);
        check_bounds("expiresIn", expires_in, 60..=604_800)?;
        let max_size_bytes = self.max_size_bytes.unwrap_or(0);
        check_bounds("maxSizeBytes", max_size_bytes, 0..=PartPlan::MAX_FILE_BYTES)?;
        if self.mime_types.as_ref().is_some_and(|types| !(1..=MOST_TYPES).contains(&types.len())) {
            return Err(invalid("mimeTypes", format!("must be 1 to {MOST_TYPES} media types")));
        }
        Ok(NewToken {
            max_files,
            max_size_bytes: self.max_size_bytes,
            mime_types: self.mime_types,
            lifetime: Duration::from_secs(expires_in),
        })
    }
}

/// An upload token. Not `Debug`: whoever has the token can upload.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "UploadToken")]
pub struct UploadTokenView {
    /// The id of the token, by which it is revoked. It opens nothing.
    #[schemars(with = "KeyHash")]
    id: String,
    /// The token itself, shown only now: `Authorization: Bearer <token>`. A secret, but one that a page may
    /// hold.
    token: String,
    /// From when on the token opens nothing.
    #[serde(serialize_with = "text")]
    expires_at: Timestamp,
    /// The page of this deployment on which anybody can upload with the token, which stands behind the `#`;
    /// null if the deployment serves no pages.
    #[schemars(extend("format" = "uri"))]
    upload_page_url: Option<String>,
}

impl UploadTokenView {
    /// A token that was made. `origin` is where the deployment serves pages, if it does.
    #[must_use]
    pub fn new(created: &CreatedToken, origin: Option<&str>) -> Self {
        let token: &ApiKey = &created.token;
        let token = token.reveal().to_owned();
        Self {
            id: created.token.hash().as_str().to_owned(),
            upload_page_url: origin.map(|origin| format!("{origin}/upload#token={token}")),
            expires_at: created.expires_at,
            token,
        }
    }
}
