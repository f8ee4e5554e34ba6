//! Upload tokens on the real binaries: no file more than one allows, whatever fails and however many ask.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use local::{Call, Clock as _, SystemClock, TABLE, Verdict};
use serde_json::{Value, json};
use tests::{Answer, Client, Settings, Stack, id_of};

use crate::hand::{Both, Fault, When, counts, mentions, put_of_a_file, put_of_a_session};
use crate::races::listed;

/// Which calls are meant.
type Which = fn(&Call) -> bool;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_creates_at_once_make_exactly_the_files_that_a_token_allows() {
    let stack = Stack::start(Settings::default()).await;
    stack.function("create-file").warm(8).await;
    let owner = stack.workspace("acme").await;
    let page = owner.upload_token(&json!({ "maxFiles": 10 })).await;
    let answers = join_all((0..64).map(|_| create(&page))).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 200);
    for refused in &refused {
        refused.refused(403, "token_spent");
    }
    assert_eq!((created.len(), refused.len()), (10, 54));
    let (count, ids) = listed(&owner).await;
    assert_eq!((count, ids.len()), (10, 10));
    // Neither cancel nor delete gives a place back.
    page.cancel(id_of(&created[0].body)).await.ok();
    assert_eq!(owner.delete(id_of(&created[1].body)).await.status, 204);
    create(&page).await.refused(403, "token_spent");
    assert_eq!(page.validate().await.ok()["bounds"]["filesLeft"], 0);
}

#[tokio::test]
async fn a_place_comes_back_after_a_definite_failure_and_no_file_more_is_made_after_any() {
    let definite = || Verdict::Refuse { status: 400, code: "ValidationException".to_owned() };
    let passing = || Verdict::Refuse { status: 500, code: "InternalServerError".to_owned() };
    // What fails, when and how often, and how many of three files are there in the end.
    let cases: [(Which, When, Verdict, usize, usize); 9] = [
        (admission_of_a_token, When::Before, definite(), 1, 3),
        (admission_of_a_token, When::Before, passing(), 1, 3),
        // The SDK asks again, and cannot know that a place was taken.
        (admission_of_a_token, When::After, Verdict::HangUp, 1, 2),
        (counts, When::Before, definite(), 1, 3),
        (counts, When::Before, passing(), usize::MAX, 0),
        (put_of_a_file, When::Before, definite(), 1, 3),
        (put_of_a_file, When::After, Verdict::HangUp, 1, 3),
        // All three attempts: the file may be there for all that is known.
        (put_of_a_file, When::Before, passing(), 3, 2),
        (put_of_a_session, When::Before, definite(), 1, 3),
    ];
    for (at, (which, when, verdict, times, expected)) in cases.into_iter().enumerate() {
        let (stack, owner) = start().await;
        let page = owner.upload_token(&json!({ "maxFiles": 3 })).await;
        stack.local().intercept(Fault::new(which, when, verdict, times));
        let answers = ask_often(&page).await;
        stack.local().stop_intercepting();
        let (count, ids) = listed(&owner).await;
        assert_eq!((count, ids.len()), (expected as u64, expected), "case {at}: {answers:?}");
        let left = page.validate().await.ok()["bounds"]["filesLeft"].as_u64();
        assert!(left.is_some_and(|left| left + count <= 3), "case {at}: {left:?} left");
    }
}

#[tokio::test]
async fn a_place_is_given_back_once_though_the_answer_to_that_is_lost() {
    let (stack, owner) = start().await;
    let page = owner.upload_token(&json!({ "maxFiles": 3 })).await;
    let definite = Verdict::Refuse { status: 400, code: "ValidationException".to_owned() };
    let unmade = Fault::new(put_of_a_file, When::Before, definite, 1);
    let unheard = Fault::new(gives_back, When::After, Verdict::HangUp, 1);
    stack.local().intercept(Arc::new(Both(unmade, unheard)));
    ask_often(&page).await;
    stack.local().stop_intercepting();
    let (count, _) = listed(&owner).await;
    assert_eq!(count, 3, "the place came back, and only one did");
}

