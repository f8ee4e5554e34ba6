//! Presigned URLs: bytes up, bytes down.

use std::io::Read;

use shared::domain::Encryption;
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body, SendBody};

use super::{UploadTicket, agent_config};
use crate::failure::Failure;

/// The words of S3's error that are kept, in bytes.
const ERROR_LIMIT: u64 = 64 * 1024;

/// A client of presigned URLs. It holds as many connections open as are used at once.
pub(crate) struct S3 {
    agent: Agent,
}

/// Bytes that come down.
pub(crate) struct Download {
    /// Whether they begin where they were asked to, not at the first byte.
    pub(crate) partial: bool,
    /// What S3 calls these bytes: they never change under one tag.
    pub(crate) etag: Option<String>,
    /// The bytes.
    pub(crate) bytes: Box<dyn Read>,
}

impl S3 {
    /// A client that keeps up to `connections` connections.
    pub(crate) fn new(connections: usize) -> Self {
        let config = agent_config().max_idle_connections_per_host(connections);
        Self { agent: config.max_idle_connections(connections).build().new_agent() }
    }

    /// PUTs all of `bytes` to `ticket`, which says their length.
    pub(crate) fn put(
        &self,
        ticket: &UploadTicket,
        bytes: &mut dyn Read,
    ) -> Result<Encryption, Failure> {
        let mut request = self.agent.put(&ticket.url);
        for (name, value) in &ticket.headers {
            request = request.header(name, value);
        }
        // So that a URL that has expired is refused before the bytes are on their way.
        request = request.header(header::EXPECT, "100-continue");
        let answer = request.send(SendBody::from_reader(bytes)).map_err(Failure::Connection)?;
        if !answer.status().is_success() {
            return Err(refusal(answer));
        }
        let encryption = answer.headers().get("x-amz-server-side-encryption");
        Ok(if encryption.is_none_or(|name| name == "AES256") {
            Encryption::S3Managed
        } else {
            Encryption::CustomerManaged
        })
    }

    /// Gets what `url` holds from the byte `offset` on, and only if it is still what `etag` names.
    pub(crate) fn get(
        &self,
        url: &str,
        offset: u64,
        etag: Option<&str>,
    ) -> Result<Download, Failure> {
        let mut request = self.agent.get(url);
        if offset > 0 {
            request = request.header(header::RANGE, format!("bytes={offset}-"));
        }
        if let Some(etag) = etag {
            request = request.header(header::IF_MATCH, etag);
        }
        let answer = request.call().map_err(Failure::Connection)?;
        if !answer.status().is_success() {
            return Err(refusal(answer));
        }
        let etag = answer.headers().get(header::ETAG);
        Ok(Download {
            partial: answer.status() == StatusCode::PARTIAL_CONTENT,
            etag: etag.and_then(|etag| etag.to_str().ok()).map(str::to_owned),
            bytes: Box::new(answer.into_body().into_reader()),
        })
    }
}

/// The error that S3's answer tells, in XML: `<Code>` is its word for it, `<Message>` its sentence.
fn refusal(answer: Response<Body>) -> Failure {
    let status = answer.status().as_u16();
    let mut body = answer.into_body();
    let text = body.with_config().limit(ERROR_LIMIT).read_to_string().unwrap_or_default();
    let code = format!("{}: {}", element(&text, "Code"), element(&text, "Message"));
    Failure::Storage { status, code }
}

fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let inside = xml.split_once(&format!("<{name}>")).map(|(_, after)| after);
    let element = inside.and_then(|after| after.split_once(&format!("</{name}>")));
    element.map_or("", |(text, _)| text)
}
