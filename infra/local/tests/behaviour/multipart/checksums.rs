//! The checksum an upload is created for: demanded of its parts, told of its object.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedPart};
use local::BUCKET;

use super::upload::{KEY, MultipartUpload, first_part, listed};
use crate::scene::{Answer, Scene, lifetime};

/// MD5 of `hello`.
const HELLO_MD5: &str = "XUFAKrxLKna5cZ2REBfFkg==";

/// SHA-256 of `hello`.
const HELLO_SHA256: &str = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

/// CRC-64/NVME of `hello`.
const HELLO_CRC64NVME: &str = "M3eFcAZSQlc=";

/// SHA-256 of the 32 bytes of [`HELLO_SHA256`], and how many parts there were.
const COMPOSITE_SHA256: &str = "lZXJ35AHUUjrBoYDZd8zWEt1v/eCpRDGzUiDpBmDPVA=-1";

/// SHA-256 of nothing.
const EMPTY_SHA256: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

#[tokio::test]
async fn a_wrong_checksum_of_a_part_is_refused_and_a_right_one_told() {
    for (algorithm, checksum) in [
        (ChecksumAlgorithm::Sha256, HELLO_SHA256),
        (ChecksumAlgorithm::Crc64Nvme, HELLO_CRC64NVME),
        (ChecksumAlgorithm::Md5, HELLO_MD5),
    ] {
        let scene = Scene::new().await;
        let upload = MultipartUpload::create_for(&scene, algorithm.clone()).await;
        let put = match algorithm {
            ChecksumAlgorithm::Sha256 => upload.part(1).checksum_sha256(checksum),
            ChecksumAlgorithm::Crc64Nvme => upload.part(1).checksum_crc64_nvme(checksum),
            _ => upload.part(1).checksum_md5(checksum),
        };
        let put = put.presigned(lifetime()).await.unwrap();
        let answer = scene.send(&put, b"jello").await;
        assert!(answer.refuses(400, "BadDigest"), "{algorithm}: {}", answer.body);
        let answer = scene.send(&put, b"hello").await;
        let header = format!("x-amz-checksum-{}", algorithm.as_str().to_lowercase());
        assert_eq!(answer.header(&header), checksum, "{algorithm}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_checksum_of_another_algorithm_than_the_upload_was_created_for_is_refused() {
    let scene = Scene::new().await;
    let for_none = MultipartUpload::create(&scene).await;
    let put = for_none.part(1).checksum_sha256(HELLO_SHA256).presigned(lifetime()).await.unwrap();
    assert_mismatch(&scene.send(&put, b"hello").await, "null", "sha256");
    // What the AWS SDKs add by themselves.
    let put = for_none.part(1).checksum_crc32("NhCmhg==").presigned(lifetime()).await.unwrap();
    assert_eq!(scene.send(&put, b"hello").await.status, 200);
    let for_sha256 = MultipartUpload::create_for(&scene, ChecksumAlgorithm::Sha256).await;
    let put = for_sha256.part(1).checksum_crc64_nvme(HELLO_CRC64NVME);
    let put = put.presigned(lifetime()).await.unwrap();
    assert_mismatch(&scene.send(&put, b"hello").await, "sha256", "crc64nvme");
}

#[tokio::test]
async fn a_part_without_a_checksum_is_refused_where_the_object_s_is_made_of_the_parts() {
    let scene = Scene::new().await;
    let composite = MultipartUpload::create_for(&scene, ChecksumAlgorithm::Sha256).await;
    assert_mismatch(&composite.put(1, "hello").await, "sha256", "null");
    let full_object = MultipartUpload::create_for(&scene, ChecksumAlgorithm::Crc64Nvme).await;
    assert_eq!(full_object.put(1, "hello").await.status, 200);
    let listed = full_object.list().send().await.unwrap();
    assert_eq!(listed.parts()[0].checksum_crc64_nvme(), Some(HELLO_CRC64NVME));
}

#[tokio::test]
async fn an_upload_tells_the_checksum_it_was_created_for() {
    let scene = Scene::new().await;
    let create = scene.s3.create_multipart_upload().bucket(BUCKET).key(KEY);
    let create = create.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).send().await.unwrap();
    assert_eq!(create.checksum_algorithm(), Some(&ChecksumAlgorithm::Crc64Nvme));
    assert_eq!(create.checksum_type(), Some(&ChecksumType::FullObject));
    let create = scene.s3.create_multipart_upload().bucket(BUCKET).key(KEY);
    let create = create.checksum_algorithm(ChecksumAlgorithm::Sha256);
    let impossible = create.checksum_type(ChecksumType::FullObject).send().await.unwrap_err();
    assert_eq!(impossible.code(), Some("InvalidRequest"));
}

#[tokio::test]
async fn without_a_checksum_asked_for_the_object_has_a_crc64nvme_of_its_bytes() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create(&scene).await;
    let completed = upload.complete(&upload.two_parts().await).send().await.unwrap();
    let whole = [&first_part()[..], b"the end"].concat();
    let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, &whole);
    let expected = data_encoding::BASE64.encode(&crc.to_be_bytes());
    assert_eq!(completed.checksum_crc64_nvme(), Some(expected.as_str()));
    assert_eq!(completed.checksum_type(), Some(&ChecksumType::FullObject));
    let get = scene.s3.get_object().bucket(BUCKET).key(KEY).checksum_mode(ChecksumMode::Enabled);
    let got = get.send().await.unwrap();
    assert_eq!(got.checksum_crc64_nvme(), Some(expected.as_str()));
    // The client holds the bytes against the checksum as it reads them.
    got.body.collect().await.unwrap();
}

