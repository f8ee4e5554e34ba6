//! Whether what S3 holds, and what the client lists, is the file.

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, get, read, update, updated, with};
use shared::testing::gateway::Answer;
use shared::testing::parts::{
    PARTS, item_in_parts, join, joined, list_parts, listed, listed_part, listed_parts,
};
use shared::testing::s3::{empty, head};
use shared::testing::{Answers as _, Rule};

use super::complete;
use super::joining::{BEGIN, BOTH, COMPLETE_PARTS, completed};

/// What a request comes to while S3 holds `stored`, and whether a completion began.
async fn complete_of(stored: &[(u16, u64, &str)], body: &Value) -> (Answer, bool) {
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&item_in_parts("PENDING"))));
    let list = list_parts("0", 1000).answers(listed(stored, false));
    let begin = update(FILE, BEGIN).answers(updated(&item_in_parts("COMPLETING")));
    let join = join(BOTH).answers(joined());
    let file = update(FILE, COMPLETE_PARTS).answers(updated(&completed()));
    let answer = complete(body, &[&nothing, &record, &list, &begin, &join, &file]).await;
    (answer, begin.num_calls() > 0)
}

/// A part as a client lists it.
fn sent(number: u16) -> Value {
    let (_, _, etag) = PARTS[usize::from(number) - 1];
    json!({ "partNumber": number, "etag": format!("\"{etag}\"") })
}

#[tokio::test]
async fn a_part_that_is_not_the_files_is_named_and_nothing_begins() {
    let [one, two] = PARTS;
    for (stored, flaws) in [
        (&[][..], json!([[1, "missing"], [2, "missing"]])),
        (&[two], json!([[1, "missing"]])),
        (&[one, (2, 4, "e")], json!([[2, "wrong_size"]])),
        (&[one, two, (3, 5, "e")], json!([[3, "foreign"]])),
    ] {
        let (answer, begun) = complete_of(stored, &json!({})).await;
        assert_eq!(answer.error(), (422, "parts_mismatch"));
        assert_eq!((answer.param(), flaws_of(&answer), begun), (Some("parts"), flaws, false));
    }
}

#[tokio::test]
async fn a_list_of_the_client_must_be_what_s3_holds() {
    let changed = json!({ "partNumber": 2, "etag": "other" });
    let foreign = json!({ "partNumber": 3, "etag": "e" });
    let hashed = json!({ "partNumber": 2, "etag": PARTS[1].2, "checksumSha256": "c2hh" });
    for (list, flaws) in [
        (vec![sent(2)], json!([[1, "missing"]])),
        (vec![sent(1), sent(1), sent(2)], json!([[1, "doubled"]])),
        (vec![sent(1), changed], json!([[2, "changed"]])),
        (vec![sent(1), sent(2), foreign], json!([[3, "foreign"]])),
        (vec![sent(1), hashed], json!([[2, "no_checksum"]])),
    ] {
        let (answer, begun) = complete_of(&PARTS, &json!({ "parts": list })).await;
        assert_eq!(answer.error(), (422, "parts_mismatch"));
        assert_eq!((flaws_of(&answer), begun), (flaws, false));
    }
    let (answer, _) = complete_of(&PARTS, &json!({ "parts": [sent(2), sent(1)] })).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("COMPLETED")));
}

#[tokio::test]
async fn parts_with_checksums_are_joined_with_them() {
    const SHA256: &str = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
    const WITH_CHECKSUMS: &str = "1=\"e1\"/uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek= \
        2=\"e2\"/uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
    let opened = json!({ "checksumAlgorithm": { "S": "SHA256" } });
    let nothing = head().answers(empty(404));
    let pending = with(item_in_parts("PENDING"), &opened);
    let record = get(FILE).answers(read(Some(&pending)));
    let checksum = format!("<ChecksumSHA256>{SHA256}</ChecksumSHA256>");
    let stored = [(1, 6, "e1"), (2, 5, "e2")];
    let stored = stored.map(|(number, size, etag)| listed_part(number, size, etag, &checksum));
    let list = list_parts("0", 1000).answers(listed_parts(stored, false));
    let completing = with(item_in_parts("COMPLETING"), &opened);
    let begin = update(FILE, BEGIN).answers(updated(&completing));
    let join = join(WITH_CHECKSUMS).answers_after(&[&begin], joined());
    let file = update(FILE, COMPLETE_PARTS).answers(updated(&completed()));
    let rules = [&nothing, &record, &list, &begin, &join, &file];

    let sent = |number: u16, sha256| {
        json!({ "partNumber": number, "etag": format!("e{number}"),
        "checksumSha256": sha256 })
    };
    let wrong = json!({ "parts": [sent(1, SHA256), sent(2, "c2hh")] });
    let answer = complete(&wrong, &rules).await;
    assert_eq!(flaws_of(&answer), json!([[2, "changed"]]));
    let right = json!({ "parts": [sent(1, SHA256), sent(2, SHA256)] });
    assert_eq!(complete(&right, &rules).await.status, 200);
    assert_eq!(join.num_calls(), 1);
}

#[tokio::test]
async fn the_list_of_s3_is_read_to_its_end() {
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&item_in_parts("PENDING"))));
    let first = list_parts("0", 1000).answers(listed(&PARTS[..1], true));
    let second = list_parts("1", 1000).answers(listed(&PARTS[1..], false));
    let begin = update(FILE, BEGIN).answers(updated(&item_in_parts("COMPLETING")));
    let join = join(BOTH).answers(joined());
    let file = update(FILE, COMPLETE_PARTS).answers(updated(&completed()));
    let rules = [&nothing, &record, &first, &second, &begin, &join, &file];
    assert_eq!(complete(&json!({}), &rules).await.status, 200);
    assert_eq!(rules.map(Rule::num_calls), [1, 1, 1, 1, 1, 1, 1]);
}

/// The flaws that an answer names: number and problem.
fn flaws_of(answer: &Answer) -> Value {
    let parts = answer.body["error"]["parts"].as_array().unwrap();
    parts.iter().map(|part| json!([part["partNumber"], part["problem"]])).collect()
}
