//! Reading what a file's bytes tell of it.

use crate::domain::ETag;
use crate::domain::metadata::Findings;
use crate::media::{Probe, Step};
use crate::storage::Authority;
use crate::storage::Update;
use crate::uploads::File;
use crate::{Context, Result};

/// Reads a few ranges of the file's bytes and records what they tell.
///
/// # Errors
///
/// S3's or DynamoDB's failure.
pub(super) async fn analyze(
    ctx: &Context,
    authority: &Authority,
    file: &File,
    etag: &ETag,
) -> Result<Update> {
    let findings = findings(ctx, authority, file, etag).await?;
    ctx.files().record_findings(authority, &findings, ctx.now()).await
}

/// What the bytes tell; nothing if they are gone.
async fn findings(
    ctx: &Context,
    authority: &Authority,
    file: &File,
    etag: &ETag,
) -> Result<Findings> {
    let mut probe = Probe::new(file.size_bytes);
    loop {
        let range = match probe.step() {
            Step::Done(findings) => return Ok(findings),
            Step::Needs(range) => range,
        };
        let start = range.start;
        match ctx.bucket().read(authority.key(), etag, range).await? {
            Some(bytes) => probe.supply(start, bytes),
            None => return Ok(Findings::default()),
        }
    }
}
