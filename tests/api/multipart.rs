//! Files in parts: open, PUT each part, complete, download; and every way back from a mistake.

use bytes::Bytes;
use serde_json::{Value, json};
use tests::{Answer, Client, id_of, md5_of, part_of, two_parts};

#[tokio::test]
async fn a_file_goes_up_in_parts_and_comes_down_again() {
    let client = Client::of_environment_or_shared_stack().await;
    let bytes = two_parts("the rest");
    let created = client.pending_in_parts("parts.bin", &bytes).await;
    let parts = &created["parts"];
    assert_eq!((&parts["count"], created.get("uploadUrl")), (&json!(2), None));
    for (part, (number, size)) in data(parts).iter().zip([(1, "5242880"), (2, "8")]) {
        assert_eq!(part["partNumber"], number);
        assert_eq!(part["headers"], json!({ "content-length": size }));
        assert_eq!(part["expiresAt"], created["expiresAt"]);
    }
    let pending = client.file(id_of(&created)).await.ok();
    assert_eq!(pending["parts"], json!({ "partSizeBytes": 5 * 1024 * 1024, "count": 2 }));
    assert_eq!(pending.get("verification"), None);

    client.put_parts(&parts["data"], &bytes).await;
    let completed = client.complete(id_of(&created), &md5_of(&bytes)).await.ok();
    assert_eq!(
        (&completed["status"], &completed["md5"]),
        (&"COMPLETED".into(), &md5_of(&bytes).into())
    );
    assert_eq!((completed.get("parts"), completed.get("verification")), (None, None));
    assert_eq!(client.complete(id_of(&created), &md5_of(&bytes)).await.ok(), completed);
    downloads_as(&client, id_of(&created), &bytes).await;
}

#[tokio::test]
async fn a_file_completed_without_an_md5_tells_it_once_it_has_been_read() {
    let client = Client::of_environment_or_shared_stack().await;
    let bytes = two_parts("no md5 given");
    let created = client.uploaded_in_parts("later.bin", bytes.clone()).await;
    let completed = client.complete_as(id_of(&created), &json!({})).await.ok();
    assert_eq!(completed["status"], "COMPLETED");
    let mut file = completed.clone();
    while file["md5"].is_null() {
        file = client.file(id_of(&created)).await.ok();
    }
    assert_eq!(file["md5"], md5_of(&bytes));
    assert_eq!(file["completedAt"], completed["completedAt"]);
    client.complete(id_of(&created), &md5_of(b"other")).await.refused(422, "checksum_mismatch");
    downloads_as(&client, id_of(&created), &bytes).await;
}

#[tokio::test]
async fn a_single_small_part_is_a_file_too() {
    let client = Client::of_environment_or_shared_stack().await;
    for claim in [json!({}), json!({ "md5": md5_of(b"small") })] {
        let bytes = Bytes::from_static(b"small");
        let created = client.uploaded_in_parts("small.bin", bytes.clone()).await;
        let completed = client.complete_as(id_of(&created), &claim).await.ok();
        assert_eq!(completed["status"], "COMPLETED");
        downloads_as(&client, id_of(&created), &bytes).await;
    }
}

#[tokio::test]
async fn a_part_that_is_missing_is_named_and_only_that_one_is_sent_again() {
    let client = Client::of_environment_or_shared_stack().await;
    let bytes = two_parts("missing");
    let created = client.pending_in_parts("missing.bin", &bytes).await;
    let (id, parts) = (id_of(&created), &created["parts"]["data"]);
    let sent = client.put_part(&parts[0], part_of(&bytes, &parts[0])).await;
    mismatch(&client.complete_as(id, &json!({})).await, &[(2, "missing")]);
    mismatch(&client.complete(id, &md5_of(&bytes)).await, &[(2, "missing")]);
    let listed = json!({ "parts": [listed(1, &sent)] });
    mismatch(&client.complete_as(id, &listed).await, &[(2, "missing")]);

    let signed = client.sign_parts(id, &json!({ "partNumbers": [2] })).await.ok();
    client.put_parts(&signed["data"], &bytes).await;
    client.complete(id, &md5_of(&bytes)).await.ok();
    downloads_as(&client, id, &bytes).await;
}

#[tokio::test]
async fn a_list_of_parts_must_name_each_as_s3_holds_it() {
    let client = Client::of_environment_or_shared_stack().await;
    let bytes = two_parts("listed");
    let created = client.pending_in_parts("listed.bin", &bytes).await;
    let (id, parts) = (id_of(&created), &created["parts"]["data"]);
    let first = listed(1, &client.put_part(&parts[0], part_of(&bytes, &parts[0])).await);
    let second = listed(2, &client.put_part(&parts[1], part_of(&bytes, &parts[1])).await);
    let other = json!({ "partNumber": 2, "etag": first["etag"] });
    let third = json!({ "partNumber": 3, "etag": first["etag"] });
    for (list, flaws) in [
        (json!([&first, &other]), &[(2, "changed")][..]),
        (json!([&first, &second, &first]), &[(1, "doubled")]),
        (json!([&first, &second, &third]), &[(3, "foreign")]),
        (json!([&second]), &[(1, "missing")]),
        (json!([]), &[(1, "missing"), (2, "missing")]),
        (json!([&first, &first, &third]), &[(1, "doubled"), (2, "missing"), (3, "foreign")]),
    ] {
        mismatch(&client.complete_as(id, &json!({ "parts": list })).await, flaws);
    }
    let claim = json!({ "parts": [&second, &first], "md5": md5_of(&bytes) });
    let completed = client.complete_as(id, &claim).await.ok();
    assert_eq!(completed["md5"], md5_of(&bytes));
}

