//! `slipway`: what an operator does that clients cannot.

mod aws;
mod keys;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The operator's tool of Slipway.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The deployment's DynamoDB table.
    #[arg(long, env = "TABLE_NAME", default_value = "slipway", global = true)]
    table: String,

    /// Work on the engine that `make run` started, on this port or on 9000, not on AWS.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "9000", global = true)]
    local: Option<u16>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Keys(keys::Command),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let table = aws::table(arguments.table, arguments.local).await;
    let Command::Keys(command) = arguments.command;
    match keys::run(command, table).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "this is a tool's way to complain")]
fn complain(error: &dyn std::error::Error) {
    eprint!("slipway: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
}
