//! AWS on one machine, as far as Slipway uses it: DynamoDB, S3 and the events they send, in one process.
//!
//! | module | holds |
//! |---|---|
//! | `local` | [`Local`], the whole of it: start, look into, stop |
//! | `options` | [`Options`], how it is started |
//! | `clock` | [`Clock`], the machine's or a test's |
//! | `call`, `recorder` | [`Call`], [`Interceptor`]: every call is written down and can be tampered with |
//! | `dynamodb` | the engine, our proxy before it, the stream of TTL removals |
//! | `secrets` | the one secret of Secrets Manager, on DynamoDB's port |
//! | `s3` | our front before `s3s`, the operations, the store |
//! | [`gateway`] | API Gateway's HTTP API in front of whatever runs the functions |
//! | `events` | [`Event`], the courier that delivers it at least once |
//! | `machine`, `directory` | what both services share while they run, and where they keep their data |
//! | `http` | listening, serving, calling |

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod call;
mod clock;
mod cors;
mod directory;
mod dynamodb;
mod error;
mod events;
mod file;
pub mod gateway;
mod http;
mod local;
mod lock;
mod machine;
mod options;
mod recorder;
mod s3;
mod secrets;

pub use call::{Call, Interceptor, Service, Verdict};
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::Error;
pub use events::Event;
pub use http::hidden_address;
pub use local::Local;
pub use options::Options;
pub use s3::Encryption;
pub use secrets::Secret;

/// The only access key that DynamoDB and S3 know. Its secret is [`Options::secret_access_key`].
pub const ACCESS_KEY_ID: &str = "local";
/// The region everything claims to be in.
pub const REGION: &str = "us-east-1";
/// The table's name.
pub const TABLE: &str = "slipway";
/// The bucket's name.
pub const BUCKET: &str = "slipway";