#[tokio::test]
async fn a_token_is_over_at_its_end_and_at_its_revocation_and_its_files_stay() {
    let (stack, owner) = start().await;
    let bounds = json!({ "maxFiles": 2, "expiresIn": 60 });
    let made = owner.post("/v1/upload-tokens", &bounds).await.ok();
    let page = owner.with_key(made["token"].as_str().expect("a token"));
    let file = page.upload("a.bin", &b"?"[..]).await;
    let pending = page.pending("b.bin", b"?").await;
    assert_eq!(pending["expiresAt"], made["expiresAt"], "the session ends with its token");
    // Another key of the workspace revokes it, again and again; one of another workspace does not know it.
    for _ in 0..2 {
        assert_eq!(owner.delete_token(id_of(&made)).await.status, 204);
    }
    for answer in [create(&page).await, page.file(id_of(&file)).await, page.validate().await] {
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")));
    }
    assert_eq!(owner.file(id_of(&file)).await.ok()["status"], "COMPLETED");

    let short = owner.post("/v1/upload-tokens", &bounds).await.ok();
    let page = owner.with_key(short["token"].as_str().expect("a token"));
    create(&page).await.ok();
    end_now(&stack, id_of(&short)).await;
    for answer in [create(&page).await, page.validate().await] {
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")));
    }
}

/// Moves the end of a token to this moment.
async fn end_now(stack: &Stack, id: &str) {
    let text = |value: String| AttributeValue::S(value);
    let now = AttributeValue::N(SystemClock.now_ms().to_string());
    let update = stack.dynamodb().update_item().table_name(TABLE);
    let update = update.key("pk", text(format!("TOKEN#{id}"))).key("sk", text("TOKEN".to_owned()));
    let update = update.update_expression("SET expiresAt = :now");
    let update = update.expression_attribute_values(":now", now);
    update.send().await.expect("the token is there");
}

#[tokio::test]
async fn a_token_of_another_workspace_cannot_be_revoked() {
    let (stack, owner) = start().await;
    let other = stack.workspace("other").await;
    let made = owner.post("/v1/upload-tokens", &json!({})).await.ok();
    assert_eq!(other.delete_token(id_of(&made)).await.status, 404);
    create(&owner.with_key(made["token"].as_str().expect("a token"))).await.ok();
}

#[tokio::test]
async fn what_is_refused_costs_no_place_and_no_call_more() {
    let (stack, owner) = start().await;
    let bounds = json!({ "maxFiles": 1, "maxSizeBytes": 10, "mimeTypes": ["image/*", "text/csv"] });
    let page = owner.upload_token(&bounds).await;
    let file = |mime_type: &str, size_bytes: u64| json!({ "filename": "a", "mimeType": mime_type, "sizeBytes": size_bytes });
    create(&page).await.refused(422, "token_mime_type");
    for (body, status, code) in [
        (file("image/png", 11), 422, "token_size"),
        (file("text/plain", 1), 422, "token_mime_type"),
        (file("", 1), 422, "token_mime_type"),
        (file("image/png", 600_000_000), 400, "invalid_value"),
        (json!({ "filename": "a" }), 400, "parameter_missing"),
    ] {
        stack.local().forget_calls();
        page.create(&body).await.refused(status, code);
        let calls = stack.local().calls();
        let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert!(names == ["UpdateItem"] || names == ["UpdateItem"; 2], "{body}: {names:?}");
        assert_eq!(page.validate().await.ok()["bounds"]["filesLeft"], 1, "{body}");
    }
    page.create(&file("Text/CSV;charset=utf-8", 0)).await.ok();
}

async fn start() -> (Stack, Client) {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}

async fn create(client: &Client) -> Answer {
    let file = json!({ "filename": "f.bin", "mimeType": "a/b", "sizeBytes": 1 });
    client.create(&file).await
}

/// Twice as many creates as a token allows, one after the other.
async fn ask_often(page: &Client) -> Vec<(u16, Value)> {
    let mut answers = Vec::new();
    for _ in 0..6 {
        let answer = create(page).await;
        answers.push((answer.status, answer.body["error"].clone()));
    }
    answers
}

/// The admission that takes a token's place.
fn admission_of_a_token(call: &Call) -> bool {
    call.operation == "UpdateItem" && mentions(call, "filesLeft - :one")
}

/// What gives the place back.
fn gives_back(call: &Call) -> bool {
    call.operation == "UpdateItem" && mentions(call, "ADD filesLeft")
}
