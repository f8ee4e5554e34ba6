//! Parts become an object.

use serde_json::{Value, json};
use shared::testing::dynamodb::with;
use shared::testing::dynamodb::{FILE, SESSION, done, get, put, read, refused, update, updated};
use shared::testing::parts::{
    FRESH_UPLOAD, JOINED, PARTS, item_in_parts, join, joined, list_parts, listed, open_upload,
    opened, replaced, s3_error,
};
use shared::testing::s3::{empty, head, object};
use shared::testing::{Answers as _, AwsAnswer, Rule, SIZE};
use std::time::Duration;

use super::{ANY, claim, complete, send};

/// The update that records that a completion has begun, before S3 is asked to join the parts.
pub(super) const BEGIN: &[&str] = &["SET status = 'COMPLETING', \
    completingSince = if_not_exists(completingSince, 1775649600000) REMOVE refusedMd5 \
    IF id = 'fil_000000070123456789abcdef' AND (status = 'COMPLETING' \
    OR (status = 'PENDING' AND expiresAt > 1775649600000)) \
    AND attribute_not_exists(rejections) AND uploadId = 'upload-1'"];
/// The update that completes with the parts as the only proof.
pub(super) const COMPLETE_PARTS: &[&str] = &["SET status = 'COMPLETED', \
    completedAt = 1775649600000, etag = '0123456789abcdef0123456789abcdef-2' \
    REMOVE expiresAt, completingSince, claimedMd5, refusedMd5 \
    IF id = 'fil_000000070123456789abcdef' AND (status = 'COMPLETING' \
    OR (status = 'PENDING' AND expiresAt > 1775649600000)) \
    AND attribute_not_exists(rejections) AND sizeBytes = 11 \
    AND attribute_exists(uploadId) AND attribute_not_exists(claimedMd5)"];
/// Both parts, as they are joined.
pub(super) const BOTH: &str =
    "1=\"f814893777bcc2295fff05f00e508da6\" 2=\"7d793037a0760186574b0282f2f435e7\"";
/// The update that opens the session again for the parts that are there.
const REOPEN: &[&str] = &["SET status = 'PENDING', expiresAt = 1775653200000 \
    REMOVE completingSince, claimedMd5, hashedEtag, bytesHashed, md5State, hashedAt, \
    verifiedEtag, verifiedMd5, verifiedBytes, verifiedAt \
    IF id = 'fil_000000070123456789abcdef' AND (status = 'COMPLETING' OR status = 'PENDING') \
    AND uploadId = 'upload-1' AND attribute_not_exists(rejected)"];

/// A file that was completed by its parts: its MD5 is not known yet.
pub(super) fn completed() -> Value {
    let mut item = item_in_parts("COMPLETED");
    item.as_object_mut().unwrap().remove("md5");
    item
}

/// The calls of a completion up to the join: nothing is there, but both parts.
struct Beginning {
    nothing: Rule,
    record: Rule,
    list: Rule,
    begin: Rule,
}

impl Beginning {
    fn new() -> Self {
        let record = get(FILE).answers(read(Some(&item_in_parts("PENDING"))));
        let list = list_parts("0", 1000).answers_after(&[&record], listed(&PARTS, false));
        let begin =
            update(FILE, BEGIN).answers_after(&[&list], updated(&item_in_parts("COMPLETING")));
        Self { nothing: head().answers(empty(404)), record, list, begin }
    }

    /// What a claim of no MD5 comes to where the join is answered so.
    async fn then(&self, join: &Rule, others: &[&Rule]) -> shared::testing::gateway::Answer {
        let rules = [&self.nothing, &self.record, &self.list, &self.begin, join];
        complete(&json!({}), &[&rules, others].concat()).await
    }
}

