//! `GET /v1/files/{id}/parts`: show which parts of a multipart upload S3 holds.

use serde::Deserialize;
use shared::domain::{Category, FileId, PartNumber, Scope};
use shared::http::{self, Call, Reply, StoredPartsView};
use shared::uploads;
use shared::{Context, Error, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesCreate, Category::Read, list_parts).await
}

/// The most parts on a page, S3's own bound, and the default.
const MAX_LIMIT: u16 = 1000;

/// Parts after a number, in the order of their numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartsPage {
    #[serde(default = "default_limit")]
    limit: u16,
    #[serde(default)]
    after: u16,
}

const fn default_limit() -> u16 {
    MAX_LIMIT
}

async fn list_parts(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let page = call.query::<PartsPage>()?.checked()?;
    let file = ctx.files().get(call.workspace(), id).await?;
    call.confirmed().await;
    let (key, PartsPage { limit, after }) = (call.object_key(id), page);
    let (parts, more) = uploads::stored_parts(&ctx, &key, &file, after, limit).await?;
    Reply::ok(&StoredPartsView::new(parts, more))
}

impl PartsPage {
    fn checked(self) -> Result<Self> {
        let within = |param: &str, value: u16, least: u16, most: u16| {
            let reason = format!("must be between {least} and {most}");
            let error = || Error::InvalidValue { param: param.to_owned(), reason };
            (least..=most).contains(&value).then_some(()).ok_or_else(error)
        };
        within("limit", self.limit, 1, MAX_LIMIT)?;
        within("after", self.after, 0, PartNumber::MAX)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
