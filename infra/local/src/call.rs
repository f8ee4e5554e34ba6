//! What a test sees of a call to DynamoDB or S3, and what it may do to it.

use async_trait::async_trait;
use bytes::Bytes;

/// The service a call is addressed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// DynamoDB.
    DynamoDb,
    /// S3.
    S3,
}

/// One call that reached the stand-in.
///
/// `started` and `answered` are ticks of one counter shared by all calls: a call whose `started` is
/// greater than another's `answered` was made after that one had ended; otherwise the two overlapped.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service addressed.
    pub service: Service,
    /// The operation's AWS name: `UpdateItem`, `PutObject`, ...
    pub operation: String,
    /// The decoded path: `/` for DynamoDB, `/bucket/key` for S3.
    pub path: String,
    /// The range of the object that is asked for, as its header says it.
    pub range: Option<String>,
    /// The request's JSON for DynamoDB; empty for S3, whose bodies are streamed.
    pub body: Bytes,
    /// The tick at which the call arrived; unique.
    pub started: u64,
    /// The tick at which its answer was ready; `None` while under way or when it never got one.
    pub answered: Option<u64>,
}

impl Call {
    /// A call that has just arrived; the recorder gives it its tick.
    pub(crate) fn new(service: Service, operation: String, path: String, body: Bytes) -> Self {
        Self { service, operation, path, range: None, body, started: 0, answered: None }
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It takes its course.
    Pass,
    /// It is answered with an AWS error.
    Refuse {
        /// The HTTP status, 400 to 599.
        status: u16,
        /// The service's error code, such as `ThrottlingException` or `SlowDown`.
        code: String,
    },
    /// It is answered with an AWS error under HTTP status 200, as S3 may answer a
    /// `CompleteMultipartUpload` that fails late.
    RefuseWithin200 {
        /// The service's error code, such as `InternalError`.
        code: String,
    },
    /// The connection is closed without an answer.
    HangUp,
    /// The connection is closed after so many bytes of the body that S3 answers with. A verdict on the
    /// answer: before the engine has acted there is none, and it is as [`Verdict::Pass`].
    BreakOff {
        /// The bytes that still come, fewer than the body has.
        after: u64,
    },
}

/// A test's hand in the calls: inject faults, hold calls until others have come, count.
#[async_trait]
pub trait Interceptor: Send + Sync {
    /// Runs before the engine sees the call; it may wait as long as it likes.
    async fn before(&self, _call: &Call) -> Verdict {
        Verdict::Pass
    }

    /// Runs when the engine has acted but its answer has not gone out.
    async fn after(&self, _call: &Call) -> Verdict {
        Verdict::Pass
    }
}
