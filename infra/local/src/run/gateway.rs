//! `cargo lambda watch`: what stands for API Gateway and Lambda on one machine.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::ProcessGroup;
use crate::failure::Failure;

/// The running gateway.
pub(crate) struct Gateway {
    process: ProcessGroup,
    log: PathBuf,
}

impl Gateway {
    /// Starts it on 127.0.0.1. The functions get `environment` and write to a new file `log`; with
    /// `reload`, they are built anew whenever their source changes.
    pub(crate) fn start(
        port: u16,
        environment: Vec<(&'static str, String)>,
        log: &Path,
        reload: bool,
    ) -> Result<Self, Failure> {
        let output = File::create(log).map_err(Failure::file(log))?;
        let errors = output.try_clone().map_err(Failure::file(log))?;
        let mut command = Command::new("cargo-lambda");
        command
            // With one instance, a function that exits would leave every later request hanging. And
            // no --timeout: it also ends the wait for a next event, and idle functions would exit.
            .args(["lambda", "watch", "--quiet", "--concurrency", "4"])
            .args(["--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()])
            .args(if reload { None } else { Some("--ignore-changes") })
            .envs(environment)
            .env_remove("AWS_SESSION_TOKEN") // The person's own would not match our credentials.
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);
        let process = ProcessGroup::start(&mut command).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Failure::NoCargoLambda,
            _ => Failure::program("cargo-lambda")(source),
        })?;
        Ok(Self { process, log: log.to_owned() })
    }

    /// Waits until it ends by itself, which it never should.
    pub(crate) async fn ended(&mut self) -> Failure {
        match self.process.ended().await {
            Ok(status) => Failure::GatewayEnded { status, log: self.log.clone() },
            Err(source) => Failure::program("cargo-lambda")(source),
        }
    }

    /// Ends it and the functions.
    pub(crate) async fn end(self) {
        self.process.end().await;
    }
}
