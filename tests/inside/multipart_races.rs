//! Completions in parts against each other, cancels and clocks: one truth, and nothing is left behind.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures_util::future::{join, join_all};
use local::Verdict;
use serde_json::json;
use tests::{Client, Settings, Stack, id_of, md5_of, part_of, two_parts};

use crate::hand::{Fault, Gate, When, aborts, lists_parts, puts_part, reads};
use crate::in_parts::Scene;
use crate::races::lost_to;
use crate::records::Records;

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_completes_of_one_file_in_parts_all_tell_the_same() {
    let (stack, client) = crowded().await;
    let bytes = two_parts("race");
    let created = client.uploaded_in_parts("race.bin", bytes.clone()).await;
    let md5 = md5_of(&bytes);
    let answers = join_all((0..16).map(|_| client.complete(id_of(&created), &md5))).await;
    let told: BTreeSet<String> =
        answers.into_iter().map(|answer| answer.ok().to_string()).collect();
    stack.local().settled().await;
    let file = client.file(id_of(&created)).await.ok();
    assert_eq!(told, BTreeSet::from([file.to_string()]));
    holds(&stack, &client, id_of(&created), &bytes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_completes_against_sixteen_cancels_have_one_winner() {
    let (stack, client) = crowded().await;
    let bytes = two_parts("race");
    let md5 = md5_of(&bytes);
    for _ in 0..4 {
        let created = client.uploaded_in_parts("race.bin", bytes.clone()).await;
        let id = id_of(&created);
        let completes = join_all((0..16).map(|_| client.complete(id, &md5)));
        let cancels = join_all((0..16).map(|_| client.cancel(id)));
        let (completes, cancels) = join(completes, cancels).await;
        stack.local().settled().await;
        let file = client.file(id).await.ok();
        if file["status"] == "COMPLETED" {
            assert!(completes.into_iter().all(|answer| answer.ok() == file));
            assert!(cancels.iter().all(|answer| lost_to(answer, "COMPLETED")), "{cancels:?}");
            let url = client.url(id).await.ok();
            assert_eq!(client.download(&url).await.bytes, bytes);
        } else {
            assert_eq!(file["status"], "CANCELLED");
            for answer in completes {
                assert!(lost_to(&answer, "CANCELLED"), "{}", answer.body);
            }
            assert!(cancels.into_iter().all(|answer| answer.ok() == file));
            let (objects, uploads) = Records::of(&stack, "acme").keys_in_s3().await;
            assert!(!objects.iter().any(|key| key.ends_with(id)), "{objects:?}");
            assert_eq!(uploads, [] as [String; 0]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn right_and_wrong_completes_at_once_never_lose_completed_bytes() {
    let (stack, client) = crowded().await;
    let bytes = two_parts("race");
    let (right, wrong) = (md5_of(&bytes), md5_of(b"else"));
    for _ in 0..4 {
        let created = client.uploaded_in_parts("race.bin", bytes.clone()).await;
        let id = id_of(&created);
        let answers = join_all(
            (0..16).map(|n| client.complete(id, if n % 2 == 0 { &right } else { &wrong })),
        )
        .await;
        stack.local().settled().await;
        let file = client.file(id).await.ok();
        let completed = answers.iter().any(|answer| answer.status == 200);
        assert_eq!(file["status"] == "COMPLETED", completed, "{answers:?}");
        if completed {
            let url = client.url(id).await.ok();
            assert_eq!(client.download(&url).await.bytes, bytes);
        } else {
            assert_eq!(file["verification"]["storedMd5"], right, "{file}");
            client.cancel(id).await.ok();
        }
    }
}

#[tokio::test]
async fn a_complete_that_cancel_overtakes_tells_so_and_opens_nothing() {
    let scene = Scene::start().await;
    let created = scene.client.uploaded_in_parts("late.bin", scene.bytes.clone()).await;
    let late = scene.overtaken(id_of(&created), lists_parts).await;
    scene.client.cancel(id_of(&created)).await.ok();
    assert!(lost_to(&late.goes_on().await, "CANCELLED"));
    assert_eq!(Records::of(&scene.stack, "acme").keys_in_s3().await, (vec![], vec![]));
}

#[tokio::test]
async fn a_complete_that_a_rejection_overtakes_keeps_the_fresh_session() {
    let scene = Scene::start().await;
    let created = scene.client.uploaded_in_parts("late.bin", scene.bytes.clone()).await;
    let id = id_of(&created);
    let late = scene.overtaken(id, lists_parts).await;
    scene.client.complete(id, &md5_of(b"other")).await.refused(422, "checksum_mismatch");
    let signed = scene.client.sign_parts(id, &json!({ "partNumbers": [1, 2] })).await.ok();
    late.goes_on().await.refused(422, "parts_mismatch");
    let held = Records::of(&scene.stack, "acme").keys_in_s3().await;
    assert_eq!(held, (vec![], vec![format!("acme/{id}")]));
    scene.client.put_parts(&signed["data"], &scene.bytes).await;
    scene.completes(id, "a rejection").await;
}

#[tokio::test]
async fn a_session_that_ends_during_the_upload_takes_its_parts_with_it() {
    let scene = Scene::start().await;
    scene.events_come().await;
    let created = scene.client.pending_in_parts("due.bin", &scene.bytes).await;
    let (id, parts) = (id_of(&created), &created["parts"]["data"]);
    let put = async |at: usize| {
        let bytes = part_of(&scene.bytes, &parts[at]);
        scene.client.put_part(&parts[at], bytes).await.status
    };
    assert_eq!(put(0).await, 200);
    let records = Records::of(&scene.stack, "acme");
    records.age_file(id, "expiresAt", 3_600_000).await;
    assert_eq!(put(1).await, 200, "S3 knows nothing of it");
    assert!(lost_to(&scene.complete(id).await, "EXPIRED"));
    assert!(lost_to(&scene.client.list_parts(id, "").await, "EXPIRED"));

    records.age_session(id, 7200).await;
    assert_eq!(scene.stack.local().sweep().await.expect("the sweep succeeds"), 1);
    assert_eq!(records.keys_in_s3().await, (vec![], vec![]));
    assert_eq!(put(1).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_does_not_end_under_a_completion_that_has_begun() {
    let scene = Scene::start().await;
    let id = scene.left_to_the_event().await;
    let gate = Gate::new(reads, When::Before);
    scene.stack.local().intercept(gate.clone());
    scene.stack.local().deliver_to(scene.stack.invoke_url());
    gate.arrival().await;
    let records = Records::of(&scene.stack, "acme");
    records.age_file(&id, "expiresAt", 3_600_000).await;
    let file = scene.client.file(&id).await.ok();
    assert_eq!(
        (&file["status"], &file["verification"]["state"]),
        (&"PENDING".into(), &"HASHING".into())
    );
    records.age_session(&id, 7200).await;
    assert_eq!(scene.stack.local().sweep().await.expect("the sweep succeeds"), 1);
    assert_ne!(scene.client.file(&id).await.ok()["status"], "EXPIRED");

    gate.open();
    scene.stack.local().settled().await;
    scene.is_whole(&id, "the session's end").await;
    holds(&scene.stack, &scene.client, &id, &scene.bytes).await;
}

#[tokio::test]
async fn parts_that_cancel_could_not_take_are_swept_at_the_sessions_end() {
    let scene = Scene::start().await;
    scene.events_come().await;
    let created = scene.client.pending_in_parts("late.bin", &scene.bytes).await;
    let (id, parts) = (id_of(&created), &created["parts"]["data"]);
    let down = Verdict::Refuse { status: 503, code: "SlowDown".to_owned() };
    scene.stack.local().intercept(Fault::new(aborts, When::Before, down, usize::MAX));
    assert_eq!(scene.client.cancel(id).await.ok()["status"], "CANCELLED");
    scene.stack.local().stop_intercepting();
    scene.client.put_parts(parts, &scene.bytes).await;
    let records = Records::of(&scene.stack, "acme");
    assert_eq!(records.keys_in_s3().await, (vec![], vec![format!("acme/{id}")]));

    records.age_session(id, 7200).await;
    assert_eq!(scene.stack.local().sweep().await.expect("the sweep succeeds"), 1);
    assert_eq!(records.keys_in_s3().await, (vec![], vec![]));
}

#[tokio::test]
async fn a_part_that_is_on_its_way_while_cancel_comes_leaves_nothing() {
    let scene = Scene::start().await;
    let created = scene.client.pending_in_parts("late.bin", &scene.bytes).await;
    let gate = Gate::new(puts_part, When::Before);
    scene.stack.local().intercept(gate.clone());
    let late = tokio::spawn({
        let (client, bytes) = (scene.client.clone(), scene.bytes.clone());
        let part = created["parts"]["data"][0].clone();
        async move { client.put_part(&part, part_of(&bytes, &part)).await.status }
    });
    gate.arrival().await;
    scene.client.cancel(id_of(&created)).await.ok();
    gate.open();
    assert_eq!(late.await.expect("the upload ends"), 404);
    assert_eq!(Records::of(&scene.stack, "acme").keys_in_s3().await, (vec![], vec![]));
}

/// S3 holds the file's bytes, and nothing else.
async fn holds(stack: &Stack, client: &Client, id: &str, bytes: &Bytes) {
    let url = client.url(id).await.ok();
    assert_eq!(client.download(&url).await.bytes, bytes);
    let held = Records::of(stack, "acme").keys_in_s3().await;
    assert_eq!(held, (vec![format!("acme/{id}")], vec![]));
}

/// A container for every request: nothing waits its turn.
async fn crowded() -> (Stack, Client) {
    let stack = Stack::start(Settings { max_containers: Some(16), ..Settings::default() }).await;
    stack.function("complete-file").warm(16).await;
    stack.function("cancel-file").warm(16).await;
    let client = stack.workspace("acme").await;
    (stack, client)
}
