//! A session ends when it is due, whether or not anything sweeps it; and what it leaves is swept.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tests::{Answer, Client, Settings, Stack, id_of, md5_of};

use crate::hand::{Gate, When, put_object};
use crate::records::Records;

#[tokio::test]
async fn every_endpoint_knows_the_very_moment_without_a_sweep() {
    let (stack, client) = start().await;
    let created = client.pending("due.bin", b"?").await;
    let id = id_of(&created);
    let announced = millis_of(&created["expiresAt"]);
    check_told(announced, told(&client, id).await);
    let sooner = announced - now() - 500;
    Records::of(&stack, "acme").age_file(id, "expiresAt", sooner).await;
    let mut late = 0;
    while late < 3 {
        late += check_told(announced - sooner, told(&client, id).await);
    }
    let cancel = client.cancel(id).await;
    cancel.refused(409, "file_not_pending");
    assert_eq!(client.file(id).await.ok()["expiresAt"], Value::Null);
}

#[tokio::test]
async fn the_sweep_makes_it_final_and_takes_the_bytes() {
    let (stack, client) = start().await;
    let created = client.uploaded("swept.bin", &b"swept"[..]).await;
    let kept = client.upload("kept.bin", &b"kept"[..]).await;
    let records = Records::of(&stack, "acme");
    records.age_file(id_of(&created), "expiresAt", 60_000).await;
    for file in [&created, &kept] {
        records.age_session(id_of(file), 120).await;
    }
    assert_eq!(stack.local().sweep().await.expect("the sweep succeeds"), 2);
    assert_eq!(records.file(id_of(&created)).await["status"].as_s(), Ok(&"EXPIRED".to_owned()));
    assert!(!records.has_object(id_of(&created)).await);
    assert!(records.has_object(id_of(&kept)).await);
    assert_eq!(client.file(id_of(&kept)).await.ok(), kept);
    client.complete(id_of(&created), &md5_of(b"swept")).await.refused(409, "file_not_pending");
}

#[tokio::test]
async fn a_put_that_lands_after_cancel_leaves_no_object() {
    let (stack, client) = start().await;
    let created = client.pending("late.bin", b"late").await;
    let late = late_put(&stack, &client, &created).await;
    client.cancel(id_of(&created)).await.ok();
    late.land(&stack).await;
    assert!(!Records::of(&stack, "acme").has_object(id_of(&created)).await);
}

#[tokio::test]
async fn a_put_that_lands_after_expiry_leaves_no_object_swept_or_not() {
    for sweep in [true, false] {
        let (stack, client) = start().await;
        let records = Records::of(&stack, "acme");
        let created = client.pending("late.bin", b"late").await;
        let late = late_put(&stack, &client, &created).await;
        records.age_file(id_of(&created), "expiresAt", 60_000).await;
        if sweep {
            records.age_session(id_of(&created), 120).await;
            assert_eq!(stack.local().sweep().await.expect("the sweep succeeds"), 1);
        }
        late.land(&stack).await;
        assert!(!records.has_object(id_of(&created)).await, "swept: {sweep}");
        assert_eq!(records.file(id_of(&created)).await["status"].as_s(), Ok(&"EXPIRED".to_owned()));
    }
}

/// Checks every answer that lies wholly on one side of the due time; how many lay after it.
fn check_told(due: u64, told: Vec<(&str, (u64, bool, u64))>) -> usize {
    let mut late = 0;
    for (endpoint, (before, expired, after)) in told {
        if after < due {
            assert!(!expired, "{endpoint} was early by {} ms", due - after);
        } else if before >= due {
            assert!(expired, "{endpoint} was late by {} ms", before - due);
            late += 1;
        }
    }
    late
}

/// Whether each endpoint calls the file expired, and between which moments it answered.
async fn told(client: &Client, id: &str) -> Vec<(&'static str, (u64, bool, u64))> {
    let is_expired = |file: &Value| file["status"] == "EXPIRED";
    let names_expired = |answer: Answer| {
        let message = answer.body["error"]["message"].as_str().unwrap_or_default().to_owned();
        message.contains("EXPIRED")
    };
    let mut told = Vec::new();
    let before = now();
    let get = is_expired(&client.file(id).await.ok());
    told.push(("get", (before, get, now())));
    let before = now();
    let list = is_expired(&client.list("limit=1").await.ok()["data"][0]);
    told.push(("list", (before, list, now())));
    let before = now();
    let url = names_expired(client.url(id).await);
    told.push(("url", (before, url, now())));
    let before = now();
    let complete = names_expired(client.complete(id, &md5_of(b"?")).await);
    told.push(("complete", (before, complete, now())));
    told
}

/// An upload that S3 has begun to take and not yet stored.
struct LatePut {
    gate: std::sync::Arc<Gate>,
    put: tokio::task::JoinHandle<Answer>,
}

async fn late_put(stack: &Stack, client: &Client, created: &Value) -> LatePut {
    let gate = Gate::new(put_object, When::Before);
    stack.local().intercept(gate.clone());
    let (client, created) = (client.clone(), created.clone());
    let put = tokio::spawn(async move { client.put_bytes(&created, &b"late"[..]).await });
    gate.arrival().await;
    LatePut { gate, put }
}

impl LatePut {
    async fn land(self, stack: &Stack) {
        self.gate.open();
        assert_eq!(self.put.await.expect("the upload ends").status, 200);
        stack.local().settled().await;
    }
}

/// With sessions of 60 seconds: none ends before a test makes it.
async fn start() -> (Stack, Client) {
    let environment = vec![("SESSION_LIFETIME_SECONDS", "60".to_owned())];
    let stack = Stack::start(Settings { environment, ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    u64::try_from(now.as_millis()).expect("a time before the end of days")
}

fn millis_of(timestamp: &Value) -> u64 {
    let text = timestamp.as_str().expect("a timestamp is text");
    let time = humantime::parse_rfc3339(text).expect("a timestamp is RFC 3339");
    u64::try_from(time.duration_since(UNIX_EPOCH).expect("after 1970").as_millis()).expect("fits")
}
