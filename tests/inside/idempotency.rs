//! Creates with an `Idempotency-Key`: never two files, whatever fails and however many ask.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use local::{Call, Verdict};
use serde_json::{Value, json};
use tests::{Answer, Client, Settings, Stack, id_of};

use crate::hand::{
    Both, Fault, Gate, When, admission, counts, mentions, put_of_a_file, put_of_a_session,
    reserves, warms_up,
};
use crate::races::listed;
use crate::records::Records;

/// Which calls are meant.
type Which = fn(&Call) -> bool;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_creates_at_once_make_one_file_that_all_are_told() {
    let (stack, client) = start().await;
    stack.function("create-file").warm(8).await;
    let answers = join_all((0..64).map(|_| until_answered(&client, "k"))).await;
    let ids: BTreeSet<_> = answers.iter().map(|file| id_of(file).to_owned()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(listed(&client).await, (1, ids.clone()));
    // Numbers that were given up are holes, and stay out of the list when they are noted, too.
    Records::of(&stack, "acme").age_counter(60_000).await;
    for _ in 0..2 {
        assert_eq!(listed(&client).await, (1, ids.clone()));
    }
    assert!(answers.iter().all(|file| file["uploadUrl"].is_string()));
}

#[tokio::test]
async fn a_fault_at_any_call_makes_no_second_file() {
    let definite = || Verdict::Refuse { status: 400, code: "ValidationException".to_owned() };
    let passing = || Verdict::Refuse { status: 500, code: "InternalServerError".to_owned() };
    let calls: [Which; 6] = [finds, admission, counts, reserves, put_of_a_file, put_of_a_session];
    for (at, which) in calls.into_iter().enumerate() {
        for (when, verdict, times) in [
            (When::Before, definite(), 1),
            (When::Before, passing(), 1),
            (When::Before, passing(), 3),
            (When::After, Verdict::HangUp, 1),
            (When::After, Verdict::HangUp, 3),
        ] {
            let case = format!("call {at}, {verdict:?}, {times} times");
            let (stack, client) = start().await;
            stack.local().intercept(Fault::new(which, when, verdict, times));
            let first = create(&client, "k").await;
            stack.local().stop_intercepting();
            let file = until_answered_after_a_minute(&stack, &client, "k").await;
            if first.status == 200 {
                assert_eq!(id_of(&first.body), id_of(&file), "{case}");
            }
            let again = create(&client, "k").await.ok();
            assert_eq!(id_of(&again), id_of(&file), "{case}");
            let ids = BTreeSet::from([id_of(&file).to_owned()]);
            assert_eq!(listed(&client).await, (1, ids), "{case}");
            // Whatever died before, the file has a session that sweeps it.
            assert!(Records::of(&stack, "acme").session(id_of(&file)).await.is_some(), "{case}");
        }
    }
}

#[tokio::test]
async fn a_create_that_was_killed_is_made_anew_after_a_minute_and_makes_one_file() {
    for (which, when) in [
        (reserves as Which, When::Before),
        (reserves, When::After),
        (put_of_a_file, When::Before),
        (put_of_a_file, When::After),
    ] {
        let (stack, client) = start().await;
        let gate = Gate::new(which, when);
        stack.local().intercept(gate.clone());
        let dying = tokio::spawn({
            let client = client.clone();
            async move { create(&client, "k").await }
        });
        gate.arrival().await;
        stack.function("create-file").kill();
        assert_eq!(dying.await.expect("the request ends").status, 500);
        stack.local().stop_intercepting();
        let file = until_answered_after_a_minute(&stack, &client, "k").await;
        assert_eq!(listed(&client).await, (1, BTreeSet::from([id_of(&file).to_owned()])));
        assert_eq!(id_of(&create(&client, "k").await.ok()), id_of(&file));
    }
}

#[tokio::test]
async fn a_create_that_is_late_meets_the_one_that_overtook_it() {
    let (stack, client) = start().await;
    // Late with its reservation: the other one's file is the answer.
    let gate = Gate::new(reserves, When::Before);
    stack.local().intercept(gate.clone());
    let late = in_background(&client, "a");
    gate.arrival().await;
    let first = create(&client, "a").await.ok();
    gate.open();
    assert_eq!(id_of(&late.await.expect("it ends").ok()), id_of(&first));

    // Late with its file: the other one waits for it.
    let gate = Gate::new(put_of_a_file, When::Before);
    stack.local().intercept(gate.clone());
    let late = in_background(&client, "b");
    gate.arrival().await;
    let early = create(&client, "b").await;
    assert_eq!(
        (early.status, early.body["error"]["type"].as_str()),
        (409, Some("idempotency_conflict"))
    );
    assert_eq!((early.header("retry-after"), early.header("x-should-retry")), (Some("1"), None));
    gate.open();
    let late = late.await.expect("it ends").ok();
    assert_eq!(id_of(&create(&client, "b").await.ok()), id_of(&late));
    let ids = BTreeSet::from([id_of(&first).to_owned(), id_of(&late).to_owned()]);
    assert_eq!(listed(&client).await, (2, ids));
}

#[tokio::test]
async fn a_repetition_tells_the_file_as_it_is_now_and_another_body_is_refused() {
    let (stack, client) = start().await;
    let first = create(&client, "k").await.ok();
    let again = create(&client, "k").await.ok();
    assert_eq!((&again["id"], &again["expiresAt"]), (&first["id"], &first["expiresAt"]));
    assert_eq!(client.put_bytes(&again, &b"1"[..]).await.status, 200);
    let completed = client.complete_as(id_of(&first), &json!({})).await.ok();
    let again = create(&client, "k").await.ok();
    assert_eq!(again, completed, "without a URL");
    let other = json!({ "filename": "f.bin", "mimeType": "a/b", "sizeBytes": 2 });
    client.create_once("k", &other).await.refused(409, "idempotency_key_reused");
    // A day later the key is a new one.
    Records::of(&stack, "acme").age_reservations(86_400_000).await;
    let new = client.create_once("k", &other).await.ok();
    assert_ne!(new["id"], first["id"]);
    assert_eq!(client.create_once("k", &other).await.ok()["id"], new["id"]);
}

#[tokio::test]
async fn a_key_is_one_workspaces_and_one_upload_tokens() {
    let (stack, client) = start().await;
    let other = stack.workspace("other").await;
    let (page, second) = (
        client.upload_token(&json!({ "maxFiles": 2 })).await,
        client.upload_token(&json!({ "maxFiles": 2 })).await,
    );
    let same_workspace = stack.workspace("acme").await;
    let mut ids = BTreeSet::new();
    for asker in [&client, &other, &page, &second] {
        ids.insert(id_of(&create(asker, "k").await.ok()).to_owned());
    }
    assert_eq!(ids.len(), 4);
    assert!(ids.contains(id_of(&create(&same_workspace, "k").await.ok())));
    // A repetition takes no place of the token.
    for _ in 0..3 {
        assert!(ids.contains(id_of(&create(&page, "k").await.ok())));
    }
    assert_eq!(page.validate().await.ok()["bounds"]["filesLeft"], 1);
    create(&page, "k2").await.ok();
    create(&page, "k3").await.refused(403, "token_spent");
    assert!(ids.contains(id_of(&create(&page, "k").await.ok())), "although the token is spent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_gives_the_places_back_of_creates_that_were_overtaken() {
    let (stack, client) = start().await;
    stack.function("create-file").warm(8).await;
    for (at, max_files) in [20, 1, 2].into_iter().enumerate() {
        let page = client.upload_token(&json!({ "maxFiles": max_files })).await;
        let files = join_all((0..16).map(|_| until_answered(&page, "k"))).await;
        let ids: BTreeSet<_> = files.iter().map(id_of).collect();
        assert_eq!((ids.len(), listed(&client).await.0), (1, at as u64 + 1));
        assert_eq!(page.validate().await.ok()["bounds"]["filesLeft"], max_files - 1);
    }
}

#[tokio::test]
async fn two_faults_in_a_row_leave_the_key_for_a_third_attempt() {
    let (stack, client) = start().await;
    let definite = || Verdict::Refuse { status: 400, code: "ValidationException".to_owned() };
    let unmade = Fault::new(put_of_a_file, When::Before, definite(), 1);
    let unreleased = Fault::new(releases, When::Before, definite(), 1);
    stack.local().intercept(Arc::new(Both(unmade, unreleased)));
    assert_eq!(create(&client, "k").await.status, 503);
    assert_eq!(create(&client, "k").await.status, 409, "the key could not be freed");
    stack.local().stop_intercepting();
    until_answered_after_a_minute(&stack, &client, "k").await;
    assert_eq!(listed(&client).await.0, 1);
}

#[tokio::test]
async fn every_other_endpoint_takes_a_key_and_makes_nothing_of_it() {
    let (_stack, client) = start().await;
    let created = client.pending("a.bin", b"?").await;
    let path = format!("/v1/files/{}", id_of(&created));
    let get =
        |key: &str| client.request(reqwest::Method::GET, &path).header("idempotency-key", key);
    assert_eq!(client.send(get(&"x".repeat(255))).await.status, 200);
    client.send(get(&"x".repeat(256))).await.refused(400, "idempotency_key_too_long");
    for _ in 0..2 {
        assert_eq!(client.cancel(id_of(&created)).await.ok()["status"], "CANCELLED");
    }
}

async fn start() -> (Stack, Client) {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}

async fn create(client: &Client, key: &str) -> Answer {
    let file = json!({ "filename": "f.bin", "mimeType": "a/b", "sizeBytes": 1 });
    client.create_once(key, &file).await
}

fn in_background(client: &Client, key: &'static str) -> tokio::task::JoinHandle<Answer> {
    let client = client.clone();
    tokio::spawn(async move { create(&client, key).await })
}

/// Creates again and again while a create with the same key is under way.
pub(crate) async fn until_answered(client: &Client, key: &str) -> Value {
    loop {
        let answer = create(client, key).await;
        if answer.status != 409 {
            return answer.ok();
        }
        assert_eq!(answer.body["error"]["type"], "idempotency_conflict", "{}", answer.body);
    }
}

/// The same; if the create that is under way has died, a minute goes by.
async fn until_answered_after_a_minute(stack: &Stack, client: &Client, key: &str) -> Value {
    let answer = create(client, key).await;
    if answer.status != 409 {
        return answer.ok();
    }
    assert_eq!(answer.body["error"]["type"], "idempotency_conflict", "{}", answer.body);
    Records::of(stack, "acme").age_reservations(60_000).await;
    create(client, key).await.ok()
}

/// The look for what the key stands for.
fn finds(call: &Call) -> bool {
    call.operation == "GetItem" && !warms_up(call) && mentions(call, "\"IDEM#")
}

/// What frees the key.
fn releases(call: &Call) -> bool {
    call.operation == "UpdateItem" && mentions(call, "\"IDEM#")
}
