//! Every answer that the description shows, each by the requests that lead to it.

use local::{TABLE, Verdict};
use openapi::Examples;
use serde_json::{Value, json};
use shared::http::endpoints as api;
use shared::storage::{Quotas, Table};
use tests::{Client, Settings, Stack, id_of, md5_of, two_parts};

use super::bad_requests;
use super::recorder::{Ask, Recorder};
use crate::hand::{Fault, When, admission, joins, put_of_a_file};
use crate::records::Records;

const HELLO: &[u8] = b"Hello, Slipway\n";

/// An id that was never given out.
const NOBODYS: &str = "fil_0000000000000000000000zz";

/// All of them.
pub(super) async fn examples() -> Examples {
    let scene = Scene::start().await;
    let mut recorder = Recorder::default();
    scene.a_file_in_one_put(&mut recorder).await;
    scene.a_file_in_parts(&mut recorder).await;
    scene.what_the_bytes_are_not(&mut recorder).await;
    scene.what_a_state_does_not_allow(&mut recorder).await;
    scene.a_completion_under_way(&mut recorder).await;
    scene.an_application(&mut recorder).await;
    scene.people_without_keys(&mut recorder).await;
    scene.who_may_not(&mut recorder).await;
    bad_requests::record(&scene.client, &mut recorder).await;
    scene.what_fails(&mut recorder).await;
    recorder.0
}

struct Scene {
    stack: Stack,
    client: Client,
}

impl Scene {
    async fn start() -> Self {
        let largest = [("MAX_SIZE_BYTES", "53687091200000".to_owned())];
        let settings = Settings { environment: largest.into(), ..Settings::default() };
        let stack = Stack::start(settings).await;
        // Nobody learns an MD5 meanwhile, so that every answer is the same in each run.
        stack.local().deliver_to(crate::hand::NOWHERE);
        let client = stack.workspace("acme").await;
        Self { stack, client }
    }

    async fn a_file_in_one_put(&self, recorder: &mut Recorder) {
        let client = &self.client;
        recorder.ask(client, Ask::new(&api::VALIDATE_KEY).named("key")).await.ok();
        let hello =
            json!({ "filename": "hello.txt", "mimeType": "text/plain", "sizeBytes": HELLO.len() });
        let create = || Ask::new(&api::CREATE_FILE);
        let created =
            recorder.ask(client, create().json(hello.clone()).named("one-put")).await.ok();
        let id = id_of(&created);
        recorder.ask(client, Ask::new(&api::GET_FILE).of(id).named("pending")).await.ok();
        client.put_bytes(&created, HELLO).await;
        let complete = Ask::new(&api::COMPLETE_FILE).of(id).json(json!({ "md5": md5_of(HELLO) }));
        recorder.ask(client, complete.named("one-put")).await.ok();
        recorder.ask(client, Ask::new(&api::GET_FILE).of(id).named("completed")).await.ok();
        recorder.ask(client, Ask::new(&api::GET_FILE_URL).of(id).named("url")).await.ok();

        let mut proven = hello;
        proven["md5"] = md5_of(HELLO).into();
        let second = recorder.ask(client, create().json(proven)).await.ok();
        recorder.ask(client, Ask::new(&api::LIST_FILES).query("limit=1").named("files")).await.ok();
        let second = id_of(&second);
        recorder.ask(client, Ask::new(&api::CANCEL_FILE).of(second).named("cancelled")).await.ok();
        assert_eq!(client.delete(second).await.status, 204);
    }

