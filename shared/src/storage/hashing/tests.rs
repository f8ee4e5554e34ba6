//! What hashing promises, against an S3 that misbehaves.

use std::future::{pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use md5::{Digest as _, Md5 as Hasher};

use super::stand_in::{Answer, StandIn, bucket, key, object};
use super::window::Pace;
use super::*;
use crate::domain::ETag;

/// No multiple of MD5's block of 64 bytes.
const RANGE: usize = 1000;
const SMALL: Pace = Pace { connections: 8, range_bytes: 1000, note_bytes: 1000 };

#[tokio::test]
async fn the_digest_is_right_whatever_the_size() {
    for size in [0, 1, RANGE - 1, RANGE, RANGE + 1, 8 * RANGE, 9 * RANGE + 5, 30 * RANGE] {
        let scene = Scene::new(size).await;
        assert_eq!(scene.hash().await.unwrap(), scene.digest(), "{size} bytes");
        assert_eq!(scene.requests().await, vec![1; size.div_ceil(RANGE)], "{size} bytes");
    }
}

#[tokio::test]
async fn the_pace_in_earnest_gives_the_right_digest() {
    let scene = Scene::new(9 * 4 * 1024 * 1024 + 1).await;
    let object = object(scene.bytes.len());
    let (bucket, key) = (bucket(&scene.s3.url), key());
    let mut hashing = bucket.hashing(&key, &object, None);
    // As a function's handler demands it.
    let hashed: std::pin::Pin<Box<dyn Future<Output = _> + Send>> =
        Box::pin(hashing.go_on(pending()));
    assert_eq!(hashed.await.unwrap(), scene.digest());
    assert_eq!(scene.s3.asked.lock().await.len(), 10);
}

#[tokio::test]
async fn a_hash_that_is_stopped_at_every_boundary_gives_the_same_digest() {
    let scene = Scene::new(5 * RANGE + 7).await;
    let mut earlier: Option<Midway> = None;
    for ranges_hashed in 1..=5 {
        let stopped = scene.hash_one_range(earlier).await;
        assert_eq!(stopped.bytes_hashed, (ranges_hashed * RANGE) as u64);
        // As it comes back from the record.
        let state = stopped.state.to_string().parse().unwrap();
        earlier = Some(Midway { state, ..stopped });
    }
    assert_eq!(whole(&mut scene.hashing(earlier)).await.unwrap(), scene.digest());
}

#[tokio::test]
async fn when_time_is_up_at_once_nothing_is_hashed_and_nothing_lost() {
    let scene = Scene::new(3 * RANGE).await;
    let earlier = scene.hash_one_range(None).await;
    let stopped = scene.hashing(Some(earlier.clone())).go_on(ready(())).await;
    assert_eq!(stopped.unwrap(), Hashed::Midway(earlier));
}

#[tokio::test]
async fn progress_is_told_in_order_and_reading_goes_on() {
    let scene = Scene::new(4 * RANGE).await;
    let mut hashing = scene.hashing(None);
    for bytes in [1000, 2000, 3000] {
        let Hashed::Midway(midway) = hashing.go_on(pending()).await.unwrap() else {
            unreachable!("there is more to hash")
        };
        assert_eq!(midway.bytes_hashed, bytes);
    }
    assert_eq!(hashing.go_on(pending()).await.unwrap(), scene.digest());
    assert_eq!(scene.requests().await, [1, 1, 1, 1]);
}

#[tokio::test]
async fn a_range_that_breaks_off_or_has_another_length_is_asked_for_again() {
    for wrong in [Answer::BrokenOff, Answer::Short, Answer::Long] {
        let once = move |first, before| match (first, before) {
            (2000, 0) | (4000, 0 | 1) => wrong,
            _ => Answer::Right,
        };
        let scene = Scene::answering(5 * RANGE, once).await;
        assert_eq!(scene.hash().await.unwrap(), scene.digest());
        assert_eq!(scene.requests().await, [1, 1, 2, 1, 3]);
    }
}

#[tokio::test]
async fn a_range_that_never_comes_whole_fails_the_hash_at_the_third_attempt() {
    for wrong in [Answer::BrokenOff, Answer::Short, Answer::Long] {
        let always = move |first, _| if first == 2000 { wrong } else { Answer::Right };
        let scene = Scene::answering(3 * RANGE, always).await;
        let failure = scene.hash().await.unwrap_err();
        assert!(matches!(failure, Error::Unavailable { operation: "s3:GetObject", .. }));
        assert_eq!(scene.requests().await, [1, 1, 3]);
    }
}

#[tokio::test]
async fn a_range_of_an_object_of_another_size_is_an_error_and_no_digest() {
    let scene = Scene::answering(3 * RANGE, |first, _| match first {
        1000 => Answer::OtherTotal,
        _ => Answer::Right,
    });
    let failure = scene.await.hash().await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "S3 sent Some(\"bytes 1000-1999/3001\") and not bytes 1000-1999/3000"
    );
}

