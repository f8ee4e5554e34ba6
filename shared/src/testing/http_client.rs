//! The HTTP client below the mocked clients: it answers as the rules say, or not at all.

use std::future;

use aws_smithy_mocks::create_mock_http_client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::answer::SILENCE;

/// The client that the mocks' answers pass through.
pub(super) fn client() -> SharedHttpClient {
    SharedHttpClient::new(Wire(create_mock_http_client()))
}

#[derive(Debug)]
struct Wire(SharedHttpClient);

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connection(self.0.http_connector(settings, components)))
    }
}

#[derive(Debug)]
struct Connection(SharedHttpConnector);

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let response = answer.await?;
            if response.headers().contains_key(SILENCE) {
                return future::pending().await;
            }
            Ok(response)
        })
    }
}
