//! Ways of talking to clients. The native API is one; every folder of `functions/` that speaks the
//! words of another API is another. A dialect says; what is true and what is done it leaves alone.

use std::future::Future;

use super::{Call, Endpoint, HeaderName, Reply, Request, call};
use crate::domain::{Category, Credentials, Milestone, Scope};
use crate::{Context, Error, Result};

/// What an endpoint demands of a key.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The scope it must have, if any.
    pub scope: Option<Scope>,
    /// The limit it must be within.
    pub category: Category,
}

/// Where a request says who asks for what, and how it is answered.
pub trait Dialect: Sync {
    /// Something that can be asked for, with what the path says about it.
    type Operation: Send;

    /// The header of requests that their answers repeat, if there is one.
    const ECHOED: Option<HeaderName> = None;

    /// What `request` asks for, and what its caller needs for it.
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

    /// Does what is asked for.
    fn handle(
        &self,
        context: Context,
        call: Call,
        operation: Self::Operation,
    ) -> impl Future<Output = Result<Reply>> + Send;

    /// Says why not.
    fn refusal(&self, error: &Error) -> Reply;
}

/// One endpoint of the native API.
pub(crate) struct Native<'a, H> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) handler: &'a H,
}

impl<H, F> Dialect for Native<'_, H>
where
    H: Fn(Context, Call) -> F + Sync,
    F: Future<Output = Result<Reply>> + Send,
{
    type Operation = ();

    /// The gateway has found it: it is what this function does.
    fn operation(&self, _: &Request) -> Result<((), Access)> {
        Ok(((), self.endpoint.access()))
    }

    async fn credentials(&self, request: &Request, _: &Context) -> Result<Credentials> {
        call::bearer_key(request).map(|key| Credentials::from(&key)).ok_or(Error::Unauthorized)
    }

    fn handle(
        &self,
        context: Context,
        call: Call,
        (): (),
    ) -> impl Future<Output = Result<Reply>> + Send {
        (self.handler)(context, call)
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
