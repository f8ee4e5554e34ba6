//! Extracting media metadata from a completed file's bytes.

use crate::domain::ETag;
use crate::domain::metadata::Findings;
use crate::media::{Probe, ProbeStep};
use crate::storage::Authority;
use crate::uploads::File;
use crate::{BucketContext, Result};

/// Reads a few ranges of the bytes that `etag` names, and records what they tell.
pub(super) async fn analyze(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    etag: &ETag,
) -> Result<()> {
    let findings = findings(ctx, authority, file, etag).await?;
    ctx.files().record_findings(authority, &findings, ctx.now()).await.map(|_| ())
}

/// What the bytes tell. Nothing if the file was deleted meanwhile.
async fn findings(
    ctx: &BucketContext,
    authority: &Authority,
    file: &File,
    etag: &ETag,
) -> Result<Findings> {
    let mut probe = Probe::new(file.size_bytes);
    let source = ctx.bucket().source(authority.key(), etag, file.size_bytes);
    loop {
        let range = match probe.step() {
            ProbeStep::Done(findings) => return Ok(findings),
            ProbeStep::Needs(range) => range,
        };
        let start = range.start;
        match source.read(range).await? {
            Some(bytes) => probe.supply(start, bytes),
            None => return Ok(Findings::default()),
        }
    }
}
