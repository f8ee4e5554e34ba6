//! `POST /v1/{project_id}/files/{file_id}/complete`: finish an upload, or give it up.

use serde::Deserialize;
use shared::domain::{FileId, Milestone};
use shared::http::{Call, Reply, StatusCode};
use shared::uploads::{self, Cancelled, Claim, Outcome};
use shared::{BucketContext, Result};

use crate::upload::declared_md5;

#[derive(Deserialize)]
struct CompleteFile {
    state: State,
    auto_meta_analysis: Option<bool>,
}

/// What the client says has become of its upload.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum State {
    Created,
    Failed,
    Cancelled,
}

/// Answers nothing but that it is done.
pub(crate) async fn complete_file(ctx: BucketContext, call: Call, id: FileId) -> Result<Reply> {
    let body: CompleteFile = call.body()?;
    let milestone = match body.state {
        State::Created => {
            complete(&ctx, &call, id, body.auto_meta_analysis.unwrap_or_default()).await?
        }
        // Why the client gives up makes no difference to what is left to do.
        State::Failed | State::Cancelled => {
            match uploads::cancel(&ctx, call.caller().await, id).await? {
                Cancelled::Now(_) => Some(Milestone::Cancelled),
                Cancelled::Before(_) => None,
            }
        }
    };
    let done = Reply::empty(StatusCode::OK);
    Ok(match milestone {
        Some(milestone) => done.marking(milestone),
        None => done,
    })
}

async fn complete(
    ctx: &BucketContext,
    call: &Call,
    id: FileId,
    analyze: bool,
) -> Result<Option<Milestone>> {
    let caller = call.pending_caller();
    let file = uploads::read(ctx, caller, id).await?;
    let claim = Claim { md5: declared_md5(&file), parts: None, analyze };
    Ok(match uploads::complete(ctx, caller, id, &claim).await? {
        Outcome::Completed(file) => Some(Milestone::Completed { bytes: file.size_bytes }),
        // MetaStudio has no answer for a proof that takes longer than a request. 200 means that the claim was
        // accepted; verify-upload completes the file, which is PENDING until its bytes are proven.
        Outcome::Already(_) | Outcome::UnderWay(_) => None,
    })
}
