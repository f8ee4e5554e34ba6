//! What every AWS client shares: credentials, time limits, and one small HTTP client.
//!
//! The SDK's own HTTP client brings native root certificates (18 M instructions to load), and by
//! default aws-lc (400 M at its first handshake). This one is hyper with rustls on ring and the
//! roots compiled in, HTTP/1.1 only, because DynamoDB and S3 speak nothing newer.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::config::Aws;

/// The settings of every AWS client. Clients made of the same settings share their connections.
#[must_use]
pub fn settings(aws: &Aws) -> SdkConfig {
    let credentials = Credentials::new(
        &aws.access_key_id,
        &aws.secret_access_key,
        aws.session_token.clone(),
        None,
        "environment",
    );
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(aws.region.clone()))
        // Lambda puts credentials into the environment that outlive the sandbox, so none are renewed.
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client())
        .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(BACKOFF))
        .timeout_config(
            TimeoutConfig::builder()
                // Two attempts fit into a request's 30 seconds beside whatever else it does.
                .operation_attempt_timeout(Duration::from_secs(5))
                .operation_timeout(Duration::from_secs(12))
                .build(),
        )
        .build()
}

/// An HTTP client for AWS clients.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    SharedHttpClient::new(HttpsClient::new())
}

/// DynamoDB answers within milliseconds, so the SDK's one second would be most of a request.
const BACKOFF: Duration = Duration::from_millis(50);

/// hyper as the SDK wants it.
#[derive(Clone)]
struct HttpsClient(legacy::Client<HttpsConnector<TcpConnector>, SdkBody>);

impl HttpsClient {
    fn new() -> Self {
        let mut tcp = TcpConnector::new();
        tcp.enforce_http(false); // It would refuse the `https` of the URL.
        tcp.set_nodelay(true); // Requests are small: Nagle's algorithm would hold them back.
        tcp.set_connect_timeout(Some(Duration::from_secs(2)));
        let https = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        // A frozen sandbox does not notice that its idle connections were closed; hyper sends a
        // request on a new one when the pooled one turns out to be dead before the request left.
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(50))
            .build(https);
        Self(client)
    }
}

impl HttpClient for HttpsClient {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for HttpsClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let response = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let response = response.await.map_err(failure)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// A request that we built wrongly is not worth a retry; everything else happened on the way.
fn failure(error: legacy::Error) -> ConnectorError {
    let ours = error
        .source()
        .and_then(|source| source.downcast_ref::<hyper::Error>())
        .is_some_and(hyper::Error::is_user);
    if ours { ConnectorError::user(error.into()) } else { ConnectorError::io(error.into()) }
}

impl fmt::Debug for HttpsClient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("HttpsClient")
    }
}
