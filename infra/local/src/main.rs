//! `local`: Slipway on one machine; the commands behind `make run`, `make demo` and `make test`.
//!
//! | module | holds |
//! |---|---|
//! | `run` | `local run`, and the whole deployment: the stand-in for AWS, `cargo lambda watch`, a key |
//! | `demo` | `local demo`: a file goes up and comes down by `slipway` |
//! | `with` | `local with`: a deployment for as long as another command runs |
//! | `guard` | `local guard`: a program that does not outlive us |
//! | `failure`, `terminal` | why a command failed, and how it speaks |

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod demo;
mod failure;
mod guard;
mod run;
mod terminal;
mod with;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::run::Ports;

/// Slipway on one machine. To be run in the project's folder.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything until Ctrl-C; the data stay in .local/data.
    Run {
        /// The API's port; DynamoDB and S3 take the next two.
        #[arg(long, default_value = "9000")]
        port: Ports,
    },
    /// Upload a file and download it again by `slipway`, on what runs already or else on a deployment of its own.
    Demo {
        /// The port for a deployment of its own.
        #[arg(long, default_value = "9000")]
        port: Ports,
        /// What to upload; by default a made-up file of 1 MiB.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Run a command beside a new, empty deployment on free ports.
    ///
    /// The command finds the deployment by `SLIPWAY_URL` and `SLIPWAY_KEY`, what signs for a key in
    /// `SLIPWAY_AK` and `SLIPWAY_SK`, and a key of another workspace in `SLIPWAY_OTHER_KEY`; its HOME
    /// is a temporary directory. Its exit code is ours.
    With {
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Run a command that ends when standard input does.
    #[command(hide = true)]
    Guard {
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { port } => run::run(port).await,
        Command::Demo { port, file } => demo::demo(port, file).await,
        Command::With { command } => with::with(command).await,
        Command::Guard { command } => guard::guard(command).await,
    };
    outcome.unwrap_or_else(|failure| {
        terminal::complain(&failure);
        ExitCode::FAILURE
    })
}
