//! `UploadPart`: checked like a PUT of an object, and kept for the completion.

use std::ops::RangeInclusive;

use s3s::dto::{PartNumber, UploadPartInput, UploadPartOutput};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::checksum::check_given;
use super::upload::{Part, Upload};
use crate::s3::algorithm::Algorithm;
use crate::s3::content::Segment;
use crate::s3::digests::{Digests, checksum_headers};
use crate::s3::engine::Engine;
use crate::s3::received::Received;
use crate::s3::store::Stamp;

const NUMBERS: RangeInclusive<PartNumber> = 1..=10_000;

/// Keeps the part in the place of whatever its number held; refused or broken off, it leaves nothing behind.
pub(in crate::s3) async fn put_part(
    engine: &Engine,
    mut request: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    if !NUMBERS.contains(&request.input.part_number) {
        return Err(s3_error!(
            InvalidArgument,
            "Part number must be an integer between 1 and 10000, inclusive"
        ));
    }
    let body = request.input.body.take();
    let upload = find_open(engine, &request.input)?;
    let mut algorithms = Algorithm::given_by(&request.headers)?;
    check_given(upload.asked_checksum, &algorithms)?;
    algorithms.insert(upload.checksum().algorithm);
    let digests = Digests::of(&algorithms);
    let received = Received::of(&request, body, digests, &engine.store.incoming()).await?;
    let given = checksum_headers(&received.given)?;
    let part = keep(engine, &request.input, received)?;
    let output = UploadPartOutput {
        e_tag: Some(part.e_tag()),
        server_side_encryption: Some(upload.encryption.header()),
        ..Default::default()
    };
    Ok(S3Response::with_headers(output, given))
}

fn find_open(engine: &Engine, input: &UploadPartInput) -> S3Result<Upload> {
    engine.store.step(&input.bucket, |bucket, _| {
        let entry = bucket.uploads().find_open(&input.key, &input.upload_id)?;
        Ok(entry.upload.clone())
    })
}

fn keep(engine: &Engine, input: &UploadPartInput, received: Received) -> S3Result<Part> {
    engine.store.step(&input.bucket, |bucket, stamp| {
        // It may have been completed or aborted while the part was on its way.
        let entry = bucket.uploads().find_open(&input.key, &input.upload_id)?;
        let part = described(&entry.upload, input.part_number, &received, stamp)?;
        let kept = bucket.uploads_mut().put_part(&input.upload_id, part.clone(), received.content);
        kept.map_err(S3Error::internal_error)?;
        Ok(part)
    })
}

fn described(
    upload: &Upload,
    number: PartNumber,
    received: &Received,
    stamp: Stamp,
) -> S3Result<Part> {
    let checksum = received.computed.checksum(upload.checksum().algorithm);
    Ok(Part {
        number,
        segment: Segment { file: stamp.sequencer, size: received.size },
        etag: upload.encryption.etag(received.computed.md5),
        checksum: checksum.cloned().ok_or_else(|| s3_error!(InternalError))?,
        last_modified_ms: stamp.now_ms,
    })
}
