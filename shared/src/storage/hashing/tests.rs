//! What hashing promises, at the embedded S3, which misbehaves where a test says so.

use std::future::{pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use local::{Call, Interceptor, Local, Options, Verdict};
use md5::{Digest as _, Md5 as Hasher};
use tokio::sync::Barrier;

use super::*;
use crate::config::Aws;
use crate::domain::{ETag, Encryption};
use crate::storage::connection;

/// No multiple of MD5's block of 64 bytes.
const RANGE: usize = 1000;
const SMALL: Pace = Pace { ranges: 9, range_bytes: 1000, note_bytes: 1000 };

#[tokio::test]
async fn the_digest_is_right_whatever_the_size() {
    for size in [1, RANGE - 1, RANGE, RANGE + 1, 8 * RANGE, 9 * RANGE + 5, 30 * RANGE] {
        let scene = Scene::new(size).await;
        assert_eq!(scene.hash().await.unwrap(), scene.digest(), "{size} bytes");
        assert_eq!(scene.requests(), vec![1; size.div_ceil(RANGE)], "{size} bytes");
    }
}

#[tokio::test]
async fn the_pace_in_earnest_gives_the_right_digest() {
    let scene = Scene::new(9 * 4 * 1024 * 1024 + 1).await;
    let mut hashing = scene.bucket.hashing(&key(), &scene.object, None);
    // As a function's handler demands it.
    let hashed: std::pin::Pin<Box<dyn Future<Output = _> + Send>> =
        Box::pin(hashing.go_on(pending()));
    assert_eq!(hashed.await.unwrap(), scene.digest());
    assert_eq!(scene.firsts().len(), 10);
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
    assert_eq!(scene.requests(), [1, 1, 1, 1]);
}

#[tokio::test]
async fn a_range_that_breaks_off_is_asked_for_again() {
    let scene = Scene::new(5 * RANGE).await;
    scene.break_off(&[(2000, 1), (4000, 2)]);
    assert_eq!(scene.hash().await.unwrap(), scene.digest());
    assert_eq!(scene.requests(), [1, 1, 2, 1, 3]);
}

#[tokio::test]
async fn a_range_that_never_comes_whole_fails_the_hash_at_the_third_attempt() {
    let scene = Scene::new(3 * RANGE).await;
    scene.break_off(&[(2000, usize::MAX)]);
    let failure = scene.hash().await.unwrap_err();
    assert!(matches!(failure, Error::Unavailable { operation: "s3:GetObject", .. }));
    assert_eq!(scene.requests(), [1, 1, 3]);
}

#[tokio::test]
async fn a_range_of_an_object_of_another_size_is_an_error_and_no_digest() {
    let mut scene = Scene::new(3 * RANGE).await;
    scene.object.size_bytes += 1;
    let failure = scene.hash().await.unwrap_err();
    let said = "S3 sent Some(\"bytes 0-999/3000\") and not bytes 0-999/3001";
    assert_eq!(failure.to_string(), said);
}

#[tokio::test]
async fn an_object_that_is_gone_or_replaced_is_noticed_at_any_range() {
    for status in [404, 412] {
        for gone_at in [0, 1000, 11_000] {
            let scene = Scene::new(12 * RANGE).await;
            scene.local.intercept(Arc::new(Gone { status, from: gone_at }));
            assert_eq!(scene.hash().await.unwrap(), Hashed::Gone, "{status} at {gone_at}");
        }
    }
}

#[tokio::test]
async fn other_bytes_under_the_same_key_are_not_hashed() {
    let mut scene = Scene::new(RANGE).await;
    scene.object.etag = ETag::new("another");
    assert_eq!(scene.hash().await.unwrap(), Hashed::Gone);
}

#[tokio::test]
async fn nine_ranges_are_read_ahead_and_no_more_are_held() {
    let scene = Scene::new(27 * RANGE).await;
    // No request is answered before nine are there: fewer at a time would wait forever.
    let crowd = Arc::new(Crowd::default());
    scene.local.intercept(crowd.clone());
    let mut hashing = scene.hashing(None);
    let outcome = loop {
        match hashing.go_on(pending()).await.unwrap() {
            Hashed::Midway(midway) => crowd.hashed.store(midway.bytes_hashed, Ordering::SeqCst),
            outcome => break outcome,
        }
    };
    assert_eq!(outcome, scene.digest());
    assert_eq!(crowd.busiest.load(Ordering::SeqCst), 9);
    assert!(crowd.furthest.load(Ordering::SeqCst) <= 9 * SMALL.range_bytes);
}

/// Breaks ranges off in their midst: by their first byte, so many times each.
struct BreakingOff(Vec<(usize, AtomicUsize)>);

#[async_trait]
impl Interceptor for BreakingOff {
    async fn after(&self, call: &Call) -> Verdict {
        let left = self.0.iter().find(|(first, _)| Some(*first) == first_byte(call));
        let one_less = |left: usize| left.checked_sub(1);
        let broken = |left: &AtomicUsize| {
            left.try_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
        };
        match left {
            Some((_, left)) if broken(left) => Verdict::BreakOff { after: RANGE as u64 / 2 },
            _ => Verdict::Pass,
        }
    }
}

/// Refuses the range that begins there.
struct Gone {
    status: u16,
    from: usize,
}

#[async_trait]
impl Interceptor for Gone {
    async fn before(&self, call: &Call) -> Verdict {
        if first_byte(call) != Some(self.from) {
            return Verdict::Pass;
        }
        Verdict::Refuse { status: self.status, code: "Gone".to_owned() }
    }
}

/// Answers reads by nines, and watches how far ahead of the hash they are.
struct Crowd {
    together: Barrier,
    hashed: AtomicU64,
    furthest: AtomicU64,
    underway: AtomicUsize,
    busiest: AtomicUsize,
}

impl Default for Crowd {
    fn default() -> Self {
        Self {
            together: Barrier::new(9),
            hashed: AtomicU64::new(0),
            furthest: AtomicU64::new(0),
            underway: AtomicUsize::new(0),
            busiest: AtomicUsize::new(0),
        }
    }
}

#[async_trait]
impl Interceptor for Crowd {
    async fn before(&self, call: &Call) -> Verdict {
        let Some(first) = first_byte(call) else { return Verdict::Pass };
        let ahead = (first + RANGE) as u64 - self.hashed.load(Ordering::SeqCst);
        self.furthest.fetch_max(ahead, Ordering::SeqCst);
        let underway = 1 + self.underway.fetch_add(1, Ordering::SeqCst);
        self.busiest.fetch_max(underway, Ordering::SeqCst);
        self.together.wait().await;
        // Before the client can know of the answer, and ask for more.
        self.underway.fetch_sub(1, Ordering::SeqCst);
        Verdict::Pass
    }
}

/// Where the range begins that a call reads.
fn first_byte(call: &Call) -> Option<usize> {
    let range = call.range.as_deref()?.strip_prefix("bytes=")?;
    range.split_once('-')?.0.parse().ok()
}

fn key() -> ObjectKey {
    "acme/fil_000000070123456789abcdef".parse().unwrap()
}

/// An object in the embedded S3, and what is said of it.
struct Scene {
    local: Local,
    bucket: Bucket,
    object: StoredObject,
    bytes: Vec<u8>,
}

impl Scene {
    async fn new(size: usize) -> Self {
        let local = Local::start(Options::default()).await.unwrap();
        let aws = Aws {
            s3_endpoint: Some(local.s3_url()),
            ..Aws::with_key(local::REGION, local::ACCESS_KEY_ID, local.secret_access_key())
        };
        let client = Bucket::client(&connection::settings(&aws), &aws, local::BUCKET);
        // Of which no two ranges are alike.
        let bytes: Vec<u8> = (0_u32..).flat_map(u32::to_be_bytes).take(size).collect();
        let put = client.put_object().bucket(local::BUCKET).key(key().to_string());
        put.body(bytes.clone().into()).send().await.unwrap();
        let bucket = Bucket::new(client, local::BUCKET, Encryption::S3Managed);
        let object = bucket.head(&key()).await.unwrap().unwrap();
        Self { local, bucket, object, bytes }
    }

    /// Breaks ranges off: by their first byte, so many times each.
    fn break_off(&self, times: &[(usize, usize)]) {
        let times = times.iter().map(|(first, times)| (*first, AtomicUsize::new(*times)));
        self.local.intercept(Arc::new(BreakingOff(times.collect())));
    }

    /// Hashes without an end to the time.
    async fn hash(&self) -> Result<Hashed> {
        whole(&mut self.hashing(None)).await
    }

    fn hashing(&self, earlier: Option<Midway>) -> Hashing {
        let source = self.bucket.source(&key(), &self.object.etag, self.object.size_bytes);
        Hashing::new(source, Midway::of(&self.object, earlier), SMALL)
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

    /// The first byte of each range that was asked for, in the order of requests.
    fn firsts(&self) -> Vec<usize> {
        self.local.calls().iter().filter_map(first_byte).collect()
    }

    /// How often each range was asked for.
    fn requests(&self) -> Vec<usize> {
        let firsts = self.firsts();
        let starts = (0..self.bytes.len()).step_by(RANGE);
        starts.map(|start| firsts.iter().filter(|first| **first == start).count()).collect()
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
