//! The decision as a table: every state, what S3 holds, and who asks.
//!
//! A cell is the step: `ask` S3, `read` the record, `md5`, `recorded` or `parts` (complete the file by
//! that proof), `event` or `declared` (complete it on the word of an event, with any MD5 or only with the one that
//! was declared), `join`, `hash`, `record` the MD5, `amend` a completed file with it, `analyze`,
//! `reject:size` or `reject:md5`, `finish` a rejection, `reopen`, `sweep`, `wait`, `done`; or the
//! refusal: `!missing` (no upload), `!busy` (a rejection is under way), `!other` (another claim has
//! begun), `!status` (not PENDING), `!md5`.

use super::*;
use crate::domain::StoredObject;
use crate::uploads::evidence::Rejections;
use crate::uploads::samples::{
    BAD, DUE, GOOD, NOW, auto, completed, completed_as, completing, completing_since, file,
    in_parts, opaque, open, open_until, read_in_part, rejected, rejecting, seen, told, verified,
    with,
};
use crate::uploads::state::Analysis;

const TABLE: &str = "
record                        asker       unknown     announced   nothing     good        bad         opaque      short
unread                        event       read        record      read        read        read        read        read
unread                        claim       ask         read        read        md5         md5         recorded    recorded
unread                        claim-good  ask         read        read        md5         reject:md5  recorded    recorded
unread                        claim-bad   ask         read        read        reject:md5  md5         recorded    recorded
unread-auto                   event       read        event       read        read        read        read        read
unread-auto                   claim       ask         read        read        md5         md5         recorded    recorded
unread-auto                   claim-good  ask         read        read        md5         reject:md5  recorded    recorded
unread-auto                   claim-bad   ask         read        read        reject:md5  md5         recorded    recorded
unread-auto-unsure            event       read        declared    read        read        read        read        read
unread-auto-unsure            claim       ask         read        read        md5         md5         recorded    recorded
unread-auto-unsure            claim-good  ask         read        read        md5         reject:md5  recorded    recorded
unread-auto-unsure            claim-bad   ask         read        read        reject:md5  md5         recorded    recorded
open                          event       ask         ask         done        record      record      hash        hash
open                          claim       ask         ask         !missing    md5         md5         hash        reject:size
open                          claim-good  ask         ask         !missing    md5         reject:md5  hash        reject:size
open                          claim-bad   ask         ask         !missing    reject:md5  md5         hash        reject:size
open-overdue                  event       sweep       sweep       sweep       sweep       sweep       sweep       sweep
open-overdue                  claim       !status     !status     !status     !status     !status     !status     !status
open-overdue                  claim-good  !status     !status     !status     !status     !status     !status     !status
open-overdue                  claim-bad   !status     !status     !status     !status     !status     !status     !status
open-verified-good            event       ask         ask         done        record      record      done        done
open-verified-good            claim       ask         ask         !missing    md5         md5         md5         reject:size
open-verified-good            claim-good  ask         ask         !missing    md5         reject:md5  md5         reject:size
open-verified-good            claim-bad   ask         ask         !missing    reject:md5  md5         reject:md5  reject:size
open-verified-bad             event       ask         ask         done        record      record      done        done
open-verified-bad             claim       ask         ask         !missing    md5         md5         md5         reject:size
open-verified-bad             claim-good  ask         ask         !missing    md5         reject:md5  reject:md5  reject:size
open-verified-bad             claim-bad   ask         ask         !missing    reject:md5  md5         md5         reject:size
open-rejecting                event       ask         ask         done        !busy       !busy       !busy       !busy
open-rejecting                claim       ask         ask         !busy       !busy       !busy       !busy       !busy
open-rejecting                claim-good  ask         ask         !busy       !busy       !busy       !busy       !busy
open-rejecting                claim-bad   ask         ask         !busy       !busy       !busy       !busy       !busy
open-abandoned                event       ask         ask         done        finish      finish      finish      finish
open-abandoned                claim       ask         ask         finish      finish      finish      finish      finish
open-abandoned                claim-good  ask         ask         finish      finish      finish      finish      finish
open-abandoned                claim-bad   ask         ask         finish      finish      finish      finish      finish
open-rejected                 event       ask         ask         done        ask         ask         ask         ask
open-rejected                 claim       ask         ask         !missing    ask         ask         ask         ask
open-rejected                 claim-good  ask         ask         !missing    ask         ask         ask         ask
open-rejected                 claim-bad   ask         ask         !missing    ask         ask         ask         ask
open-parts                    event       ask         ask         done        record      record      hash        hash
open-parts                    claim       ask         ask         join        md5         md5         parts       reject:size
open-parts                    claim-good  ask         ask         join        md5         reject:md5  hash        reject:size
open-parts                    claim-bad   ask         ask         join        reject:md5  md5         hash        reject:size
auto                          event       ask         ask         done        md5         md5         hash        reject:size
auto                          claim       ask         ask         !missing    md5         md5         hash        reject:size
auto                          claim-good  ask         ask         !missing    md5         reject:md5  hash        reject:size
auto                          claim-bad   ask         ask         !missing    reject:md5  md5         hash        reject:size
auto-good                     event       ask         ask         done        md5         reject:md5  hash        reject:size
auto-good                     claim       ask         ask         !missing    md5         md5         hash        reject:size
auto-good                     claim-good  ask         ask         !missing    md5         reject:md5  hash        reject:size
auto-good                     claim-bad   ask         ask         !missing    reject:md5  md5         hash        reject:size
auto-good-verified-bad        event       ask         ask         done        md5         reject:md5  reject:md5  reject:size
auto-good-verified-bad        claim       ask         ask         !missing    md5         md5         md5         reject:size
auto-good-verified-bad        claim-good  ask         ask         !missing    md5         reject:md5  reject:md5  reject:size
auto-good-verified-bad        claim-bad   ask         ask         !missing    reject:md5  md5         md5         reject:size
auto-overdue                  event       sweep       sweep       sweep       sweep       sweep       sweep       sweep
auto-overdue                  claim       !status     !status     !status     !status     !status     !status     !status
auto-overdue                  claim-good  !status     !status     !status     !status     !status     !status     !status
auto-overdue                  claim-bad   !status     !status     !status     !status     !status     !status     !status
auto-rejected                 event       ask         ask         done        ask         ask         ask         ask
auto-rejected                 claim       ask         ask         !missing    ask         ask         ask         ask
auto-rejected                 claim-good  ask         ask         !missing    ask         ask         ask         ask
auto-rejected                 claim-bad   ask         ask         !missing    ask         ask         ask         ask
completing                    event       ask         ask         done        md5         md5         hash        reject:size
completing                    claim       ask         ask         !missing    md5         md5         hash        reject:size
completing                    claim-good  ask         ask         !missing    md5         reject:md5  hash        reject:size
completing                    claim-bad   ask         ask         !missing    reject:md5  md5         hash        reject:size
completing-good               event       ask         ask         done        md5         reject:md5  hash        reject:size
completing-good               claim       ask         ask         !missing    md5         reject:md5  hash        reject:size
completing-good               claim-good  ask         ask         !missing    md5         reject:md5  hash        reject:size
completing-good               claim-bad   ask         ask         !other      !other      !other      !other      !other
completing-good-verified-bad  event       ask         ask         done        md5         reject:md5  reject:md5  reject:size
completing-good-verified-bad  claim       ask         ask         !missing    md5         reject:md5  reject:md5  reject:size
completing-good-verified-bad  claim-good  ask         ask         !missing    md5         reject:md5  reject:md5  reject:size
completing-good-verified-bad  claim-bad   ask         ask         !other      !other      !other      !other      !other
completing-rejecting          event       ask         ask         done        !busy       !busy       !busy       !busy
completing-rejecting          claim       ask         ask         !busy       !busy       !busy       !busy       !busy
completing-rejecting          claim-good  ask         ask         !busy       !busy       !busy       !busy       !busy
completing-rejecting          claim-bad   ask         ask         !busy       !busy       !busy       !busy       !busy
completing-stalled            event       ask         ask         reopen      md5         reject:md5  hash        reject:size
completing-stalled            claim       ask         ask         !missing    md5         reject:md5  hash        reject:size
completing-stalled            claim-good  ask         ask         !missing    md5         reject:md5  hash        reject:size
completing-stalled            claim-bad   ask         ask         !other      !other      !other      !other      !other
completing-parts              event       ask         ask         done        md5         md5         parts       reject:size
completing-parts              claim       ask         ask         join        md5         md5         parts       reject:size
completing-parts              claim-good  ask         ask         join        md5         reject:md5  hash        reject:size
completing-parts              claim-bad   ask         ask         join        reject:md5  md5         hash        reject:size
completing-parts-good         event       ask         ask         done        md5         reject:md5  hash        reject:size
completing-parts-good         claim       ask         ask         join        md5         reject:md5  hash        reject:size
completing-parts-good         claim-good  ask         ask         join        md5         reject:md5  hash        reject:size
completing-parts-good         claim-bad   ask         ask         !other      !other      !other      !other      !other
completing-parts-stalled      event       ask         ask         reopen      md5         md5         parts       reject:size
completing-parts-stalled      claim       ask         ask         join        md5         md5         parts       reject:size
completing-parts-stalled      claim-good  ask         ask         join        md5         reject:md5  hash        reject:size
completing-parts-stalled      claim-bad   ask         ask         join        reject:md5  md5         hash        reject:size
completed                     event       done        done        done        done        done        done        done
completed                     claim       done        done        done        done        done        done        done
completed                     claim-good  done        done        done        done        done        done        done
completed                     claim-bad   !md5        !md5        !md5        !md5        !md5        !md5        !md5
completed-analysis-requested  event       analyze     analyze     analyze     analyze     analyze     analyze     analyze
completed-analysis-requested  claim       done        done        done        done        done        done        done
completed-analysis-requested  claim-good  done        done        done        done        done        done        done
completed-analysis-requested  claim-bad   !md5        !md5        !md5        !md5        !md5        !md5        !md5
completed-unread              event       ask         ask         done        amend       amend       hash        hash
completed-unread              claim       done        done        done        done        done        done        done
completed-unread              claim-good  wait        wait        wait        wait        wait        wait        wait
completed-unread              claim-bad   wait        wait        wait        wait        wait        wait        wait
cancelled                     event       sweep       sweep       sweep       sweep       sweep       sweep       sweep
cancelled                     claim       !status     !status     !status     !status     !status     !status     !status
cancelled                     claim-good  !status     !status     !status     !status     !status     !status     !status
cancelled                     claim-bad   !status     !status     !status     !status     !status     !status     !status
expired                       event       sweep       sweep       sweep       sweep       sweep       sweep       sweep
expired                       claim       !status     !status     !status     !status     !status     !status     !status
expired                       claim-good  !status     !status     !status     !status     !status     !status     !status
expired                       claim-bad   !status     !status     !status     !status     !status     !status     !status
";

