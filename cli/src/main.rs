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

    /// Work on what `make run` started, on this port or on 9000, not on AWS.
    #[arg(
        long,
        value_name = "PORT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "9000",
        global = true
    )]
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

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn local(arguments: &[&str]) -> Result<Option<u16>, ErrorKind> {
        let arguments = Arguments::try_parse_from(arguments);
        arguments.map(|arguments| arguments.local).map_err(|error| error.kind())
    }

    #[test]
    fn the_local_engine_is_on_port_9000_unless_another_is_named() {
        assert_eq!(local(&["slipway", "--local", "keys", "list"]), Ok(Some(9000)));
        assert_eq!(local(&["slipway", "keys", "list", "--local=9100"]), Ok(Some(9100)));
        assert_eq!(local(&["slipway", "keys", "list"]), Ok(None));
    }

    #[test]
    fn a_key_needs_a_workspace_and_scopes_that_exist() {
        let create = ["slipway", "keys", "create", "--workspace", "acme", "--scopes"];
        assert!(local(&[&create[..], &["files:create,files:read"]].concat()).is_ok());
        assert!(local(&[&create[..], &["files:everything"]].concat()).is_err());
        assert!(local(&["slipway", "keys", "create", "--scopes", "files:read"]).is_err());
    }
}
