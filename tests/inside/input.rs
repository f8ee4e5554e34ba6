//! Input that not every gateway passes on: `cargo lambda watch` answers it with a 500 of its own.

use reqwest::Method;
use tests::{Settings, Stack};

#[tokio::test]
async fn a_body_that_is_no_utf_8_is_refused() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let request = client
        .request(Method::POST, "/v1/files")
        .header("content-type", "application/json")
        .body(b"{\"filename\":\"\xff\"}".to_vec());
    client.send(request).await.refused(400, "invalid_json");
    assert_eq!(client.list("").await.ok()["totalCount"], 0);
}
