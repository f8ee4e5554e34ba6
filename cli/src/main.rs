//! `slipway`: what an operator does that clients cannot, and what an uploader need not write.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod aws;
mod client;
mod console;
mod download;
mod failure;
mod keys;
mod link;
mod progress;
mod random;
mod signing_secret;
mod time;
mod upload;
mod workspaces;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tool of Slipway's operators and uploaders.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// The deployment's DynamoDB table.
    #[arg(
        long,
        env = "TABLE_NAME",
        default_value = "slipway",
        global = true,
        help_heading = "Options of operators"
    )]
    table: String,

    /// Work on what `make run` started, on this port or on 9000, not on AWS.
    #[arg(
        long,
        value_name = "PORT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "9000",
        global = true,
        help_heading = "Options of operators"
    )]
    local: Option<u16>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create, list, rotate and revoke API keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Make or replace what the secret keys of clients that sign are derived from.
    #[command(subcommand)]
    SigningSecret(signing_secret::Command),
    /// Set what workspaces may keep, and see what they keep.
    #[command(subcommand)]
    Workspaces(workspaces::Command),
    Upload(upload::Upload),
    Download(download::Download),
    Link(link::Link),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Keys(command) => keys(command, &arguments.table, arguments.local),
        Command::SigningSecret(command) => {
            signing_secret(command, &arguments.table, arguments.local)
        }
        Command::Workspaces(command) => workspaces(command, &arguments.table, arguments.local),
        Command::Upload(upload) => upload.run().map_err(Into::into),
        Command::Download(download) => download.run().map_err(Into::into),
        Command::Link(link) => link.run().map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::note(&format!("slipway: {}", console::in_words(&*error)));
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn keys(
    command: keys::Command,
    table: &str,
    local: Option<u16>,
) -> Result<(), Box<dyn Error>> {
    let deployment = aws::deployment(table, local).await?;
    Ok(keys::run(command, deployment).await?)
}

#[tokio::main(flavor = "current_thread")]
async fn signing_secret(
    command: signing_secret::Command,
    table: &str,
    local: Option<u16>,
) -> Result<(), Box<dyn Error>> {
    let deployment = aws::deployment(table, local).await?;
    Ok(signing_secret::run(command, &deployment.secrets).await?)
}

#[tokio::main(flavor = "current_thread")]
async fn workspaces(
    command: workspaces::Command,
    table: &str,
    local: Option<u16>,
) -> Result<(), Box<dyn Error>> {
    let deployment = aws::deployment(table, local).await?;
    Ok(workspaces::run(command, deployment).await?)
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
        let limited =
            |limit: &[&str]| local(&[&create[..], &["files:read"], limit].concat()).is_ok();
        assert!(limited(&["--expires", "90d", "--rate", "100", "--burst", "200"]));
        for wrong in [
            &["--expires", "soon"][..],
            &["--rate", "100"],
            &["--burst", "200"],
            &["--rate", "301", "--burst", "1"],
            &["--rate", "0", "--burst", "1"],
        ] {
            assert!(!limited(wrong), "{wrong:?}");
        }
    }
}
