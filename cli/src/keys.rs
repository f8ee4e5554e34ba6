//! `slipway keys`: create, list and revoke API keys.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Subcommand;
use shared::domain::{ApiKey, Credentials, RateLimit, Scope, SigningSecret, Timestamp, Workspace};
use shared::storage::{Keys, KnownKey};
use thiserror::Error;

use crate::aws::Deployment;
use crate::console::{in_words, note, say};
use crate::random;

/// What can be done with keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a key. It is printed once, on standard output, and kept nowhere.
    ///
    /// Where the deployment has a signing secret, two more lines are printed: an access key and a secret
    /// key, for clients that sign their requests instead of sending a key.
    Create {
        /// The workspace that the key opens.
        #[arg(long)]
        workspace: Workspace,
        /// What it may do, separated by commas: files:create, files:read, files:delete.
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// What you call it: a line of text.
        #[arg(long, default_value = "", value_parser = line_of_text)]
        name: String,
    },
    /// List the keys, revoked ones too.
    List {
        /// Only those of this workspace.
        #[arg(long)]
        workspace: Option<Workspace>,
    },
    /// Revoke a key: it opens nothing from the next request on.
    Revoke {
        /// Its id, as `keys list` shows it.
        id: String,
    },
}

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The system has no randomness.
    #[error("no randomness for a key: {0}")]
    Random(getrandom::Error),
    /// No key, or more than one, has this id.
    #[error("there is no single key with the id {0}: see `slipway keys list`")]
    UnknownKey(String),
    /// DynamoDB's failure.
    #[error(transparent)]
    Storage(#[from] shared::Error),
}

/// Runs a command on the keys of a deployment.
pub(crate) async fn run(command: Command, deployment: Deployment) -> Result<(), Failure> {
    let Deployment { table, secrets } = deployment;
    // No request is admitted here, so no limit applies.
    let keys = Keys::new(table, RateLimit::new(1, 1));
    match command {
        Command::Create { workspace, scopes, name } => {
            let key = create(&keys, workspace, scopes, name).await?;
            say(key.reveal());
            match secrets.read().await.map(|secrets| secrets.into_iter().next()) {
                Ok(Some(current)) => show_signer(&key, &current),
                Ok(None) => {}
                // The key is good all the same.
                Err(failure) => note(&format!("Without a secret key: {}", in_words(&failure))),
            }
            Ok(())
        }
        Command::List { workspace } => list(&keys, workspace.as_ref()).await,
        Command::Revoke { id } => revoke(&keys, id).await,
    }
}

async fn create(
    keys: &Keys,
    workspace: Workspace,
    scopes: Vec<Scope>,
    name: String,
) -> Result<ApiKey, Failure> {
    let mut secret = [0; 20];
    random::fill(&mut secret).map_err(Failure::Random)?;
    let key = ApiKey::new(&workspace, &secret);
    let known = KnownKey::of(&key, name, scopes, now());
    keys.create(&known).await?;
    note(&format!("Key {} for {}, shown only now:", known.hash.id(), known.workspace));
    Ok(key)
}

fn show_signer(key: &ApiKey, secret: &SigningSecret) {
    let credentials = Credentials::from(key);
    note("Its access key and secret key:");
    say(&credentials.to_string());
    say(secret.secret_key(&credentials).reveal());
}

async fn list(keys: &Keys, workspace: Option<&Workspace>) -> Result<(), Failure> {
    say(
        "ID            WORKSPACE             CREATED                   REVOKED                   SCOPES                   NAME",
    );
    for key in keys.list(workspace).await? {
        let revoked = key.revoked_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let scopes: Vec<_> = key.scopes.iter().map(Scope::as_str).collect();
        say(&format!(
            "{:<13} {:<21} {:<25} {revoked:<25} {:<24} {}",
            key.hash.id(),
            key.workspace.as_str(),
            key.created_at.to_string(),
            scopes.join(","),
            visible(&key.name),
        ));
    }
    Ok(())
}

/// Refuses what would move the cursor of whoever lists the keys.
fn line_of_text(name: &str) -> Result<String, &'static str> {
    if visible(name) == name { Ok(name.to_owned()) } else { Err("must be one line of text") }
}

/// A name as it can be printed: it may have been stored by something else than this tool.
fn visible(name: &str) -> String {
    let is_hidden = |character: char| character.is_control() || is_directional(character);
    name.chars()
        .map(|character| if is_hidden(character) { '\u{fffd}' } else { character })
        .collect()
}

/// Whether a terminal would show what follows in another direction (Unicode's bidirectional controls).
const fn is_directional(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

async fn revoke(keys: &Keys, id: String) -> Result<(), Failure> {
    let mut matching: Vec<KnownKey> =
        keys.list(None).await?.into_iter().filter(|key| key.hash.id() == id).collect();
    let (Some(key), true) = (matching.pop(), matching.is_empty()) else {
        return Err(Failure::UnknownKey(id));
    };
    keys.revoke(&key, now()).await?;
    note(&format!("Key {id} of {} is revoked.", key.workspace));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the tool has no context to ask for the time")]
fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(0).after(since_epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_move_the_cursor_is_refused_and_never_printed() {
        for name in ["", "Ann's laptop", "größer"] {
            assert_eq!(line_of_text(name).as_deref(), Ok(name));
        }
        for name in ["\u{1b}[2J", "a\nb", "a\tb", "\u{202e}exe.txt", "\u{2066}a", "\u{7f}"] {
            assert!(line_of_text(name).is_err(), "{name:?}");
            assert!(visible(name).contains('\u{fffd}'), "{name:?}");
        }
    }
}
