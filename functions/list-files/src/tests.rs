//! What `GET /v1/files` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::domain::{Category, Scope};
use shared::http::Access;
use shared::testing::dynamodb::{COUNTER, admits, done, file_item, get, query, read, rows};
use shared::testing::dynamodb::{update, with};
use shared::testing::gateway::{Answer, ask, request};
use shared::testing::{Answers as _, NOW, Rule, context, id};

use super::list_files;

/// The Query of the newest page.
const NEWEST: &str = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#1099511627775'";
/// Longer ago than any create takes.
const LONG_AGO: u64 = NOW.millis() - 60_000;

async fn list(query: &str, rules: &[&Rule]) -> Answer {
    let access = Access { scope: Some(Scope::FilesRead), category: Category::Search };
    let key = admits(&["files:read"]);
    let rules = [&[&key], rules].concat();
    ask(&context(&rules), access, &list_files, request("GET /v1/files").query(query)).await
}

/// The counter when `next` is the next sequence, and the last one was taken at `touched_at`.
fn counter(next: u64, touched_at: u64) -> Rule {
    let item = json!({
        "next": { "N": next.to_string() },
        "touchedAt": { "N": touched_at.to_string() },
        "holes": { "NS": ["1"] },
    });
    get(COUNTER).answers(read(Some(&item)))
}

/// The rows of files created at `created_at`.
fn files(sequences: &[u64], created_at: u64) -> Vec<Value> {
    let file = |sequence| {
        let created_at = json!({ "N": created_at.to_string() });
        with(file_item("PENDING"), &json!({ "id": { "S": id(sequence) }, "createdAt": created_at }))
    };
    sequences.iter().copied().map(file).collect()
}

/// The ids on a page, and the total it tells.
fn page(answer: &Answer) -> (Vec<&str>, u64) {
    let ids = answer.body["data"].as_array().unwrap().iter().map(|file| file["id"].as_str());
    (ids.map(Option::unwrap).collect(), answer.body["totalCount"].as_u64().unwrap())
}

fn ids(sequences: &[u64]) -> Vec<String> {
    sequences.iter().copied().map(id).collect()
}

#[tokio::test]
async fn the_newest_page_is_one_round_trip_and_steps_over_noted_holes() {
    let counter = counter(4, LONG_AGO);
    let newest = query(NEWEST, 25).answers(rows(&files(&[3, 2, 0], LONG_AGO)));
    let answer = list("", &[&counter, &newest]).await;
    assert_eq!(answer.body["object"], "list");
    assert_eq!(answer.body["data"][0]["filename"], "hello.txt");
    assert_eq!(page(&answer).0, ids(&[3, 2, 0]));
    assert_eq!(page(&answer).1, 3);
    assert_eq!((answer.status, counter.num_calls(), newest.num_calls()), (200, 1, 1));
}

#[tokio::test]
async fn a_workspace_without_files_has_an_empty_list() {
    let counter = get(COUNTER).answers(read(None));
    let none = query(NEWEST, 25).answers(rows(&[]));
    let answer = list("", &[&counter, &none]).await;
    assert_eq!(answer.body, json!({ "object": "list", "data": [], "totalCount": 0 }));
}

#[tokio::test]
async fn an_older_page_is_addressed_by_arithmetic() {
    // 40 is next, 1 is a hole: after the newest 36 come 3, 2 and 0.
    let older = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000003'";
    let query = query(older, 4).answers(rows(&files(&[3, 2, 0], LONG_AGO)));
    let answer = list("offset=36&limit=3", &[&counter(40, LONG_AGO), &query]).await;
    assert_eq!(page(&answer).0, ids(&[3, 2, 0]));
    assert_eq!((page(&answer).1, query.num_calls()), (39, 1));
}

#[tokio::test]
async fn a_page_beyond_the_end_is_empty_and_reads_no_rows() {
    let answer = list("offset=3", &[&counter(4, LONG_AGO)]).await;
    assert_eq!(page(&answer), (Vec::new(), 3));
}

#[tokio::test]
async fn a_gap_is_stepped_over_at_once_but_noted_only_after_a_minute() {
    for (touched_at, notes) in [(LONG_AGO, 1), (LONG_AGO + 1, 0)] {
        let newest = query(NEWEST, 25).answers(rows(&files(&[3, 0], touched_at)));
        let note = update(COUNTER, &["ADD holes {2} IF"]).answers(done());
        let answer = list("", &[&counter(4, touched_at), &newest, &note]).await;
        assert_eq!((page(&answer).1, note.num_calls()), (2, notes));
        assert_eq!(page(&answer).0, ids(&[3, 0]));
    }
}

#[tokio::test]
async fn an_older_page_with_a_gap_is_filled_up_from_below() {
    let bounds = [
        "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000007' AND 'FILE#0000000000008'",
        "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000006' AND 'FILE#0000000000008'",
    ];
    let first = query(bounds[0], 2).answers(rows(&files(&[8], LONG_AGO)));
    let second = query(bounds[1], 3).answers(rows(&files(&[8, 6], LONG_AGO)));
    let note = update(COUNTER, &["ADD holes {7} IF"]).answers(done());
    let rules: [&Rule; 4] = [&counter(10, LONG_AGO), &first, &second, &note];
    let answer = list("offset=1&limit=2", &rules).await;
    assert_eq!(page(&answer).0, ids(&[8, 6]));
    assert_eq!((page(&answer).1, note.num_calls()), (8, 1));
}

#[tokio::test]
async fn a_parameter_that_is_wrong_is_named_and_nothing_is_read() {
    for (query, code, param) in [
        ("limit=0", "invalid_value", "limit"),
        ("limit=26", "invalid_value", "limit"),
        ("limit=abc", "invalid_type", "limit"),
        ("limit=", "invalid_type", "limit"),
        ("offset=-1", "invalid_value", "offset"),
        ("offset=1.5", "invalid_type", "offset"),
        ("limit=5&limit=5", "invalid_value", "limit"),
        ("cursor=1", "unknown_field", "cursor"),
    ] {
        let answer = list(query, &[]).await;
        assert_eq!((answer.error(), answer.param()), ((400, code), Some(param)), "{query}");
        assert_eq!(answer.header("x-ratelimit-remaining"), Some("24"));
    }
}

#[tokio::test]
async fn a_row_that_is_younger_than_the_counter_does_not_make_a_gap_old() {
    // The counter was read when 5 was next and untouched for long; then 5 and 6 were taken, and 6
    // has its row already. 5 is being written right now.
    let mut found = files(&[6], NOW.millis());
    found.extend(files(&[4, 3, 2, 0], LONG_AGO));
    let newest = query(NEWEST, 25).answers(rows(&found));
    let note = update(COUNTER, &["ADD holes {5} IF"]).answers(done());
    let answer = list("", &[&counter(5, LONG_AGO), &newest, &note]).await;
    assert_eq!((answer.status, note.num_calls()), (200, 0));
}

#[tokio::test]
async fn a_row_at_a_noted_hole_is_neither_shown_nor_counted() {
    let newest = query(NEWEST, 25).answers(rows(&files(&[3, 2, 1, 0], LONG_AGO)));
    let all = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000003'";
    let older = query(all, 4).answers(rows(&files(&[3, 2, 1, 0], LONG_AGO)));
    let answer = list("", &[&counter(4, LONG_AGO), &newest, &older]).await;
    let expected = ids(&[3, 2, 0]);
    assert_eq!(page(&answer), (expected.iter().map(String::as_str).collect(), 3));
}
