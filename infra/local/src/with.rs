//! `local with`: a deployment for as long as another command runs.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitCode, ExitStatus, Stdio};

use tempfile::TempDir;
use tokio::process::Command;

use crate::failure::Failure;
use crate::run::{Access, Ports, ProcessGroup, Settings, during, new_key};
use crate::terminal::say;

/// What a shell says of a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Runs `command` beside a new deployment; its exit code is ours.
pub(crate) async fn with(command: Vec<OsString>) -> Result<ExitCode, Failure> {
    let ports = Ports::free()?;
    let settings = Settings::temporary(ports, "with.log")?;
    say(format_args!("What the functions log goes to {}.", settings.log.display()));
    let work = async |access| run(&command, environment(access, ports).await?).await;
    let status = during(settings, work).await?;
    Ok(status.map_or(INTERRUPTED, exit_code).into())
}

/// What the command finds the deployment by; a key that signs; and a key of another workspace.
async fn environment(access: Access, ports: Ports) -> Result<[(&'static str, String); 5], Failure> {
    let signer = new_key(ports, "local").await?;
    let other = new_key(ports, "other").await?;
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
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).envs(environment).env("HOME", home.path());
    let mut process = ProcessGroup::start(&mut command).map_err(Failure::program(&name))?;
    process.ended().await.map_err(Failure::program(&name))
}

/// As a shell gives it: 128 and the signal's number for a command that a signal ended.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| signal.saturating_add(128)));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_the_one_a_shell_would_give() {
        for (wait_status, code) in [(0, 0), (7 << 8, 7), (9, 137)] {
            assert_eq!(exit_code(ExitStatus::from_raw(wait_status)), code);
        }
    }
}
