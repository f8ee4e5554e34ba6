//! `local guard`: a program that does not outlive us, however we end.
//!
//! A killed process can end nobody else, and its children would go on and keep their ports. So between
//! us and each of them stands a guard, which holds the reading end of a pipe that only we hold open: when
//! it closes, we are gone, and the guard kills its process group.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus, Stdio};

use rustix::process::{Signal, getpgrp, kill_process_group};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// What a shell says of a command that is not there.
const NOT_FOUND: u8 = 127;

/// The command that runs `program` under a guard: its arguments and environment are the program's.
pub(crate) fn guarded(program: &str) -> Result<Command, Failure> {
    let local = std::env::current_exe().map_err(Failure::program("local"))?;
    let mut command = Command::new(local);
    // The pipe is closed when the `Child` is dropped, or with this process.
    command.args(["guard", "--", program]).stdin(Stdio::piped());
    Ok(command)
}

/// Whether a guard's end says that its program is not installed.
pub(crate) fn is_missing(status: ExitStatus) -> bool {
    status.code() == Some(NOT_FOUND.into())
}

/// Runs `command` until it ends, or until standard input does.
pub(crate) async fn guard(command: Vec<OsString>) -> Result<ExitCode, Failure> {
    let [program, arguments @ ..] = &command[..] else { return Ok(ExitCode::SUCCESS) };
    // Whoever ends the group waits for us, and we wait for the program.
    let _terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let started = Command::new(program).args(arguments).stdin(Stdio::null()).spawn();
    let mut child = match started {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(NOT_FOUND.into()),
        started => started.map_err(Failure::program(&program.to_string_lossy()))?,
    };
    std::thread::spawn(|| {
        // Whatever ends the reading, nobody holds the other end any more.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = kill_process_group(getpgrp(), Signal::KILL);
    });
    let status = child.wait().await.map_err(Failure::program(&program.to_string_lossy()))?;
    Ok(exit_code(status).into())
}

/// As a shell gives it: 128 and the signal's number for a command that a signal ended.
pub(crate) fn exit_code(status: ExitStatus) -> u8 {
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
