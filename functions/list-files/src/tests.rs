//! What `GET /v1/files` promises.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::http::endpoints;
use shared::testing::dynamodb::{COUNTS, admitted, done, file_item, get, query, read, rows, with};
use shared::testing::gateway::{Answer, ask, request};
use shared::testing::transactions::{cancelled, transaction};
use shared::testing::{Answers as _, AwsAnswer, NOW, Rule, context, id};

use super::list_files;

/// The Query of the newest page.
const NEWEST: &str = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#1099511627775'";
/// The Query of the first block's holes.
const BLOCK: &str = "pk = 'COUNTER#acme' AND sk BETWEEN 'BLOCK#0000000000' AND 'BLOCK#0000000000'";
/// The first region's holes.
const REGION: &str = "COUNTER#acme/REGION#0000000";
/// What notes the number 2.
const NOTE: &[&str] = &[
    "COUNTER#acme/BLOCK#0000000000: ADD holes {2} IF NOT contains(holes, 2)",
    "COUNTER#acme/REGION#0000000: ADD 0 1",
    "COUNTER#acme/HOLES: ADD 0 1",
];
/// Longer ago than any create takes.
const LONG_AGO: u64 = NOW.millis() - 60_000;

async fn list(query: &str, rules: &[&Rule]) -> Answer {
    let key = admitted(&["files:read"]);
    let rules = [&[&key], rules].concat();
    ask(
        &context(&rules),
        &endpoints::LIST_FILES,
        &list_files,
        request("GET /v1/files").query(query),
    )
    .await
}

/// The counter when `next` is the next sequence, the last one was taken at `touched_at`, and of those
/// before it so many are holes.
fn counts(next: u64, touched_at: u64, holes: u64) -> AwsAnswer {
    let counter = json!({
        "sk": { "S": "COUNTER" },
        "next": { "N": next.to_string() },
        "touchedAt": { "N": touched_at.to_string() },
    });
    let holes =
        (holes > 0).then(|| json!({ "sk": { "S": "HOLES" }, "0": { "N": holes.to_string() } }));
    rows(&holes.into_iter().chain([counter]).collect::<Vec<_>>())
}

fn counter(next: u64, touched_at: u64, holes: u64) -> Rule {
    query(COUNTS, 2).answers(counts(next, touched_at, holes))
}

/// The first block's holes.
fn block(holes: &[&str]) -> Rule {
    query(BLOCK, 2).answers(rows(&[json!({ "holes": { "NS": holes } })]))
}

