//! The ground itself: a stack is whole, is what a test asked for, and is alone.

use serde_json::json;
use tests::{Settings, Stack};

#[tokio::test]
async fn what_was_uploaded_is_announced_to_its_function() {
    let stack = Stack::start(Settings::default()).await;
    stack.workspace("acme").await.uploaded("announced.bin", &b"bytes"[..]).await;
    stack.local().settled().await;
    let functions: Vec<_> = stack.local().event_log().iter().map(|event| event.function).collect();
    assert_eq!(functions, ["verify-upload"]);
    assert_eq!(stack.function("verify-upload").containers(), 1);
}

#[tokio::test]
async fn a_setting_reaches_the_functions() {
    let environment = vec![("MAX_SIZE_BYTES", "1".to_owned())];
    let stack = Stack::start(Settings { environment, ..Settings::default() }).await;
    let file = json!({ "filename": "a", "mimeType": "text/plain", "sizeBytes": 2 });
    stack.workspace("acme").await.create(&file).await.refused(400, "invalid_value");
}

#[tokio::test]
async fn a_key_of_one_stack_is_nothing_to_another() {
    let here = Stack::start(Settings::default()).await;
    let there = Stack::start(Settings::default()).await;
    let client = here.workspace("acme").await;
    client.validate().await.ok();
    let stranger = there.workspace("acme").await.with_key(client.key().expect("it has a key"));
    assert_eq!(stranger.validate().await.status, 401);
}
