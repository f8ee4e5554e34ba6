//! Which functions there are, and waiting until each of them answers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use futures_util::future::try_join_all;
use local::gateway::{Lambda as _, Routes};
use serde_json::json;
use tokio::time::timeout;

use super::cargo_lambda::Functions;
use crate::failure::Failure;

/// Building anew may come first; every further attempt waits twice as long as the one before.
const PATIENCE: Duration = Duration::from_mins(3);
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(100))
    .with_max_delay(Duration::from_secs(2))
    .without_max_times();

/// The routes of the project's own `Cargo.toml`.
pub(crate) fn routes() -> Result<Routes, Failure> {
    let manifest = Path::new("Cargo.toml");
    let manifest = fs::read_to_string(manifest).map_err(Failure::file(manifest))?;
    Ok(Routes::of_manifest(&manifest)?)
}

/// Waits until these functions answer; `log` is where they say what is wrong with them.
pub(crate) async fn answer(
    functions: &Functions,
    names: &[String],
    log: &Path,
) -> Result<(), Failure> {
    let routes = routes()?;
    let of_routes = routes.functions();
    try_join_all(names.iter().map(|name| succeed(functions, name, &of_routes, log))).await?;
    Ok(())
}

/// Invokes a function until it answers, with an event that does no harm: a request without a key, or
/// a delivery of nothing.
async fn succeed(
    functions: &Functions,
    name: &str,
    of_routes: &BTreeSet<&str>,
    log: &Path,
) -> Result<(), Failure> {
    let event = if of_routes.contains(name) { json!({}) } else { json!({ "Records": [] }) };
    let no_answer = || Failure::NoAnswer { function: name.to_owned(), log: log.to_owned() };
    let attempt = || async {
        let answer = functions.invoke(name, event.to_string().into()).await;
        answer.map(|_| ()).ok_or_else(no_answer)
    };
    timeout(PATIENCE, attempt.retry(PAUSES)).await.unwrap_or_else(|_| Err(no_answer()))
}

/// One for each folder in `functions/`.
pub(crate) fn names() -> Result<Vec<String>, Failure> {
    let folder = Path::new("functions");
    fs::read_dir(folder)
        .map_err(Failure::file(folder))?
        .map(|entry| {
            let name = entry.map_err(Failure::file(folder))?.file_name();
            Ok(name.to_string_lossy().into_owned())
        })
        .collect()
}