#[tokio::test]
async fn a_sha256_of_an_object_of_parts_is_one_of_their_sha256s() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create_for(&scene, ChecksumAlgorithm::Sha256).await;
    let part = sha256_part(&scene, &upload).await;
    let completed = upload.complete(&[part]).send().await.unwrap();
    assert_eq!(completed.checksum_sha256(), Some(COMPOSITE_SHA256));
    let head = scene.s3.head_object().bucket(BUCKET).key(KEY).checksum_mode(ChecksumMode::Enabled);
    let head = head.send().await.unwrap();
    assert_eq!(head.checksum_sha256(), completed.checksum_sha256());
    assert_eq!(head.checksum_type(), Some(&ChecksumType::Composite));
}

#[tokio::test]
async fn a_list_that_lacks_a_checksum_the_upload_was_created_for_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create_for(&scene, ChecksumAlgorithm::Sha256).await;
    let part = sha256_part(&scene, &upload).await;
    let bare = listed(1, part.e_tag().unwrap()).build();
    let refused = upload.complete(&[bare]).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidRequest"));
    assert!(refused.message().unwrap().contains("missing for part 1"), "{refused:?}");
    let foreign = listed(1, part.e_tag().unwrap()).checksum_sha256(EMPTY_SHA256).build();
    let refused = upload.complete(&[foreign]).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidPart"));
    upload.complete(&[part]).send().await.unwrap();
}

#[tokio::test]
async fn an_object_of_another_checksum_than_the_announced_one_is_refused() {
    let scene = Scene::new().await;
    let upload = MultipartUpload::create_for(&scene, ChecksumAlgorithm::Crc64Nvme).await;
    let parts = [upload.sent(1, "hello").await];
    let complete = upload.complete(&parts).checksum_crc64_nvme("AAAAAAAAAAA=");
    assert_eq!(complete.send().await.unwrap_err().code(), Some("BadDigest"));
    upload.complete(&parts).checksum_crc64_nvme(HELLO_CRC64NVME).send().await.unwrap();
}

async fn sha256_part(scene: &Scene, upload: &MultipartUpload<'_>) -> CompletedPart {
    let put = upload.part(1).checksum_sha256(HELLO_SHA256).presigned(lifetime()).await.unwrap();
    let answer = scene.send(&put, b"hello").await;
    listed(1, answer.header("etag")).checksum_sha256(HELLO_SHA256).build()
}

fn assert_mismatch(answer: &Answer, expected: &str, actual: &str) {
    let message = format!(
        "Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}"
    );
    assert!(answer.refuses(400, "InvalidRequest"), "{}", answer.body);
    assert!(answer.body.contains(&message), "{}", answer.body);
}
