//! Each call of a completion fails in each way: a retry completes the file, once, with its bytes.

use local::Verdict;
use tests::{id_of, two_parts};

use crate::hand::{Fault, When, joins, step_of};
use crate::in_parts::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_call_is_refused_can_be_repeated() {
    each_call_of_a_completion(When::Before, denied(), usize::MAX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_call_succeeds_unheard_once_can_be_repeated() {
    each_call_of_a_completion(When::After, Verdict::HangUp, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_call_succeeds_unheard_each_time_can_be_repeated() {
    each_call_of_a_completion(When::After, Verdict::HangUp, usize::MAX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_call_succeeds_and_is_said_to_have_failed_can_be_repeated() {
    each_call_of_a_completion(When::After, failed(), usize::MAX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_whose_process_dies_after_a_call_can_be_repeated() {
    let scene = Scene::start().await;
    for step in scene.steps_of_a_completion().await {
        let created = scene.client.uploaded_in_parts("dying.bin", scene.bytes.clone()).await;
        scene.dies(id_of(&created), step.clone(), When::After).await;
        scene.completes(id_of(&created), &step).await;
    }
    scene.nothing_is_left_to_happen().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_that_fails_behind_a_200_or_is_forgotten_can_be_repeated() {
    let scene = Scene::start().await;
    let behind_200 = |code: &str| Verdict::RefuseWithin200 { code: code.to_owned() };
    for (when, verdict) in [
        (When::Before, behind_200("InternalError")),
        (When::After, behind_200("InternalError")),
        // As some clones answer who asks for the second time.
        (When::After, Verdict::Refuse { status: 404, code: "NoSuchUpload".to_owned() }),
    ] {
        let created = scene.client.uploaded_in_parts("200.bin", scene.bytes.clone()).await;
        let fault = Fault::new(joins, when, verdict.clone(), usize::MAX);
        scene.attempt(id_of(&created), fault).await;
        scene.completes(id_of(&created), &format!("{verdict:?}")).await;
    }
    scene.nothing_is_left_to_happen().await;
}

#[tokio::test]
async fn a_join_that_somebody_else_is_at_is_waited_for_and_not_asked_for_again() {
    let scene = Scene::start().await;
    let created = scene.client.uploaded_in_parts("conflict.bin", scene.bytes.clone()).await;
    let conflict = Verdict::Refuse { status: 409, code: "ConditionalRequestConflict".to_owned() };
    let fault = Fault::new(joins, When::Before, conflict, usize::MAX);
    let answer = scene.attempt(id_of(&created), fault).await;
    assert_eq!((answer.status, &answer.body["status"]), (202, &"PENDING".into()));
    scene.completes(id_of(&created), "a conflict").await;
}

#[tokio::test]
async fn parts_that_s3_will_not_join_are_kept_and_the_session_goes_on() {
    let scene = Scene::start().await;
    let created = scene.client.uploaded_in_parts("refused.bin", scene.bytes.clone()).await;
    let id = id_of(&created);
    let refusal = Verdict::Refuse { status: 400, code: "InvalidPart".to_owned() };
    let refused = scene.attempt(id, Fault::new(joins, When::Before, refusal, 1)).await;
    refused.refused(422, "parts_mismatch");
    let file = scene.client.file(id).await.ok();
    assert_eq!((&file["status"], file.get("verification")), (&"PENDING".into(), None));
    let held = scene.client.list_parts(id, "").await.ok();
    assert_eq!(held["data"].as_array().map(Vec::len), Some(2));
    scene.completes(id, "InvalidPart").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_whose_call_is_refused_still_ends_with_the_right_bytes() {
    each_call_of_a_rejection(When::Before, denied()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_whose_call_succeeds_unheard_still_ends_with_the_right_bytes() {
    each_call_of_a_rejection(When::After, Verdict::HangUp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_ends_what_a_dead_process_began_whatever_fails_on_the_way() {
    let scene = Scene::start().await;
    let steps = scene.steps_of_the_event().await;
    // The SDK makes three attempts at a call; the event then comes again.
    for (when, verdict, times) in
        [(When::Before, denied(), 1), (When::After, Verdict::HangUp, 3), (When::After, failed(), 3)]
    {
        for step in steps.clone() {
            let id = scene.left_to_the_event().await;
            let told = step.clone();
            let fault = Fault::new(move |call| step_of(call) == step, when, verdict.clone(), times);
            scene.stack.local().intercept(fault);
            scene.events_come().await;
            scene.stack.local().stop_intercepting();
            scene.is_whole(&id, &told).await;
        }
    }
}

async fn each_call_of_a_completion(when: When, verdict: Verdict, times: usize) {
    let scene = Scene::start().await;
    for step in scene.steps_of_a_completion().await {
        let created = scene.client.uploaded_in_parts("faulty.bin", scene.bytes.clone()).await;
        let told = step.clone();
        let fault = Fault::new(move |call| step_of(call) == step, when, verdict.clone(), times);
        let answer = scene.attempt(id_of(&created), fault).await;
        let expected = if times == 1 { 200 } else { 503 };
        assert_eq!(answer.status, expected, "{told}: {}", answer.body);
        scene.completes(id_of(&created), &told).await;
    }
    scene.nothing_is_left_to_happen().await;
}

async fn each_call_of_a_rejection(when: When, verdict: Verdict) {
    let scene = Scene::start().await;
    for step in scene.steps_of_a_rejection().await {
        let created = scene.client.uploaded_in_parts("evil.bin", two_parts("evil")).await;
        let told = step.clone();
        let fault =
            Fault::new(move |call| step_of(call) == step, when, verdict.clone(), usize::MAX);
        let answer = scene.attempt(id_of(&created), fault).await;
        assert_eq!(answer.status, 503, "{told}: {}", answer.body);
        scene.is_sent_again(id_of(&created), &told).await;
    }
    scene.nothing_is_left_to_happen().await;
}

fn denied() -> Verdict {
    Verdict::Refuse { status: 403, code: "AccessDenied".to_owned() }
}

fn failed() -> Verdict {
    Verdict::Refuse { status: 500, code: "InternalError".to_owned() }
}
