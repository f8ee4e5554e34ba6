//! A request body that is read to its end even where nobody wants it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::EXPECT;
use tokio::runtime::Handle;

/// The body of a request that may be refused before it was read.
///
/// A server that closes its socket over unread bytes resets the connection, and the client may see the
/// reset before the refusal. So what is left when the refusal goes out is read and thrown away.
pub(super) struct RequestBody {
    incoming: Option<Incoming>,
    leave: Option<Arc<AtomicBool>>,
}

/// Whether a client that sent `Expect: 100-continue` still waits for leave to send its body. Reading the
/// body gives it.
pub(super) struct Awaited(Option<Arc<AtomicBool>>);

impl Awaited {
    /// The client waits, and nobody read the body.
    pub(super) fn is_unread(&self) -> bool {
        self.0.as_ref().is_some_and(|leave| !leave.load(Ordering::SeqCst))
    }
}

impl RequestBody {
    /// The request with such a body.
    pub(super) fn of(request: Request<Incoming>) -> (Awaited, Request<s3s::Body>) {
        let leave = request.headers().contains_key(EXPECT).then(Arc::default);
        let awaited = Awaited(leave.clone());
        let request = request
            .map(|incoming| s3s::Body::http_body_unsync(Self { incoming: Some(incoming), leave }));
        (awaited, request)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(leave) = &self.leave {
            leave.store(true, Ordering::SeqCst);
        }
        match &mut self.incoming {
            Some(incoming) => Pin::new(incoming).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if Awaited(self.leave.take()).is_unread() {
            return;
        }
        let rest = self.incoming.take().filter(|rest| !rest.is_end_stream());
        // Without a runtime the connection is gone already.
        if let (Some(mut rest), Ok(runtime)) = (rest, Handle::try_current()) {
            runtime.spawn(async move { while let Some(Ok(_)) = rest.frame().await {} });
        }
    }
}
