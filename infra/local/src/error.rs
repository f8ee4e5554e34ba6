//! Everything that can keep the stand-in from starting or delivering.

use std::io;
use std::path::PathBuf;

/// Why the stand-in could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process listens on the wanted port.
    #[error("port {port}, wanted for {service}, is already in use on 127.0.0.1")]
    PortInUse {
        /// What the port was wanted for.
        service: &'static str,
        /// The port.
        port: u16,
    },
    /// The port could not be bound for another reason.
    #[error("cannot listen on 127.0.0.1:{port} for {service}: {source}")]
    Listen {
        /// What the port was wanted for.
        service: &'static str,
        /// The port.
        port: u16,
        /// What the operating system said.
        source: io::Error,
    },
    /// The data directory cannot be used.
    #[error("cannot use the data directory {path}: {source}")]
    Data {
        /// The file or directory in question.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// What is kept was written by another version of Slipway.
    #[error("{} is of another version of Slipway: `make clean-local` forgets it", path.display())]
    OtherFormat {
        /// The data directory.
        path: PathBuf,
    },
    /// The operating system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    NoRandom(String),
    /// A manifest does not say which function answers which request.
    #[error("Cargo.toml has no usable routes: {0}")]
    Routes(String),
    /// The DynamoDB engine failed.
    #[error("the DynamoDB engine failed: {0}")]
    DynamoDb(String),
    /// A function did not acknowledge an event.
    #[error("{function} did not acknowledge the event: {reason}")]
    NotAcknowledged {
        /// The function the event was meant for.
        function: String,
        /// The status it answered, or why it could not be reached.
        reason: String,
    },
}