/// How many holes the first block has.
fn region(holes: u64) -> Rule {
    get(REGION).answers(read(Some(&json!({ "0": { "N": holes.to_string() } }))))
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

fn texts(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn ids(sequences: &[u64]) -> Vec<String> {
    sequences.iter().copied().map(id).collect()
}

#[tokio::test]
async fn the_newest_page_is_one_round_trip_where_nothing_was_deleted() {
    let counter = counter(3, LONG_AGO, 0);
    let newest = query(NEWEST, 25).answers(rows(&files(&[2, 1, 0], LONG_AGO)));
    let answer = list("", &[&counter, &newest]).await;
    assert_eq!(answer.body["object"], "list");
    assert_eq!(answer.body["data"][0]["filename"], "hello.txt");
    assert_eq!(page(&answer), (texts(&ids(&[2, 1, 0])), 3));
    assert_eq!((answer.status, counter.num_calls(), newest.num_calls()), (200, 1, 1));
}

#[tokio::test]
async fn the_newest_page_is_read_twice_where_something_was_deleted() {
    let counter = counter(4, LONG_AGO, 1);
    let newest = query(NEWEST, 3).answers(rows(&files(&[3, 2, 0], LONG_AGO)));
    let block = block(&["1"]);
    let answer = list("limit=3", &[&counter, &newest, &block]).await;
    assert_eq!(page(&answer), (texts(&ids(&[3, 2, 0])), 3));
    assert_eq!([&counter, &newest, &block].map(Rule::num_calls), [2, 2, 1]);
}

#[tokio::test]
async fn the_newest_page_is_read_until_no_delete_comes_between() {
    let counts = [1, 2, 2].map(|holes| counts(4, LONG_AGO, holes));
    let counter = query(COUNTS, 2).answers_in_turn(counts);
    let newest = query(NEWEST, 2).answers(rows(&files(&[3, 0], LONG_AGO)));
    let block = block(&["1", "2"]);
    let answer = list("limit=2", &[&counter, &newest, &block]).await;
    assert_eq!(page(&answer), (texts(&ids(&[3, 0])), 2));
    assert_eq!([&counter, &newest, &block].map(Rule::num_calls), [3, 3, 2]);
}

#[tokio::test]
async fn a_newest_page_that_shows_all_files_needs_no_counts() {
    let counter = counter(4, LONG_AGO, 1);
    let newest = query(NEWEST, 25).answers(rows(&files(&[3, 0], LONG_AGO)));
    let answer = list("", &[&counter, &newest]).await;
    assert_eq!(page(&answer), (texts(&ids(&[3, 0])), 2));
    assert_eq!([&counter, &newest].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn a_workspace_without_files_has_an_empty_list() {
    let counter = query(COUNTS, 2).answers(rows(&[]));
    let none = query(NEWEST, 25).answers(rows(&[]));
    let answer = list("", &[&counter, &none]).await;
    assert_eq!(
        answer.body,
        json!({ "object": "list", "data": [], "totalCount": 0, "nextAfter": null })
    );
}

#[tokio::test]
async fn an_older_page_is_a_subtraction_away_where_nothing_was_deleted() {
    let older = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000003'";
    let counter = counter(40, LONG_AGO, 0);
    let query = query(older, 3).answers(rows(&files(&[3, 2, 1], LONG_AGO)));
    let answer = list("offset=36&limit=3", &[&counter, &query]).await;
    assert_eq!(page(&answer), (texts(&ids(&[3, 2, 1])), 40));
    assert_eq!([&counter, &query].map(Rule::num_calls), [1, 1]);
}

#[tokio::test]
async fn an_older_page_is_counted_off_and_confirmed_where_something_was_deleted() {
    // 40 is next, 1 and 4 are holes: after the newest 35 come 3, 2 and 0.
    let older = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000003'";
    let rules = [
        counter(40, LONG_AGO, 2),
        region(2),
        block(&["4", "1"]),
        query(older, 3).answers(rows(&files(&[3, 2, 0], LONG_AGO))),
    ];
    let answer = list("offset=35&limit=3", &rules.each_ref()).await;
    assert_eq!(page(&answer), (texts(&ids(&[3, 2, 0])), 38));
    assert_eq!(rules.each_ref().map(Rule::num_calls), [2, 1, 1, 1]);
}

#[tokio::test]
async fn an_older_page_that_a_delete_changed_meanwhile_is_read_again() {
    let bounds = [
        "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000008'",
        "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000007'",
    ];
    let counter =
        query(COUNTS, 2).answers_in_turn([0, 1, 1].map(|holes| counts(10, LONG_AGO, holes)));
    let first = query(bounds[0], 2).answers(rows(&files(&[7, 6], LONG_AGO)));
    let second = query(bounds[1], 2).answers(rows(&files(&[7, 6], LONG_AGO)));
    let (region, block) = (region(1), block(&["8"]));
    let answer = list("offset=1&limit=2", &[&counter, &first, &second, &region, &block]).await;
    assert_eq!(page(&answer), (texts(&ids(&[7, 6])), 9));
    assert_eq!([&counter, &first, &second].map(Rule::num_calls), [3, 1, 1]);
}

#[tokio::test]
async fn a_page_beyond_the_end_is_empty_and_reads_no_rows() {
    for holes in [0, 1] {
        let answer = list("offset=4", &[&counter(4, LONG_AGO, holes)]).await;
        assert_eq!(page(&answer), (Vec::new(), 4 - holes));
    }
}

#[tokio::test]
async fn a_gap_is_stepped_over_at_once_but_noted_only_after_a_minute() {
    for (touched_at, notes) in [(LONG_AGO, 1), (LONG_AGO + 1, 0)] {
        let counter = counter(4, touched_at, 1);
        let newest = query(NEWEST, 2).answers(rows(&files(&[3, 0], touched_at)));
        let note = transaction(NOTE).answers(done());
        let answer = list("limit=2", &[&counter, &newest, &block(&["1"]), &note]).await;
        assert_eq!((page(&answer), note.num_calls()), ((texts(&ids(&[3, 0])), 2), notes));
    }
}

#[tokio::test]
async fn a_gap_that_another_list_notes_at_the_same_time_is_no_failure() {
    let counter = counter(4, LONG_AGO, 1);
    let newest = query(NEWEST, 2).answers(rows(&files(&[3, 0], LONG_AGO)));
    let noted = cancelled(&["ConditionalCheckFailed", "None", "None"]);
    let note = transaction(NOTE).answers(noted);
    let answer = list("limit=2", &[&counter, &newest, &block(&["1"]), &note]).await;
    assert_eq!((page(&answer).1, note.num_calls()), (2, 1));
}

#[tokio::test]
async fn an_older_page_with_a_gap_is_filled_up_from_below() {
    let older = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000003'";
    let counter = counter(5, LONG_AGO, 0);
    let query = query(older, 2).answers(rows(&files(&[3, 1], LONG_AGO)));
    let note = transaction(NOTE).answers(done());
    let answer = list("offset=1&limit=2", &[&counter, &query, &note]).await;
    assert_eq!(page(&answer), (texts(&ids(&[3, 1])), 4));
    assert_eq!([&counter, &query, &note].map(Rule::num_calls), [2, 1, 1]);
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
    // The counter was read when 2 was next and untouched for long; then 2 and 3 were taken, and 3
    // has its row already. 2 is being written right now.
    let mut found = files(&[3], NOW.millis());
    found.extend(files(&[1, 0], LONG_AGO));
    let newest = query(NEWEST, 3).answers(rows(&found));
    let no_holes = query(BLOCK, 2).answers(rows(&[]));
    let note = transaction(NOTE).answers(done());
    let answer = list("limit=3", &[&counter(2, LONG_AGO, 0), &newest, &no_holes, &note]).await;
    assert_eq!((answer.status, page(&answer).1, note.num_calls()), (200, 3, 0));
}

/// The Query of the file 5 and those before it.
const UP_TO_5: &str = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000005'";

#[tokio::test]
async fn a_page_after_a_file_takes_one_query_and_names_the_next() {
    for (found, shown, next) in [
        (&[5, 4, 3, 2][..], &[4, 3][..], Some(3)),
        // The cursor's file was deleted, and so were others.
        (&[4, 2, 1, 0], &[4, 2], Some(2)),
        (&[5, 4, 1], &[4, 1], None),
        (&[5], &[], None),
        (&[], &[], None),
    ] {
        let counter = counter(9, LONG_AGO, 3);
        let page_of = query(UP_TO_5, 4).answers(rows(&files(found, LONG_AGO)));
        let answer = list(&format!("limit=2&after={}", id(5)), &[&counter, &page_of]).await;
        assert_eq!(page(&answer), (texts(&ids(shown)), 6), "{found:?}");
        assert_eq!(answer.body["nextAfter"], json!(next.map(id)), "{found:?}");
        assert_eq!([&counter, &page_of].map(Rule::num_calls), [1, 1]);
    }
}

#[tokio::test]
async fn an_id_that_was_never_given_out_is_no_cursor() {
    let other = with(file_item("PENDING"), &json!({ "id": { "S": id(5) } }));
    let stranger = id(5).replace("0123", "3210");
    for (after, next) in [(id(5), 5), (stranger, 9)] {
        let counter = counter(next, LONG_AGO, 0);
        let rows_of = if next == 5 { rows(&[]) } else { rows(std::slice::from_ref(&other)) };
        let page_of = query(UP_TO_5, 27).answers(rows_of);
        let answer = list(&format!("after={after}"), &[&counter, &page_of]).await;
        assert_eq!((answer.error(), answer.param()), ((400, "invalid_value"), Some("after")));
    }
    for (query, param) in [
        (format!("after={}&offset=0", id(5)), "after"),
        ("after=fil_5".to_owned(), "after"),
        ("after=5".to_owned(), "after"),
    ] {
        let answer = list(&query, &[]).await;
        assert_eq!((answer.status, answer.param()), (400, Some(param)), "{query}");
    }
}

#[tokio::test]
async fn a_page_by_offset_names_the_file_after_which_the_next_starts() {
    for (limit, next, holes, found, after) in
        [(2, 3, 0, &[2, 1][..], Some(1)), (2, 2, 0, &[1, 0], None), (3, 2, 0, &[1, 0], None)]
    {
        let counter = counter(next, LONG_AGO, holes);
        let newest = query(NEWEST, limit).answers(rows(&files(found, LONG_AGO)));
        let answer = list(&format!("limit={limit}"), &[&counter, &newest]).await;
        assert_eq!(answer.body["nextAfter"], json!(after.map(id)), "{found:?}");
    }
}
