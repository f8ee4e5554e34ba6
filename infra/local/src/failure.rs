//! Everything that can keep a command from its end, each in one line for the person who started it.

use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use thiserror::Error;

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// Something listens where we were to listen.
    #[error("port {port}, wanted for {service}, is in use: choose another, such as PORT=9100")]
    PortInUse {
        /// The port.
        port: u16,
        /// What it was wanted for.
        service: &'static str,
    },
    /// No three free ports in a row were found.
    #[error("no free ports were found on 127.0.0.1")]
    NoFreePorts,
    /// The data belong to another process.
    #[error("{0} is in use by another `make run`")]
    DataInUse(PathBuf),
    /// A file or directory cannot be used.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A program cannot be started.
    #[error("cannot start {program}: {source}")]
    Program {
        /// Which.
        program: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Signals cannot be waited for.
    #[error("cannot wait for Ctrl-C: {0}")]
    Signals(io::Error),
    /// `cargo lambda watch` is not installed.
    #[error("cargo-lambda is missing: `make run` installs it, and puts it on the PATH")]
    NoCargoLambda,
    /// The stand-in for AWS failed.
    #[error(transparent)]
    Local(#[from] local::Error),
    /// `cargo lambda watch` ended by itself.
    #[error("cargo lambda watch ended by itself ({status}): see {log}")]
    CargoLambdaEnded {
        /// How.
        status: ExitStatus,
        /// Where it said why.
        log: PathBuf,
    },
    /// A function does not answer.
    #[error("{function} does not answer: see {log}")]
    NoAnswer {
        /// Which.
        function: String,
        /// Where it may have said why.
        log: PathBuf,
    },
    /// The operator's tool made no key.
    #[error("no key could be made: {0}")]
    NoKey(String),
    /// An answer, or the lack of it, that breaks what was promised.
    #[error("{0}")]
    Broken(String),
}

impl Failure {
    /// For `map_err`: what happened to the file or directory `path`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// For `map_err`: why `program` did not start.
    pub(crate) fn program(program: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Program { program: program.to_owned(), source }
    }
}

impl From<reqwest::Error> for Failure {
    /// Without the URL: a presigned one is a secret.
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        Self::Broken(causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}")))
    }
}
