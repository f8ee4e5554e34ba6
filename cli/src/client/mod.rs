//! Slipway's API and S3's presigned URLs, as the tool uses them.

mod retry;
mod s3;
mod wire;

pub(crate) use retry::persist;
pub(crate) use s3::S3;
pub(crate) use wire::{
    File, NewFile, NewToken, PartPlan, Status, StoredPart, Ticket, UploadTicket, VerificationState,
};

use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

use clap::Args;
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::domain::Md5;
use ureq::http::{Response, header};
use ureq::{Agent, Body, RequestBuilder};

use crate::failure::{Failure, Refusal};
use crate::random;
use wire::{
    CompleteFile, CreateFile, Created, CreatedToken, DownloadUrl, ErrorBody, Multipart, SignParts,
    SignedParts, StoredParts,
};

/// Where Slipway is, and the key to it.
#[derive(Args)]
pub(crate) struct Access {
    /// Where Slipway is: all that comes before `/v1`.
    #[arg(long, env = "SLIPWAY_URL", hide_env_values = true)]
    pub(crate) url: String,

    /// An API key with the scope `files:create`, and `files:read` to see and download files. In the environment it is safer than in
    /// a command line, which every process can read.
    #[arg(long, env = "SLIPWAY_KEY", hide_env_values = true)]
    key: Key,
}

/// An API key that no message shows. Whether it is one, the API says.
#[derive(Clone)]
struct Key(String);

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(..)")
    }
}

/// A client of the API. Each call is repeated while its failure is one that passes.
pub(crate) struct Client {
    agent: Agent,
    api_url: String,
    authorization: String,
}

impl Client {
    /// The client of the API at `access`.
    pub(crate) fn new(access: &Access) -> Self {
        // Longer than any function is allowed to run.
        let config = agent_config().timeout_global(Some(Duration::from_mins(1)));
        Self {
            agent: config.build().new_agent(),
            api_url: format!("{}/v1", access.url.trim_end_matches('/')),
            authorization: format!("Bearer {}", access.key.0),
        }
    }

    /// Opens an upload: in parts of `part_size_bytes`, or as the API thinks best. However often that is tried, it
    /// makes one file.
    pub(crate) fn create(
        &self,
        file: &NewFile,
        part_size_bytes: Option<NonZeroU64>,
    ) -> Result<Created, Failure> {
        let multipart = Multipart { auto: part_size_bytes.is_none(), part_size_bytes };
        let mut key = [0; 16];
        random::fill(&mut key).map_err(Failure::Random)?;
        self.post_as(Some(&HEXLOWER.encode(&key)), "/files", &CreateFile { file, multipart })
    }

    /// The file `id`, as it is now.
    pub(crate) fn file(&self, id: &str) -> Result<File, Failure> {
        self.get(&format!("/files/{id}"))
    }

    /// URLs for the parts with these numbers, at most 1,000.
    pub(crate) fn sign_parts(
        &self,
        id: &str,
        part_numbers: &[u32],
    ) -> Result<Vec<(u32, UploadTicket)>, Failure> {
        let answer: SignedParts =
            self.post(&format!("/files/{id}/parts"), &SignParts { part_numbers })?;
        Ok(answer.into_tickets())
    }

    /// Every part that S3 holds of the open upload `id`.
    pub(crate) fn stored_parts(&self, id: &str) -> Result<Vec<StoredPart>, Failure> {
        let mut parts: Vec<StoredPart> = Vec::new();
        loop {
            let after = parts.last().map_or(0, |part| part.part_number);
            let page: StoredParts =
                self.get(&format!("/files/{id}/parts?limit=1000&after={after}"))?;
            let has_more = page.has_more && !page.data.is_empty();
            parts.extend(page.data);
            if !has_more {
                return Ok(parts);
            }
        }
    }

    /// Finishes the upload: the file is COMPLETED, or PENDING while S3's bytes are being read.
    pub(crate) fn complete(&self, id: &str, md5: Md5) -> Result<File, Failure> {
        self.post(&format!("/files/{id}/complete"), &CompleteFile { md5: md5.to_string() })
    }

    /// An upload token of the key's workspace.
    pub(crate) fn create_token(&self, new: &NewToken) -> Result<CreatedToken, Failure> {
        self.post("/upload-tokens", new)
    }

    /// A fresh URL to download the file from.
    pub(crate) fn download_url(&self, id: &str) -> Result<String, Failure> {
        self.get(&format!("/files/{id}/url")).map(|answer: DownloadUrl| answer.url)
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        persist(|| read(self.authorized(self.agent.get(self.url(path))).call()))
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Failure> {
        self.post_as(None, path, body)
    }

    /// A POST whose repetitions the API knows by `key`, if there is one.
    fn post_as<T: DeserializeOwned>(
        &self,
        key: Option<&str>,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let body = serde_json::to_vec(body).map_err(Failure::Unreadable)?;
        persist(|| {
            let request = self.authorized(self.agent.post(self.url(path)));
            let request = match key {
                Some(key) => request.header("idempotency-key", key),
                None => request,
            };
            read(request.content_type("application/json").send(&body[..]))
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api_url)
    }

    fn authorized<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        request.header(header::AUTHORIZATION, &self.authorization)
    }
}

/// What every client of the tool does alike: a status is an answer, and a silent connection is dead.
fn agent_config() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(concat!("slipway/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_per_read(Some(Duration::from_mins(1)))
        .timeout_per_write(Some(Duration::from_mins(1)))
}

fn read<T: DeserializeOwned>(answer: Result<Response<Body>, ureq::Error>) -> Result<T, Failure> {
    let mut answer = answer.map_err(Failure::Connection)?;
    if answer.status().is_success() {
        let body = answer.body_mut().read_to_vec().map_err(Failure::Connection)?;
        return serde_json::from_slice(&body).map_err(Failure::Unreadable);
    }
    Err(Failure::Refused(refusal(&mut answer)))
}

fn refusal(answer: &mut Response<Body>) -> Refusal {
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let request_id = header("x-request-id").unwrap_or_default().to_owned();
    let retry_after = header("retry-after").and_then(|seconds| seconds.parse().ok());
    let status = answer.status();
    // A gateway's own error has another body, or none.
    let body = answer.body_mut().read_to_vec().unwrap_or_default();
    let error = serde_json::from_slice(&body).map(|body: ErrorBody| body.error).unwrap_or_default();
    Refusal {
        status: status.as_u16(),
        code: error.code.or(error.kind).unwrap_or_default(),
        message: error.message,
        request_id,
        retry_after: retry_after.map(Duration::from_secs),
        parts: error.parts.into_iter().map(|part| part.part_number).collect(),
    }
}