    async fn a_file_in_parts(&self, recorder: &mut Recorder) {
        let (client, bytes) = (&self.client, two_parts("the rest"));
        let film = json!({ "filename": "film.mp4", "mimeType": "video/mp4", "sizeBytes": bytes.len(),
            "multipart": { "partSizeBytes": 5 << 20 } });
        let create = Ask::new(&api::CREATE_FILE).json(film).named("in-parts");
        let created = recorder.ask(client, create).await.ok();
        let id = id_of(&created);
        let sign = || Ask::new(&api::SIGN_PARTS).of(id);
        recorder
            .ask(client, sign().json(json!({ "partNumbers": [2] })).named("one-part"))
            .await
            .ok();
        let checksums = json!([{ "partNumber": 1, "md5": md5_of(&bytes[..5 << 20]) }]);
        let checked = sign().json(json!({ "partNumbers": [1], "checksums": checksums }));
        recorder.ask(client, checked.named("with-md5")).await.ok();
        let parts = &created["parts"]["data"];
        client.put_parts(&json!([parts[0]]), &bytes).await;
        let list = Ask::new(&api::LIST_PARTS).of(id).query("limit=2").named("parts");
        recorder.ask(client, list).await.ok();
        let complete = || Ask::new(&api::COMPLETE_FILE).of(id);
        recorder.refused(client, complete().json(json!({})), "parts_mismatch").await;
        client.put_parts(&json!([parts[1]]), &bytes).await;
        recorder.ask(client, complete().json(json!({})).named("in-parts")).await.ok();
    }

    async fn what_the_bytes_are_not(&self, recorder: &mut Recorder) {
        let client = &self.client;
        let (created, cut) =
            (client.pending("a.txt", HELLO).await, client.pending("b.txt", HELLO).await);
        let complete = |file, bytes: &[u8]| {
            Ask::new(&api::COMPLETE_FILE).of(id_of(file)).json(json!({ "md5": md5_of(bytes) }))
        };
        recorder.refused(client, complete(&created, HELLO), "upload_missing").await;
        client.put_bytes(&created, HELLO).await;
        recorder.refused(client, complete(&created, b"other"), "checksum_mismatch").await;
        // S3 itself holds clients to the size that was announced.
        Records::of(&self.stack, "acme").put_object(id_of(&cut), b"short").await;
        let unclaimed = Ask::new(&api::COMPLETE_FILE).of(id_of(&cut)).json(json!({}));
        recorder.refused(client, unclaimed, "size_mismatch").await;
    }

    /// What an application asks that retries, keeps its own ids, and has a quota.
    async fn an_application(&self, recorder: &mut Recorder) {
        let client = &self.stack.workspace("app").await;
        recorder.ask(client, Ask::new(&api::GET_USAGE)).await.ok();
        let quotas = Quotas::new(Table::new(self.stack.dynamodb(), TABLE));
        let app = "app".parse().expect("a workspace");
        quotas.set(&app, Some(Some(2)), Some(Some(1 << 30))).await.expect("it is set");
        let body = |size: usize| {
            json!({ "filename": "invoice.pdf", "mimeType": "application/pdf", "sizeBytes": size,
                "md5": md5_of(HELLO), "autoComplete": true, "labels": { "invoice": "2026-117" } })
        };
        let create = || Ask::new(&api::CREATE_FILE).once("7f1c");
        let created = recorder.ask(client, create().json(body(15)).named("auto-complete")).await;
        let created = created.ok();
        recorder.ask(client, create().json(body(15))).await.ok();
        recorder.refused(client, create().json(body(16)), "idempotency_key_reused").await;
        let update = Ask::new(&api::UPDATE_FILE).of(id_of(&created));
        let change = json!({ "labels": { "invoice": null, "paid": "yes" } });
        recorder.ask(client, update.json(change).named("labels")).await.ok();
        recorder.ask(client, Ask::new(&api::GET_USAGE).named("with-quota")).await.ok();
        client.pending("second.pdf", HELLO).await;
        recorder
            .refused(client, Ask::new(&api::CREATE_FILE).json(body(15)), "quota_exceeded")
            .await;
        let page = recorder.ask(client, Ask::new(&api::LIST_FILES).query("limit=1")).await.ok();
        let after = format!("after={}", page["nextAfter"].as_str().expect("there are more"));
        recorder
            .ask(client, Ask::new(&api::LIST_FILES).query(&after).named("last-page"))
            .await
            .ok();

        let other = &self.stack.workspace("other").await;
        let failure = Verdict::Refuse { status: 500, code: "InternalServerError".to_owned() };
        self.stack.local().intercept(Fault::new(put_of_a_file, When::Before, failure, usize::MAX));
        assert_eq!(other.create_once("7f1c", &body(15)).await.status, 503);
        self.stack.local().stop_intercepting();
        recorder.refused(other, create().json(body(15)), "idempotency_conflict").await;
    }

