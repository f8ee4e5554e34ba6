//! Polar's services: what a file is for, with the types and sizes that each allows.

use serde::{Deserialize, Serialize};
use shared::domain::MimeType;
use shared::{Error, Result};

const MIB: u64 = 1024 * 1024;

const IMAGES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml"];

const ATTACHMENTS: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "application/pdf",
    "text/csv",
    "text/plain",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// Polar's services, with the bounds that it has for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    /// To be downloaded by customers: any type and size. Also the service of files that another API created.
    #[default]
    Downloadable,
    /// A product's picture, up to 10 MiB.
    ProductMedia,
    /// An organization's picture, up to 1 MiB.
    OrganizationAvatar,
    /// Attached to a support case: a picture, a film or a document, up to 250 MiB.
    SupportCaseAttachment,
}

impl Service {
    /// Refuses a file that this service does not allow.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`].
    pub(crate) fn check(self, mime_type: &MimeType, size_bytes: u64) -> Result<()> {
        let Some((types, max_bytes)) = self.bounds() else { return Ok(()) };
        if !types.iter().any(|allowed| mime_type.is(allowed)) {
            return Err(invalid("mime_type", format!("must be one of {}", types.join(", "))));
        }
        if size_bytes > max_bytes {
            return Err(invalid("size", format!("must be at most {max_bytes}")));
        }
        Ok(())
    }

    /// Whether Polar shows such files to everybody.
    pub(crate) const fn is_public(self) -> bool {
        matches!(self, Self::ProductMedia | Self::OrganizationAvatar)
    }

    /// The types allowed, and the most bytes.
    const fn bounds(self) -> Option<(&'static [&'static str], u64)> {
        match self {
            Self::Downloadable => None,
            Self::ProductMedia => Some((IMAGES, 10 * MIB)),
            Self::OrganizationAvatar => Some((IMAGES, MIB)),
            Self::SupportCaseAttachment => Some((ATTACHMENTS, 250 * MIB)),
        }
    }
}

fn invalid(param: &str, reason: String) -> Error {
    Error::InvalidValue { param: param.to_owned(), reason }
}
