//! How an upload ends: proven, rejected or mended.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use async_trait::async_trait;
use local::{Call, Interceptor, Verdict};
use tests::{Settings, id_of};
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;

use super::tool::{PART, Tool, under_kms};
use crate::hand::{lists_parts, puts_part, reads, takes_one};
use crate::records::{Records, replace_the_first_part, s3};

/// Holds every call of a kind until it is opened.
struct Held {
    which: fn(&Call) -> bool,
    open: Semaphore,
}

#[async_trait]
impl Interceptor for Held {
    async fn before(&self, call: &Call) -> Verdict {
        if (self.which)(call) {
            let _open = self.open.acquire().await.expect("never closed");
        }
        Verdict::Pass
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_takes_time_is_waited_for() {
    // Under KMS bytes are proven by reading them, and complete gives up before its time is over.
    let time_limits = vec![("complete-file", Duration::from_millis(400))];
    let tool = Tool::with(Settings { time_limits, ..under_kms() }).await;
    let bytes = tool.write(5, 1);
    let held = Arc::new(Held { which: reads, open: Semaphore::new(0) });
    tool.stack.local().intercept(held.clone());

    let mut process = tool.start(&["upload", "file.bin"]);
    let mut stderr = process.stderr.take().expect("it is piped");
    let mut said = String::new();
    while !said.contains("the service verifies it") {
        let byte = stderr.read_u8().await.expect("the tool says what it does");
        said.push(char::from(byte));
    }
    held.open.add_permits(100);

    let output = process.wait_with_output().await.expect("the tool ends");
    assert!(output.status.success(), "{said}");
    let id = String::from_utf8(output.stdout).expect("an id");
    tool.holds(id.trim_end(), &bytes).await;
}

#[tokio::test]
async fn bytes_that_are_not_the_files_are_told() {
    let tool = Tool::under_kms().await;
    tool.write(3 * PART, 1);
    tool.killed_after(1, 1).await;
    let id = id_of(&tool.files().await[0]).to_owned();
    // Nobody can tell by its ETag that it is another.
    let records = Records::of(&tool.stack, "acme");
    records.replace_the_first_part(&id, &vec![9; PART]).await;

    let ending = tool.run(&["upload", "file.bin"]).await;
    assert!(ending.complaint().contains("422 checksum_mismatch"), "{ending:?}");
}

/// Replaces parts by shorter ones before the parts are listed to be joined, so many times.
struct Shortened {
    s3: aws_sdk_s3::Client,
    left: AtomicUsize,
}

#[async_trait]
impl Interceptor for Shortened {
    async fn before(&self, call: &Call) -> Verdict {
        if lists_parts(call) && takes_one(&self.left) {
            let (_, key) = call.path[1..].split_once('/').expect("a bucket and a key");
            replace_the_first_part(&self.s3, key, b"short").await;
        }
        Verdict::Pass
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_are_wrong_at_the_end_are_sent_again_once() {
    for (times, mended) in [(1, true), (2, false)] {
        let tool = Tool::new().await;
        let bytes = tool.write(3 * PART, 1);
        let shortened = Shortened { s3: s3(&tool.stack), left: AtomicUsize::new(times) };
        tool.stack.local().intercept(Arc::new(shortened));

        let ending = tool.upload_in_parts().await;
        if mended {
            tool.holds(ending.answer(), &bytes).await;
        } else {
            assert!(ending.complaint().contains("422 parts_mismatch"), "{ending:?}");
        }
        // Three of the tool, its one again, and ours.
        assert_eq!(tool.count(puts_part), 4 + times);
    }
}
