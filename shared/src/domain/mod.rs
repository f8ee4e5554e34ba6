//! Value types and rules, without async, AWS, HTTP, clock or randomness.

pub mod access;
pub mod api_key;
pub mod digest;
pub mod hashing;
pub mod id;
pub mod idempotency;
pub mod labels;
pub mod metadata;
pub mod milestone;
pub mod mime_type;
pub mod multipart;
pub mod name;
pub mod purpose;
pub mod quota;
pub mod rate_limit;
pub mod schema;
mod scope;
pub mod signing;
pub mod stored_object;
pub mod time;
pub mod upload_token;
pub mod uuid;

pub use access::{Access, TokenUse};
pub use api_key::{ApiKey, Credentials, KeyHash, KeyKind};
pub use digest::Md5;
pub use hashing::{Md5State, Midway};
pub use id::{ContinueKey, FileId, ObjectKey, Sequence, Workspace};
pub use idempotency::{BodyHash, IdempotencyKey, Once};
pub use labels::{LabelChanges, Labels};
pub use milestone::Milestone;
pub use mime_type::{MimeRange, MimeType};
pub use multipart::{ClaimedPart, Multipart, PartNumber, PartPlan, StoredPart, UploadId};
pub use name::Filename;
pub use purpose::Purpose;
pub use quota::{Quota, QuotaExceeded, Usage};
pub use rate_limit::{Category, RateLimit, Standing};
pub use scope::{Scope, Scopes};
pub use signing::{SecretKey, SigningSecret, WeakSecret};
pub use stored_object::{
    Disposition, Download, ETag, Encryption, SignedUrl, StoredObject, Ticket, UploadTicket,
};
pub use time::Timestamp;
pub use upload_token::{Announced, TokenBounds, TokenRefusal};
pub use uuid::Uuid;
