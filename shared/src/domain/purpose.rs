//! What a file is for: a hint at create that narrows type and size. It is neither stored nor returned.

use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::MimeType;

const MIB: u64 = 1024 * 1024;

const TRANSCRIPTS: &[&str] = &[
    "application/json",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/x-subrip",
    "text/markdown",
    "text/plain",
    "text/vtt",
];

const DOCUMENTS: &[&str] = &[
    "application/json",
    "application/msword",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/csv",
    "text/html",
    "text/markdown",
    "text/plain",
];

/// What the client means to do with the file. The names are those of the Files API we are
/// compatible with; it publishes only the 20 MiB of e-mail; we chose the other bounds.
///
/// ```
/// use shared::domain::{MimeType, Purpose};
///
/// let pdf = MimeType::try_from("application/pdf".to_owned()).unwrap();
/// assert!(Purpose::MeetingTranscript.check(&pdf, 1_000_000).is_ok());
/// let video = MimeType::try_from("video/mp4".to_owned()).unwrap();
/// assert!(Purpose::MeetingTranscript.check(&video, 1_000_000).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Deserialize)]
#[serde(rename_all = "snake_case")]
#[schemars(inline, description = "What a file is for.")]
pub enum Purpose {
    /// The transcript of a meeting: text, subtitles or a document, up to 25 MiB.
    MeetingTranscript,
    /// Knowledge of one user: a document, up to 100 MiB.
    KnowledgeUser,
    /// Knowledge of the whole workspace: a document, up to 100 MiB.
    KnowledgeWorkspace,
    /// To be attached to an e-mail: any type, up to 20 MiB.
    EmailAttachment,
}

/// What a purpose does not allow about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PurposeMismatch {
    /// Its type.
    #[error("the purpose does not allow the type")]
    MimeType,
    /// Its size.
    #[error("the purpose allows at most {max_bytes} bytes")]
    Size {
        /// The most bytes allowed.
        max_bytes: u64,
    },
}

impl Purpose {
    /// Checks a file's type and size against what this purpose allows.
    ///
    /// # Errors
    ///
    /// [`PurposeMismatch`].
    pub fn check(self, mime_type: &MimeType, size_bytes: u64) -> Result<(), PurposeMismatch> {
        let (types, max_bytes) = self.bounds();
        if !types.is_none_or(|types| types.iter().any(|allowed| mime_type.is(allowed))) {
            return Err(PurposeMismatch::MimeType);
        }
        if size_bytes > max_bytes {
            return Err(PurposeMismatch::Size { max_bytes });
        }
        Ok(())
    }

    /// The types allowed (`None`: any), and the most bytes.
    const fn bounds(self) -> (Option<&'static [&'static str]>, u64) {
        match self {
            Self::MeetingTranscript => (Some(TRANSCRIPTS), 25 * MIB),
            Self::KnowledgeUser | Self::KnowledgeWorkspace => (Some(DOCUMENTS), 100 * MIB),
            Self::EmailAttachment => (None, 20 * MIB),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(purpose: Purpose, mime_type: &str, size_bytes: u64) -> Result<(), PurposeMismatch> {
        purpose.check(&MimeType::try_from(mime_type.to_owned()).unwrap(), size_bytes)
    }

    #[test]
    fn a_purpose_allows_its_types_up_to_its_size() {
        assert_eq!(check(Purpose::MeetingTranscript, "Text/Plain", 25 * MIB), Ok(()));
        assert_eq!(check(Purpose::EmailAttachment, "video/mp4", 20 * MIB), Ok(()));
    }

    #[test]
    fn a_foreign_type_is_refused_before_its_size_is_looked_at() {
        let refused = check(Purpose::KnowledgeUser, "video/mp4", u64::MAX);
        assert_eq!(refused, Err(PurposeMismatch::MimeType));
    }

    #[test]
    fn one_byte_too_many_is_refused() {
        let refused = check(Purpose::EmailAttachment, "video/mp4", 20 * MIB + 1);
        assert_eq!(refused, Err(PurposeMismatch::Size { max_bytes: 20 * MIB }));
    }
}