/// The file of a row.
fn record(name: &str) -> Option<File> {
    let long_ago = Timestamp::from_millis(0);
    Some(match name {
        "unread" | "unread-auto" | "unread-auto-unsure" => return None,
        "open" => open(),
        "open-overdue" => open_until(NOW),
        "open-verified-good" => with(open(), verified(GOOD)),
        "open-verified-bad" => with(open(), verified(BAD)),
        "open-rejecting" => with(open(), rejecting(NOW)),
        "open-abandoned" => with(open(), rejecting(long_ago)),
        "open-rejected" => with(open(), rejected(Rejections::Ended { count: 1, md5: None })),
        "open-parts" => in_parts(open()),
        "auto" => auto(open(), None),
        "auto-good" => auto(open(), Some(GOOD)),
        "auto-good-verified-bad" => auto(with(open(), verified(BAD)), Some(GOOD)),
        "auto-overdue" => auto(open_until(NOW), None),
        "auto-rejected" => {
            auto(with(open(), rejected(Rejections::Ended { count: 1, md5: None })), None)
        }
        "completing" => completing(None),
        "completing-good" => completing(Some(GOOD)),
        "completing-good-verified-bad" => with(completing(Some(GOOD)), verified(BAD)),
        "completing-rejecting" => with(completing(None), rejecting(NOW)),
        "completing-stalled" => completing_since(long_ago, Some(GOOD)),
        "completing-parts" => in_parts(completing(None)),
        "completing-parts-good" => in_parts(completing(Some(GOOD))),
        "completing-parts-stalled" => in_parts(completing_since(long_ago, None)),
        "completed" => completed(),
        "completed-analysis-requested" => analysis_requested(),
        "completed-unread" => completed_as(CompletedMd5::Unread(None)),
        "cancelled" => file(State::Cancelled),
        "expired" => file(State::Expired),
        other => unreachable!("{other} is no record"),
    })
}

