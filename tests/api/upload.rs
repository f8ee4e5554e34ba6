//! The main job: open, PUT, complete, see, download, at every size.

use serde_json::json;
use tests::{Client, id_of, md5_of};

#[tokio::test]
async fn a_file_goes_up_and_comes_down_again() {
    let client = Client::of_environment_or_shared_stack().await;
    let bytes = b"Hello, Slipway!";
    let created = client
        .create(
            &json!({ "filename": "Größe \"1\".txt", "mimeType": "text/plain", "sizeBytes": 15 }),
        )
        .await
        .ok();
    assert_eq!(created["status"], "PENDING");
    assert_eq!(created["filename"], "Größe \"1\".txt");
    assert_eq!(created["mimeType"], "text/plain");
    assert_eq!(created["sizeBytes"], 15);
    assert_eq!(created["completedAt"], json!(null));
    assert_eq!(created["md5"], json!(null));
    assert_eq!(
        created["uploadHeaders"],
        json!({ "content-length": "15", "content-type": "text/plain", "if-none-match": "*" })
    );

    assert_eq!(client.put_bytes(&created, &bytes[..]).await.status, 200);
    let completed = client.complete(id_of(&created), &md5_of(bytes)).await.ok();
    assert_eq!(completed["status"], "COMPLETED");
    assert_eq!(completed["md5"], md5_of(bytes));
    assert_eq!(completed["expiresAt"], json!(null));
    assert_eq!(completed["createdAt"], created["createdAt"]);
    assert!(completed["completedAt"].as_str() >= completed["createdAt"].as_str());
    assert_eq!(completed.get("uploadUrl"), None);
    assert_eq!(client.file(id_of(&created)).await.ok(), completed);

    let url = client.url(id_of(&created)).await.ok();
    let download = client.download(&url).await;
    assert_eq!(download.bytes, &bytes[..]);
    assert_eq!(download.header("content-type"), Some("text/plain"));
    assert_eq!(
        download.header("content-disposition"),
        Some(
            "attachment; filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.txt"
        )
    );
}

#[tokio::test]
async fn no_byte_one_byte_and_many_bytes_come_back_as_they_were() {
    let client = Client::of_environment_or_shared_stack().await;
    for size in [0, 1, 2, 4095, 65_536, 5 * 1024 * 1024 + 1] {
        let bytes: Vec<u8> = (0..size).map(|at: u32| (at % 251) as u8).collect();
        let file = client.upload("bytes.bin", bytes.clone()).await;
        assert_eq!(file["sizeBytes"], size);
        let url = client.url(id_of(&file)).await.ok();
        assert!(client.download(&url).await.bytes == bytes, "{size} bytes");
    }
}

#[tokio::test]
async fn a_file_can_be_completed_without_an_md5_and_then_tells_it() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.uploaded("plain.bin", &b"no md5 given"[..]).await;
    let path = format!("/v1/files/{}/complete", id_of(&created));
    let completed = client.post(&path, &json!({})).await.ok();
    assert_eq!(completed["md5"], md5_of(b"no md5 given"));
}

#[tokio::test]
async fn a_declared_md5_makes_s3_refuse_other_bytes() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client
        .create(&json!({
            "filename": "declared.bin",
            "mimeType": "application/octet-stream",
            "sizeBytes": 4,
            "md5": md5_of(b"good"),
        }))
        .await
        .ok();
    assert_eq!(created["uploadHeaders"]["content-md5"], "dV+FwnI7s5OBxzeaYEFg2A==");
    let refused = client.put_bytes(&created, &b"evil"[..]).await;
    assert_eq!(refused.status, 400);
    assert!(String::from_utf8_lossy(&refused.bytes).contains("BadDigest"));
    client.complete(id_of(&created), &md5_of(b"evil")).await.refused(422, "upload_missing");

    assert_eq!(client.put_bytes(&created, &b"good"[..]).await.status, 200);
    client.complete(id_of(&created), &md5_of(b"good")).await.ok();
}

#[tokio::test]
async fn s3_refuses_another_size_and_a_second_put() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.pending("once.bin", b"12345").await;
    for wrong in [&b"1234"[..], b"123456"] {
        assert_eq!(client.put_bytes(&created, wrong).await.status, 403);
    }
    client.complete(id_of(&created), &md5_of(b"12345")).await.refused(422, "upload_missing");

    assert_eq!(client.put_bytes(&created, &b"12345"[..]).await.status, 200);
    assert_eq!(client.put_bytes(&created, &b"54321"[..]).await.status, 412);
    client.complete(id_of(&created), &md5_of(b"12345")).await.ok();
    assert_eq!(client.put_bytes(&created, &b"54321"[..]).await.status, 412);
}

