//! Single parts: signed for exactly their bytes, listed as S3 holds them, and refused out of bounds.

use serde_json::{Value, json};
use tests::{Answer, Client, id_of, two_parts};

/// The text whose checksums every catalogue of them names.
const TEXT: &[u8] = b"123456789";
const MD5: &str = "25f9e794323b453885f5181f1b624d0b";
const SHA256: &str = "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=";
const CRC64NVME: &str = "rosUhgp5mIg=";

#[tokio::test]
async fn s3_refuses_a_part_that_is_not_the_one_that_was_signed() {
    let client = Client::of_environment_or_shared_stack().await;
    for (algorithm, field, checksum, header) in [
        (None, "md5", MD5, "content-md5"),
        (Some("SHA256"), "checksumSha256", SHA256, "x-amz-checksum-sha256"),
        (Some("CRC64NVME"), "checksumCrc64nvme", CRC64NVME, "x-amz-checksum-crc64nvme"),
    ] {
        let created = client.create(&text(algorithm)).await.ok();
        let id = id_of(&created);
        let sign =
            json!({ "partNumbers": [1], "checksums": [{ "partNumber": 1, field: checksum }] });
        let signed = client.sign_parts(id, &sign).await.ok();
        let part = &signed["data"][0];
        assert_eq!(part["headers"]["content-length"], "9");
        assert!(part["headers"][header].is_string(), "{header} is not in {}", part["headers"]);

        let other = client.put_part(part, &b"987654321"[..]).await;
        assert_eq!(other.status, 400, "{header}: {}", String::from_utf8_lossy(&other.bytes));
        assert_eq!(client.put_part(part, &b"12345678"[..]).await.status, 403, "{header}");
        assert_eq!(client.list_parts(id, "").await.ok()["data"], json!([]), "{header}");

        assert_eq!(client.put_part(part, TEXT).await.status, 200, "{header}");
        let held = &client.list_parts(id, "").await.ok()["data"][0];
        assert_eq!((&held["partNumber"], &held["sizeBytes"]), (&json!(1), &json!(9)));
        if algorithm.is_some() {
            assert_eq!(held[field], checksum);
        }
        assert_eq!(client.complete(id, MD5).await.ok()["md5"], MD5, "{header}");
    }
}

#[tokio::test]
async fn a_completion_may_name_each_parts_sha256() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.create(&text(Some("SHA256"))).await.ok();
    assert_eq!(created["parts"]["data"], json!([]), "each needs its checksum to be signed");
    let id = id_of(&created);
    let sign =
        json!({ "partNumbers": [1], "checksums": [{ "partNumber": 1, "checksumSha256": SHA256 }] });
    let signed = client.sign_parts(id, &sign).await.ok();
    let put = client.put_part(&signed["data"][0], TEXT).await;
    let part = |sha256: &str| {
        let etag = put.header("etag").expect("S3 answers an ETag");
        json!({ "parts": [{ "partNumber": 1, "etag": etag, "checksumSha256": sha256 }] })
    };
    let refused = client.complete_as(id, &part(CRC64NVME)).await;
    refused.refused(422, "parts_mismatch");
    assert_eq!(refused.body["error"]["parts"][0]["problem"], "changed");
    client.complete_as(id, &part(SHA256)).await.ok();
}

#[tokio::test]
async fn the_parts_that_s3_holds_are_listed_by_the_page() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.uploaded_in_parts("pages.bin", two_parts("second page")).await;
    let id = id_of(&created);
    let page = async |query: &str| {
        let page = client.list_parts(id, query).await.ok();
        assert_eq!(page["object"], "list");
        let parts = page["data"].as_array().expect("data is an array");
        let parts =
            parts.iter().map(|part| (part["partNumber"].clone(), part["sizeBytes"].clone()));
        (parts.collect::<Vec<_>>(), page["hasMore"] == true)
    };
    let (first, second) = ((json!(1), json!(5 * 1024 * 1024)), (json!(2), json!(11)));
    assert_eq!(page("").await, (vec![first.clone(), second.clone()], false));
    assert_eq!(page("limit=1").await, (vec![first], true));
    assert_eq!(page("limit=1&after=1").await, (vec![second.clone()], false));
    assert_eq!(page("after=1").await, (vec![second], false));
    assert_eq!(page("after=2").await, (vec![], false));
}

