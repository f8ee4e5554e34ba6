//! `slipway signing-secret`: make and replace the secret that secret keys are derived from.

use clap::Subcommand;
use data_encoding::BASE32_NOPAD;
use shared::domain::{SigningSecret, WeakSecret};
use shared::storage::Secrets;
use thiserror::Error;

use crate::console::note;
use crate::random;

/// What can be done with the secret.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the secret, or replace it. Nobody sees it: it goes from here into Secrets Manager.
    ///
    /// The secret that was there stays good until the next rotation, so clients can be given new
    /// secret keys (`slipway keys create`) one after the other.
    Rotate,
}

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The system has no randomness.
    #[error("no randomness for a secret: {0}")]
    Random(#[from] getrandom::Error),
    /// What was made is no secret.
    #[error("the secret that was made {0}")]
    Weak(#[from] WeakSecret),
    /// Secrets Manager's failure.
    #[error(transparent)]
    Storage(#[from] shared::Error),
}

/// Runs a command on the deployment's secret.
pub(crate) async fn run(command: Command, secrets: &Secrets) -> Result<(), Failure> {
    match command {
        Command::Rotate => {
            let mut random = [0; 40];
            random::fill(&mut random)?;
            let secret: SigningSecret = BASE32_NOPAD.encode(&random).parse()?;
            secrets.replace(&secret).await?;
            note(
                "The signing secret is new; the one before it stays good until the next rotation.",
            );
            Ok(())
        }
    }
}
