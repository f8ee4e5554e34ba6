//! `slipway workspaces`: what workspaces may keep, and keep.

use std::time::Duration;

use bytesize::ByteSize;
use clap::{ArgGroup, Subcommand};
use shared::domain::{Quota, Usage, Workspace};
use shared::storage::{Bound, Quotas};

use crate::aws::Deployment;
use crate::console::{note, say};
use crate::time::now;

/// What can be done with workspaces.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Set how many files and bytes a workspace may keep.
    ///
    /// What a workspace keeps is counted from the first time that a quota is set, and its files of before are
    /// counted then. What is not named stays as it is.
    #[command(group(ArgGroup::new("bound").required(true).multiple(true)))]
    Set {
        /// The workspace.
        workspace: Workspace,
        /// The most files: 1000000, 1e6, or none for no bound.
        #[arg(long, value_name = "NUMBER", value_parser = files, group = "bound")]
        max_files: Option<Most>,
        /// The most bytes, as files are announced: 500GB, 1TiB, or none for no bound.
        #[arg(long, value_name = "SIZE", value_parser = bytes, group = "bound")]
        max_bytes: Option<Most>,
    },
    /// Show what a workspace keeps, and may keep.
    Show {
        /// The workspace.
        workspace: Workspace,
    },
}

/// A bound, or that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Most(Bound);

/// How long a create takes that has begun before the quota was set, at most: twice a request's time limit.
const CREATES_END_WITHIN: Duration = Duration::from_mins(1);

/// Runs a command on the workspaces of a deployment.
pub(crate) async fn run(command: Command, deployment: Deployment) -> shared::Result<()> {
    let quotas = Quotas::new(deployment.table);
    match command {
        Command::Set { workspace, max_files, max_bytes } => {
            let bound = |most: Option<Most>| most.map(|Most(bound)| bound);
            let set = quotas.set(&workspace, bound(max_files), bound(max_bytes)).await?;
            if !set.is_counted {
                let rest = set.touched_at.after(CREATES_END_WITHIN).since(now());
                if !rest.is_zero() {
                    note("Waiting for the creates that are under way ...");
                    tokio::time::sleep(rest).await;
                }
                let counted = quotas.count_files(&workspace).await?;
                note(&format!("{counted} files of before were counted."));
            }
            show(&quotas, &workspace).await
        }
        Command::Show { workspace } => show(&quotas, &workspace).await,
    }
}

async fn show(quotas: &Quotas, workspace: &Workspace) -> shared::Result<()> {
    match quotas.usage(workspace).await? {
        Some(usage) => say(&told(workspace, usage)),
        None => say(&format!("{workspace} never had a quota, so nothing is counted.")),
    }
    Ok(())
}

fn told(workspace: &Workspace, usage: Usage) -> String {
    let Usage { files, bytes, quota: Quota { max_files, max_bytes } } = usage;
    let of = |most: Option<String>| most.map_or_else(String::new, |most| format!(" of {most}"));
    let (most_files, most_bytes) =
        (of(max_files.map(|most| most.to_string())), of(max_bytes.map(size)));
    format!("{workspace} keeps {files}{most_files} files and {}{most_bytes}.", size(bytes))
}

fn size(bytes: u64) -> String {
    ByteSize(bytes).display().si().to_string()
}

fn files(text: &str) -> Result<Most, String> {
    if text == "none" {
        return Ok(Most(None));
    }
    let (digits, zeros) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let number = digits.parse::<u64>().ok();
    let tens = zeros.parse().ok().and_then(|zeros| 10_u64.checked_pow(zeros));
    let number = number.zip(tens).and_then(|(number, tens)| number.checked_mul(tens));
    number
        .map(|number| Most(Some(number)))
        .ok_or_else(|| "must be like 1000000, 1e6 or none".into())
}

fn bytes(text: &str) -> Result<Most, String> {
    if text == "none" {
        return Ok(Most(None));
    }
    let size: Result<ByteSize, _> = text.parse();
    let is_kept = |size: &ByteSize| i64::try_from(size.0).is_ok();
    let size = size.ok().filter(is_kept);
    size.map(|size| Most(Some(size.0))).ok_or_else(|| "must be like 500GB, 1TiB or none".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_as_people_write_them() {
        for (text, number) in
            [("0", 0), ("1000000", 1_000_000), ("1e6", 1_000_000), ("25E3", 25_000)]
        {
            assert_eq!(files(text), Ok(Most(Some(number))), "{text}");
        }
        for (text, number) in [("1TB", 1_000_000_000_000), ("1TiB", 1 << 40), ("500", 500)] {
            assert_eq!(bytes(text), Ok(Most(Some(number))), "{text}");
        }
        assert_eq!((files("none"), bytes("none")), (Ok(Most(None)), Ok(Most(None))));
        for wrong in ["", "-1", "1.5", "1e30", "e6", "many"] {
            assert!(files(wrong).is_err(), "{wrong:?}");
        }
        for wrong in ["", "-1", "much", "99999999TB"] {
            assert!(bytes(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_not_bounded_is_not_told() {
        let workspace = "acme".parse().unwrap();
        let quota = Quota { max_files: Some(10), max_bytes: None };
        let usage = Usage { files: 3, bytes: 1500, quota };
        assert_eq!(told(&workspace, usage), "acme keeps 3 of 10 files and 1.5 kB.");
    }
}
