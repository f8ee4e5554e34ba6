//! `PATCH /v1/files/{id}`: give a file another name or version.

use serde::Deserialize;
use shared::domain::{FileId, Filename};
use shared::http::{Call, Reply};
use shared::{BucketContext, Result, uploads};

use crate::annotation::{Annotation, Version};
use crate::views::FileRead;

/// What is absent or null stays as it is.
#[derive(Deserialize)]
struct UpdateFile {
    name: Option<Filename>,
    version: Option<Version>,
}

pub(crate) async fn update_file(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let UpdateFile { name, version } = call.body()?;
    let found = uploads::read(&ctx, call.pending_caller(), id).await?;

    let mut annotation = Annotation::of(&found);
    let name = name.unwrap_or(found.filename);
    if let Some(version) = version {
        annotation.polar.version = Some(version.into_text());
    }
    let caller = call.caller().await;
    let file = uploads::rename(&ctx, caller, id, &name, &annotation.recorded()?).await?;
    Reply::ok(&FileRead::new(&ctx, &call, &file).await?)
}
