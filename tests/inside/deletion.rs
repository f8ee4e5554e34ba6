//! A delete is all or nothing, once: whatever fails, dies or comes at the same time.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use local::{Call, Verdict};
use serde_json::Value;
use tests::{Answer, Client, Settings, Stack, id_of, md5_of};

use crate::hand::{
    Fault, Gate, When, admission, completion, delete_object, put_object, query_of_files,
    transaction,
};
use crate::races::listed;
use crate::records::Records;

#[tokio::test]
async fn a_fault_at_any_call_leaves_the_file_whole_or_gone_and_the_count_exact() {
    let (stack, client) = start().await;
    let down = Verdict::Refuse { status: 500, code: "InternalServerError".to_owned() };
    let kept = client.upload("kept.bin", &b"kept"[..]).await;
    for (which, when, times) in every_fault() {
        for verdict in [down.clone(), Verdict::HangUp] {
            let file = client.upload("faulty.bin", &b"faulty"[..]).await;
            let id = id_of(&file);
            stack.local().intercept(Fault::new(which, when, verdict, times));
            let first = client.delete(id).await;
            stack.local().stop_intercepting();

            let is_there = client.file(id).await.status == 200;
            assert_eq!(listed(&client).await.0, 1 + u64::from(is_there));
            assert!(first.status == 503 || (first.status == 204 && !is_there), "{first:?}");
            let again = client.delete(id).await;
            assert_eq!(again.status, if is_there { 204 } else { 404 });
            swept(&stack, id).await;
        }
    }
    assert_eq!(listed(&client).await, (1, BTreeSet::from([id_of(&kept).to_owned()])));
    assert!(Records::of(&stack, "acme").has_object(id_of(&kept)).await);
}

#[tokio::test]
async fn a_delete_whose_answer_from_the_table_was_lost_is_done_once() {
    let (stack, client) = start().await;
    let file = client.upload("lost.bin", &b"lost"[..]).await;
    stack.local().intercept(Fault::new(transaction, When::After, Verdict::HangUp, 1));
    assert_eq!(client.delete(id_of(&file)).await.status, 204);
    assert_eq!(listed(&client).await.0, 0);
    assert_eq!(Records::of(&stack, "acme").holes().await, [0].into());
}

#[tokio::test]
async fn bytes_that_could_not_be_deleted_are_swept_even_where_the_session_was_long_gone() {
    for session_is_gone in [false, true] {
        let (stack, client) = start().await;
        let records = Records::of(&stack, "acme");
        let file = client.upload("stuck.bin", &b"stuck"[..]).await;
        let id = id_of(&file);
        if session_is_gone {
            records.forget_session(id).await;
        }
        let down = Verdict::Refuse { status: 503, code: "SlowDown".to_owned() };
        stack.local().intercept(Fault::new(delete_object, When::Before, down, usize::MAX));
        assert_eq!(client.delete(id).await.status, 204);
        stack.local().stop_intercepting();
        assert!(stack.logs().contains("s3:DeleteObject is unavailable"));
        assert!(records.has_object(id).await);
        swept(&stack, id).await;
    }
}

#[tokio::test]
async fn a_delete_that_died_between_record_and_bytes_leaves_no_bytes() {
    let (stack, client) = start().await;
    let file = client.upload("dead.bin", &b"dead"[..]).await;
    let id = id_of(&file);
    let gate = Gate::new(delete_object, When::Before);
    stack.local().intercept(gate.clone());
    let dying = delete_in_background(&client, id);
    gate.arrival().await;
    stack.function("delete-file").kill();
    assert_eq!(dying.await.expect("the request ends").status, 500);
    stack.local().stop_intercepting();
    assert_eq!(client.file(id).await.status, 404);
    swept(&stack, id).await;
}

#[tokio::test]
async fn a_put_that_lands_after_the_delete_leaves_no_object() {
    let (stack, client) = start().await;
    let created = client.pending("late.bin", b"late").await;
    let gate = Gate::new(put_object, When::Before);
    stack.local().intercept(gate.clone());
    let put = tokio::spawn({
        let (client, created) = (client.clone(), created.clone());
        async move { client.put_bytes(&created, &b"late"[..]).await }
    });
    gate.arrival().await;
    assert_eq!(client.delete(id_of(&created)).await.status, 204);
    gate.open();
    assert_eq!(put.await.expect("the upload ends").status, 200);
    stack.local().settled().await;
    assert!(!Records::of(&stack, "acme").has_object(id_of(&created)).await);
}

