//! `POST /v1/files`: open an upload session and say where to PUT the bytes.

use serde::Deserialize;
use shared::domain::file::Pending;
use shared::domain::{
    Category, File, FileId, Filename, Md5, Milestone, MimeType, Purpose, Scope, State,
};
use shared::http::{self, Call, CreatedView, Reply};
use shared::{Context, Error, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), lambda_http::Error> {
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
}

async fn create_file(ctx: Context, call: Call) -> Result<Reply> {
    let body = call.body::<CreateFile>()?.within(ctx.config().max_size_bytes)?;
    let suffix = ctx.random()?;
    let caller = call.caller().await;

    let now = ctx.now();
    let lifetime = ctx.config().session_lifetime;
    let pending = Pending::until(now.after(lifetime));
    let describe = |sequence| File {
        id: FileId::new(sequence, suffix),
        filename: body.filename.clone(),
        mime_type: body.mime_type.clone(),
        size_bytes: body.size_bytes,
        created_at: now,
        state: State::Pending(pending.clone()),
    };
    let file = ctx.files().open(caller, &pending, now, describe).await?;

    let key = call.object_key(file.id);
    let ticket = ctx.bucket().sign_put(&key, &file, body.md5, now, lifetime).await?;
    Ok(Reply::ok(&CreatedView::new(&file, ticket, now))?.marking(Milestone::Created))
}

impl CreateFile {
    fn within(self, max_size_bytes: u64) -> Result<Self> {
        if !(1..=max_size_bytes).contains(&self.size_bytes) {
            let reason = format!("must be between 1 and {max_size_bytes}");
            return Err(Error::InvalidValue { param: "sizeBytes".to_owned(), reason });
        }
        if let Some(purpose) = self.purpose {
            purpose.admit(&self.mime_type, self.size_bytes)?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