#[tokio::test]
async fn a_purpose_admits_only_its_types_and_sizes() {
    let client = Client::of_environment_or_shared_stack().await;
    let create = async |mime_type: &str, size_bytes: u64| {
        let file = json!({
            "filename": "f",
            "mimeType": mime_type,
            "sizeBytes": size_bytes,
            "purpose": "meeting_transcript",
        });
        client.create(&file).await
    };
    create("video/mp4", 1).await.refused(422, "purpose_mime_type");
    create("text/plain", 25 * 1024 * 1024 + 1).await.refused(422, "purpose_size");
    let created = create("text/plain", 1).await.ok();
    assert_eq!(created.get("purpose"), None);
}

#[tokio::test]
async fn a_media_type_comes_back_as_the_browser_gave_it() {
    let client = Client::of_environment_or_shared_stack().await;
    for (given, kept) in [
        ("video/webm;codecs=vp8,opus", "video/webm;codecs=vp8,opus"),
        ("text/plain; charset=\"utf-8\"", "text/plain; charset=\"utf-8\""),
        ("", "application/octet-stream"),
    ] {
        let file = json!({ "filename": "a", "mimeType": given, "sizeBytes": 3 });
        let created = client.create(&file).await.ok();
        assert_eq!(client.put_bytes(&created, &b"abc"[..]).await.status, 200, "{given}");
        client.complete(id_of(&created), &md5_of(b"abc")).await.ok();
        assert_eq!(client.file(id_of(&created)).await.ok()["mimeType"], kept);
        let url = client.url(id_of(&created)).await.ok();
        assert_eq!(client.download(&url).await.header("content-type"), Some(kept));
    }
}

#[tokio::test]
async fn an_empty_file_can_come_in_one_part() {
    let client = Client::of_environment_or_shared_stack().await;
    let file = json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 0, "multipart": {} });
    let created = client.create(&file).await.ok();
    assert_eq!(created["parts"]["count"], 1);
    client.put_parts(&created["parts"]["data"], &bytes::Bytes::new()).await;
    let completed = client.complete(id_of(&created), &md5_of(b"")).await.ok();
    assert_eq!(
        (&completed["status"], &completed["md5"]),
        (&"COMPLETED".into(), &md5_of(b"").into())
    );
}

#[tokio::test]
async fn a_download_is_shown_in_place_only_where_it_can_run_no_script() {
    let client = Client::of_environment_or_shared_stack().await;
    for (mime_type, asked, word) in [
        ("image/png", "?disposition=inline", "inline"),
        ("application/pdf", "?disposition=inline", "inline"),
        ("image/png", "?disposition=attachment", "attachment"),
        ("image/png", "", "attachment"),
        ("image/svg+xml", "?disposition=inline", "attachment"),
        ("text/html", "?disposition=inline", "attachment"),
    ] {
        let file = json!({ "filename": "a.x", "mimeType": mime_type, "sizeBytes": 1 });
        let created = client.create(&file).await.ok();
        client.put_bytes(&created, &b"x"[..]).await;
        client.complete(id_of(&created), &md5_of(b"x")).await.ok();
        let url = client.get(&format!("/v1/files/{}/url{asked}", id_of(&created))).await.ok();
        let told = client.download(&url).await;
        let told = told.header("content-disposition").unwrap_or_default().to_owned();
        assert!(told.starts_with(&format!("{word}; ")), "{mime_type} {asked}: {told}");
    }
}

#[tokio::test]
async fn a_url_that_was_lost_can_be_had_again() {
    let client = Client::of_environment_or_shared_stack().await;
    let file = json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 3, "md5": md5_of(b"abc") });
    let created = client.create(&file).await.ok();
    let signed = client.sign_upload(id_of(&created)).await.ok();
    // The MD5 that was declared holds for the new URL, too.
    assert_eq!(signed["uploadHeaders"], created["uploadHeaders"]);
    assert_eq!(client.put_bytes(&signed, &b"xyz"[..]).await.status, 400);
    assert_eq!(client.put_bytes(&signed, &b"abc"[..]).await.status, 200);
    client.complete(id_of(&created), &md5_of(b"abc")).await.ok();
}
