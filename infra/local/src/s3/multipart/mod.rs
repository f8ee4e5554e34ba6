//! Multipart uploads: parts that come in any order, again and side by side, and become one object.
//!
//! ```text
//! create ─▶ open ──complete──▶ finished   a repeat of the same completion is answered, nothing else
//!            │ ▲
//!            │ └─ put part, list parts
//!            └──abort──▶ gone             a part that is still being sent is not kept
//! ```

mod abort;
mod assembly;
mod checksum;
mod complete;
mod create;
mod list_parts;
mod list_uploads;
mod listed_part;
mod part;
mod upload;
mod uploads;

pub(super) use abort::abort;
pub(super) use complete::complete;
pub(super) use create::create;
pub(super) use list_parts::list_parts;
pub(super) use list_uploads::list_uploads;
pub(super) use part::put_part;
pub(super) use uploads::Uploads;
