//! `POST /v1/files`: open an upload session and say where to PUT the bytes.

use serde::Deserialize;
use shared::domain::multipart::PartChecksum;
use shared::domain::{Category, Filename, Md5, Milestone, MimeType, PartPlan, Purpose, Scope};
use shared::http::{self, Call, CreatedView, Reply};
use shared::uploads::{self, Arrival, NewFile};
use shared::{Config, Context, Error, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesCreate, Category::Write, create_file).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateFile {
    filename: Filename,
    mime_type: MimeType,
    size_bytes: u64,
    purpose: Option<Purpose>,
    md5: Option<Md5>,
    multipart: Option<InParts>,
}

/// How a client that can send parts wishes to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InParts {
    part_size_bytes: Option<u64>,
    checksum_algorithm: Option<PartChecksum>,
    /// Only if the file is large.
    #[serde(default)]
    auto: bool,
}

/// So many parts are signed at once; more are signed when asked for.
const FIRST_PARTS: usize = 100;

async fn create_file(ctx: Context, call: Call) -> Result<Reply> {
    let new = call.body::<CreateFile>()?.within(ctx.config())?;
    let opened = uploads::open(&ctx, call.caller().await, &new).await?;
    let view = CreatedView::new(&opened.file, opened.ticket, ctx.now());
    Ok(Reply::ok(&view)?.marking(Milestone::Created))
}

impl CreateFile {
    fn within(self, config: &Config) -> Result<NewFile> {
        let max_size_bytes = config.max_size_bytes;
        if !(1..=max_size_bytes).contains(&self.size_bytes) {
            return Err(invalid("sizeBytes", format!("must be between 1 and {max_size_bytes}")));
        }
        if let Some(purpose) = self.purpose {
            purpose.admit(&self.mime_type, self.size_bytes)?;
        }
        let arrival = self.arrival(config)?;
        let Self { filename, mime_type, size_bytes, .. } = self;
        Ok(NewFile { filename, mime_type, size_bytes, arrival, annotation: None })
    }

    fn arrival(&self, config: &Config) -> Result<Arrival> {
        let small = self.size_bytes <= config.multipart_threshold_bytes;
        match &self.multipart {
            Some(parts) if !(parts.auto && small) => {
                if self.md5.is_some() {
                    return Err(invalid("md5", "is claimed at complete for a multipart upload"));
                }
                let plan = PartPlan::choose(self.size_bytes, parts.part_size_bytes)?;
                let checksum = parts.checksum_algorithm;
                // Parts with a checksum are signed once it is known.
                let first = if checksum.is_none() { FIRST_PARTS } else { 0 };
                let signed = plan.parts().take(first).map(|part| (part, None)).collect();
                Ok(Arrival::Parts { plan, checksum, signed })
            }
            _ if self.size_bytes > PartPlan::MAX_PUT_BYTES => {
                Err(Error::MultipartRequired { max_bytes: PartPlan::MAX_PUT_BYTES })
            }
            _ => Ok(Arrival::Put(self.md5)),
        }
    }
}

fn invalid(param: &str, reason: impl Into<String>) -> Error {
    Error::InvalidValue { param: param.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests;
