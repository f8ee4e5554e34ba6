//! `local demo`: the main job from the first request to the last, each step timed and checked.

mod api;
mod sample;
mod step;

use std::path::PathBuf;
use std::process::ExitCode;

use api::{Api, File};
use sample::Sample;
use step::{expect, step};

use crate::failure::Failure;
use crate::run::{Access, Ports, Settings, during};
use crate::terminal::say;

/// What a shell says of a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Shows the main job with `file` on what runs already, or else on a deployment of its own.
pub(crate) async fn demo(ports: Ports, file: Option<PathBuf>) -> Result<ExitCode, Failure> {
    let sample = Sample::open(file).await?;
    if let Some(access) = Access::running().await {
        show(&Api::new(&access)?, &sample).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::temporary(ports, "demo.log")?;
    say("Nothing runs yet: starting Slipway for the demo alone.");
    let ended =
        during(settings, async |access, _| show(&Api::new(&access)?, &sample).await).await?;
    Ok(ended.map_or(ExitCode::from(INTERRUPTED), |()| ExitCode::SUCCESS))
}

async fn show(api: &Api<'_>, sample: &Sample) -> Result<(), Failure> {
    say(format_args!("{} ({} bytes) to {}", sample.name, sample.size, api.url()));
    let session = step("create a session", api.create(sample)).await?;
    expect("status", &session.file.status, "PENDING")?;
    step("PUT the bytes to S3", api.put(&session, sample)).await?;
    let id = &session.file.id;
    let completed = step("complete with the MD5", api.complete(id, &sample.md5)).await?;
    is_completed(&completed, sample)?;
    is_completed(&step("get", api.get(id)).await?, sample)?;
    is_listed(&step("list the newest", api.list()).await?, id)?;
    let url = step("ask for a download URL", api.download_url(id)).await?;
    step("download, and compare every byte", api.compare(&url, sample)).await?;
    let second = step("create a second session", api.create(sample)).await?;
    let cancelled = step("cancel it", api.cancel(&second.file.id)).await?;
    expect("status", &cancelled.status, "CANCELLED")?;
    say("All of it held.");
    Ok(())
}

fn is_completed(file: &File, sample: &Sample) -> Result<(), Failure> {
    expect("status", &file.status, "COMPLETED")?;
    expect("md5", file.md5.as_deref().unwrap_or("null"), &sample.md5)?;
    expect("sizeBytes", &file.size_bytes.to_string(), &sample.size.to_string())
}

/// Others may be uploading at the same time, so it need not be the first one.
fn is_listed(newest: &[File], id: &str) -> Result<(), Failure> {
    let listed = newest.iter().any(|file| file.id == id);
    listed.then_some(()).ok_or_else(|| Failure::Broken(format!("{id} is not in the list")))
}
