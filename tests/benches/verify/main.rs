//! How fast the verify pipeline is, against what one core hashes and what its connections bring.
//!
//! `cargo bench --package tests --bench verify`

#![expect(clippy::expect_used, clippy::cast_precision_loss, reason = "it measures or fails")]
#![expect(clippy::print_stdout, reason = "a benchmark says what it saw")]

mod server;

use std::future::pending;
use std::sync::Arc;
use std::time::Instant;

use shared::Aws;
use shared::domain::{ETag, Encryption, Md5, Midway, ObjectKey, StoredObject};
use shared::storage::{Bucket, Hashed, connection};

/// What the object consists of, again and again.
const BLOCK_BYTES: usize = 50_000_000;
/// So large that the first range, which nothing is hashed beside, does not count for much.
const BLOCKS: usize = 20;
const SIZE_BYTES: usize = BLOCKS * BLOCK_BYTES;
/// As many as the pipeline opens.
const CONNECTIONS: f64 = 8.0;
/// What each of them brings in MB/s, from far less than a core hashes to far more.
const RATES: [f64; 6] = [20.0, 40.0, 60.0, 80.0, 120.0, 240.0];
/// Both sides of a comparison are the best of so many, taken in turn: others use this machine too.
const ROUNDS: u32 = 3;

/// One thread for the network, as in the functions.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let block: Vec<u8> = (0_u32..).flat_map(u32::to_be_bytes).take(BLOCK_BYTES).collect();
    let block = Arc::new(block);
    let object =
        StoredObject::new(SIZE_BYTES as u64, ETag::new("a-2"), None, Encryption::S3Managed);
    println!("connections x MB/s | one core, MB/s | pipeline, MB/s | efficiency");
    println!("------------------ | -------------- | -------------- | ----------");
    for rate in RATES {
        let bucket = bucket(server::serve(Arc::clone(&block), SIZE_BYTES, rate * 1e6));
        let (mut core, mut pipeline) = (0.0_f64, 0.0_f64);
        for _ in 0..ROUNDS {
            let (of_core, md5) = hash_in_memory(&object, &block);
            core = core.max(of_core);
            pipeline = pipeline.max(hash_in_bucket(&object, &bucket, md5).await);
        }
        let efficiency = pipeline / core.min(CONNECTIONS * rate);
        println!("{CONNECTIONS} x {rate:<14} | {core:14.0} | {pipeline:14.0} | {efficiency:10.2}");
    }
}

/// The rate in MB/s at which one core hashes what it has in memory, and the digest.
fn hash_in_memory(object: &StoredObject, block: &[u8]) -> (f64, Md5) {
    let started = Instant::now();
    let mut midway = Midway::of(object, None);
    for _ in 0..BLOCKS {
        midway.update(block);
    }
    (megabytes_per_second(started), midway.finish())
}

/// The rate in MB/s at which the pipeline reads and hashes; the digest must be this one.
async fn hash_in_bucket(object: &StoredObject, bucket: &Bucket, md5: Md5) -> f64 {
    let key: ObjectKey = "acme/fil_000000070123456789abcdef".parse().expect("a key");
    let started = Instant::now();
    let mut hashing = bucket.hashing(&key, object, None);
    let hashed = loop {
        match hashing.go_on(pending()).await.expect("the bytes are there") {
            Hashed::Midway(_) => {}
            hashed => break hashed,
        }
    };
    let rate = megabytes_per_second(started);
    assert_eq!(hashed, Hashed::Whole(md5));
    rate
}

fn megabytes_per_second(started: Instant) -> f64 {
    SIZE_BYTES as f64 / 1e6 / started.elapsed().as_secs_f64()
}

/// A bucket at `url`, with the settings that the functions' clients have.
fn bucket(url: String) -> Bucket {
    let aws = Aws { s3_endpoint: Some(url), ..Aws::with_key("us-east-1", "id", "secret") };
    let client = Bucket::client(&connection::settings(&aws), &aws, "files");
    Bucket::new(client, "files", Encryption::S3Managed)
}
