//! An S3 of one object, which fails as the real one may, and remembers what it was asked for.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, Mutex};

use crate::config::Aws;
use crate::domain::{ETag, Encryption, ObjectKey, StoredObject};
use crate::storage::{Bucket, connection};

/// The object's `ETag`.
pub(super) const ETAG: &str = "9e107d9d372bb6826bd81d3542a419d6-2";

/// How a request is answered.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// As it should be.
    Right,
    /// The connection ends in the midst of the body.
    BrokenOff,
    /// The headers are right, but announce one byte less and send one less.
    Short,
    /// The headers are right, but announce one byte more and send one more.
    Long,
    /// The object has another size.
    OtherTotal,
    /// A refusal with this status.
    Refused(u16),
}

/// The server. Its tasks end with the test's runtime.
pub(super) struct StandIn {
    pub(super) url: String,
    /// The first byte of each range that was asked for, in the order of requests.
    pub(super) asked: Arc<Mutex<Vec<usize>>>,
    /// The most requests that were in flight at a time.
    pub(super) busiest: Arc<AtomicUsize>,
}

/// The object of `size` bytes, as a HEAD describes it.
pub(super) fn object(size: usize) -> StoredObject {
    StoredObject::new(size as u64, ETag::new(ETAG), None, Encryption::S3Managed)
}

/// Where it lies.
pub(super) fn key() -> ObjectKey {
    "acme/fil_000000070123456789abcdef".parse().unwrap()
}

/// The bucket at `url`, with the settings that all clients have.
pub(super) fn bucket(url: &str) -> Bucket {
    let aws = Aws {
        region: "us-east-1".to_owned(),
        access_key_id: "id".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: None,
        url_suffix: String::new(),
        dynamodb_endpoint: None,
        s3_endpoint: Some(url.to_owned()),
        secrets_endpoint: None,
    };
    let client = Bucket::client(&connection::settings(&aws), &aws, "files");
    Bucket::new(client, "files", Encryption::S3Managed)
}

/// What all connections share.
struct Object {
    bytes: Vec<u8>,
    /// By the first byte of a range, and how often it was asked for before.
    answer: Box<dyn Fn(usize, usize) -> Answer + Send + Sync>,
    /// So many requests must have come before any of them is answered.
    together: Barrier,
    asked: Arc<Mutex<Vec<usize>>>,
    in_flight: AtomicUsize,
    busiest: Arc<AtomicUsize>,
}

impl StandIn {
    /// An S3 that holds `bytes`, and answers `together` requests at a time.
    pub(super) async fn start(
        bytes: &[u8],
        together: usize,
        answer: impl Fn(usize, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let object = Arc::new(Object {
            bytes: bytes.to_vec(),
            answer: Box::new(answer),
            together: Barrier::new(together),
            asked: Arc::default(),
            in_flight: AtomicUsize::new(0),
            busiest: Arc::default(),
        });
        let stand_in =
            Self { url, asked: Arc::clone(&object.asked), busiest: Arc::clone(&object.busiest) };
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&object).serve(connection));
            }
        });
        stand_in
    }
}

impl Object {
    async fn serve(self: Arc<Self>, mut connection: TcpStream) {
        while let Some(head) = head(&mut connection).await {
            let (response, keep) = self.respond(&head).await;
            // The client may be gone already.
            let sent = connection.write_all(&response).await;
            if sent.is_err() || !keep {
                return;
            }
        }
    }

    /// The answer to a request, and whether the connection lives on.
    async fn respond(&self, head: &str) -> (Vec<u8>, bool) {
        let (first, last) = range(head);
        if header(head, "if-match") != format!("\"{ETAG}\"") {
            return (refusal(412), true);
        }
        let earlier = self.remember(first).await;
        let answer = (self.answer)(first, earlier);
        self.gather().await;
        let length = last + 1 - first;
        let (announced, sent) = match answer {
            Answer::Right | Answer::OtherTotal => (length, length),
            Answer::BrokenOff => (length, length / 2),
            Answer::Short => (length - 1, length - 1),
            Answer::Long => (length + 1, length + 1),
            Answer::Refused(status) => return (refusal(status), true),
        };
        let total = self.bytes.len() + usize::from(matches!(answer, Answer::OtherTotal));
        let mut response = format!(
            "HTTP/1.1 206 Partial Content\r\ncontent-length: {announced}\r\n\
             content-range: bytes {first}-{last}/{total}\r\netag: \"{ETAG}\"\r\n\r\n"
        )
        .into_bytes();
        let end = response.len() + sent;
        response.extend_from_slice(&self.bytes[first..self.bytes.len().min(first + sent)]);
        response.resize(end, 0);
        (response, announced == sent)
    }

    /// Tells how often this range was asked for before.
    async fn remember(&self, first: usize) -> usize {
        let mut asked = self.asked.lock().await;
        let earlier = asked.iter().filter(|before| **before == first).count();
        asked.push(first);
        earlier
    }

    /// Waits until enough requests are there.
    async fn gather(&self) {
        self.busiest.fetch_max(1 + self.in_flight.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
        self.together.wait().await;
        // Before the client can know of the answer, and ask for more.
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

fn refusal(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} Refused\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

/// The head of the next request in lowercase, if there is one. A GET has no body.
async fn head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap().to_lowercase())
}

/// The first and the last byte that are asked for.
fn range(head: &str) -> (usize, usize) {
    let (first, last) =
        header(head, "range").strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    (first.parse().unwrap(), last.parse().unwrap())
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let named = |line: &'a str| line.strip_prefix(name)?.strip_prefix(": ");
    head.lines().find_map(named).unwrap()
}
