//! Quotas: what a workspace keeps is exact, however many ask and whatever fails.

use futures_util::future::{join, join_all};
use local::{Call, TABLE, Verdict};
use serde_json::{Value, json};
use shared::domain::Workspace;
use shared::storage::{Quotas, Table};
use tests::{Answer, Client, Settings, Stack, id_of};

use crate::hand::{Fault, Gate, When, counts, delete_object, mentions, transaction};
use crate::idempotency::until_answered;
use crate::records::Records;

/// Which calls are meant.
type Which = fn(&Call) -> bool;

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_creates_at_once_exactly_as_many_succeed_as_there_is_room_for() {
    let (stack, client) = start(10, 1000).await;
    stack.function("create-file").warm(8).await;
    let answers = join_all((0..64).map(|_| create(&client, 1))).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 200);
    for refused in refused {
        refused.refused(422, "quota_exceeded");
    }
    assert_eq!((created.len(), usage(&client).await), (10, (10, 10)));
    assert_eq!(client.list("").await.ok()["totalCount"], 10);
    exact(&stack, &client).await;
    // Room for the bytes, but for no file; then for a file, but not for the bytes.
    client.cancel(id_of(&created[0].body)).await.ok();
    let refusal = create(&client, 992).await;
    refusal.refused(422, "quota_exceeded");
    assert_eq!(refusal.body["error"]["param"], "sizeBytes");
    create(&client, 991).await.ok();
    create(&client, 0).await.refused(422, "quota_exceeded");
    assert_eq!(usage(&client).await, (10, 1000));
}

