//! The body of both creates, and what is kept of it with the file.

use serde::{Deserialize, Serialize};
use shared::domain::{Filename, Labels, Md5, MimeType};
use shared::uploads::File;
use shared::uploads::{Arrival, NewFile};
use shared::{Config, Error, Result};
use thiserror::Error;

/// A file to be uploaded, as a client describes it.
#[derive(Deserialize)]
pub(crate) struct Upload {
    file_name: Filename,
    pub(crate) file_size: u64,
    file_type: Text<64>,
    asset_id: Text<64>,
    asset_file_category: Text<128>,
    /// Only of files that are sent in one PUT.
    pub(crate) file_md5: Option<ContentMd5>,
    /// Only of large files.
    pub(crate) file_multipart_count: Option<u64>,
}

impl Upload {
    /// Refuses a file that is larger than `most` bytes, or than the deployment takes.
    pub(crate) fn check_size(&self, config: &Config, most: u64) -> Result<()> {
        let most = most.min(config.max_size_bytes);
        if (1..=most).contains(&self.file_size) {
            return Ok(());
        }
        Err(invalid("file_size", format!("must be between 1 and {most}")))
    }

    /// The file that will arrive so.
    pub(crate) fn arriving(self, arrival: Arrival) -> Result<NewFile> {
        let annotation = Annotation {
            file_md5: self.file_md5.map(|md5| md5.0.to_base64()),
            file_type: self.file_type.0,
            asset_id: self.asset_id.0,
            asset_file_category: self.asset_file_category.0,
        };
        let annotation = serde_json::to_string(&annotation)
            .map_err(|error| Error::Internal { what: error.to_string() })?;
        Ok(NewFile {
            mime_type: mime_type(&self.file_name),
            filename: self.file_name,
            size_bytes: self.file_size,
            arrival,
            auto_complete: false,
            labels: Labels::default(),
            annotation: Some(annotation),
        })
    }
}

/// The MD5 that was declared for the file, if it was by a client of MetaStudio.
pub(crate) fn declared_md5(file: &File) -> Option<Md5> {
    let annotation: Annotation = serde_json::from_str(file.annotation.as_deref()?).ok()?;
    Md5::from_base64(&annotation.file_md5?)
}

/// A value that MetaStudio would not take, and what it asks for instead.
pub(crate) fn invalid(param: &str, reason: impl Into<String>) -> Error {
    Error::InvalidValue { param: param.to_owned(), reason: reason.into() }
}

/// What is kept with the file, in the words of the request.
#[derive(Serialize, Deserialize)]
struct Annotation {
    file_md5: Option<String>,
    file_type: String,
    asset_id: String,
    asset_file_category: String,
}

/// The table of MetaStudio's documentation: the type follows from the suffix.
fn mime_type(filename: &Filename) -> MimeType {
    let suffix = filename.as_str().rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let mime_type = match suffix.to_ascii_lowercase().as_str() {
        "gif" => "image/gif",
        "jpeg" | "jpg" => "image/jpeg",
        "png" => "image/png",
        "mp4" => "video/mp4",
        "mp3" => "audio/mp3",
        "wav" => "audio/wav",
        _ => return MimeType::default(),
    };
    MimeType::try_from(mime_type.to_owned()).unwrap_or_default()
}

/// The form of the `Content-MD5` header.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ContentMd5(pub(crate) Md5);

#[derive(Debug, Error)]
#[error("must be an MD5 digest in 24 characters of base64")]
pub(crate) struct InvalidContentMd5;

impl TryFrom<String> for ContentMd5 {
    type Error = InvalidContentMd5;

    fn try_from(text: String) -> std::result::Result<Self, InvalidContentMd5> {
        Md5::from_base64(&text).map(Self).ok_or(InvalidContentMd5)
    }
}

/// 1 to `MOST` characters.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Text<const MOST: usize>(String);

#[derive(Debug, Error)]
#[error("must be 1 to {0} characters")]
struct InvalidText(usize);

impl<const MOST: usize> TryFrom<String> for Text<MOST> {
    type Error = InvalidText;

    fn try_from(text: String) -> std::result::Result<Self, InvalidText> {
        let count = text.chars().count();
        if (1..=MOST).contains(&count) { Ok(Self(text)) } else { Err(InvalidText(MOST)) }
    }
}
