//! How it is said: requests come in and answers go out here, and only here is a status code or a
//! header named. [`serve`] is the one way in, so nothing is answered to a caller who was not admitted.

mod call;
mod error;
mod fields;
mod parts_view;
mod reply;
mod serve;
mod view;

pub use call::Call;
pub use parts_view::{SignedPartsView, StoredPartsView};
pub use reply::Reply;
pub use serve::{Access, answer, serve};
pub use view::{CreatedView, FileView, KeyView, ListView, UrlView};
