//! What an application needs that retries, keeps ids of its own, and may die after the last byte.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Client, id_of, md5_of};

#[tokio::test]
async fn a_file_is_completed_by_its_upload_alone() {
    let client = Client::of_environment_or_shared_stack().await;
    for declared in [true, false] {
        let mut file = json!({ "filename": "auto.bin", "mimeType": "application/octet-stream",
            "sizeBytes": 4, "autoComplete": true });
        if declared {
            file["md5"] = md5_of(b"auto").into();
        }
        let created = client.create(&file).await.ok();
        assert_eq!(client.put_bytes(&created, &b"auto"[..]).await.status, 200);
        let ended = client.ended(id_of(&created)).await;
        assert_eq!(
            (&ended["status"], &ended["md5"]),
            (&json!("COMPLETED"), &md5_of(b"auto").into())
        );
        assert_eq!(client.complete_as(id_of(&created), &json!({})).await.ok(), ended);
        let url = client.url(id_of(&created)).await.ok();
        assert_eq!(client.download(&url).await.bytes, &b"auto"[..]);
    }
}

#[tokio::test]
async fn a_repeated_create_makes_one_file() {
    let client = Client::of_environment_or_shared_stack().await;
    // The keys of a workspace are kept for a day, and a deployment may be tested twice in that time.
    let key = format!("test-{}", id_of(&client.pending("key.bin", b"?").await));
    let body = json!({ "filename": "once.bin", "mimeType": "a/b", "sizeBytes": 4 });
    let first = client.create_once(&key, &body).await.ok();
    let spelled =
        json!({ "sizeBytes": 4.0, "mimeType": "a/b", "md5": null, "filename": "once.bin" });
    let again = client.create_once(&key, &spelled).await.ok();
    assert_eq!((&again["id"], &again["expiresAt"]), (&first["id"], &first["expiresAt"]));
    assert_eq!(client.put_bytes(&again, &b"once"[..]).await.status, 200);
    let completed = client.complete(id_of(&first), &md5_of(b"once")).await.ok();
    assert_eq!(client.create_once(&key, &body).await.ok(), completed);
    let other = json!({ "filename": "other.bin", "mimeType": "a/b", "sizeBytes": 4 });
    client.create_once(&key, &other).await.refused(409, "idempotency_key_reused");
    let too_long = client.create_once(&"x".repeat(256), &body).await;
    too_long.refused(400, "idempotency_key_too_long");
    assert_eq!(too_long.body["error"]["param"], "Idempotency-Key");
}

#[tokio::test]
async fn labels_are_kept_merged_and_removed() {
    let client = Client::of_environment_or_shared_stack().await;
    let labels = json!({ "order": "17", "größe": "µ", "a.b#c:d": "", "__proto__": "x" });
    let file = json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 1, "labels": labels });
    let created = client.create(&file).await.ok();
    let id = id_of(&created);
    assert_eq!(created["labels"], labels);
    let changes = json!({ "filename": "b", "labels": { "order": null, "paid": "yes" } });
    let updated = client.update(id, &changes).await.ok();
    let merged = json!({ "größe": "µ", "a.b#c:d": "", "__proto__": "x", "paid": "yes" });
    assert_eq!((&updated["filename"], &updated["labels"]), (&json!("b"), &merged));
    assert_eq!(client.file(id).await.ok(), updated);
    let emptied = client.update(id, &json!({ "labels": null })).await.ok();
    assert_eq!((&emptied["filename"], &emptied["labels"]), (&json!("b"), &json!({})));
    for (changes, code) in [
        (json!({ "labels": { "": "x" } }), "invalid_value"),
        (json!({ "labels": { "a": "x".repeat(513) } }), "invalid_value"),
        (json!({ "labels": { "a": 1 } }), "invalid_type"),
        (json!({ "filename": null }), "invalid_type"),
        (json!({ "mimeType": "a/b" }), "unknown_field"),
    ] {
        client.update(id, &changes).await.refused(400, code);
    }
    assert_eq!(client.file(id).await.ok(), emptied);
}

#[tokio::test]
async fn a_walk_by_the_cursor_neither_skips_nor_repeats_while_files_come_and_go() {
    let client = Client::of_environment_or_shared_stack().await;
    let mut kept = BTreeSet::new();
    let mut gone = Vec::new();
    for number in 0..9 {
        let file = client.pending(&format!("{number}.bin"), b"?").await;
        let id = id_of(&file).to_owned();
        if number % 3 == 0 {
            gone.push(id);
        } else {
            kept.insert(id);
        }
    }
    let (mut shown, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = client.list(&query).await.ok();
        let files = page["data"].as_array().expect("data is an array");
        shown.extend(files.iter().map(|file| id_of(file).to_owned()));
        if let Some(id) = gone.pop() {
            assert_eq!(client.delete(&id).await.status, 204);
        }
        client.pending("new.bin", b"?").await;
        let Some(after) = page["nextAfter"].as_str() else { break };
        query = format!("limit=2&after={after}");
    }
    let told: BTreeSet<_> = shown.iter().cloned().collect();
    assert_eq!(told.len(), shown.len(), "no file twice: {shown:?}");
    assert!(kept.is_subset(&told), "{kept:?} {shown:?}");
    for query in [
        "after=fil_zzzzzzzzzzzzzzzzzzzzzzzz",
        "after=17",
        "after=fil_7",
        &format!("{query}&offset=0"),
    ] {
        client
            .list(query)
            .await
            .refused(400, if query == "after=17" { "invalid_type" } else { "invalid_value" });
    }
}

#[tokio::test]
async fn usage_is_told_or_null_and_cancel_can_be_repeated() {
    let client = Client::of_environment_or_shared_stack().await;
    let usage = client.usage().await.ok();
    assert_eq!(usage["object"], "usage");
    for field in ["files", "bytes", "maxFiles", "maxBytes"] {
        assert!(usage[field].is_null() || usage[field].is_u64(), "{usage}");
    }
    let cancelled = client.cancelled("twice.bin").await;
    let again: Value = client.cancel(id_of(&cancelled)).await.ok();
    assert_eq!(again, cancelled);
}