    async fn people_without_keys(&self, recorder: &mut Recorder) {
        let client = &self.client;
        let bounds = json!({ "maxFiles": 2, "maxSizeBytes": 1 << 20, "mimeTypes": ["image/*"] });
        let create = Ask::new(&api::CREATE_UPLOAD_TOKEN).json(bounds).named("for-a-page");
        let made = recorder.ask(client, create).await.ok();
        let page = client.with_key(made["token"].as_str().expect("a token"));
        recorder.ask(&page, Ask::new(&api::VALIDATE_KEY).named("upload-token")).await.ok();
        let file = |mime_type: &str, size: u64| {
            let file = json!({ "filename": "a.png", "mimeType": mime_type, "sizeBytes": size });
            Ask::new(&api::CREATE_FILE).json(file)
        };
        recorder.refused(&page, file("image/png", 2 << 20), "token_size").await;
        recorder.refused(&page, file("application/pdf", 9), "token_mime_type").await;
        let created = recorder.ask(&page, file("image/png", 9)).await.ok();
        let sign = || Ask::new(&api::SIGN_UPLOAD);
        recorder.ask(&page, sign().of(id_of(&created)).named("signed-again")).await.ok();
        recorder.ask(&page, file("image/png", 9)).await.ok();
        recorder.refused(&page, file("image/png", 9), "token_spent").await;
        let revoke = || Ask::new(&api::REVOKE_UPLOAD_TOKEN);
        let nobodys = "0".repeat(64);
        recorder.refused(client, revoke().of(&nobodys), "not_found").await;
        recorder.ask(client, revoke().of(id_of(&made)).named("revoked")).await;

        let in_parts = client.pending_in_parts("parts.bin", b"?").await;
        recorder.refused(client, sign().of(id_of(&in_parts)), "file_multipart").await;
    }

    async fn what_a_state_does_not_allow(&self, recorder: &mut Recorder) {
        let client = &self.client;
        let pending = client.pending("pending.bin", b"?").await;
        let cancelled = client.cancelled("cancelled.bin").await;
        let completed = client.upload("completed.bin", &b"?"[..]).await;
        let [pending, cancelled, completed] = [&pending, &cancelled, &completed].map(id_of);
        let numbers = || json!({ "partNumbers": [1] });
        for (ask, code) in [
            (Ask::new(&api::GET_FILE_URL).of(pending), "file_not_completed"),
            (Ask::new(&api::SIGN_PARTS).of(pending).json(numbers()), "file_not_multipart"),
            (Ask::new(&api::SIGN_UPLOAD).of(cancelled), "file_not_pending"),
            (Ask::new(&api::SIGN_UPLOAD).of(NOBODYS), "not_found"),
            (Ask::new(&api::LIST_PARTS).of(pending), "file_not_multipart"),
            (Ask::new(&api::SIGN_PARTS).of(cancelled).json(numbers()), "file_not_pending"),
            (Ask::new(&api::LIST_PARTS).of(cancelled), "file_not_pending"),
            (Ask::new(&api::CANCEL_FILE).of(completed), "file_not_pending"),
            (Ask::new(&api::COMPLETE_FILE).of(cancelled).json(json!({})), "file_not_pending"),
            (Ask::new(&api::GET_FILE).of(NOBODYS), "not_found"),
            (Ask::new(&api::DELETE_FILE).of(NOBODYS), "not_found"),
            (Ask::new(&api::SIGN_PARTS).of(NOBODYS).json(numbers()), "not_found"),
            (Ask::new(&api::LIST_PARTS).of(NOBODYS), "not_found"),
            (Ask::new(&api::COMPLETE_FILE).of(NOBODYS).json(json!({})), "not_found"),
            (Ask::new(&api::GET_FILE_URL).of(NOBODYS), "not_found"),
            (Ask::new(&api::CANCEL_FILE).of(NOBODYS), "not_found"),
            (Ask::new(&api::UPDATE_FILE).of(NOBODYS).json(json!({})), "not_found"),
        ] {
            recorder.refused(client, ask, code).await;
        }
        let lost = client.pending_in_parts("lost.bin", b"?").await;
        Records::of(&self.stack, "acme").abort_upload(id_of(&lost)).await;
        recorder
            .refused(client, Ask::new(&api::LIST_PARTS).of(id_of(&lost)), "upload_missing")
            .await;
    }

