//! `slipway upload` at the real functions: killed half-way, it goes on where it was.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use local::{Call, Interceptor, Verdict};
use md5::{Digest as _, Md5};
use tests::lambda::binaries;
use tests::{Client, Settings, Stack, id_of};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use crate::hand::puts_part;

const SIZE: usize = 200_000_000;
const PART: usize = 8 * 1024 * 1024;
const PARTS: usize = SIZE.div_ceil(PART);

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_megabytes_killed_half_way_send_no_finished_part_twice() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let folder = tempfile::tempdir().expect("a folder");
    let (file, md5) = two_hundred_megabytes(folder.path());

    let brake = Brake::after(PARTS / 2);
    stack.local().intercept(brake.clone());
    let mut uploader = upload(&stack, &client, folder.path(), &file);
    brake.reached().await;
    uploader.kill().await.expect("the uploader can be killed");
    brake.release();
    stack.local().stop_intercepting();
    let listed = client.list("").await.ok();
    let id = id_of(&listed["data"][0]).to_owned();
    let held = client.list_parts(&id, "").await.ok();
    let finished = held["data"].as_array().expect("a list").len();
    assert!((PARTS / 2..PARTS).contains(&finished), "{finished} parts");

    stack.local().forget_calls();
    let uploader = upload(&stack, &client, folder.path(), &file);
    let ended = uploader.wait_with_output().await.expect("the uploader ends");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(String::from_utf8_lossy(&ended.stdout).trim(), id);
    let sent = stack.local().calls().iter().filter(|call| puts_part(call)).count();
    assert_eq!(sent, PARTS - finished);
    let completed = client.file(&id).await.ok();
    assert_eq!((&completed["status"], &completed["md5"]), (&"COMPLETED".into(), &md5.into()));
}

/// Starts the uploader, with its memory in `folder`.
fn upload(stack: &Stack, client: &Client, folder: &Path, file: &Path) -> Child {
    Command::new(binaries().join("slipway"))
        .arg("upload")
        .arg(file)
        .args(["--part-size", &PART.to_string(), "--connections", "8"])
        .env("SLIPWAY_URL", stack.url())
        .env("SLIPWAY_KEY", client.key().expect("the client has a key"))
        .env("XDG_STATE_HOME", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the uploader starts")
}

/// A file of which no two parts are alike, and its MD5.
fn two_hundred_megabytes(folder: &Path) -> (PathBuf, String) {
    let path = folder.join("large.bin");
    let mut bytes = vec![0; SIZE];
    for (at, block) in (0_u64..).zip(bytes.chunks_mut(4096)) {
        block[..8].copy_from_slice(&at.to_be_bytes());
    }
    std::fs::write(&path, &bytes).expect("the file can be written");
    (path, HEXLOWER.encode(&Md5::digest(&bytes)))
}

/// Lets so many parts through, holds the others, and breaks them off when it is released.
struct Brake {
    after: usize,
    seen: AtomicUsize,
    through: Semaphore,
    released: Semaphore,
}

impl Brake {
    fn after(after: usize) -> Arc<Self> {
        let (through, released) = (Semaphore::new(0), Semaphore::new(0));
        Arc::new(Self { after, seen: AtomicUsize::new(0), through, released })
    }

    /// Waits until all that are let through are stored.
    async fn reached(&self) {
        let all = u32::try_from(self.after).expect("a few parts");
        self.through.acquire_many(all).await.expect("never closed").forget();
    }

    fn release(&self) {
        self.released.add_permits(PARTS);
    }
}

#[async_trait]
impl Interceptor for Brake {
    async fn before(&self, call: &Call) -> Verdict {
        if !puts_part(call) || self.seen.fetch_add(1, Ordering::SeqCst) < self.after {
            return Verdict::Pass;
        }
        self.released.acquire().await.expect("never closed").forget();
        Verdict::HangUp
    }

    async fn after(&self, call: &Call) -> Verdict {
        if puts_part(call) {
            self.through.add_permits(1);
        }
        Verdict::Pass
    }
}
