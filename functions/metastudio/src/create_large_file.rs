//! `POST /v1/{project_id}/large-files`: open the upload of a file in parts, and say where to PUT each.

use shared::domain::{Milestone, PartPlan};
use shared::http::{Call, Reply};
use shared::uploads::{self, Arrival, NewFile};
use shared::{BucketContext, Config, Result};

use crate::upload::{Upload, invalid};
use crate::views::CreatedLargeFile;

/// The most parts that MetaStudio hands out.
const MOST_PARTS: u64 = 100;

/// Each URL takes a part of exactly its size, so the size of the file must be known; MetaStudio's own
/// server asks for none.
pub(crate) async fn create_large_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let new = in_parts(call.body()?, ctx.config())?;
    let opened = uploads::open(&ctx, call.pending_caller(), new).await?;
    Ok(Reply::ok(&CreatedLargeFile::new(&opened))?.marking(Milestone::Created))
}

fn in_parts(upload: Upload, config: &Config) -> Result<NewFile> {
    upload.check_size(config, config.max_size_bytes)?;
    let plan = cut(upload.file_size, upload.file_multipart_count.unwrap_or(1))?;
    let signed = plan.parts().map(|part| (part, None)).collect();
    upload.arriving(Arrival::Parts { plan, checksum: None, signed })
}

/// Equal parts, but for the last, which has the rest.
fn cut(file_size: u64, count: u64) -> Result<PartPlan> {
    let invalid = |reason| invalid("file_multipart_count", reason);
    if !(1..=MOST_PARTS).contains(&count) {
        return Err(invalid(format!("must be between 1 and {MOST_PARTS}")));
    }
    if count == 1 && file_size <= PartPlan::MAX_PUT_BYTES {
        return Ok(PartPlan::whole(file_size));
    }
    let plan = PartPlan::choose(file_size, Some(file_size.div_ceil(count))).ok();
    plan.ok_or_else(|| invalid("must make parts of 5 MiB to 5 GiB".to_owned()))
}
