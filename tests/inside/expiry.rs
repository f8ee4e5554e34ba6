//! A session ends when it is due, whether or not anything sweeps it; and what it leaves is swept.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tests::{Answer, Client, Settings, Stack, id_of, md5_of};

use crate::hand::{Gate, When, put_object};
use crate::records::Records;

#[tokio::test]
async fn every_endpoint_knows_the_very_moment_without_a_sweep() {
    let (_stack, client) = start("2").await;
    let created = client.pending("due.bin", b"?").await;
    let id = id_of(&created);
    let due = millis_of(&created["expiresAt"]);
    let mut seen = [0, 0];
    while seen[1] < 3 {
        for (endpoint, answer) in told(&client, id).await {
            let (before, expired, after) = answer;
            if after < due {
                assert!(!expired, "{endpoint} was early by {} ms", due - after);
                seen[0] += 1;
            } else if before >= due {
                assert!(expired, "{endpoint} was late by {} ms", before - due);
                seen[1] += 1;
            }
        }
    }
    assert!(seen[0] > 0, "the session was seen alive");
    let cancel = client.cancel(id).await;
    cancel.refused(409, "file_not_pending");
    assert_eq!(client.file(id).await.ok()["expiresAt"], Value::Null);
}

#[tokio::test]
async fn the_sweep_makes_it_final_and_takes_the_bytes() {
    let (stack, client) = start("1").await;
    let created = client.uploaded("swept.bin", &b"swept"[..]).await;
    let kept = client.upload("kept.bin", &b"kept"[..]).await;
    swept(&stack, &client, &created, 2).await;
    let records = Records::of(&stack, "acme");
    assert_eq!(records.file(id_of(&created)).await["status"].as_s(), Ok(&"EXPIRED".to_owned()));
    assert!(!records.has_object(id_of(&created)).await);
    assert!(records.has_object(id_of(&kept)).await);
    assert_eq!(client.file(id_of(&kept)).await.ok(), kept);
    client.complete(id_of(&created), &md5_of(b"swept")).await.refused(409, "file_not_pending");
}

#[tokio::test]
async fn a_put_that_lands_after_cancel_leaves_no_object() {
    let (stack, client) = start("60").await;
    let created = client.pending("late.bin", b"late").await;
    let late = late_put(&stack, &client, &created).await;
    client.cancel(id_of(&created)).await.ok();
    late.land(&stack).await;
    assert!(!Records::of(&stack, "acme").has_object(id_of(&created)).await);
}

#[tokio::test]
async fn a_put_that_lands_after_expiry_leaves_no_object_swept_or_not() {
    for sweep in [true, false] {
        let (stack, client) = start("60").await;
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

/// Sweeps until the sessions of so many files are gone.
async fn swept(stack: &Stack, client: &Client, last: &Value, sessions: usize) {
    expired(client, id_of(last)).await;
    let mut gone = 0;
    while gone < sessions {
        gone += stack.local().sweep().await.expect("the sweep succeeds");
    }
}

async fn expired(client: &Client, id: &str) {
    while client.file(id).await.ok()["status"] == json!("PENDING") {}
}

async fn start(lifetime_seconds: &str) -> (Stack, Client) {
    let environment = vec![("SESSION_LIFETIME_SECONDS", lifetime_seconds.to_owned())];
    let stack = Stack::start(Settings { environment, ..Settings::default() }).await;
    // A session must not end while the functions are only starting.
    for function in ["create-file", "complete-file", "get-file", "verify-upload"] {
        stack.function(function).warm(1).await;
    }
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