#[tokio::test]
async fn a_complete_that_was_overtaken_by_the_delete_finds_nothing() {
    let (stack, client) = start().await;
    let created = client.uploaded("overtaken.bin", &b"bytes"[..]).await;
    let id = id_of(&created).to_owned();
    let gate = Gate::new(completion, When::Before);
    stack.local().intercept(gate.clone());
    let late = tokio::spawn({
        let (client, id) = (client.clone(), id.clone());
        async move { client.complete(&id, &md5_of(b"bytes")).await }
    });
    gate.arrival().await;
    assert_eq!(client.delete(&id).await.status, 204);
    gate.open();
    assert_eq!(late.await.expect("the request ends").status, 404);
    assert_eq!((client.file(&id).await.status, listed(&client).await.0), (404, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_deletes_of_one_file_one_is_told_that_it_did_it() {
    let (stack, client) = start().await;
    stack.function("delete-file").warm(8).await;
    client.pending("kept.bin", b"?").await;
    let file = client.upload("once.bin", &b"once"[..]).await;
    let answers = join_all((0..64).map(|_| client.delete(id_of(&file)))).await;
    assert_eq!(told(&answers), (1, 63));
    assert_eq!(listed(&client).await.0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn deletes_and_completes_at_once_end_in_no_file_and_no_bytes() {
    let (stack, client) = start().await;
    stack.function("delete-file").warm(8).await;
    stack.function("complete-file").warm(8).await;
    for _ in 0..4 {
        let created = client.uploaded("race.bin", &b"race"[..]).await;
        let (id, md5) = (id_of(&created), md5_of(b"race"));
        let completes = join_all((0..8).map(|_| client.complete(id, &md5)));
        let deletes = join_all((0..8).map(|_| client.delete(id)));
        let (completes, deletes) = join(completes, deletes).await;
        assert_eq!(told(&deletes), (1, 7));
        let lost =
            |answer: &Answer| answer.status == 404 || answer.code() == Some("upload_missing");
        assert!(completes.iter().all(|it| it.status == 200 || lost(it)), "{completes:?}");
        assert_eq!((client.file(id).await.status, listed(&client).await.0), (404, 0));
        assert!(!Records::of(&stack, "acme").has_object(id).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_read_while_files_are_deleted_is_whole() {
    let (stack, client) = start().await;
    stack.function("delete-file").warm(4).await;
    stack.function("list-files").warm(4).await;
    let created = join_all((0..24).map(|_| client.pending("f.bin", b"?"))).await;
    let deletes = join_all(created.iter().map(|file| client.delete(id_of(file))));
    let lists = async {
        let mut pages = Vec::new();
        for (offset, limit) in [(0, 25), (1, 25), (0, 5), (3, 5)].into_iter().cycle().take(60) {
            let query = format!("offset={offset}&limit={limit}");
            pages.push((offset, limit, client.list(&query).await.ok()));
        }
        pages
    };
    let (deletes, pages) = join(deletes, lists).await;
    assert_eq!(told(&deletes), (24, 0));
    for (offset, limit, page) in pages {
        let rows = page["data"].as_array().expect("data is an array");
        let ids: BTreeSet<&str> = rows.iter().map(id_of).collect();
        assert_eq!(ids.len(), rows.len(), "no row twice");
        let total = page["totalCount"].as_u64().expect("a number");
        let expected = total.saturating_sub(offset).min(limit);
        assert_eq!(rows.len() as u64, expected, "{offset} {limit}: {page}");
    }
    assert_eq!(listed(&client).await.0, 0);
}

#[tokio::test]
async fn a_delete_between_counts_and_rows_is_not_seen_by_half() {
    for (offset, deleted_before) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let (stack, client) = start().await;
        let mut files = Vec::new();
        for _ in 0..6 {
            files.push(client.pending("f.bin", b"?").await);
        }
        for file in &files[..deleted_before] {
            assert_eq!(client.delete(id_of(file)).await.status, 204);
        }
        let gate = Gate::new(query_of_files, When::Before);
        stack.local().intercept(gate.clone());
        let listing = tokio::spawn({
            let client = client.clone();
            async move { client.list(&format!("limit=2&offset={offset}")).await.ok() }
        });
        gate.arrival().await;
        assert_eq!(client.delete(id_of(&files[4])).await.status, 204);
        gate.open();
        let page: Value = listing.await.expect("the request ends");
        let rows = page["data"].as_array().expect("data is an array").iter().map(id_of);
        let left = [5, 3, 2].map(|at: usize| id_of(&files[at]));
        assert_eq!(rows.collect::<Vec<_>>(), left[offset..offset + 2]);
        assert_eq!(page["totalCount"], 5 - deleted_before, "offset {offset}");
    }
}

/// Which calls are meant.
type Which = fn(&Call) -> bool;

/// Each call of a delete, failing once or until the SDK gives up, before and after AWS acts.
fn every_fault() -> Vec<(Which, When, usize)> {
    let calls: [Which; 3] = [admission, transaction, delete_object];
    let faults = calls.into_iter().flat_map(|which| {
        let cases = [
            (When::Before, 1),
            (When::Before, usize::MAX),
            (When::After, 1),
            (When::After, usize::MAX),
        ];
        cases.map(|(when, times)| (which, when, times))
    });
    faults.collect()
}

/// How many deletes were told that they did it, and how many that there was nothing.
fn told(answers: &[Answer]) -> (usize, usize) {
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    (count(204), count(404))
}

/// Asserts that the end of the deleted file's session leaves nothing of it.
async fn swept(stack: &Stack, id: &str) {
    let records = Records::of(stack, "acme");
    records.age_session(id, 7_200).await;
    assert_eq!(stack.local().sweep().await.expect("the sweep succeeds"), 1);
    assert!(!records.has_object(id).await);
    assert!(records.session(id).await.is_none());
}

fn delete_in_background(client: &Client, id: &str) -> tokio::task::JoinHandle<Answer> {
    let (client, id) = (client.clone(), id.to_owned());
    tokio::spawn(async move { client.delete(&id).await })
}

async fn start() -> (Stack, Client) {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}
