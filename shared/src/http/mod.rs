//! How it is said: requests come in and answers go out here, and only here is a status code or a
//! header named. [`serve`] is the one way in, so nothing is answered to a caller who was not admitted.

mod call;
pub(crate) mod dialect;
mod error;
mod fields;
mod parts_view;
mod reply;
mod request;
mod response;
mod serve;
mod view;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use call::{Call, bearer_key};
pub use dialect::{Access, Dialect};
pub use error::retry_after;
pub use parts_view::{SignedPartsView, StoredPartsView};
pub use reply::Reply;
pub use request::Request;
pub use response::Response;
pub use serve::{answer, serve, serve_dialect, serve_dialect_in};
pub use view::{CreatedView, FileView, KeyView, ListView, UrlView};
