//! `local with`: a deployment for as long as another command runs.

use std::ffi::OsString;
use std::path::Path;
use std::process::{ExitCode, ExitStatus};

use tempfile::TempDir;

use crate::failure::Failure;
use crate::guard::{exit_code, guarded};
use crate::run::{Access, INTERRUPTED, Operator, Ports, ProcessGroup, Settings, during};
use crate::terminal::say;

/// Runs `command` beside a new deployment; its exit code is ours.
pub(crate) async fn with(command: Vec<OsString>) -> Result<ExitCode, Failure> {
    let ports = Ports::free()?;
    let settings = Settings::temporary(ports, "with.log")?;
    say(format_args!("What the functions log goes to {}.", settings.log.display()));
    let work = async |access, operator| run(&command, environment(access, operator).await?).await;
    let status = during(settings, work).await?;
    Ok(status.map_or(INTERRUPTED, exit_code).into())
}

/// What the command finds the deployment by; a key that signs; and a key of another workspace.
async fn environment(
    access: Access,
    operator: Operator,
) -> Result<[(&'static str, String); 5], Failure> {
    let signer = operator.new_key("local").await?;
    let other = operator.new_key("other").await?;
    Ok([
        ("SLIPWAY_URL", access.url),
        ("SLIPWAY_KEY", access.key),
        ("SLIPWAY_AK", signer.access_key),
        ("SLIPWAY_SK", signer.secret_key),
        ("SLIPWAY_OTHER_KEY", other.text),
    ])
}

async fn run(
    command: &[OsString],
    environment: [(&'static str, String); 5],
) -> Result<ExitStatus, Failure> {
    let [program, arguments @ ..] = command else { return Ok(ExitStatus::default()) };
    let name = program.to_string_lossy();
    // The person's own settings and credentials are nothing that a command here should find.
    let home = TempDir::new().map_err(Failure::file(Path::new("a temporary directory")))?;
    let mut command = guarded(&name)?;
    command.args(arguments).envs(environment).env("HOME", home.path());
    let mut process = ProcessGroup::start(&mut command).map_err(Failure::program(&name))?;
    process.ended().await.map_err(Failure::program(&name))
}