#[tokio::test]
async fn a_wrong_md5_is_told_with_the_stored_one_and_all_parts_can_come_again() {
    let client = Client::of_environment_or_shared_stack().await;
    let (bad, good) = (two_parts("evil"), two_parts("good"));
    let created = client.uploaded_in_parts("wrong.bin", bad.clone()).await;
    let id = id_of(&created);
    client.complete(id, &md5_of(&good)).await.refused(422, "checksum_mismatch");
    let rejected = client.file(id).await.ok();
    assert_eq!(rejected["status"], "PENDING");
    let verification =
        json!({ "state": "REJECTED", "bytesHashed": bad.len(), "storedMd5": md5_of(&bad) });
    assert_eq!(rejected["verification"], verification);
    assert_eq!(client.list_parts(id, "").await.ok()["data"], json!([]));
    let both = [(1, "missing"), (2, "missing")];
    mismatch(&client.complete(id, &md5_of(&good)).await, &both);
    assert_eq!(client.put_part(&created["parts"]["data"][1], "evil").await.status, 404);

    let signed = client.sign_parts(id, &json!({ "partNumbers": [1, 2] })).await.ok();
    client.put_parts(&signed["data"], &good).await;
    let completed = client.complete(id, &md5_of(&good)).await.ok();
    assert_eq!((&completed["md5"], completed.get("verification")), (&md5_of(&good).into(), None));
    downloads_as(&client, id, &good).await;
}

#[tokio::test]
async fn cancel_takes_the_parts_and_no_part_can_follow() {
    let client = Client::of_environment_or_shared_stack().await;
    let bytes = two_parts("cancelled");
    let created = client.pending_in_parts("cancelled.bin", &bytes).await;
    let (id, parts) = (id_of(&created), &created["parts"]["data"]);
    assert_eq!(client.put_part(&parts[0], part_of(&bytes, &parts[0])).await.status, 200);
    let cancelled = client.cancel(id).await.ok();
    assert_eq!((&cancelled["status"], cancelled.get("parts")), (&"CANCELLED".into(), None));
    assert_eq!(client.put_part(&parts[1], part_of(&bytes, &parts[1])).await.status, 404);
    for answer in [
        client.sign_parts(id, &json!({ "partNumbers": [1] })).await,
        client.list_parts(id, "").await,
        client.complete_as(id, &json!({})).await,
    ] {
        answer.refused(409, "file_not_pending");
        assert_eq!(answer.header("x-should-retry"), Some("false"));
    }
}

#[tokio::test]
async fn after_its_completion_no_part_can_be_replaced() {
    let client = Client::of_environment_or_shared_stack().await;
    let bytes = two_parts("kept");
    let created = client.uploaded_in_parts("kept.bin", bytes.clone()).await;
    client.complete(id_of(&created), &md5_of(&bytes)).await.ok();
    let late = &created["parts"]["data"][1];
    assert_eq!(client.put_part(late, &b"lost"[..]).await.status, 404);
    downloads_as(&client, id_of(&created), &bytes).await;
}

#[tokio::test]
async fn a_client_that_did_not_ask_for_parts_gets_none() {
    let client = Client::of_environment_or_shared_stack().await;
    let mut file = json!({ "filename": "f", "mimeType": "a/b", "sizeBytes": 1 });
    for multipart in [None, Some(json!({ "auto": true }))] {
        if let Some(multipart) = multipart {
            file["multipart"] = multipart;
        }
        let created = client.create(&file).await.ok();
        assert!(created["uploadUrl"].is_string());
        assert_eq!(created.get("parts"), None);
        let id = id_of(&created);
        let signed = client.sign_parts(id, &json!({ "partNumbers": [1] })).await;
        signed.refused(409, "file_not_multipart");
        client.list_parts(id, "").await.refused(409, "file_not_multipart");
    }
}

/// A part as a completion lists it, after the answer to its PUT.
fn listed(number: u64, put: &Answer) -> Value {
    assert_eq!(put.status, 200, "{}", String::from_utf8_lossy(&put.bytes));
    json!({ "partNumber": number, "etag": put.header("etag").expect("S3 answers an ETag") })
}

async fn downloads_as(client: &Client, id: &str, bytes: &Bytes) {
    let url = client.url(id).await.ok();
    assert!(client.download(&url).await.bytes == bytes, "other bytes come down");
}

fn data(parts: &Value) -> &Vec<Value> {
    parts["data"].as_array().expect("data is an array")
}

#[track_caller]
fn mismatch(answer: &Answer, flaws: &[(u64, &str)]) {
    answer.refused(422, "parts_mismatch");
    let told =
        flaws.iter().map(|(number, problem)| json!({ "partNumber": number, "problem": problem }));
    assert_eq!(answer.body["error"]["parts"], told.collect::<Value>());
    assert_eq!(answer.body["error"]["param"], "parts");
}
