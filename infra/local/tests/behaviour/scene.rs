//! A stand-in with clients for it.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use local::{ACCESS_KEY_ID, BUCKET, Local, ManualClock, Options, REGION, TABLE};
use reqwest::Method;

use crate::functions::Functions;
use crate::s3_client::s3_client;

/// How long presigned URLs of a scene live.
pub(crate) const LIFETIME: Duration = Duration::from_mins(1);

/// The stand-in, and everything a test talks to it with.
pub(crate) struct Scene {
    pub(crate) local: Local,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) http: reqwest::Client,
}

impl Scene {
    /// A stand-in with nothing in it and a clock that stands still at the present.
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// The same with other options; the clock is the scene's.
    pub(crate) async fn with(options: Options) -> Self {
        let clock = Arc::new(ManualClock::at_system_time());
        let local = Local::start(Options { clock: clock.clone(), ..options }).await.unwrap();
        Self {
            s3: s3_client(&local, local.secret_access_key()),
            dynamodb: dynamodb_client(&local),
            http: reqwest::Client::new(),
            local,
            clock,
        }
    }

    /// A stand-in whose events go to functions.
    pub(crate) async fn with_functions() -> (Self, Functions) {
        let functions = Functions::start().await;
        let options = Options { functions: Some(functions.url.clone()), ..Options::default() };
        (Self::with(options).await, functions)
    }

    /// A PUT of `body` by the SDK, not yet sent.
    pub(crate) fn put(&self, key: &str, body: &'static [u8]) -> PutObjectFluentBuilder {
        self.s3.put_object().bucket(BUCKET).key(key).body(body.to_vec().into())
    }

    /// Stores an object that no test looks at closely.
    pub(crate) async fn stored(&self, key: &str, body: &'static [u8]) {
        self.put(key, body).send().await.unwrap();
    }

    /// A presigned PUT as Slipway signs it: type, length and write-once.
    pub(crate) async fn presigned_put(&self, key: &str, length: i64) -> PresignedRequest {
        let put = self.s3.put_object().bucket(BUCKET).key(key);
        let put = put.content_type("text/plain").content_length(length).if_none_match("*");
        put.presigned(lifetime()).await.unwrap()
    }

    /// Sends a presigned request with exactly the headers it was signed with.
    pub(crate) async fn send(&self, presigned: &PresignedRequest, body: &'static [u8]) -> Answer {
        self.send_to(presigned.uri(), presigned, body).await
    }

    /// Sends a presigned request to another address.
    pub(crate) async fn send_to(
        &self,
        uri: &str,
        presigned: &PresignedRequest,
        body: &'static [u8],
    ) -> Answer {
        let request = self.request(uri, presigned).body(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// A presigned request with its headers and no body yet.
    pub(crate) fn request(
        &self,
        uri: &str,
        presigned: &PresignedRequest,
    ) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(presigned.method().as_bytes()).unwrap();
        let headers = presigned.headers();
        headers.fold(self.http.request(method, uri), |request, (name, value)| {
            request.header(name, value)
        })
    }

    /// How many objects the bucket holds.
    pub(crate) async fn object_count(&self) -> usize {
        let listed = self.s3.list_objects_v2().bucket(BUCKET).send().await.unwrap();
        listed.contents().len()
    }

    /// Puts a record that expires at `ttl`, in seconds since the Unix epoch.
    pub(crate) async fn record(&self, pk: &str, ttl: u64) {
        use aws_sdk_dynamodb::types::AttributeValue::{N, S};
        let put = self.dynamodb.put_item().table_name(TABLE);
        let put = put.item("pk", S(pk.to_owned())).item("sk", S("SESSION".to_owned()));
        put.item("ttl", N(ttl.to_string())).send().await.unwrap();
    }
}

/// An answer to plain HTTP, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Reads the answer to its end.
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    /// Whether it is S3's refusal with this status and code.
    pub(crate) fn refuses(&self, status: u16, code: &str) -> bool {
        self.status == status && self.body.contains(&format!("<Code>{code}</Code>"))
    }

    /// A header's value, empty where it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The lifetime of a scene's URLs, from now on the machine's clock.
pub(crate) fn lifetime() -> PresigningConfig {
    PresigningConfig::expires_in(LIFETIME).unwrap()
}

/// A DynamoDB client.
pub(crate) fn dynamodb_client(local: &Local) -> aws_sdk_dynamodb::Client {
    dynamodb_client_with(local, ACCESS_KEY_ID, local.secret_access_key())
}

/// A DynamoDB client that signs with other credentials.
pub(crate) fn dynamodb_client_with(
    local: &Local,
    id: &str,
    secret: &str,
) -> aws_sdk_dynamodb::Client {
    let credentials = Credentials::new(id, secret, None, None, "test");
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(REGION))
        .credentials_provider(credentials)
        .endpoint_url(local.dynamodb_url())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}
