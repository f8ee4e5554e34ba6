//! `POST /v1/files/{id}/complete`: check what S3 holds and finish the upload.

use serde::Deserialize;
use shared::domain::{Category, ClaimedPart, ETag, Md5, Milestone, PartNumber, Scope};
use shared::http::{self, Call, FileView, Reply};
use shared::uploads::Claim;
use shared::uploads::{self, Outcome};
use shared::{Context, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesCreate, Category::Write, complete_file).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CompleteFile {
    md5: Option<Md5>,
    parts: Option<Vec<SentPart>>,
    #[serde(default)]
    auto_meta_analysis: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SentPart {
    part_number: PartNumber,
    etag: ETag,
    checksum_sha256: Option<String>,
}

async fn complete_file(ctx: Context, call: Call) -> Result<Reply> {
    let body = call.body::<CompleteFile>()?;
    let parts = body.parts.map(|parts| parts.into_iter().map(SentPart::claimed).collect());
    let analyze = body.auto_meta_analysis;
    let claim = Claim { file: call.path("id")?, md5: body.md5, parts, analyze };

    let outcome = uploads::complete(&ctx, &call, &claim).await?;

    let now = ctx.now();
    match outcome {
        Outcome::Completed(file) => {
            let completed = Milestone::Completed { bytes: file.size_bytes };
            Ok(Reply::ok(&FileView::new(&file, now))?.marking(completed))
        }
        Outcome::Already(file) => Reply::ok(&FileView::new(&file, now)),
        Outcome::UnderWay(file) => Reply::accepted(&FileView::new(&file, now)),
    }
}

impl SentPart {
    fn claimed(self) -> ClaimedPart {
        let Self { part_number: number, etag, checksum_sha256 } = self;
        ClaimedPart { number, etag, checksum_sha256 }
    }
}

#[cfg(test)]
mod tests;