fn analysis_requested() -> File {
    let mut file = completed();
    if let State::Completed(completed) = &mut file.state {
        completed.analysis = Some(Analysis::Requested);
    }
    file
}

/// What S3 holds in a column. Of a file that is not read, an event tells what the file's id hints.
fn held(column: &str, record: &str) -> Held {
    match column {
        "unknown" => Held::Unknown,
        "announced" => Held::Announced(Announcement {
            seen: seen(told(GOOD)),
            etag_is_md5: record != "unread-auto-unsure",
            completes: record.contains("auto"),
        }),
        "nothing" => Held::Nothing,
        "good" => Held::Object(seen(told(GOOD))),
        "bad" => Held::Object(seen(told(BAD))),
        "opaque" => Held::Object(seen(opaque())),
        "short" => Held::Object(seen(StoredObject { size_bytes: 4, ..opaque() })),
        other => unreachable!("{other} is no column"),
    }
}

/// Who asks in a row.
fn claim(name: &str) -> Option<Claim> {
    let md5 = match name {
        "event" => return None,
        "claim" => None,
        "claim-good" => Some(GOOD),
        "claim-bad" => Some(BAD),
        other => unreachable!("{other} asks nothing"),
    };
    Some(Claim { md5, ..Claim::default() })
}

fn cell(step: &Result<Step<'_>>) -> &'static str {
    match step {
        Ok(Step::ReadRecord) => "read",
        Ok(Step::AskS3) => "ask",
        Ok(Step::Complete(_, Proof::Md5(_))) => "md5",
        Ok(Step::Complete(_, Proof::Recorded { .. })) => "recorded",
        Ok(Step::Complete(_, Proof::Parts)) => "parts",
        Ok(Step::Complete(_, Proof::Event { is_certain: true, .. })) => "event",
        Ok(Step::Complete(_, Proof::Event { is_certain: false, .. })) => "declared",
        Ok(Step::Join(_)) => "join",
        Ok(Step::Hash(..)) => "hash",
        Ok(Step::RecordMd5(..)) => "record",
        Ok(Step::RecordCompletedMd5(..)) => "amend",
        Ok(Step::Analyze(..)) => "analyze",
        Ok(Step::Reject(_, Error::SizeMismatch { announced: 5, stored: 4 })) => "reject:size",
        Ok(Step::Reject(_, Error::ChecksumMismatch { .. })) => "reject:md5",
        Ok(Step::Reject(..)) => "reject:?",
        Ok(Step::FinishRejection(..)) => "finish",
        Ok(Step::Reopen(_)) => "reopen",
        Ok(Step::Sweep(_)) => "sweep",
        Ok(Step::Wait(_)) => "wait",
        Ok(Step::Done(_)) => "done",
        Err(Error::UploadMissing) => "!missing",
        Err(Error::RejectionInProgress) => "!busy",
        Err(Error::OtherClaimBegun) => "!other",
        Err(Error::FileNotPending { .. }) => "!status",
        Err(Error::ChecksumMismatch { stored: GOOD }) => "!md5",
        Err(_) => "!?",
    }
}

#[test]
fn every_state_and_every_asker_has_its_row_and_every_cell_is_what_is_decided() {
    let mut lines = TABLE.lines().filter(|line| !line.is_empty());
    let columns: Vec<_> = lines.next().unwrap().split_whitespace().skip(2).collect();
    let mut rows = 0;
    for line in lines {
        let mut words = line.split_whitespace();
        let (name, asker) = (words.next().unwrap(), words.next().unwrap());
        let (file, claim) = (record(name), claim(asker));
        let decided = columns.iter().map(|column| {
            let held = held(column, name);
            cell(&decide(file.as_ref(), &held, claim.as_ref(), NOW))
        });
        assert_eq!(words.collect::<Vec<_>>(), decided.collect::<Vec<_>>(), "{name} {asker}");
        rows += 1;
    }
    assert_eq!(rows, 29 * 4, "29 records, and four who ask about each");
}

#[test]
fn a_completing_file_does_not_expire() {
    let held = Held::Object(seen(told(GOOD)));
    let later = Timestamp::from_millis(DUE.millis() * 2);
    let file = completing(Some(GOOD));
    assert_eq!(cell(&decide(Some(&file), &held, None, later)), "md5");
}

#[test]
fn a_rejection_since_s3_was_asked_makes_it_ask_again() {
    let file = with(open(), rejected(Rejections::Ended { count: 2, md5: None }));
    for (rejections, expected) in [(0, "ask"), (1, "ask"), (2, "md5"), (3, "ask")] {
        let held = Held::Object(Seen { object: told(GOOD), rejections });
        let claim = Claim { md5: Some(GOOD), ..Claim::default() };
        assert_eq!(cell(&decide(Some(&file), &held, Some(&claim), NOW)), expected, "{rejections}");
    }
}

#[test]
fn reading_goes_on_where_it_stopped_with_exactly_these_bytes() {
    let held = Held::Object(seen(opaque()));
    for (etag, goes_on) in [("opaque", true), ("older", false)] {
        for file in [completing(Some(GOOD)), open()] {
            let file = with(file, read_in_part(etag));
            let step = decide(Some(&file), &held, None, NOW).unwrap();
            assert!(matches!(step, Step::Hash(_, from) if from.is_some() == goes_on), "{etag}");
        }
    }
}

#[test]
fn the_md5_that_is_told_as_the_mismatch_is_the_stored_one() {
    let held = Held::Object(seen(told(BAD)));
    let claim = Claim { md5: Some(GOOD), ..Claim::default() };
    let file = open();
    for file in [None, Some(&file)] {
        let step = decide(file, &held, Some(&claim), NOW).unwrap();
        let mismatch = matches!(step, Step::Reject(_, Error::ChecksumMismatch { stored: BAD }));
        assert!(mismatch, "{step:?}");
    }
}
