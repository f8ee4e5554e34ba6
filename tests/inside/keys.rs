//! Keys that end, have limits of their own, and take each other's place, on the real binaries.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use local::{Clock as _, SystemClock};
use shared::domain::{ApiKey, RateLimit, Scope, Timestamp};
use shared::storage::{Keys, KnownKey, Table};
use tests::{Client, Settings, Stack};

#[tokio::test]
async fn a_key_opens_the_workspace_until_its_end() {
    let (stack, client) = start().await;
    let (past, future) = (now().before(SECOND), now().after(Duration::from_hours(1)));
    for (end, status) in [(past, 401), (future, 200), (Timestamp::from_millis(0), 401)] {
        let (holder, _) =
            issue(&stack, &client, |key| KnownKey { expires_at: Some(end), ..key }).await;
        let answer = holder.validate().await;
        assert_eq!(answer.status, status, "{end}");
        if status == 200 {
            assert_eq!(answer.body["expiresAt"], end.to_string());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_held_to_the_limit_that_it_has_of_its_own() {
    let (stack, client) = start().await;
    stack.function("validate-key").warm(8).await;
    let limit = Some(RateLimit::new(1, 5));
    let (slow, _) = issue(&stack, &client, |key| KnownKey { limit, ..key }).await;
    let slow = slow.impatient();
    let started = SystemClock.now_ms();
    let answers = join_all((0..40).map(|_| slow.validate())).await;
    let seconds = (SystemClock.now_ms() - started).div_ceil(1000);
    let admitted = answers.iter().filter(|answer| answer.status == 200).count() as u64;
    assert!((5..=5 + seconds).contains(&admitted), "{admitted} in {seconds} s");
    for answer in &answers {
        assert_eq!(answer.header("x-ratelimit-limit"), Some("5"));
    }
    // A faster one than the deployment's is held to its own, too.
    let limit = Some(RateLimit::new(300, 60));
    let (fast, _) = issue(&stack, &client, |key| KnownKey { limit, ..key }).await;
    let answers = join_all((0..60).map(|_| fast.validate())).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    stack.local().forget_calls();
    assert_eq!(fast.validate().await.header("x-ratelimit-limit"), Some("60"));
    assert!(stack.local().calls().len() <= 2, "{:?}", stack.local().calls());
}

#[tokio::test]
async fn a_key_that_was_rotated_goes_on_for_the_overlap_and_no_longer() {
    let (stack, client) = start().await;
    let keys = keys(&stack);
    let (holder, old) = issue(&stack, &client, |key| key).await;
    let (successor, mut new) = (ApiKey::new(&old.workspace, &[9; 20]), old.clone());
    new.hash = successor.hash();
    keys.rotate(&old, &new, now().after(Duration::from_hours(24))).await.expect("rotated");
    let next = client.with_key(successor.reveal());
    for both in [&holder, &next] {
        both.validate().await.ok();
    }
    // Once more, without an overlap. An end that is nearer than the overlap stays.
    let last = ApiKey::new(&old.workspace, &[10; 20]);
    let third = KnownKey { hash: last.hash(), ..new.clone() };
    keys.rotate(&new, &third, now()).await.expect("rotated");
    assert_eq!(next.validate().await.status, 401);
    client.with_key(last.reveal()).validate().await.ok();

    let known = keys.list(None).await.expect("listed");
    let ends: Vec<_> = known.iter().filter(|key| key.expires_at.is_some()).collect();
    assert_eq!((known.len(), ends.len()), (4, 2));
    keys.revoke(&third, now()).await.expect("revoked");
    let fourth = KnownKey { hash: ApiKey::new(&old.workspace, &[11; 20]).hash(), ..third.clone() };
    let refused = keys.rotate(&third, &fourth, now()).await;
    assert!(refused.is_err(), "a key that is revoked has no successor");
}

#[tokio::test]
async fn the_last_use_of_a_key_is_told_by_its_limit() {
    let (stack, client) = start().await;
    let (holder, _) = issue(&stack, &client, |key| key).await;
    let keys = keys(&stack);
    let known = keys.list(None).await.expect("listed");
    assert_eq!(keys.last_uses(&known).await.expect("read"), [None, None]);
    let before = now();
    holder.validate().await.ok();
    let used = keys.last_uses(&known).await.expect("read");
    let used: Vec<_> = used.into_iter().flatten().collect();
    // One request uses up 40 ms.
    assert!(matches!(used[..], [at] if at >= before && at <= now().after(SECOND)), "{used:?}");
}

const SECOND: Duration = Duration::from_secs(1);

async fn start() -> (Stack, Client) {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}

fn keys(stack: &Stack) -> Keys {
    Keys::new(Table::new(stack.dynamodb(), local::TABLE), RateLimit::new(25, 25))
}

fn now() -> Timestamp {
    Timestamp::from_millis(SystemClock.now_ms())
}

/// A new key of the workspace, changed before it is recorded, and a client that holds it.
async fn issue(
    stack: &Stack,
    client: &Client,
    change: impl FnOnce(KnownKey) -> KnownKey,
) -> (Client, KnownKey) {
    static ISSUED: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [1; 20];
    bytes[..8].copy_from_slice(&ISSUED.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    let key = ApiKey::new(&"acme".parse().expect("a workspace"), &bytes);
    let known = change(KnownKey::of(&key, "own".to_owned(), Scope::ALL, now()));
    keys(stack).create(&known).await.expect("the key is recorded");
    (client.with_key(key.reveal()), known)
}
