//! `local run`: everything on one machine, until Ctrl-C.

mod access;
mod cargo_lambda;
mod credentials;
mod deployment;
mod functions;
mod operator;
mod ports;
mod private;
mod process_group;
mod welcome;

pub(crate) use access::Access;
pub(crate) use deployment::{Settings, during};
pub(crate) use operator::{Operator, SIGNING_SECRET};
pub(crate) use ports::Ports;
pub(crate) use process_group::ProcessGroup;

use std::convert::Infallible;
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::process::ExitCode;

use crate::failure::Failure;
use crate::terminal::say;

/// What a shell says of a command that Ctrl-C ended.
pub(crate) const INTERRUPTED: u8 = 130;

/// The folder of everything that is kept; git and `cargo lambda watch` ignore it.
const FOLDER: &str = ".local";

/// Runs until Ctrl-C. Data and key are those of the last time, if there was one.
pub(crate) async fn run(ports: Ports) -> Result<ExitCode, Failure> {
    ports.check()?;
    let folder = Path::new(FOLDER);
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    let _lock = lock(folder)?;
    let settings = Settings {
        ports,
        data: Some(folder.join("data")),
        log: folder.join("functions.log"),
        reload: true,
        key: Access::remembered().map(|access| access.key),
        secret: credentials::remembered(),
    };
    say(format_args!(
        "Starting Slipway; what the functions log goes to {}.",
        settings.log.display()
    ));
    let ended = during(settings, async |access, _| {
        access.remember()?;
        say(welcome::welcome(&access));
        std::future::pending::<Result<Infallible, Failure>>().await
    });
    ended.await?;
    say("Slipway has ended.");
    Ok(ExitCode::SUCCESS)
}

/// Two stand-ins on the same data would not know of each other's writes.
fn lock(folder: &Path) -> Result<File, Failure> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(Failure::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::DataInUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(Failure::File { path, source }),
    }
}
