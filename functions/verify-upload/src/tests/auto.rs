//! Files that their event completes.

use serde_json::{Value, json};
use shared::domain::FileId;
use shared::testing::dynamodb::{FILE, file_item, get, read, refused, update, updated, with};
use shared::testing::s3::{delete, empty};
use shared::testing::{Answers as _, ID, MD5, Rule};

use super::{event, handle};

/// The update that completes the file by what the event told, if that is the MD5 that was declared. No HEAD has
/// shown this container yet that an `ETag` is an MD5.
const COMPLETE: &[&str] = &[
    "SET status = 'COMPLETED', completedAt = 1775649600000, etag = '5eb63bbbe01eeed093cb22bb8f5acdc3', \
     md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3' REMOVE expiresAt",
    "attribute_not_exists(rejections) AND sizeBytes = 11 AND attribute_exists(autoComplete) \
     AND declaredMd5 = '5eb63bbbe01eeed093cb22bb8f5acdc3'",
];

/// The file's id, with the bit that says that its event completes it.
fn auto_id() -> String {
    let id: FileId = ID.parse().unwrap();
    let suffix = [0x01, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf];
    FileId::of_new_file(id.sequence(), suffix, true).to_string()
}

fn object() -> String {
    format!("acme/{}", auto_id())
}

fn auto_item(status: &str) -> Value {
    with(file_item(status), &json!({ "id": { "S": auto_id() }, "autoComplete": { "BOOL": true } }))
}

#[tokio::test]
async fn the_declared_bytes_complete_the_file_by_one_call() {
    let file = update(FILE, COMPLETE).answers(updated(&auto_item("COMPLETED")));
    handle(event(&object(), MD5), &[&file]).await.unwrap();
    assert_eq!(file.num_calls(), 1);
}

#[tokio::test]
async fn a_file_that_was_completed_before_stays_as_it_is() {
    let file = update(FILE, COMPLETE).answers(refused(Some(&auto_item("COMPLETED"))));
    handle(event(&object(), MD5), &[&file]).await.unwrap();
    assert_eq!(file.num_calls(), 1);
}

#[tokio::test]
async fn bytes_under_the_key_of_a_file_that_never_was_are_deleted() {
    let file = update(FILE, COMPLETE).answers(refused(None));
    let failed = handle(event(&object(), MD5), &[&file]).await;
    // S3 answers 418 to what the test does not expect.
    assert!(failed.is_err_and(|failure| failure.to_string().contains("s3:DeleteObject")));
}

#[tokio::test]
async fn an_etag_that_is_no_md5_completes_nothing_unread() {
    let joined = "0123456789abcdef0123456789abcdef-3";
    let record = get(FILE).answers(read(Some(&auto_item("CANCELLED"))));
    let object_deleted = delete().answers(empty(204));
    let failed = handle(event(&object(), joined), &[&record, &object_deleted]).await;
    assert!(failed.is_err(), "it is swept, by a call that the test does not expect");
    assert_eq!([&record, &object_deleted].map(Rule::num_calls), [1, 0]);
}
