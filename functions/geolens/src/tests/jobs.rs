//! `GET /jobs/{job_id}` and `POST /jobs/{job_id}/cancel`.

use serde_json::{Value, json};
use shared::testing::dynamodb::{FILE, file_item, get, read, refused, update, updated, with};
use shared::testing::s3::{delete, empty};
use shared::testing::{Answers as _, NOW};

use super::{job, of_job, problem, send};

const CANCEL: &[&str] = &["SET status = 'CANCELLED'"];

#[tokio::test]
async fn a_job_shows_everything_that_its_clients_demand() {
    let record = get(FILE).answers(read(Some(&file_item("COMPLETED"))));
    let answer = send(of_job("GET /geolens/jobs/{job_id}"), &[&record]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        json!({
            "id": job(),
            "status": "complete",
            "dataset_id": null,
            "source_filename": "hello.txt",
            "error_message": null,
            "can_retry": false,
            "retry_reason": null,
            "started_at": null,
            "completed_at": "2026-04-08T11:59:59.000Z",
            "created_at": "2026-04-08T11:59:00.000Z",
        })
    );
}

#[tokio::test]
async fn a_job_is_what_its_file_is() {
    let overdue = json!({ "expiresAt": { "N": NOW.millis().to_string() } });
    let begun = json!({ "status": { "S": "COMPLETING" }, "completingSince": { "N": "1" } });
    let late = json!("The upload was not completed in time.");
    for (item, word, message) in [
        (file_item("PENDING"), "pending", Value::Null),
        (with(file_item("PENDING"), &begun), "running", Value::Null),
        (file_item("COMPLETED"), "complete", Value::Null),
        (file_item("CANCELLED"), "cancelled", Value::Null),
        (file_item("EXPIRED"), "failed", late.clone()),
        (with(file_item("PENDING"), &overdue), "failed", late),
    ] {
        let record = get(FILE).answers(read(Some(&item)));
        let body = send(of_job("GET /geolens/jobs/{job_id}"), &[&record]).await.body;
        assert_eq!((&body["status"], &body["error_message"]), (&json!(word), &message));
    }
}

#[tokio::test]
async fn a_pending_job_is_cancelled_and_its_bytes_go_with_it() {
    let file = update(FILE, CANCEL).answers(updated(&file_item("CANCELLED")));
    let object = delete().answers_after(&[&file], empty(204));
    let answer = send(of_job("POST /geolens/jobs/{job_id}/cancel"), &[&file, &object]).await;
    let body = json!({ "id": job(), "status": "cancelled", "run_id": null, "already": false });
    assert_eq!((answer.status, answer.body), (200, body));
    assert_eq!(object.num_calls(), 1);
}

#[tokio::test]
async fn cancelling_twice_says_so_and_changes_nothing() {
    let file = update(FILE, CANCEL).answers(refused(Some(&file_item("CANCELLED"))));
    let answer = send(of_job("POST /geolens/jobs/{job_id}/cancel"), &[&file]).await;
    let body = json!({ "id": job(), "status": "cancelled", "run_id": null, "already": true });
    assert_eq!((answer.status, answer.body), (200, body));
}

#[tokio::test]
async fn a_job_that_has_ended_otherwise_cannot_be_cancelled() {
    for status in ["COMPLETED", "EXPIRED"] {
        let file = update(FILE, CANCEL).answers(refused(Some(&file_item(status))));
        let answer = send(of_job("POST /geolens/jobs/{job_id}/cancel"), &[&file]).await;
        let (code, detail) = problem(&answer);
        assert!(code == 409 && detail.contains(status), "{detail}");
    }
}

#[tokio::test]
async fn a_commit_is_told_that_the_job_has_ended_or_that_it_has_not() {
    for (item, status, detail) in [
        (Some(file_item("COMPLETED")), 400, "Job already processed"),
        (Some(file_item("PENDING")), 409, "The file is PENDING, not COMPLETED."),
        (None, 404, "Job not found"),
    ] {
        let record = get(FILE).answers(read(item.as_ref()));
        let request = of_job("POST /geolens/ingest/commit/{job_id}");
        let answer = send(request.json(&json!({ "title": "a" })), &[&record]).await;
        assert_eq!((answer.status, &answer.body["detail"]), (status, &json!(detail)));
    }
}
