//! The HTTP edge: requests and bodies in, views and errors out. [`serve()`] is the only way in, and answers
//! nobody but an admitted caller.
mod body;
mod call;
pub(crate) mod dialect;
pub mod endpoints;
mod error;
mod fields;
mod parts_body;
mod parts_view;
mod reply;
mod request;
mod response;
mod serve;
mod view;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use body::{CancelFile, CompleteFile, CreateFile};
pub use call::{Call, bearer_key};
pub use dialect::{Access, Dialect};
pub use endpoints::Endpoint;
pub use error::{ErrorCode, retry_after};
pub use parts_body::{PartsPage, SignParts};
pub use parts_view::{SignedPartsView, StoredPartsView};
pub use reply::Reply;
pub use request::Request;
pub use response::Response;
pub use serve::{answer, serve, serve_dialect, serve_dialect_in};
pub use view::{CreatedView, FileView, KeyView, ListView, UrlView};
