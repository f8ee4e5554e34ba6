//! The fields of a file that only Polar's API has. They are kept in the record's annotation.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::uploads::File;
use shared::{Error, Result};

use crate::service::Service;

/// An annotation. Other dialects may keep fields of their own in it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Annotation {
    /// What is Polar's.
    #[serde(default)]
    pub(crate) polar: Fields,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Polar's own fields of a file.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Fields {
    /// What the file is for.
    pub(crate) service: Service,
    /// The client's name for this state of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// The organization that the client names, a UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization_id: Option<String>,
    /// The SHA-256 of the whole file as the client claims it, in base64. Nothing verifies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) checksum_sha256_base64: Option<String>,
}

impl Annotation {
    /// The annotation of a new file.
    pub(crate) fn new(polar: Fields) -> Self {
        Self { polar, others: Map::new() }
    }

    /// The annotation of `file`; it has none of Polar's if it came by another API.
    pub(crate) fn of(file: &File) -> Self {
        let text = file.annotation.as_deref();
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// The annotation as it is recorded.
    ///
    /// # Errors
    ///
    /// It cannot be written as JSON: an internal error.
    pub(crate) fn recorded(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Error::Internal { what: format!("unwritable annotation: {error}") })
    }
}

/// The client's name for a state of a file, up to 255 characters: with it and a name of the same
/// length, a hundred records are far below the 1 MB that DynamoDB reads for a page.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Version(String);

impl Version {
    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl TryFrom<String> for Version {
    type Error = &'static str;

    fn try_from(text: String) -> std::result::Result<Self, &'static str> {
        if text.chars().count() > 255 {
            Err("must be at most 255 characters")
        } else {
            Ok(Self(text))
        }
    }
}
