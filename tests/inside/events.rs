//! Events come at least once, late and in any order: the second time changes nothing.

use local::{Encryption, Event};
use tests::{Settings, Stack, id_of, md5_of};

use crate::hand::NOWHERE;
use crate::records::Records;

#[tokio::test]
async fn any_event_delivered_again_in_any_order_changes_nothing() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let completed = client.upload("completed.bin", &b"completed"[..]).await;
    let replaced = client.uploaded("replaced.bin", &b"first"[..]).await;
    client.complete(id_of(&replaced), &md5_of(b"other")).await;
    client.put_bytes(&replaced, &b"other"[..]).await;
    let cancelled = client.uploaded("cancelled.bin", &b"cancelled"[..]).await;
    client.cancel(id_of(&cancelled)).await;
    let files = [&completed, &replaced, &cancelled].map(|file| id_of(file).to_owned());
    stack.local().settled().await;
    let records = Records::of(&stack, "acme");
    records.age_file(id_of(&replaced), "expiresAt", 3_600_000).await;
    for id in &files {
        records.age_session(id, 7200).await;
    }
    assert_eq!(stack.local().sweep().await.expect("the sweep succeeds"), files.len());

    let before = state(&stack, &files).await;
    let events: Vec<Event> = stack.local().event_log();
    assert!(events.len() > 4, "four uploads, and the removals");
    for event in events.iter().rev().chain(&events).chain(events.iter().rev()) {
        stack.local().redeliver(event).await.expect("the event is taken");
    }
    assert_eq!(state(&stack, &files).await, before);
}

#[tokio::test]
async fn a_late_event_of_replaced_bytes_does_not_replace_what_is_known() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let created = client.uploaded("late.bin", &b"first"[..]).await;
    client.complete(id_of(&created), &md5_of(b"other")).await.refused(422, "checksum_mismatch");
    client.put_bytes(&created, &b"other"[..]).await;
    stack.local().settled().await;
    let records = Records::of(&stack, "acme");
    let known = records.file(id_of(&created)).await;
    assert_eq!(known["verifiedMd5"].as_s(), Ok(&md5_of(b"other")));
    stack.local().redeliver(&stack.local().event_log()[0]).await.expect("the event is taken");
    assert_eq!(records.file(id_of(&created)).await, known);
}

#[tokio::test]
async fn where_the_etag_is_no_md5_the_bytes_are_read_once_and_compared() {
    let local = local::Options { encryption: Encryption::Kms, ..local::Options::default() };
    let stack = Stack::start(Settings { local, ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    let created = client.uploaded("kms.bin", &b"kms"[..]).await;
    stack.local().settled().await;
    stack.local().forget_calls();
    let completed = client.complete(id_of(&created), &md5_of(b"kms")).await.ok();
    assert_eq!(completed["md5"], md5_of(b"kms"));
    let reads = stack.local().calls();
    assert!(reads.iter().all(|call| call.operation != "GetObject"), "{reads:?}");

    let wrong = client.uploaded("wrong.bin", &b"wrong"[..]).await;
    stack.local().settled().await;
    client.complete(id_of(&wrong), &md5_of(b"right")).await.refused(422, "checksum_mismatch");
    assert!(!Records::of(&stack, "acme").has_object(id_of(&wrong)).await);
}

#[tokio::test]
async fn where_the_etag_is_no_md5_and_no_event_came_complete_reads_the_bytes() {
    let local = local::Options { encryption: Encryption::Kms, ..local::Options::default() };
    let stack = Stack::start(Settings { local, ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    stack.local().deliver_to(NOWHERE);
    let created = client.uploaded("unread.bin", &b"unread"[..]).await;
    client.complete(id_of(&created), &md5_of(b"other!")).await.refused(422, "checksum_mismatch");
    client.put_bytes(&created, &b"unread"[..]).await;
    let completed = client.complete(id_of(&created), &md5_of(b"unread")).await.ok();
    assert_eq!(completed["md5"], md5_of(b"unread"));
    // There is nothing to read of an empty file.
    let empty = client.upload("empty.bin", &b""[..]).await;
    assert_eq!((&empty["status"], &empty["md5"]), (&"COMPLETED".into(), &md5_of(b"").into()));
}

/// The records of the files, and which of them have bytes.
async fn state(stack: &Stack, files: &[String]) -> Vec<(String, bool)> {
    let records = Records::of(stack, "acme");
    let mut state = Vec::new();
    for id in files {
        let item = records.file(id).await;
        let mut attributes: Vec<_> =
            item.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        attributes.sort();
        state.push((attributes.join(" "), records.has_object(id).await));
    }
    state
}