#[tokio::test]
async fn parts_are_joined_once_that_is_recorded_and_are_the_proof_where_no_md5_is_claimed() {
    let beginning = Beginning::new();
    let join = join(BOTH).answers_after(&[&beginning.begin], joined());
    let file = update(FILE, COMPLETE_PARTS).answers_after(&[&join], updated(&completed()));
    let answer = beginning.then(&join, &[&file]).await;
    assert_eq!((answer.status, &answer.body["md5"]), (200, &Value::Null), "{answer:?}");
    assert_eq!(answer.body["status"], "COMPLETED");
    let Beginning { nothing, record, list, begin } = &beginning;
    let calls = [nothing, record, list, begin, &join, &file].map(Rule::num_calls);
    assert_eq!(calls, [1, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn parts_that_somebody_else_has_joined_are_completed_as_they_are() {
    for (status, code) in [(404, "NoSuchUpload"), (412, "PreconditionFailed")] {
        let beginning = Beginning::new();
        let look = head().answers_in_turn([empty(404), object(SIZE, JOINED)]);
        let join = join(BOTH).answers(s3_error(status, code));
        let file = update(FILE, COMPLETE_PARTS).answers_after(&[&join], updated(&completed()));
        let rules = [&look, &beginning.record, &beginning.list, &beginning.begin, &join];
        let answer = complete(&json!({}), &[&rules[..], &[&file]].concat()).await;
        assert_eq!((answer.status, &answer.body["status"]), (200, &json!("COMPLETED")), "{code}");
        assert_eq!([&look, &join, &file].map(Rule::num_calls), [2, 1, 1]);
    }
}

#[tokio::test]
async fn parts_that_somebody_else_is_joining_are_waited_for() {
    let beginning = Beginning::new();
    let join = join(BOTH).answers(s3_error(409, "ConditionalRequestConflict"));
    let answer = beginning.then(&join, &[]).await;
    assert_eq!((answer.status, &answer.body["status"]), (202, &json!("PENDING")), "{answer:?}");
    assert_eq!(join.num_calls(), 1);
}

#[tokio::test]
async fn a_part_that_was_replaced_meanwhile_is_named_and_the_session_is_open_again() {
    for code in ["InvalidPart", "EntityTooSmall", "InvalidRequest"] {
        let beginning = Beginning::new();
        let lists = list_parts("0", 1000)
            .answers_in_turn([listed(&PARTS, false), listed(&[PARTS[0], (2, 5, "new")], false)]);
        let join = join(BOTH).answers(s3_error(400, code));
        let session = put(SESSION, &["ttl = 1775653200"]).answers_after(&[&join], done());
        let reopen =
            update(FILE, REOPEN).answers_after(&[&session], updated(&item_in_parts("PENDING")));
        let begin = update(FILE, BEGIN).answers(updated(&item_in_parts("COMPLETING")));
        let rules = [&beginning.nothing, &beginning.record, &lists, &begin, &join];
        let answer = complete(&json!({}), &[&rules[..], &[&session, &reopen]].concat()).await;
        assert_eq!(answer.error(), (422, "parts_mismatch"), "{code}");
        let flaws = json!([{ "partNumber": 2, "problem": "changed" }]);
        assert_eq!(answer.body["error"]["parts"], flaws);
        assert_eq!([&session, &reopen].map(Rule::num_calls), [1, 1]);
    }
}

#[tokio::test]
async fn a_failure_of_s3_leaves_the_completion_begun_for_a_repetition() {
    for failure in [s3_error(500, "InternalError"), s3_error(200, "InternalError")] {
        let beginning = Beginning::new();
        let join = join(BOTH).answers(failure);
        let file = update(FILE, ANY).answers(updated(&completed()));
        let reopen = update(FILE, REOPEN).answers(updated(&item_in_parts("PENDING")));
        let answer = beginning.then(&join, &[&file, &reopen]).await;
        assert_eq!(answer.error(), (503, "service_unavailable"));
        assert_eq!([&file, &reopen].map(Rule::num_calls), [0, 0]);
    }
}

#[tokio::test]
async fn a_join_that_outlasts_the_request_is_accepted() {
    let Beginning { nothing, record, list, begin } = Beginning::new();
    let join = join(BOTH).answers(AwsAnswer::never());
    let request = claim(&json!({})).within(Duration::from_millis(4));
    let answer = send(request, &[&nothing, &record, &list, &begin, &join]).await;
    assert_eq!((answer.status, &answer.body["status"]), (202, &json!("PENDING")), "{answer:?}");
    assert_eq!((&answer.body["expiresAt"], join.num_calls()), (&Value::Null, 1));
    assert_eq!(answer.body["verification"]["bytesHashed"], 0);
}

#[tokio::test]
async fn an_upload_that_s3_does_not_know_while_it_is_joined_is_waited_for() {
    let nothing = head().answers(empty(404));
    let record = get(FILE).answers(read(Some(&item_in_parts("COMPLETING"))));
    let list = list_parts("0", 1000).answers(s3_error(404, "NoSuchUpload"));
    let answer = complete(&json!({}), &[&nothing, &record, &list]).await;
    assert_eq!((answer.status, nothing.num_calls()), (202, 2));
}

#[tokio::test]
async fn an_upload_that_is_lost_is_replaced_and_every_part_is_missing() {
    let since = json!({ "completingSince": { "N": "1775649300000" } });
    let stalled = with(item_in_parts("COMPLETING"), &since);
    for (found, expires) in [(item_in_parts("PENDING"), 0), (stalled, 1)] {
        let nothing = head().answers(empty(404));
        let record = get(FILE).answers(read(Some(&found)));
        let list = list_parts("0", 1000).answers(s3_error(404, "NoSuchUpload"));
        let fresh = open_upload(None).answers_after(&[&list], opened(FRESH_UPLOAD));
        let session = put(SESSION, &["ttl = 1775653200"]).answers(done());
        let reopen = update(FILE, &["SET status = 'PENDING', uploadId = 'upload-2'"])
            .answers_after(&[&fresh], updated(&replaced()));
        let rules = [&nothing, &record, &list, &fresh, &session, &reopen];
        let answer = complete(&json!({}), &rules).await;
        assert_eq!(answer.error(), (422, "parts_mismatch"));
        assert_eq!(answer.body["error"]["parts"].as_array().unwrap().len(), 2);
        assert_eq!([&fresh, &session, &reopen].map(Rule::num_calls), [1, expires, 1]);
    }
}

#[tokio::test]
async fn a_file_that_was_cancelled_meanwhile_is_not_joined() {
    let Beginning { nothing, record, list, .. } = Beginning::new();
    let begin = update(FILE, BEGIN).answers(refused(Some(&item_in_parts("CANCELLED"))));
    let join = join(BOTH).answers(joined());
    let answer = complete(&json!({}), &[&nothing, &record, &list, &begin, &join]).await;
    assert_eq!((answer.error(), join.num_calls()), ((409, "file_not_pending"), 0));
}
