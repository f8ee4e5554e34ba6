//! The requests of the demo, as any client sends them.

use std::collections::BTreeMap;

use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::sample::{CHUNK, Sample};
use crate::failure::Failure;
use crate::run::Access;

/// A client of one deployment.
pub(super) struct Api<'access> {
    client: Client,
    access: &'access Access,
}

/// A file, as far as the demo looks at it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) size_bytes: u64,
    pub(super) md5: Option<String>,
}

/// An upload session.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    #[serde(flatten)]
    pub(super) file: File,
    upload_url: String,
    upload_headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<File>,
}

#[derive(Deserialize)]
struct Download {
    url: String,
}

impl<'access> Api<'access> {
    /// A client with the key of `access`. It is on this machine, so no proxy comes between.
    pub(super) fn new(access: &'access Access) -> Result<Self, Failure> {
        Ok(Self { client: Client::builder().no_proxy().build()?, access })
    }

    /// The deployment's base URL.
    pub(super) fn url(&self) -> &str {
        &self.access.url
    }

    pub(super) async fn create(&self, sample: &Sample) -> Result<Session, Failure> {
        let body = json!({
            "filename": sample.name,
            "mimeType": "application/octet-stream",
            "sizeBytes": sample.size,
        });
        self.post("", &body).await
    }

    pub(super) async fn put(&self, session: &Session, sample: &Sample) -> Result<(), Failure> {
        let bytes = ReaderStream::with_capacity(sample.read().await?, CHUNK);
        let mut request = self.client.put(&session.upload_url).body(Body::wrap_stream(bytes));
        for (name, value) in &session.upload_headers {
            request = request.header(name, value);
        }
        let answer = request.send().await?;
        // An earlier attempt of the same PUT may have stored the bytes before its answer was lost:
        // complete tells.
        if matches!(answer.status(), StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT) {
            return Ok(());
        }
        successful(answer).await.map(|_| ())
    }

    pub(super) async fn complete(&self, id: &str, md5: &str) -> Result<File, Failure> {
        self.post(&format!("/{id}/complete"), &json!({ "md5": md5 })).await
    }

    pub(super) async fn cancel(&self, id: &str) -> Result<File, Failure> {
        self.post(&format!("/{id}/cancel"), &json!({})).await
    }

    pub(super) async fn get(&self, id: &str) -> Result<File, Failure> {
        answer(self.request(Method::GET, &format!("/{id}"))).await
    }

    /// The newest files.
    pub(super) async fn list(&self) -> Result<Vec<File>, Failure> {
        let page: Page = answer(self.request(Method::GET, "")).await?;
        Ok(page.data)
    }

    pub(super) async fn download_url(&self, id: &str) -> Result<String, Failure> {
        let download: Download = answer(self.request(Method::GET, &format!("/{id}/url"))).await?;
        Ok(download.url)
    }

    /// Downloads and fails at the first byte that is not the sample's.
    pub(super) async fn compare(&self, url: &str, sample: &Sample) -> Result<(), Failure> {
        let mut download = successful(self.client.get(url).send().await?).await?;
        let mut original = sample.read().await?;
        let mut compared = 0;
        while let Some(chunk) = download.chunk().await? {
            let mut wanted = vec![0; chunk.len()];
            let read = original.read_exact(&mut wanted).await;
            if read.is_err() || wanted != chunk {
                let place = format!("the download differs after byte {compared}");
                return Err(Failure::Broken(place));
            }
            compared += chunk.len() as u64;
        }
        super::expect("number of bytes", &compared.to_string(), &sample.size.to_string())
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Failure> {
        answer(self.request(Method::POST, path).json(body)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v1/files{path}", self.access.url);
        self.client.request(method, url).bearer_auth(&self.access.key)
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Failure> {
    Ok(successful(request.send().await?).await?.json().await?)
}

async fn successful(answer: Response) -> Result<Response, Failure> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let (status, body) = (answer.status(), answer.text().await?);
    Err(Failure::Broken(format!("the answer was {status}: {body}")))
}
