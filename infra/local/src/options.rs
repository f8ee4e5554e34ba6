//! How a stand-in is to be started.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::s3::Encryption;
use crate::secrets::Secret;

/// What [`Local::start`](crate::Local::start) is told. The default suits a test: any ports, nothing kept.
pub struct Options {
    /// Where everything is kept; `None` keeps the records in memory and the objects in a directory that
    /// goes with the stand-in.
    pub data: Option<PathBuf>,
    /// The clock of presigned URLs, event times and, where `data` is `None`, of DynamoDB's TTL. Records
    /// kept on disk expire by the machine's clock.
    pub clock: Arc<dyn Clock>,
    /// The secret that DynamoDB's and S3's callers sign with; `None` makes a new one.
    pub secret_access_key: Option<String>,
    /// What Secrets Manager holds, on DynamoDB's port.
    pub secret: Option<Secret>,
    /// DynamoDB's port on 127.0.0.1; 0 for any.
    pub dynamodb_port: u16,
    /// S3's port on 127.0.0.1; 0 for any.
    pub s3_port: u16,
    /// Below which URL the Lambda invoke endpoint is; `None` keeps events until
    /// [`Local::deliver_to`](crate::Local::deliver_to).
    pub functions: Option<String>,
    /// The bucket's default encryption.
    pub encryption: Encryption,
    /// The origins whose web pages may use presigned URLs, exact or `*`.
    pub allowed_origins: Vec<String>,
    /// How often it is looked whether records are due to be removed; `None` leaves it to
    /// [`Local::sweep`](crate::Local::sweep).
    pub sweep_every: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: None,
            clock: Arc::new(SystemClock),
            secret_access_key: None,
            secret: None,
            dynamodb_port: 0,
            s3_port: 0,
            functions: None,
            encryption: Encryption::default(),
            allowed_origins: vec!["*".to_owned()],
            sweep_every: None,
        }
    }
}
