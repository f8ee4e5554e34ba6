//! `slipway keys`: create, list, rotate and revoke API keys.

use std::time::Duration;

use clap::Subcommand;
use shared::Secrets;
use shared::domain::{ApiKey, Credentials, RateLimit, Scope, SigningSecret, Timestamp, Workspace};
use shared::storage::{Keys, KnownKey};
use thiserror::Error;

use crate::aws::Deployment;
use crate::console::{in_words, note, say};
use crate::random;
use crate::time::now;

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
        /// When it ends, from now on: 90d, 12h. Without this it does not end.
        #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
        expires: Option<Duration>,
        /// Requests a second, in each of the three categories of requests. Without this the deployment's limit
        /// holds.
        #[arg(long, requires = "burst", value_parser = clap::value_parser!(u32).range(1..=i64::from(RateLimit::MAX_PER_SECOND)))]
        rate: Option<u32>,
        /// Requests at once.
        #[arg(long, requires = "rate", value_parser = clap::value_parser!(u32).range(1..=i64::from(RateLimit::MAX_BURST)))]
        burst: Option<u32>,
    },
    /// Make a key that takes the place of another one: with the same workspace, scopes, name and limit. It
    /// is printed once; the old one goes on for a while.
    Rotate {
        /// The old key's id, as `keys list` shows it.
        id: String,
        /// How long the old key goes on: 24h, 7d.
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = humantime::parse_duration)]
        overlap: Duration,
        /// When the new key ends, from now on. Without this it lasts as long as the old one was made for.
        #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
        expires: Option<Duration>,
    },
    /// List the keys, revoked ones too, with the time of their last use.
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
    /// The key is revoked, or its time is over.
    #[error("the key {0} opens nothing any more: make a new one by `slipway keys create`")]
    Over(String),
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
        Command::Create { workspace, scopes, name, expires, rate, burst } => {
            let now = now();
            let known = |key: &ApiKey| KnownKey {
                expires_at: expires.map(|expires| now.after(expires)),
                limit: rate.zip(burst).map(|(rate, burst)| RateLimit::new(rate, burst)),
                ..KnownKey::of(key, name, scopes, now)
            };
            let (key, known) = new_key(&workspace, known)?;
            keys.create(&known).await?;
            show(&key, &secrets).await;
            Ok(())
        }
        Command::Rotate { id, overlap, expires } => {
            let now = now();
            let old = find(&keys, &id).await?;
            if old.revoked_at.is_some() || old.expires_at.is_some_and(|end| end <= now) {
                return Err(Failure::Over(id));
            }
            let lasted = old.expires_at.map(|end| end.since(old.created_at));
            let known = |key: &ApiKey| KnownKey {
                expires_at: expires.or(lasted).map(|lifetime| now.after(lifetime)),
                limit: old.limit,
                ..KnownKey::of(key, old.name.clone(), old.scopes.iter(), now)
            };
            let (key, known) = new_key(&old.workspace, known)?;
            keys.rotate(&old, &known, now.after(overlap)).await?;
            show(&key, &secrets).await;
            let overlap = humantime::format_duration(overlap);
            note(&format!(
                "Key {id} goes on for {overlap}, or until its own end if that is earlier."
            ));
            Ok(())
        }
        Command::List { workspace } => list(&keys, workspace.as_ref()).await,
        Command::Revoke { id } => revoke(&keys, &id).await,
    }
}

/// A key of the workspace, and how it is recorded.
fn new_key(
    workspace: &Workspace,
    known: impl FnOnce(&ApiKey) -> KnownKey,
) -> Result<(ApiKey, KnownKey), Failure> {
    let mut secret = [0; 20];
    random::fill(&mut secret).map_err(Failure::Random)?;
    let key = ApiKey::new(workspace, &secret);
    let known = known(&key);
    Ok((key, known))
}

/// Prints a key that was recorded, and what its holder may sign with instead of sending it.
async fn show(key: &ApiKey, secrets: &Secrets) {
    note(&format!("Key {} for {}, shown only now:", key.hash().id(), key.workspace()));
    say(key.reveal());
    match secrets.read().await.map(|secrets| secrets.into_iter().next()) {
        Ok(Some(current)) => show_signer(key, &current),
        Ok(None) => {}
        // The key is good all the same.
        Err(failure) => note(&format!("Without a secret key: {}", in_words(&failure))),
    }
}

fn show_signer(key: &ApiKey, secret: &SigningSecret) {
    let credentials = Credentials::from(key);
    note("Its access key and secret key:");
    say(&credentials.to_string());
    say(secret.secret_key(&credentials).reveal());
}

async fn list(keys: &Keys, workspace: Option<&Workspace>) -> Result<(), Failure> {
    let known = keys.list(workspace).await?;
    let uses = keys.last_uses(&known).await?;
    let now = now();
    say(&row([
        "ID",
        "WORKSPACE",
        "CREATED",
        "LAST USED",
        "EXPIRES",
        "REVOKED",
        "RATE/BURST",
        "SCOPES",
        "NAME",
    ]));
    for (key, used) in known.iter().zip(uses) {
        let or_none = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), in_seconds);
        let scopes: Vec<_> = key.scopes.iter().map(Scope::as_str).collect();
        let limit = key.limit.map(|limit| format!("{}/{}", limit.per_second(), limit.burst()));
        say(&row([
            key.hash.id(),
            key.workspace.as_str(),
            &in_seconds(key.created_at),
            &or_none(used.map(|used| used.min(now))),
            &or_none(key.expires_at),
            &or_none(key.revoked_at),
            limit.as_deref().unwrap_or("-"),
            &scopes.join(","),
            &visible(&key.name),
        ]));
    }
    Ok(())
}

/// A line of the list, its cells one below the other.
fn row(cells: [&str; 9]) -> String {
    const WIDTHS: [usize; 9] = [13, 21, 21, 21, 21, 21, 11, 37, 0];
    let cells = cells.iter().zip(WIDTHS).map(|(cell, width)| format!("{cell:<width$}"));
    cells.collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

/// A time to the second: a key's last use is not known more exactly.
fn in_seconds(time: Timestamp) -> String {
    Timestamp::from_millis(time.millis() / 1000 * 1000).to_string().replace(".000Z", "Z")
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

/// The one key with this id.
async fn find(keys: &Keys, id: &str) -> Result<KnownKey, Failure> {
    let known = keys.list(None).await?;
    let mut matching = known.into_iter().filter(|key| key.hash.id() == id);
    match (matching.next(), matching.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(Failure::UnknownKey(id.to_owned())),
    }
}

async fn revoke(keys: &Keys, id: &str) -> Result<(), Failure> {
    let key = find(keys, id).await?;
    keys.revoke(&key, now()).await?;
    note(&format!("Key {id} of {} is revoked.", key.workspace));
    Ok(())
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
