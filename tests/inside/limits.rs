//! The rate limit and the keys, across containers.

use futures_util::future::join_all;
use local::{Clock as _, SystemClock};
use shared::domain::{Access, ApiKey, Category, Credentials, RateLimit, Timestamp};
use shared::storage::{Keys, Table};
use tests::{Settings, Stack, id_of};

#[tokio::test]
async fn exactly_the_burst_is_admitted_at_one_instant_by_any_number_of_containers() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let key: ApiKey = client.key().and_then(|key| key.parse().ok()).expect("a key");
    let key = Credentials::from(&key);
    let now = Timestamp::from_millis(SystemClock.now_ms());
    let containers: Vec<Keys> = (0..8).map(|_| container(&stack)).collect();
    for category in [Category::Read, Category::Write, Category::Search] {
        let access = Access::by_key(None, category);
        let requests = (0..64).map(|n| containers[n % 8].admit(&key, access, None, now));
        let admitted = join_all(requests).await.into_iter().flatten().count();
        assert_eq!(admitted, 25, "{category:?}");
    }
    let interval = Timestamp::from_millis(now.millis() + 40);
    let read = Access::by_key(None, Category::Read);
    let again = join_all(containers.iter().map(|keys| keys.admit(&key, read, None, interval)));
    assert_eq!(again.await.into_iter().flatten().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_on_the_real_binaries_is_cut_off_and_told_when_to_come_back() {
    let environment =
        vec![("RATE_LIMIT_PER_SECOND", "1".to_owned()), ("RATE_LIMIT_BURST", "5".to_owned())];
    let stack = Stack::start(Settings { environment, ..Settings::default() }).await;
    stack.function("validate-key").warm(8).await;
    let client = stack.workspace("acme").await.impatient();
    let started = SystemClock.now_ms();
    let answers = join_all((0..40).map(|_| client.validate())).await;
    let seconds = (SystemClock.now_ms() - started).div_ceil(1000);
    let admitted = answers.iter().filter(|answer| answer.status == 200).count() as u64;
    assert!((5..=5 + seconds).contains(&admitted), "{admitted} in {seconds} s");
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(
            (refused.status, &refused.body["error"]["type"]),
            (429, &"too_many_requests".into())
        );
        // Each is told a moment of its own within the five seconds in which the bucket fills again. A
        // container that read its clock first waits for an interval that began a little later.
        let wait = refused.header("retry-after").and_then(|seconds| seconds.parse().ok());
        assert!(wait.is_some_and(|wait| (1..=1 + seconds + 5).contains(&wait)), "{wait:?}");
        assert_eq!(refused.header("x-ratelimit-limit"), Some("5"));
        assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    }
    // Another category of the same key, and another key, have buckets of their own.
    client.list("").await.ok();
    stack.workspace("other").await.validate().await.ok();
}

#[tokio::test]
async fn a_key_without_the_scope_is_forbidden_and_counted() {
    let stack = Stack::start(Settings::default()).await;
    let reader = stack.workspace_with("acme", &["files:read"]).await;
    let writer = stack.workspace_with("acme", &["files:create"]).await;
    let created = writer.pending("f.bin", b"?").await;
    reader.file(id_of(&created)).await.ok();
    for forbidden in [
        reader.create(&serde_json::json!({})).await,
        reader.cancel(id_of(&created)).await,
        reader.complete(id_of(&created), "x").await,
        reader.delete(id_of(&created)).await,
        writer.delete(id_of(&created)).await,
        writer.file(id_of(&created)).await,
        writer.url(id_of(&created)).await,
        writer.list("").await,
    ] {
        forbidden.refused(403, "missing_scope");
        assert_eq!(forbidden.body["error"]["type"], "forbidden");
        assert!(forbidden.header("x-ratelimit-remaining").is_some());
    }
    reader.validate().await.ok();
}

#[tokio::test]
async fn one_workspace_sees_nothing_of_another() {
    let stack = Stack::start(Settings::default()).await;
    let (acme, other) = (stack.workspace("acme").await, stack.workspace("other").await);
    let theirs = acme.uploaded("secret.bin", &b"secret"[..]).await;
    other.pending("own.bin", b"?").await;
    let id = id_of(&theirs);
    for answer in [
        other.file(id).await,
        other.url(id).await,
        other.cancel(id).await,
        other.delete(id).await,
        other.complete(id, &tests::md5_of(b"secret")).await,
    ] {
        assert_eq!((answer.status, &answer.body["error"]["type"]), (404, &"not_found".into()));
    }
    assert_eq!(other.list("").await.ok()["totalCount"], 1);
    assert_eq!(acme.file(id).await.ok()["status"], "PENDING");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_from_the_next_request_on() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    client.validate().await.ok();
    let keys = container(&stack);
    let known = keys.list(None).await.expect("the keys are listed");
    keys.revoke(&known[0], Timestamp::from_millis(1)).await.expect("the key is revoked");
    for answer in [client.validate().await, client.list("").await] {
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")));
    }
    assert!(keys.list(None).await.expect("listed")[0].revoked_at.is_some());
}

/// What a container remembers of keys, beside the table that all share.
fn container(stack: &Stack) -> Keys {
    Keys::new(Table::new(stack.dynamodb(), local::TABLE), RateLimit::new(25, 25))
}