#[tokio::test]
async fn a_part_can_be_sent_again_before_its_completion() {
    let client = Client::of_environment_or_shared_stack().await;
    let created = client.create(&text(None)).await.ok();
    let part = &created["parts"]["data"][0];
    assert_eq!(client.put_part(part, &b"987654321"[..]).await.status, 200);
    assert_eq!(client.put_part(part, TEXT).await.status, 200);
    assert_eq!(client.complete(id_of(&created), MD5).await.ok()["md5"], MD5);
}

#[tokio::test]
async fn what_is_out_of_bounds_is_told_with_its_field() {
    let client = Client::of_environment_or_shared_stack().await;
    for (multipart, code, param) in [
        (
            json!({ "partSizeBytes": 5 * 1024 * 1024 - 1 }),
            "invalid_value",
            "multipart.partSizeBytes",
        ),
        (json!({ "partSizeBytes": 5_368_709_121_u64 }), "invalid_value", "multipart.partSizeBytes"),
        (json!({ "checksumAlgorithm": "MD4" }), "invalid_value", "multipart.checksumAlgorithm"),
        (json!({ "parts": 2 }), "unknown_field", "multipart.parts"),
    ] {
        let mut file = text(None);
        file["multipart"] = multipart;
        refused(&client.create(&file).await, code, param);
    }
    let mut file = text(None);
    file["md5"] = json!(MD5);
    refused(&client.create(&file).await, "invalid_value", "md5");

    let created = client.create(&text(None)).await.ok();
    let id = id_of(&created);
    for (body, code, param) in sign_parts_out_of_bounds() {
        refused(&client.sign_parts(id, &body).await, code, param);
    }
    for (query, code, param) in [
        ("limit=0", "invalid_value", "limit"),
        ("limit=1001", "invalid_value", "limit"),
        ("limit=x", "invalid_type", "limit"),
        ("after=10001", "invalid_value", "after"),
        ("before=1", "unknown_field", "before"),
    ] {
        refused(&client.list_parts(id, query).await, code, param);
    }
}

fn sign_parts_out_of_bounds() -> Vec<(Value, &'static str, &'static str)> {
    let checksums = |checksums: Value| json!({ "partNumbers": [1], "checksums": checksums });
    vec![
        (json!({}), "parameter_missing", "partNumbers"),
        (json!({ "partNumbers": [] }), "invalid_value", "partNumbers"),
        (json!({ "partNumbers": vec![1; 1001] }), "invalid_value", "partNumbers"),
        (json!({ "partNumbers": [1, 2] }), "invalid_value", "partNumbers"),
        (json!({ "partNumbers": [1, 0] }), "invalid_value", "partNumbers[1]"),
        (json!({ "partNumbers": [10_001] }), "invalid_value", "partNumbers[0]"),
        (json!({ "partNumbers": ["1"] }), "invalid_type", "partNumbers[0]"),
        (
            checksums(json!([{ "partNumber": 2, "md5": MD5 }])),
            "invalid_value",
            "checksums[0].partNumber",
        ),
        (checksums(json!([{ "partNumber": 1 }])), "invalid_value", "checksums[0]"),
        (checksums(json!([{ "partNumber": 1, "md5": "x" }])), "invalid_value", "checksums[0].md5"),
        (
            checksums(json!([{ "partNumber": 1, "checksumSha256": CRC64NVME }])),
            "invalid_value",
            "checksums[0].checksumSha256",
        ),
        // The upload was not opened for it, so S3 would refuse it.
        (
            checksums(json!([{ "partNumber": 1, "checksumSha256": SHA256 }])),
            "invalid_value",
            "checksums",
        ),
    ]
}

/// A file for [`TEXT`], in one part.
fn text(algorithm: Option<&str>) -> Value {
    let mut file = json!({
        "filename": "text.txt",
        "mimeType": "text/plain",
        "sizeBytes": TEXT.len(),
        "multipart": {},
    });
    if let Some(algorithm) = algorithm {
        file["multipart"]["checksumAlgorithm"] = json!(algorithm);
    }
    file
}

#[track_caller]
fn refused(answer: &Answer, code: &str, param: &str) {
    answer.refused(400, code);
    assert_eq!(answer.body["error"]["param"], param);
}
