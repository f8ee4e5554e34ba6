//! The end of an upload: S3's bytes are assembled and proven.

use std::thread::sleep;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use shared::domain::Md5;

use crate::client::{Client, File, Status, VerificationState};
use crate::console;
use crate::failure::{Failure, Refusal};
use crate::progress::Progress;

/// How long a file is left alone between two looks at it: longer and longer, and for as long as it takes.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(250))
    .with_max_delay(Duration::from_secs(8))
    .without_max_times();

/// Completes the upload `id` and waits until its bytes are proven to have the digest `md5`. While
/// parts are wrong, `send_again` is given the numbers of those that the answer lists, which need not
/// be all of them; but not the same ones twice.
pub(super) fn complete(
    client: &Client,
    id: &str,
    md5: Md5,
    mut send_again: impl FnMut(&[u32]) -> Result<(), Failure>,
) -> Result<File, Failure> {
    let mut sent = Vec::new();
    loop {
        match client.complete(id, md5) {
            Err(Failure::Refused(Refusal { code, parts, .. }))
                if code == "parts_mismatch" && parts != sent =>
            {
                console::note(&format!("S3 lacks {} parts: sending them again", parts.len()));
                send_again(&parts)?;
                sent = parts;
            }
            answer => return proven(client, answer?, md5),
        }
    }
}

fn proven(client: &Client, mut file: File, md5: Md5) -> Result<File, Failure> {
    let mut progress = None;
    for pause in PAUSES.build() {
        match (file.status, &file.verification) {
            (Status::Completed, _) => return Ok(file),
            (Status::Pending, Some(proof)) if proof.state == VerificationState::Rejected => {
                let stored = proof.stored_md5.clone().unwrap_or_else(|| "unknown".to_owned());
                return Err(Failure::Rejected { stored, sent: md5 });
            }
            (Status::Pending, proof) => {
                let hashed = proof.as_ref().map_or(0, |proof| proof.bytes_hashed);
                let begin = || {
                    console::note("all is sent; the service verifies it");
                    Progress::new("verifying", file.size_bytes)
                };
                progress.get_or_insert_with(begin).reach(hashed);
            }
            (ended, _) => return Err(Failure::Ended(ended)),
        }
        sleep(pause);
        file = client.file(&file.id)?;
    }
    Err(Failure::Nonsense("the proof never ends"))
}
