//! Downloads.

use std::fs;

use local::Verdict;
use tests::md5_of;

use super::tool::Tool;
use crate::hand::{Fault, When, reads};

/// A tool that has uploaded a file of this size, and does not have it any more; the file's id and bytes.
async fn uploaded(size: usize) -> (Tool, String, Vec<u8>) {
    let tool = Tool::new().await;
    let bytes = tool.write(size, 1);
    let id = tool.run(&["upload", "file.bin"]).await.answer().to_owned();
    fs::remove_file(tool.path("file.bin")).expect("the file is there");
    tool.stack.local().forget_calls();
    (tool, id, bytes)
}

#[tokio::test]
async fn a_file_comes_down_under_its_own_name_but_replaces_none() {
    let (tool, id, bytes) = uploaded(5).await;
    assert_eq!(tool.run(&["download", &id]).await.answer(), "file.bin");
    assert_eq!(fs::read(tool.path("file.bin")).ok(), Some(bytes));

    assert!(tool.run(&["download", &id]).await.complaint().contains("file.bin exists"));
    assert_eq!(tool.run(&["download", &id, "-o", "file.bin"]).await.answer(), "file.bin");
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on_where_it_was() {
    let (tool, id, bytes) = uploaded(3 << 20).await;
    let broken = Verdict::BreakOff { after: 2 << 20 };
    tool.stack.local().intercept(Fault::new(reads, When::After, broken, 1));

    tool.run(&["download", &id, "-o", "copy.bin"]).await.answer();
    let copy = fs::read(tool.path("copy.bin")).expect("the copy");
    assert_eq!(md5_of(&copy), md5_of(&bytes));
    let ranges: Vec<_> = tool.ranges();
    assert!(
        matches!(&ranges[..], [None, Some(range)] if range.starts_with("bytes=")),
        "{ranges:?}"
    );
}

#[tokio::test]
async fn another_process_goes_on_with_what_is_there() {
    let (tool, id, bytes) = uploaded(10).await;
    fs::write(tool.path(&format!("copy.bin.{id}.part")), &bytes[..4]).expect("a part");

    tool.run(&["download", &id, "-o", "copy.bin"]).await.answer();
    assert_eq!(fs::read(tool.path("copy.bin")).ok(), Some(bytes));
    assert_eq!(tool.ranges(), [Some("bytes=4-".to_owned())]);
}

#[tokio::test]
async fn an_expired_url_is_asked_for_again() {
    let (tool, id, bytes) = uploaded(10).await;
    let expired = Verdict::Refuse { status: 403, code: "AccessDenied".to_owned() };
    tool.stack.local().intercept(Fault::new(reads, When::Before, expired, 1));
    tool.run(&["download", &id]).await.answer();
    assert_eq!(fs::read(tool.path("file.bin")).ok(), Some(bytes));
    assert_eq!(tool.count(reads), 2);
}

#[tokio::test]
async fn wrong_bytes_are_not_kept() {
    let (tool, id, _) = uploaded(10).await;
    fs::write(tool.path(&format!("file.bin.{id}.part")), b"abcd").expect("a part");

    let ending = tool.run(&["download", &id]).await;
    assert!(ending.complaint().contains("the download's MD5 is "), "{ending:?}");
    assert!(!tool.path("file.bin").exists());
    tool.run(&["download", &id]).await.answer();
    assert_eq!(tool.ranges(), [Some("bytes=4-".to_owned()), None]);
}
