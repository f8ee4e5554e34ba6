//! `PATCH /v1/files/{id}`: give a file another name or version.

use serde::Deserialize;
use shared::domain::{FileId, Filename};
use shared::http::{Call, Reply};
use shared::uploads::{self, Details, File};
use shared::{BucketContext, Result};

use crate::annotation::{Annotation, Version};
use crate::views::FileRead;

/// What is absent or null stays as it is.
#[derive(Deserialize)]
struct UpdateFile {
    name: Option<Filename>,
    version: Option<Version>,
}

pub(crate) async fn update_file(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let body: UpdateFile = call.body()?;
    let caller = call.pending_caller();
    let file = uploads::update(&ctx, caller, id, |file| body.applied_to(file)).await?;
    Reply::ok(&FileRead::new(&ctx, &call, &file).await?)
}

impl UpdateFile {
    fn applied_to(&self, file: &File) -> Result<Details> {
        let mut details = file.details();
        if let Some(name) = &self.name {
            details.filename = name.clone();
        }
        if let Some(version) = &self.version {
            let mut annotation = Annotation::of(file);
            annotation.polar.version = Some(version.as_str().to_owned());
            details.annotation = Some(annotation.recorded()?);
        }
        Ok(details)
    }
}
