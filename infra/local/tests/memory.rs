//! An object is never in memory as a whole. Alone in its process, whose peak memory it measures.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "behaviour/s3_client.rs"]
mod s3_client;

use std::fs;

use aws_sdk_s3::presigning::PresigningConfig;
use futures_util::{StreamExt, stream};
use local::{BUCKET, Local, Options};
use reqwest::header::CONTENT_LENGTH;

use crate::s3_client::s3_client;

const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 4096;
const SIZE: usize = CHUNK * CHUNKS;

/// The peak may grow by this many KiB while 256 MiB go in and come out.
const TOLERATED_GROWTH_KIB: u64 = 32 * 1024;

#[tokio::test]
async fn an_object_of_256_mib_is_streamed_in_and_out() {
    let local = Local::start(Options::default()).await.unwrap();
    let s3 = s3_client(&local, local.secret_access_key());
    let http = reqwest::Client::new();
    let lifetime = PresigningConfig::expires_in(std::time::Duration::from_mins(10)).unwrap();
    let put = s3.put_object().bucket(BUCKET).key("acme/large").presigned(lifetime.clone());
    let put = put.await.unwrap();
    let get = s3.get_object().bucket(BUCKET).key("acme/large").presigned(lifetime).await.unwrap();
    let before = peak_memory_kib();

    let chunks = stream::iter((0..CHUNKS).map(|_| std::io::Result::Ok(vec![7; CHUNK])));
    let body = reqwest::Body::wrap_stream(chunks);
    let sent = http.put(put.uri()).header(CONTENT_LENGTH, SIZE).body(body).send().await.unwrap();
    assert_eq!(sent.status(), 200);
    let mut received = http.get(get.uri()).send().await.unwrap().bytes_stream();
    let mut size = 0;
    while let Some(chunk) = received.next().await {
        size += chunk.unwrap().len();
    }

    assert_eq!(size, SIZE);
    let growth = peak_memory_kib() - before;
    assert!(growth < TOLERATED_GROWTH_KIB, "the peak grew by {growth} KiB");
}

/// `VmHWM` of this process.
fn peak_memory_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}
