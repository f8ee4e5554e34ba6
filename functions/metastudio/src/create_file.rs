//! `POST /v1/{project_id}/files`: open the upload of a file of known MD5, and say where to PUT it.

use shared::domain::multipart::PartDigest;
use shared::domain::{Milestone, PartPlan};
use shared::http::{Call, Reply};
use shared::uploads::{self, Arrival, NewFile};
use shared::{BucketContext, Config, Error, Result};

use crate::upload::Upload;
use crate::views::CreatedFile;

/// Its one URL is dead once the file is completed, and takes no bytes but those of the MD5.
pub(crate) async fn create_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let new = of_known_md5(call.body()?, ctx.config())?;
    let opened = uploads::open(&ctx, call.pending_caller(), new).await?;
    Ok(Reply::ok(&CreatedFile::new(&opened))?.marking(Milestone::Created))
}

fn of_known_md5(upload: Upload, config: &Config) -> Result<NewFile> {
    upload.check_size(config, PartPlan::MAX_PUT_BYTES)?;
    let md5 = upload.file_md5.as_ref().map(|md5| PartDigest::Md5(md5.0));
    let md5 = md5.ok_or_else(|| Error::ParameterMissing { param: "file_md5".to_owned() })?;
    let plan = PartPlan::whole(upload.file_size);
    let signed = plan.parts().map(|part| (part, Some(md5.clone()))).collect();
    upload.arriving(Arrival::Parts { plan, checksum: None, signed })
}