#[tokio::test(flavor = "multi_thread")]
async fn creates_with_one_key_that_race_for_the_last_room_are_told_one_file() {
    let (stack, client) = start(8, 1000).await;
    stack.function("create-file").warm(8).await;
    for kept in 1..=8 {
        let key = kept.to_string();
        let files = join_all((0..8).map(|_| until_answered(&client, &key))).await;
        assert!(files.iter().all(|file| id_of(file) == id_of(&files[0])), "{files:?}");
        assert_eq!(usage(&client).await, (kept, kept));
    }
    create(&client, 1).await.refused(422, "quota_exceeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn room_comes_back_exactly_once_by_cancel_expiry_and_delete() {
    let (stack, client) = start(100, 1_000_000).await;
    for function in ["cancel-file", "delete-file"] {
        stack.function(function).warm(8).await;
    }
    let mut files = Vec::new();
    for size in 1..=8 {
        files.push(create(&client, size).await.ok());
    }
    assert_eq!(usage(&client).await, (8, 36));
    let ids: Vec<_> = files.iter().map(|file| id_of(file).to_owned()).collect();
    // Many cancel and delete the same at once, and repeat it.
    for id in &ids[..2] {
        let cancels = join_all((0..16).map(|_| client.cancel(id)));
        let deletes = join_all((0..16).map(|_| client.delete(id)));
        let (_, deletes) = join(cancels, deletes).await;
        assert_eq!(deletes.iter().filter(|answer| answer.status == 204).count(), 1);
    }
    assert_eq!(usage(&client).await, (6, 33));
    for _ in 0..3 {
        client.cancel(&ids[2]).await.ok();
    }
    assert_eq!(usage(&client).await, (5, 30));
    client.delete(&ids[2]).await;
    assert_eq!(usage(&client).await, (5, 30), "a cancelled file has no room to give back");
    let records = Records::of(&stack, "acme");
    for id in &ids[3..5] {
        records.age_file(id, "expiresAt", 3_600_000).await;
        records.age_session(id, 7200).await;
    }
    assert_eq!(usage(&client).await, (5, 30), "nobody has swept");
    stack.local().sweep().await.expect("the sweep succeeds");
    stack.local().settled().await;
    assert_eq!(usage(&client).await, (3, 21));
    for event in stack.local().event_log() {
        stack.local().redeliver(&event).await.expect("the event is taken");
    }
    exact(&stack, &client).await;
    // A completed file keeps its room until it is deleted.
    client.put_bytes(&files[5], vec![0; 6]).await;
    client.complete_as(&ids[5], &json!({})).await.ok();
    client.cancel(&ids[5]).await.refused(409, "file_not_pending");
    assert_eq!(usage(&client).await, (3, 21));
    assert_eq!(client.delete(&ids[5]).await.status, 204);
    assert_eq!(usage(&client).await, (2, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn creates_cancels_deletes_and_expiries_at_once_leave_an_exact_count() {
    let (stack, client) = start(40, 1_000_000).await;
    for function in ["create-file", "cancel-file", "delete-file"] {
        stack.function(function).warm(8).await;
    }
    let records = Records::of(&stack, "acme");
    for _ in 0..3 {
        let mut files = Vec::new();
        for size in 1..=24 {
            files.extend(Some(create(&client, size).await).filter(|answer| answer.status == 200));
        }
        let ids: Vec<_> = files.iter().map(|answer| id_of(&answer.body).to_owned()).collect();
        for id in ids.iter().skip(2).step_by(3) {
            records.age_file(id, "expiresAt", 3_600_000).await;
            records.age_session(id, 7200).await;
        }
        let cancels = join_all(ids.iter().step_by(3).map(|id| client.cancel(id)));
        let deletes = join_all(ids.iter().skip(1).step_by(3).map(|id| client.delete(id)));
        let creates = join_all((0..16).map(|size| create(&client, size)));
        let sweep = async { stack.local().sweep().await.expect("the sweep succeeds") };
        let ((cancels, deletes), (creates, _)) =
            join(join(cancels, deletes), join(creates, sweep)).await;
        assert!(cancels.iter().all(|answer| answer.status == 200));
        assert!(deletes.iter().all(|answer| answer.status == 204));
        assert!(creates.iter().all(|answer| [200, 422].contains(&answer.status)), "{creates:?}");
        exact(&stack, &client).await;
    }
}

#[tokio::test]
async fn a_fault_at_any_call_leaves_an_exact_count() {
    let definite = || Verdict::Refuse { status: 400, code: "ValidationException".to_owned() };
    let passing = || Verdict::Refuse { status: 500, code: "InternalServerError".to_owned() };
    let calls: [Which; 5] = [counts, reads_the_quota, transaction, cancels, delete_object];
    let (stack, client) = start(1000, 1_000_000).await;
    for which in calls {
        for (when, verdict, times) in [
            (When::Before, definite(), 1),
            (When::Before, passing(), 1),
            (When::Before, passing(), usize::MAX),
            (When::After, Verdict::HangUp, 1),
            (When::After, Verdict::HangUp, usize::MAX),
        ] {
            let [kept, cancelled, deleted] = [5, 7, 11].map(|size| create(&client, size));
            let files = [kept.await.ok(), cancelled.await.ok(), deleted.await.ok()];
            stack.local().intercept(Fault::new(which, when, verdict, times));
            let _ = create(&client, 3).await;
            let _ = client.cancel(id_of(&files[1])).await;
            let _ = client.delete(id_of(&files[2])).await;
            stack.local().stop_intercepting();
            exact(&stack, &client).await;
            // What was not done can be done again, once.
            assert_eq!(client.cancel(id_of(&files[1])).await.status, 200);
            let _ = client.delete(id_of(&files[2])).await;
            exact(&stack, &client).await;
        }
    }
}

#[tokio::test]
async fn processes_that_die_in_between_leave_an_exact_count() {
    let (stack, client) = start(100, 1_000_000).await;
    for (function, which, when) in [
        ("create-file", transaction as Which, When::Before),
        ("create-file", transaction, When::After),
        ("cancel-file", transaction, When::Before),
        ("cancel-file", transaction, When::After),
        ("delete-file", transaction, When::Before),
        ("delete-file", transaction, When::After),
    ] {
        let file = create(&client, 9).await.ok();
        let gate = Gate::new(which, when);
        stack.local().intercept(gate.clone());
        let dying = tokio::spawn({
            let (client, id) = (client.clone(), id_of(&file).to_owned());
            async move {
                match function {
                    "create-file" => create(&client, 4).await,
                    "cancel-file" => client.cancel(&id).await,
                    _ => client.delete(&id).await,
                }
            }
        });
        gate.arrival().await;
        stack.function(function).kill();
        assert_eq!(dying.await.expect("the request ends").status, 500, "{function}");
        stack.local().stop_intercepting();
        exact(&stack, &client).await;
    }
}

#[tokio::test]
async fn files_of_before_are_counted_once_also_while_they_change() {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    assert_eq!(client.usage().await.ok()["files"], Value::Null);
    let mut ids = Vec::new();
    for size in 1..=120 {
        ids.push(id_of(&create(&client, size).await.ok()).to_owned());
    }
    client.cancel(&ids[0]).await.ok();
    client.delete(&ids[1]).await;
    let (quotas, acme) = quotas(&stack);
    let set = quotas.set(&acme, Some(Some(1000)), None).await.expect("it is set");
    assert!(!set.is_counted && set.touched_at.millis() > 0);
    // A create that begins now is counted by itself.
    create(&client, 1000).await.ok();
    let counting = quotas.count_files(&acme);
    let changing = join_all(ids[100..110].iter().map(|id| client.cancel(id)));
    let (counted, _) = join(counting, changing).await;
    let counted = counted.expect("they are counted");
    assert!((108..=118).contains(&counted), "{counted}");
    exact(&stack, &client).await;
    assert_eq!(quotas.count_files(&acme).await.expect("again"), 0);
    assert!(quotas.set(&acme, Some(None), None).await.expect("it is set").is_counted);
    exact(&stack, &client).await;
}

#[tokio::test]
async fn without_a_quota_nothing_is_counted_and_no_call_more_is_made() {
    let stack = Stack::start(Settings { max_containers: Some(1), ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    let file = create(&client, 1).await.ok();
    client.cancel(id_of(&file)).await.ok();
    client.delete(id_of(&file)).await;
    for expected in [&["UpdateItem", "UpdateItem", "PutItem", "PutItem"][..]] {
        stack.local().forget_calls();
        create(&client, 1).await.ok();
        let calls = stack.local().calls();
        let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(names, expected);
    }
}

async fn start(max_files: u64, max_bytes: u64) -> (Stack, Client) {
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let (quotas, acme) = quotas(&stack);
    let set = quotas.set(&acme, Some(Some(max_files)), Some(Some(max_bytes))).await;
    assert_eq!(set.expect("it is set").touched_at.millis(), 0, "nothing was created before");
    (stack, client)
}

fn quotas(stack: &Stack) -> (Quotas, Workspace) {
    let acme = "acme".parse().expect("a workspace");
    (Quotas::new(Table::new(stack.dynamodb(), TABLE)), acme)
}

async fn create(client: &Client, size_bytes: u64) -> Answer {
    let file = json!({ "filename": "f.bin", "mimeType": "a/b", "sizeBytes": size_bytes });
    client.create(&file).await
}

/// The files and bytes that the workspace keeps.
async fn usage(client: &Client) -> (u64, u64) {
    let usage = client.usage().await.ok();
    let number = |name: &str| usage[name].as_u64().expect("it is counted");
    (number("files"), number("bytes"))
}

/// What is kept is the sum of the files that are listed, once everything that is over was swept.
async fn exact(stack: &Stack, client: &Client) {
    stack.local().settled().await;
    let files = all_files(client).await;
    let records = Records::of(stack, "acme");
    for file in files.iter().filter(|file| is_over(file)) {
        if records.session(id_of(file)).await.is_some() {
            records.age_session(id_of(file), 7200).await;
        }
    }
    stack.local().sweep().await.expect("the sweep succeeds");
    stack.local().settled().await;
    let kept = files.iter().filter(|file| !is_over(file));
    let sizes: Vec<_> = kept.map(|file| file["sizeBytes"].as_u64().expect("a size")).collect();
    assert_eq!(usage(client).await, (sizes.len() as u64, sizes.iter().sum()));
}

/// All files, read by the cursor: offsets move while numbers are in doubt.
async fn all_files(client: &Client) -> Vec<Value> {
    let (mut all, mut query) = (Vec::new(), String::new());
    loop {
        let page = client.list(&query).await.ok();
        all.extend_from_slice(page["data"].as_array().expect("data is an array"));
        let Some(after) = page["nextAfter"].as_str() else { return all };
        query = format!("after={after}");
    }
}

fn is_over(file: &Value) -> bool {
    file["status"] == "CANCELLED" || file["status"] == "EXPIRED"
}

/// The look at what is kept.
fn reads_the_quota(call: &Call) -> bool {
    call.operation == "GetItem" && mentions(call, "\"QUOTA\"")
}

/// The update that cancels.
fn cancels(call: &Call) -> bool {
    call.operation == "UpdateItem" && mentions(call, "\"CANCELLED\"")
}
