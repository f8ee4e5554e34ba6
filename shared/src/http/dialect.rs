//! Dialects: one set of use cases behind several APIs. The native API is one dialect, and each function
//! that serves the clients of another API is one. A dialect translates requests and answers; it holds no
//! rules.

use std::future::Future;
use std::marker::PhantomData;

use super::{Call, Endpoint, HeaderName, Reply, Request, call};
use crate::domain::{Access, Credentials, Milestone};
use crate::{Context, Error, Resources, Result};

/// An API: how its requests name an operation and a key, and how it answers.
pub trait Dialect: Sync {
    /// What the operations are given.
    type Resources: Resources;

    /// An operation of the API, with its path parameters.
    type Operation: Send;

    /// A request header that answers repeat, if the API has one.
    const ECHOED: Option<HeaderName> = None;

    /// The operation that a request asks for, and what it demands of the key.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]: there is no such path, or not with that method.
    fn operation(&self, request: &Request) -> Result<(Self::Operation, Access)>;

    /// The credentials of the request. The admission checks them against the table.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`]: there are none, or they are malformed.
    fn credentials(
        &self,
        request: &Request,
        context: &Context,
    ) -> impl Future<Output = Result<Credentials>> + Send;

    /// Performs the operation.
    fn handle(
        &self,
        resources: Self::Resources,
        call: Call,
        operation: Self::Operation,
    ) -> impl Future<Output = Result<Reply>> + Send;

    /// The answer to an error.
    fn refusal(&self, error: &Error) -> Reply;
}

/// One endpoint of the native API.
pub(crate) struct Native<'a, H, R> {
    endpoint: &'a Endpoint,
    handler: &'a H,
    resources: PhantomData<fn(R)>,
}

impl<'a, H, R> Native<'a, H, R> {
    pub(crate) fn new(endpoint: &'a Endpoint, handler: &'a H) -> Self {
        Self { endpoint, handler, resources: PhantomData }
    }
}

impl<H, R, F> Dialect for Native<'_, H, R>
where
    H: Fn(R, Call) -> F + Sync,
    R: Resources,
    F: Future<Output = Result<Reply>> + Send,
{
    type Resources = R;
    type Operation = ();

    /// The gateway has matched the route, and a native function has one operation.
    fn operation(&self, _: &Request) -> Result<((), Access)> {
        Ok(((), self.endpoint.access()))
    }

    async fn credentials(&self, request: &Request, _: &Context) -> Result<Credentials> {
        call::bearer_key(request).map(|key| Credentials::from(&key)).ok_or(Error::Unauthorized)
    }

    async fn handle(&self, resources: R, call: Call, (): ()) -> Result<Reply> {
        // All endpoints but create are idempotent by nature: they take a key, and make nothing of it.
        if let Err(too_long @ Error::IdempotencyKeyTooLong) = call.idempotency_key() {
            return Err(too_long);
        }
        (self.handler)(resources, call).await
    }

    fn refusal(&self, error: &Error) -> Reply {
        Reply::of_error(error)
    }
}

/// The metric that an error counts as, in every dialect.
pub(super) fn milestone(error: &Error) -> Option<Milestone> {
    match error {
        Error::ChecksumMismatch { .. } => Some(Milestone::ChecksumMismatch),
        _ => None,
    }
}
