//! The HTTP plumbing both services share: listening, serving until told to stop, and calling others.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::error::Error;

/// A client for plain HTTP on this machine.
pub(crate) type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// The service closes the connection instead of answering.
#[derive(Debug, thiserror::Error)]
#[error("hung up")]
pub(crate) struct HangUp;

/// The signal that ends every task; the sender's end also counts as the signal.
#[derive(Clone)]
pub(crate) struct StopSignal(pub(crate) watch::Receiver<bool>);

impl StopSignal {
    /// Resolves when everything is to end.
    pub(crate) async fn given(mut self) {
        // An error means that the sender is gone, and with it the stand-in.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

/// Listens on 127.0.0.1 only; port 0 takes any free port.
pub(crate) async fn listen(
    service: &'static str,
    port: u16,
) -> Result<(TcpListener, SocketAddr), Error> {
    let refused = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => Error::PortInUse { service, port },
        _ => Error::Listen { service, port, source },
    };
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(wanted).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// Listens where no web page finds it: on an address of the loopback network that is chosen at random,
/// of which there are 2^24. For what asks nobody who they are.
pub(crate) async fn listen_hidden(
    service: &'static str,
) -> Result<(TcpListener, SocketAddr), Error> {
    let refused = |source: io::Error| Error::Listen { service, port: 0, source };
    let listener = TcpListener::bind((hidden_address().map_err(refused)?, 0)).await;
    let listener = listener.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// An address of the loopback network, chosen at random. Where the system has only 127.0.0.1, as macOS
/// has, it is that.
///
/// # Errors
///
/// The system gives no random bytes, or no address at all.
pub fn hidden_address() -> io::Result<Ipv4Addr> {
    let mut random = [0; 3];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let hidden = Ipv4Addr::new(127, random[0], random[1], random[2]);
    match std::net::TcpListener::bind((hidden, 0)) {
        Ok(_) => Ok(hidden),
        Err(_) => Ok(Ipv4Addr::LOCALHOST),
    }
}

/// Answers every connection with `answer` until the signal; then drops them, finished or not.
pub(crate) async fn serve<Answer, Answering, Sent>(
    listener: TcpListener,
    stop: StopSignal,
    answer: Answer,
) where
    Answer: Fn(Request<Incoming>) -> Answering + Clone + Send + 'static,
    Answering: Future<Output = Result<Response<Sent>, HangUp>> + Send + 'static,
    Sent: Body<Data = Bytes> + Send + 'static,
    Sent::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut stopped = pin!(stop.given());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(converse(stream, answer.clone()));
            }
        }
    }
    connections.shutdown().await;
}

/// A new client with a connection pool of its own.
pub(crate) fn client() -> HttpClient {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).build(connector)
}

async fn converse<Answer, Answering, Sent>(stream: TcpStream, answer: Answer)
where
    Answer: Fn(Request<Incoming>) -> Answering,
    Answering: Future<Output = Result<Response<Sent>, HangUp>>,
    Sent: Body<Data = Bytes> + 'static,
    Sent::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // Without it small answers wait up to 40 ms for the other side's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    // An error is the client's going away, or our hanging up on it: nobody is left to tell.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)).await;
}