#[tokio::test]
async fn an_object_that_is_gone_or_replaced_is_noticed_at_any_range() {
    for status in [404, 412] {
        for gone_at in [0, 1000, 11_000] {
            let scene = Scene::answering(12 * RANGE, move |first, _| match first {
                first if first == gone_at => Answer::Refused(status),
                _ => Answer::Right,
            });
            assert_eq!(scene.await.hash().await.unwrap(), Hashed::Gone, "{status} at {gone_at}");
        }
    }
}

#[tokio::test]
async fn other_bytes_under_the_same_key_are_not_hashed() {
    let scene = Scene::new(RANGE).await;
    let replaced = StoredObject { etag: ETag::new("another"), ..object(RANGE) };
    let mut hashing = bucket(&scene.s3.url).hashing(&key(), &replaced, None);
    assert_eq!(hashing.go_on(pending()).await.unwrap(), Hashed::Gone);
}

#[tokio::test]
async fn eight_ranges_are_read_at_a_time_and_nine_held_at_most() {
    let hashed = Arc::new(AtomicU64::new(0));
    let furthest = Arc::new(AtomicU64::new(0));
    let bytes = bytes(24 * RANGE);
    let (seen, ahead) = (Arc::clone(&hashed), Arc::clone(&furthest));
    // No request is answered before eight are there: fewer at a time would wait forever.
    let s3 = StandIn::start(&bytes, 8, move |first, _| {
        let end = (first + RANGE) as u64;
        ahead.fetch_max(end - seen.load(Ordering::SeqCst), Ordering::SeqCst);
        Answer::Right
    })
    .await;
    let scene = Scene { s3, bytes };
    let mut hashing = scene.hashing(None);
    let outcome = loop {
        match hashing.go_on(pending()).await.unwrap() {
            Hashed::Midway(midway) => hashed.store(midway.bytes_hashed, Ordering::SeqCst),
            outcome => break outcome,
        }
    };
    assert_eq!(outcome, scene.digest());
    assert_eq!(scene.s3.busiest.load(Ordering::SeqCst), 8);
    assert!(furthest.load(Ordering::SeqCst) <= 9 * SMALL.range_bytes);
}

/// A hash of an object under test, of which there is one each.
struct Scene {
    s3: StandIn,
    bytes: Vec<u8>,
}

impl Scene {
    async fn new(size: usize) -> Self {
        Self::answering(size, |_, _| Answer::Right).await
    }

    async fn answering(
        size: usize,
        answer: impl Fn(usize, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let bytes = bytes(size);
        Self { s3: StandIn::start(&bytes, 1, answer).await, bytes }
    }

    /// Hashes without an end to the time.
    async fn hash(&self) -> Result<Hashed> {
        whole(&mut self.hashing(None)).await
    }

    fn hashing(&self, earlier: Option<Midway>) -> Hashing {
        let object = object(self.bytes.len());
        let midway = Midway::of(&object, earlier);
        let source = Source::new(&bucket(&self.s3.url), &key(), &object);
        Hashing { window: Window::open(source, midway.bytes_hashed, SMALL), midway }
    }

    async fn hash_one_range(&self, earlier: Option<Midway>) -> Midway {
        let Hashed::Midway(midway) = self.hashing(earlier).go_on(pending()).await.unwrap() else {
            unreachable!("there is more to hash")
        };
        midway
    }

    fn digest(&self) -> Hashed {
        Hashed::Whole(Md5::new(Hasher::digest(&self.bytes).into()))
    }

    /// How often each range was asked for.
    async fn requests(&self) -> Vec<usize> {
        let asked = self.s3.asked.lock().await;
        let starts = (0..self.bytes.len()).step_by(RANGE);
        starts.map(|start| asked.iter().filter(|first| **first == start).count()).collect()
    }
}

/// Hashes to the end.
async fn whole(hashing: &mut Hashing) -> Result<Hashed> {
    loop {
        match hashing.go_on(pending()).await? {
            Hashed::Midway(_) => {}
            outcome => return Ok(outcome),
        }
    }
}

/// Bytes of which no two ranges are alike.
fn bytes(size: usize) -> Vec<u8> {
    (0_u32..).flat_map(u32::to_be_bytes).take(size).collect()
}
