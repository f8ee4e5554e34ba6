//! `GET /polar/v1/files/`

use serde_json::{Value, json};
use shared::testing::dynamodb::{COUNTS, file_item, get, query, read, rows, with};
use shared::testing::gateway::{Answer, request};
use shared::testing::{Answers as _, ID, OTHER_ID, Rule, id};

use super::{send, uuid, uuid_of, violation};

const OLDEST: &str = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#0000000000199'";
const NEWEST: &str = "pk = 'WS#acme' AND sk BETWEEN 'FILE#0000000000000' AND 'FILE#1099511627775'";

async fn list(text: &str, rules: &[&Rule]) -> Answer {
    send(request("GET /polar/v1/files/").query(text), rules).await
}

/// A workspace of so many files, of which none was deleted.
fn counter(next: u64) -> Rule {
    let counter = json!({ "sk": { "S": "COUNTER" }, "next": { "N": next.to_string() },
        "touchedAt": { "N": "1775649000000" } });
    query(COUNTS, 2).answers(rows(&[counter]))
}

fn files(numbers: impl Iterator<Item = u64>) -> Vec<Value> {
    numbers.map(|it| with(file_item("PENDING"), &json!({ "id": { "S": id(it) } }))).collect()
}

/// The ids on a page, how many files there are, and how many pages.
fn page(answer: &Answer) -> (Vec<&str>, u64, u64) {
    let items = answer.body["items"].as_array().unwrap();
    let ids = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    let pagination = &answer.body["pagination"];
    let number = |name: &str| pagination[name].as_u64().unwrap();
    (ids, number("total_count"), number("max_page"))
}

/// A UUID that is none of our ids: of version 4.
const NOBODYS: &str = "1b0ee4ce-7e0c-4b87-93c7-2d8c6d5b3b16";

#[tokio::test]
async fn the_first_page_has_ten_files_of_any_status() {
    let mut found = files((190..200).rev());
    let at = json!({ "N": "1775649599000" });
    let completed = json!({ "status": { "S": "COMPLETED" }, "completedAt": at, "etag": { "S": "e" },
        "annotation": { "S": r#"{"polar":{"service":"organization_avatar"}}"# } });
    found[1] = with(found[1].clone(), &completed);
    found[2] = with(found[2].clone(), &json!({ "status": { "S": "CANCELLED" } }));
    let (counter, newest) = (counter(200), query(NEWEST, 10).answers(rows(&found)));
    let answer = list("", &[&counter, &newest]).await;
    let (ids, total, pages) = page(&answer);
    assert_eq!((ids.len(), ids[0], total, pages), (10, uuid_of(&id(199)).as_str(), 200, 20));
    let items = &answer.body["items"];
    assert_eq!(
        [&items[0], &items[1], &items[2]].map(|item| &item["is_uploaded"]),
        [&json!(false), &json!(true), &json!(false)]
    );
    assert_eq!((&items[0]["service"], items[0].get("public_url")), (&json!("downloadable"), None));
    assert!(items[1]["public_url"].as_str().unwrap().contains("X-Amz-Signature"));
}

#[tokio::test]
async fn a_limit_over_a_hundred_is_a_hundred_and_pages_are_counted_in_it() {
    for limit in ["100", "101", "18446744073709551615"] {
        let (counter, newest) =
            (counter(300), query(OLDEST, 100).answers(rows(&files((100..200).rev()))));
        let answer = list(&format!("limit={limit}&page=2"), &[&counter, &newest]).await;
        let (ids, total, pages) = page(&answer);
        assert_eq!((ids.len(), ids[0], total, pages), (100, uuid_of(&id(199)).as_str(), 300, 3));
    }
}

#[tokio::test]
async fn a_page_beyond_the_last_is_empty() {
    for number in ["4", "18446744073709551615"] {
        let answer = list(&format!("limit=100&page={number}"), &[&counter(300)]).await;
        assert_eq!(page(&answer), (vec![], 300, 3));
    }
}

#[tokio::test]
async fn what_is_not_a_page_is_refused_and_what_is_unknown_is_ignored() {
    for (text, place) in [
        ("page=0", "query.page"),
        ("page=-1", "query.page"),
        ("page=", "query.page"),
        ("limit=0", "query.limit"),
        ("limit=1.5", "query.limit"),
    ] {
        let answer = list(text, &[]).await;
        assert_eq!(violation(&answer), (422, place.to_owned(), "value_error"), "{text}");
    }
    let (counter, newest) = (counter(0), query(NEWEST, 10).answers(rows(&[])));
    let organizations = format!("organization_id={NOBODYS}&organization_id={NOBODYS}");
    let answer = list(&format!("{organizations}&sorting=name"), &[&counter, &newest]).await;
    assert_eq!(page(&answer), (vec![], 0, 0));
}

#[tokio::test]
async fn files_asked_for_by_their_ids_are_read_one_by_one_and_only_those_that_are_there() {
    let [older, newer] = [3, 12].map(id);
    let record = |sk: &'static str, item: Option<Value>| get(sk).answers(read(item.as_ref()));
    let found = |id: &str| with(file_item("PENDING"), &json!({ "id": { "S": id } }));
    let rules = [
        record("WS#acme/FILE#0000000000003", Some(found(&older))),
        record("WS#acme/FILE#0000000000007", Some(found(ID))),
        record("WS#acme/FILE#0000000000012", Some(found(&newer))),
        record("WS#acme/FILE#0000000000099", None),
    ];
    let asked = [ID, &older, &newer, OTHER_ID, &id(99), ID].map(uuid_of);
    let asked: Vec<String> = asked.iter().map(|id| format!("ids={id}")).collect();
    let asked = format!("{}&ids={NOBODYS}&limit=2", asked.join("&"));
    let first = list(&asked, &rules.each_ref()).await;
    assert_eq!(page(&first), (vec![&*uuid_of(&newer), &*uuid()], 3, 2));
    let second = list(&format!("{asked}&page=2"), &rules.each_ref()).await;
    assert_eq!(page(&second), (vec![&*uuid_of(&older)], 3, 2));
    let none = list(&format!("ids={NOBODYS}&organization_id={NOBODYS}"), &[]).await;
    assert_eq!(page(&none), (vec![], 0, 0));
}

#[tokio::test]
async fn what_is_no_uuid_is_refused_as_there() {
    for name in ["ids", "organization_id"] {
        for text in ["abc", "", "1b0ee4ce-7e0c-4b87-93c7"] {
            let answer = list(&format!("{name}={text}"), &[]).await;
            assert_eq!(violation(&answer), (422, format!("query.{name}"), "value_error"));
        }
    }
}

#[tokio::test]
async fn more_ids_than_fit_on_a_page_are_refused() {
    let ids: Vec<String> = (0..101).map(|number| format!("ids={}", uuid_of(&id(number)))).collect();
    let answer = list(&ids.join("&"), &[]).await;
    assert_eq!(violation(&answer), (422, "query.ids".to_owned(), "value_error"));
}
