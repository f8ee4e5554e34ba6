//! Every call to AWS: the only code that names `aws_sdk_*`.
//!
//! [`Keys`] and [`Files`] share one DynamoDB [`Table`]; [`Bucket`] is S3. Expected refusals of AWS
//! are translated next to the call that causes them; every other failure names its operation.
mod bucket;
mod counter;
mod endpoint;
mod failure;
mod file_item;
mod files;
mod hashing;
mod holes;
mod item;
mod keys;
mod quotas;
mod secrets;
mod table;
mod transaction;

pub mod connection;
pub use bucket::{Bucket, Joined, Source};
pub(crate) use endpoint::write_no_partitions;
pub use files::Files;
pub(crate) use files::{
    Beginning, Completion, Reopening, Reservation, Reserved, Unrecorded, Update,
};
pub use hashing::{Hashed, Hashing};
pub use keys::{Authority, Caller, Keys, KnownKey, PendingCaller, Reach, Refused};
pub use quotas::{Bound, QuotaSet, Quotas};
pub use secrets::Secrets;
pub use table::Table;