    /// S3 says that another request is joining the parts, so that the answer is a 202.
    async fn a_completion_under_way(&self, recorder: &mut Recorder) {
        let (client, bytes) = (&self.client, two_parts("the rest"));
        let created = client.uploaded_in_parts("film.mp4", bytes.clone()).await;
        let id = id_of(&created);
        let conflict =
            Verdict::Refuse { status: 409, code: "ConditionalRequestConflict".to_owned() };
        self.stack.local().intercept(Fault::new(joins, When::Before, conflict, usize::MAX));
        let complete = |bytes: &[u8]| {
            Ask::new(&api::COMPLETE_FILE).of(id).json(json!({ "md5": md5_of(bytes) }))
        };
        let answer = recorder.ask(client, complete(&bytes).named("md5-of-parts")).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        self.stack.local().stop_intercepting();
        recorder.refused(client, complete(b"other"), "completion_begun").await;
        let sign = Ask::new(&api::SIGN_PARTS).of(id).json(json!({ "partNumbers": [1] }));
        recorder.refused(client, sign, "completion_begun").await;
        recorder.refused(client, Ask::new(&api::LIST_PARTS).of(id), "completion_begun").await;
        recorder.refused(client, Ask::new(&api::SIGN_UPLOAD).of(id), "completion_begun").await;
    }

    async fn who_may_not(&self, recorder: &mut Recorder) {
        let validate = || Ask::new(&api::VALIDATE_KEY);
        recorder.refused(&self.client.without_key(), validate(), "unauthorized").await;
        let nothing = self.stack.workspace_with("acme", &[]).await;
        for endpoint in api::ALL.into_iter().filter(|endpoint| endpoint.scope.is_some()) {
            let ask = Ask::new(endpoint).of(NOBODYS).json(body_of(endpoint.function));
            recorder.refused(&nothing, ask, "missing_scope").await;
        }
        let limits = ["RATE_LIMIT_PER_SECOND", "RATE_LIMIT_BURST"].map(|it| (it, "1".to_owned()));
        let strict = Settings { environment: limits.into(), ..Settings::default() };
        let strict = Stack::start(strict).await;
        let client = strict.workspace("acme").await;
        client.validate().await.ok();
        recorder.refused(&client, validate(), "too_many_requests").await;
    }

    async fn what_fails(&self, recorder: &mut Recorder) {
        let validate = || Ask::new(&api::VALIDATE_KEY);
        let failure = Verdict::Refuse { status: 500, code: "InternalServerError".to_owned() };
        self.stack.local().intercept(Fault::new(admission, When::Before, failure, usize::MAX));
        recorder.refused(&self.client, validate(), "service_unavailable").await;
        self.stack.local().stop_intercepting();
        let broken = self.stack.workspace("broken").await;
        Records::of(&self.stack, "broken").garble_keys().await;
        recorder.refused(&broken, validate(), "internal_server_error").await;
    }
}

/// A body that the endpoint takes.
fn body_of(function: &str) -> Value {
    match function {
        "create-file" => json!({ "filename": "a", "mimeType": "a/b", "sizeBytes": 1 }),
        "sign-parts" => json!({ "partNumbers": [1] }),
        _ => json!({}),
    }
}
