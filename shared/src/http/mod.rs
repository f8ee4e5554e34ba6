//! The HTTP edge: requests and bodies in, views and errors out. [`serve()`] is the only way in for callers,
//! and answers nobody but an admitted one; [`serve_open`] answers everybody, and has nothing to give away.
mod body;
mod call;
pub(crate) mod dialect;
pub mod endpoints;
mod envelope;
mod error;
mod fields;
mod open;
mod parts_body;
mod parts_view;
mod reply;
mod request;
mod response;
mod serve;
mod token_body;
mod unmatched;
mod url_view;
mod view;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use body::{CompleteFile, CreateFile, NoBody};
pub use call::{Call, bearer_key};
pub use dialect::Dialect;
pub use endpoints::Endpoint;
pub use envelope::Envelope;
pub use error::ErrorCode;
pub use open::{answer_open, serve_open};
pub use parts_body::{PartsPage, SignParts};
pub use parts_view::{SignedPartsView, StoredPartsView};
pub use reply::{Reply, recovery_header};
pub use request::Request;
pub use response::Response;
pub use serve::{answer, serve, serve_dialect, serve_dialect_in};
pub use token_body::{CreateUploadToken, UploadTokenView};
pub use unmatched::no_endpoint;
pub use url_view::{DownloadUrlQuery, UploadUrlView, UrlView};
pub use view::{CreatedView, FileView, KeyView, ListView};
