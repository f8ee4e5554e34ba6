//! API keys for tests, recorded by the same code as the operator's tool records them.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::Client;
use local::{Clock, SystemClock, TABLE};
use shared::domain::{ApiKey, RateLimit, Scope, Timestamp, Workspace};
use shared::storage::{Keys, KnownKey, Table};

/// A new key of the workspace with these scopes, as a client sends it.
pub(crate) async fn issue(dynamodb: Client, workspace: &str, scopes: &[&str]) -> String {
    let workspace: Workspace = workspace.parse().expect("a workspace's name");
    let key = ApiKey::new(&workspace, &next_secret());
    let scopes = scopes.iter().map(|name| name.parse::<Scope>().expect("a scope"));
    let now = Timestamp::from_millis(SystemClock.now_ms());
    let known = KnownKey::of(&key, "test".to_owned(), scopes, now);
    // No request is admitted here, so no limit applies.
    let keys = Keys::new(Table::new(dynamodb, TABLE), RateLimit::new(1, 1));
    keys.create(&known).await.expect("the key is recorded");
    key.reveal().to_owned()
}

/// Revokes a key.
pub(crate) async fn revoke(dynamodb: Client, key: &str) {
    let key: ApiKey = key.parse().expect("a key");
    let keys = Keys::new(Table::new(dynamodb, TABLE), RateLimit::new(1, 1));
    let known = keys.list(None).await.expect("the keys are listed");
    let known = known.iter().find(|known| known.hash == key.hash()).expect("a recorded key");
    let now = Timestamp::from_millis(SystemClock.now_ms());
    keys.revoke(known, now).await.expect("the key is revoked");
}

/// Unique in this process, which is all that the tables of tests ask for.
fn next_secret() -> [u8; 20] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut secret = [0; 20];
    secret[12..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    secret
}
