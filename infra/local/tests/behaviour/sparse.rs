//! Long runs of zeros take no room on disk, and come back as they were sent.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use local::{BUCKET, Options};

use crate::scene::{Scene, lifetime};

const MIB: usize = 1024 * 1024;

/// What `st_blocks` counts in, in bytes.
const DISK_BLOCK: u64 = 512;

#[tokio::test]
async fn zeros_take_no_room() {
    let body = [vec![0; 8 * MIB], b"in the middle".to_vec(), vec![0; 8 * MIB]].concat();
    let room = room_taken_by(body).await;
    assert!(room > 0 && room <= 128 * 1024, "{room} bytes");
}

#[tokio::test]
async fn nothing_but_zeros_keeps_its_length() {
    assert_eq!(room_taken_by(vec![0; MIB + 1]).await, 0);
}

/// Stores the object, reads it again and measures its content on disk, in bytes.
async fn room_taken_by(body: Vec<u8>) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let scene = Scene::with(options).await;
    let put = scene.s3.put_object().bucket(BUCKET).key("acme/a");
    let put = put.presigned(lifetime()).await.unwrap();
    let stored = scene.request(put.uri(), &put).body(body.clone()).send().await.unwrap();
    assert_eq!(stored.status(), 200);
    let got = scene.s3.get_object().bucket(BUCKET).key("acme/a").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), body);
    disk_usage(&directory.path().join("s3/buckets").join(BUCKET).join("content"))
}

fn disk_usage(directory: &Path) -> u64 {
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().metadata());
    files.map(|file| file.unwrap().blocks() * DISK_BLOCK).sum()
}
