//! An upload that nothing disturbs.

use std::sync::Arc;

use async_trait::async_trait;
use local::{Call, Interceptor, Verdict};
use serde_json::Value;
use tokio::sync::Barrier;

use super::tool::{IN_PARTS, PART, Tool};
use crate::hand::{put_object, puts_part};

#[tokio::test]
async fn a_file_goes_up_in_parts_and_its_id_is_printed() {
    let tool = Tool::new().await;
    let bytes = tool.write(5 * PART + 7, 1);

    let ending = tool.upload_in_parts().await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!((tool.count(puts_part), tool.count(put_object)), (6, 0));
    assert_eq!(tool.remembered(), 0);
}

#[tokio::test]
async fn a_small_file_is_one_put_and_the_service_is_told_what_it_is() {
    let tool = Tool::new().await;
    let bytes = tool.write(9, 1);

    let ending = tool.run(&["upload", "file.bin"]).await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!((tool.count(puts_part), tool.count(put_object)), (0, 1));
    let file = tool.client.file(ending.answer()).await.ok();
    assert_eq!((&file["filename"], &file["sizeBytes"]), (&"file.bin".into(), &9.into()));
    assert_eq!(file["mimeType"], "application/octet-stream");

    let options = ["--name", "notes.txt", "--type", "text/plain"];
    let ending = tool.run(&[&["upload", "file.bin"], &options[..]].concat()).await;
    let file = tool.client.file(ending.answer()).await.ok();
    assert_eq!((&file["filename"], &file["mimeType"]), (&"notes.txt".into(), &"text/plain".into()));
}

#[tokio::test]
async fn as_many_parts_are_sent_at_once_as_there_are_connections() {
    let tool = Tool::new().await;
    tool.write(8 * PART, 1);
    // The barrier lets parts through by fours only: fewer connections would never end.
    tool.stack.local().intercept(Arc::new(ByFours(Barrier::new(4))));

    let arguments = ["upload", "file.bin", "--connections", "4"];
    tool.run(&[&arguments[..], &IN_PARTS].concat()).await.answer();
    assert_eq!(tool.count(puts_part), 8);
}

struct ByFours(Barrier);

#[async_trait]
impl Interceptor for ByFours {
    async fn before(&self, call: &Call) -> Verdict {
        if puts_part(call) {
            self.0.wait().await;
        }
        Verdict::Pass
    }
}

#[tokio::test]
async fn the_whole_file_is_printed_as_json_on_demand() {
    let tool = Tool::new().await;
    tool.write(5, 1);

    let ending = tool.run(&["upload", "file.bin", "--json"]).await;
    let printed: Value = serde_json::from_str(ending.answer()).expect("JSON");
    let id = printed["id"].as_str().expect("an id");
    assert_eq!(printed, tool.client.file(id).await.ok());
}

#[tokio::test]
async fn a_wrong_command_line_is_told_from_a_failure() {
    let tool = Tool::new().await;
    assert_eq!(tool.run(&["upload"]).await.code, Some(2));
    assert_eq!(tool.run(&["upload", "file.bin", "--connections", "0"]).await.code, Some(2));
    assert_eq!(tool.run(&["download", "no-id"]).await.code, Some(2));
    assert!(tool.run(&["upload", "file.bin"]).await.complaint().contains("cannot read"));

    let help = tool.run(&["upload", "--help"]).await;
    assert!(!help.answer().contains("slw_acme"), "{help:?}");
}

#[tokio::test]
async fn an_empty_file_goes_up_and_comes_down() {
    let tool = Tool::new().await;
    std::fs::write(tool.path("empty.txt"), b"").expect("the file can be written");
    let ending = tool.run(&["upload", "empty.txt"]).await;
    assert_eq!(ending.code, Some(0), "{}", ending.stderr);
    let files = tool.files().await;
    let id = files[0]["id"].as_str().expect("an id");
    tool.holds(id, b"").await;
    let ending = tool.run(&["download", id, "-o", "down.txt"]).await;
    assert_eq!(ending.code, Some(0), "{}", ending.stderr);
    assert_eq!(std::fs::read(tool.path("down.txt")).ok().as_deref(), Some(&b""[..]));
}
