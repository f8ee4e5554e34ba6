//! What a workspace keeps.

use crate::domain::quota::Usage;
use crate::storage::PendingCaller;
use crate::{Context, Result};

/// What the caller's workspace keeps and may keep, or nothing if it never had a quota: then nothing is counted.
/// Runs beside the admission.
///
/// # Errors
///
/// DynamoDB's failure.
pub async fn usage(ctx: &Context, caller: &PendingCaller) -> Result<Option<Usage>> {
    ctx.files().usage(caller.workspace()).await
}
