//! A multipart upload as a test makes one.

use aws_sdk_s3::operation::abort_multipart_upload::builders::AbortMultipartUploadFluentBuilder;
use aws_sdk_s3::operation::complete_multipart_upload::builders::CompleteMultipartUploadFluentBuilder;
use aws_sdk_s3::operation::create_multipart_upload::builders::CreateMultipartUploadFluentBuilder;
use aws_sdk_s3::operation::list_parts::builders::ListPartsFluentBuilder;
use aws_sdk_s3::operation::upload_part::builders::UploadPartFluentBuilder;
use aws_sdk_s3::types::builders::CompletedPartBuilder;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use local::BUCKET;

use crate::scene::{Answer, Scene, lifetime};

/// The key of every test's upload.
pub(crate) const KEY: &str = "acme/large";

/// The least a part may have that is not the last, in bytes.
pub(crate) const SMALLEST_PART: usize = 5 * 1024 * 1024;

/// An upload to [`KEY`].
pub(crate) struct MultipartUpload<'scene> {
    pub(crate) id: String,
    scene: &'scene Scene,
}

impl<'scene> MultipartUpload<'scene> {
    /// An upload for which no checksum was asked.
    pub(crate) async fn create(scene: &'scene Scene) -> Self {
        Self::created(scene, scene.s3.create_multipart_upload()).await
    }

    /// An upload created for this checksum.
    pub(crate) async fn create_for(scene: &'scene Scene, checksum: ChecksumAlgorithm) -> Self {
        Self::created(scene, scene.s3.create_multipart_upload().checksum_algorithm(checksum)).await
    }

    /// An upload created as the test has described it.
    pub(crate) async fn created(
        scene: &'scene Scene,
        create: CreateMultipartUploadFluentBuilder,
    ) -> Self {
        let created = create.bucket(BUCKET).key(KEY).send().await.unwrap();
        Self::known(scene, created.upload_id.unwrap())
    }

    /// An upload of an earlier life.
    pub(crate) fn known(scene: &'scene Scene, id: String) -> Self {
        Self { id, scene }
    }

    /// A PUT of a part, not yet sent.
    pub(crate) fn part(&self, number: i32) -> UploadPartFluentBuilder {
        let part = self.scene.s3.upload_part().bucket(BUCKET).key(KEY);
        part.upload_id(&self.id).part_number(number)
    }

    /// Sends a part by a presigned URL.
    pub(crate) async fn put(&self, number: i32, body: impl Into<reqwest::Body>) -> Answer {
        let put = self.part(number).presigned(lifetime()).await.unwrap();
        let request = self.scene.request(put.uri(), &put).body(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Sends a part and lists it for the completion.
    pub(crate) async fn sent(&self, number: i32, body: impl Into<reqwest::Body>) -> CompletedPart {
        let answer = self.put(number, body).await;
        listed(number, answer.header("etag")).build()
    }

    /// Sends two parts, the first of them [`first_part`], and lists them for the completion.
    pub(crate) async fn two_parts(&self) -> [CompletedPart; 2] {
        [self.sent(1, first_part()).await, self.sent(2, "the end").await]
    }

    /// A question for the parts, not yet sent.
    pub(crate) fn list(&self) -> ListPartsFluentBuilder {
        self.scene.s3.list_parts().bucket(BUCKET).key(KEY).upload_id(&self.id)
    }

    /// A completion with these parts, not yet sent.
    pub(crate) fn complete(&self, parts: &[CompletedPart]) -> CompleteMultipartUploadFluentBuilder {
        let list = CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build();
        let complete = self.scene.s3.complete_multipart_upload().bucket(BUCKET).key(KEY);
        complete.upload_id(&self.id).multipart_upload(list)
    }

    /// An abort, not yet sent.
    pub(crate) fn abort(&self) -> AbortMultipartUploadFluentBuilder {
        self.scene.s3.abort_multipart_upload().bucket(BUCKET).key(KEY).upload_id(&self.id)
    }
}

/// One line of a completion's list.
pub(crate) fn listed(number: i32, etag: &str) -> CompletedPartBuilder {
    CompletedPart::builder().part_number(number).e_tag(etag)
}

/// [`SMALLEST_PART`] bytes, not all alike.
pub(crate) fn first_part() -> Vec<u8> {
    [vec![2; SMALLEST_PART / 2], vec![3; SMALLEST_PART / 2]].concat()
}
