//! What media files tell of themselves, if they are asked.

use bytes::Bytes;
use serde_json::{Value, json};
use tests::{Client, id_of, md5_of};

const IMAGE: &[u8] = include_bytes!("../../shared/src/media/fixtures/image.png");
const FILM: &[u8] = include_bytes!("../../shared/src/media/fixtures/moov-last.mp4");

#[tokio::test]
async fn an_image_and_a_film_tell_their_size_and_length_when_asked() {
    let client = Client::of_environment_or_shared_stack().await;
    let image = analyzed(&client, "image/png", IMAGE, true).await;
    assert_eq!(image["detectedMimeType"], "image/png");
    assert_eq!(image["metadata"]["format"], "png");
    assert!(image["metadata"]["width"].as_u64().is_some_and(|pixels| pixels > 0), "{image}");
    assert_eq!(image["metadata"]["durationMs"], Value::Null);
    let film = analyzed(&client, "video/mp4", FILM, true).await;
    assert_eq!(film["detectedMimeType"], "video/mp4");
    assert!(film["metadata"]["height"].as_u64().is_some_and(|pixels| pixels > 0), "{film}");
    assert!(film["metadata"]["durationMs"].as_u64().is_some_and(|millis| millis > 0), "{film}");
}

#[tokio::test]
async fn bytes_that_are_no_image_are_told_apart_from_their_name() {
    let client = Client::of_environment_or_shared_stack().await;
    let disguised = analyzed(&client, "image/png", FILM, true).await;
    assert_eq!(disguised["mimeType"], "image/png");
    assert_eq!(disguised["detectedMimeType"], "video/mp4");
}

#[tokio::test]
async fn nobody_is_told_what_nobody_asked_for() {
    let client = Client::of_environment_or_shared_stack().await;
    let silent = analyzed(&client, "image/png", IMAGE, false).await;
    assert_eq!(silent["metadata"], Value::Null);
    assert_eq!(silent["detectedMimeType"], Value::Null);
}

/// The completed file; once what was wanted of it is known.
async fn analyzed(client: &Client, mime_type: &str, bytes: &'static [u8], wanted: bool) -> Value {
    let file = json!({ "filename": "media", "mimeType": mime_type, "sizeBytes": bytes.len() });
    let created = client.create(&file).await.ok();
    assert_eq!(client.put_bytes(&created, Bytes::from_static(bytes)).await.status, 200);
    let claim = json!({ "md5": md5_of(bytes), "autoMetaAnalysis": wanted });
    let mut file = client.complete_as(id_of(&created), &claim).await.ok();
    while wanted && file["detectedMimeType"] == Value::Null {
        file = client.file(id_of(&created)).await.ok();
    }
    file
}
