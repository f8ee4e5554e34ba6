//! The table of AWS calls in ARCHITECTURE.md, measured: so many calls, in so many round trips.

use std::fmt::Write as _;

use local::{Call, Service};
use serde_json::{Value, json};
use shared::domain::TokenUse;
use shared::http::{Endpoint, endpoints};
use tests::gateway::routes_of_the_workspace;
use tests::{Client, Settings, Stack, id_of, md5_of};

use crate::hand::{NOWHERE, Rounds};
use crate::roles::Roles;

/// What an endpoint promises: how many calls each of its sequential round trips makes.
struct Promise {
    endpoint: &'static str,
    rounds: &'static [usize],
}

/// What no request asks for. Requests are counted without the events that they give rise to.
const EVENT: &str = "S3 ObjectCreated";
/// The event of a file that was created with `autoComplete`.
const COMPLETING_EVENT: &str = "S3 ObjectCreated, which completes the file";
/// A create whose key is new.
const FIRST: &str = "POST /v1/files with an Idempotency-Key";
/// A create whose key has made a file.
const AGAIN: &str = "POST /v1/files repeated with an Idempotency-Key";

const PROMISES: [Promise; 26] = [
    Promise { endpoint: "GET /v1/files/{id}", rounds: &[2] },
    Promise { endpoint: "GET /v1/files/{id}/url", rounds: &[2] },
    Promise { endpoint: "GET /v1/files", rounds: &[3] },
    Promise { endpoint: "GET /v1/files?offset=1", rounds: &[2, 1] },
    Promise { endpoint: "GET /v1/files?after=", rounds: &[3] },
    Promise { endpoint: "POST /v1/files", rounds: &[1, 1, 2] },
    Promise { endpoint: FIRST, rounds: &[2, 1, 1, 2] },
    Promise { endpoint: AGAIN, rounds: &[2, 1, 1] },
    Promise { endpoint: "PATCH /v1/files/{id}", rounds: &[2, 1] },
    Promise { endpoint: "POST /v1/files/{id}/complete", rounds: &[2, 1] },
    Promise { endpoint: "POST /v1/files/{id}/cancel", rounds: &[1, 1, 1] },
    Promise { endpoint: "POST /v1/files/{id}/upload-url", rounds: &[2] },
    Promise { endpoint: "POST /v1/upload-tokens", rounds: &[1, 1] },
    Promise { endpoint: "DELETE /v1/upload-tokens/{id}", rounds: &[1, 1] },
    Promise { endpoint: "GET /v1/auth/validate", rounds: &[1] },
    Promise { endpoint: "GET /v1/usage", rounds: &[2] },
    Promise { endpoint: EVENT, rounds: &[1, 1] },
    Promise { endpoint: COMPLETING_EVENT, rounds: &[1, 1] },
    Promise { endpoint: "POST /v1/files in parts", rounds: &[1, 1, 1, 2] },
    Promise { endpoint: "POST /v1/files/{id}/parts", rounds: &[2] },
    Promise { endpoint: "GET /v1/files/{id}/parts", rounds: &[2, 1] },
    Promise { endpoint: "POST /v1/files/{id}/complete in parts", rounds: &[2, 1, 1, 1, 1, 1] },
    Promise { endpoint: "POST /v1/files/{id}/cancel in parts", rounds: &[1, 1, 1, 1, 1] },
    Promise { endpoint: "DELETE /v1/files/{id}", rounds: &[1, 1, 2] },
    Promise { endpoint: "GET /v1/files?limit=1 after a delete", rounds: &[3, 3] },
    Promise { endpoint: "GET /v1/files?offset=1 after a delete", rounds: &[2, 1, 1, 1, 1] },
];

#[tokio::test]
async fn every_endpoint_makes_the_calls_it_promises_and_no_others() {
    let stack = Stack::start(Settings { max_containers: Some(1), ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    let scene = Scene::warmed_up(&stack, &client, &client).await;
    let table = measured(&stack, &scene, PROMISES.iter()).await;
    let mut output = std::io::stdout();
    std::io::Write::write_all(&mut output, table.as_bytes()).expect("standard output is open");
}

#[tokio::test]
async fn an_upload_token_costs_what_a_key_costs() {
    let stack = Stack::start(Settings { max_containers: Some(1), ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    let bounds =
        json!({ "maxFiles": 20, "maxSizeBytes": 1000, "mimeTypes": ["a/*", "application/*"] });
    let page = client.upload_token(&bounds).await;
    let scene = Scene::warmed_up(&stack, &client, &page).await;
    let open = |promise: &&Promise| {
        let route = route_of(promise.endpoint);
        let is_row = |it: &&&Endpoint| format!("{} {}", it.method, it.path) == route;
        endpoints::ALL.iter().find(is_row).is_some_and(|it| it.tokens != TokenUse::Refused)
    };
    // A token's place must not be taken by a repetition, so what the key has made is read before the admission.
    let alike = |promise: &&Promise| ![FIRST, AGAIN].contains(&promise.endpoint);
    let promises: Vec<_> = PROMISES.iter().filter(open).filter(alike).collect();
    assert!(promises.len() >= 10, "the endpoints that a token may ask");
    measured(&stack, &scene, promises.into_iter()).await;
}

/// Plays what is promised, and tells how many calls each made.
async fn measured(
    stack: &Stack,
    scene: &Scene<'_>,
    promises: impl Iterator<Item = &Promise>,
) -> String {
    let roles = Roles::listed();
    let routes = routes_of_the_workspace();
    let functions: Vec<_> = routes
        .endpoints()
        .iter()
        .map(|it| (format!("{} {}", it.method, it.path), it.function.clone()))
        .collect();
    let mut table = String::from("\n| endpoint | AWS calls | round trips |\n|---|---|---|\n");
    for Promise { endpoint, rounds } in promises {
        stack.local().deliver_to(stack.invoke_url());
        stack.local().settled().await;
        stack.local().forget_calls();
        stack.local().intercept(Rounds::new(rounds));
        let is_event = [EVENT, COMPLETING_EVENT].contains(endpoint);
        if !is_event {
            stack.local().deliver_to(NOWHERE);
        }
        scene.play(endpoint).await;
        if is_event {
            stack.local().settled().await;
        }
        let calls = stack.local().calls();
        let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(calls.len(), rounds.iter().sum::<usize>(), "{endpoint}: {names:?}");
        assert_eq!(round_trips(&calls), rounds.len(), "{endpoint}: {names:?}");
        for call in calls.iter().filter(|call| call.service == Service::DynamoDb) {
            let function = functions.iter().find(|(route, _)| *route == route_of(endpoint));
            let function = function.map_or("verify-upload", |(_, function)| function);
            assert!(roles.allow(function, call), "{function} may not {call:?}");
        }
        // The upload itself is the client's call, not the function's.
        let uploads = names.iter().filter(|name| **name == "PutObject").count();
        let (own, trips) = (calls.len() - uploads, rounds.len() - uploads);
        writeln!(table, "| {endpoint} | {own} | {trips} |").expect("text can be written");
    }
    table
}

/// A warm-up opens connections and writes nothing; the bucket is asked only for whom it is linked.
#[tokio::test]
async fn a_cold_start_reads_an_item_that_is_not_there_and_writes_none() {
    let stack = Stack::start(Settings::default()).await;
    let routes = routes_of_the_workspace();
    for function in routes.functions().into_iter().chain(["expire-file", "verify-upload"]) {
        stack.local().forget_calls();
        stack.function(function).warm(1).await;
        let calls = stack.local().calls();
        let mut names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        names.sort_unstable();
        let expected: &[&str] = match function {
            "get-docs" | "no-route" => &[],
            "create-upload-token"
            | "get-file"
            | "get-usage"
            | "list-files"
            | "revoke-upload-token"
            | "update-file"
            | "validate-key" => &["GetItem", "GetItem"],
            _ => &["GetItem", "GetItem", "HeadObject"],
        };
        assert_eq!(names, expected, "{function}");
    }
}

/// The route in a promise's name: `GET /v1/files` of `GET /v1/files?limit=1 after a delete`.
fn route_of(endpoint: &str) -> &str {
    let end = endpoint.match_indices([' ', '?']).nth(1).map_or(endpoint.len(), |(end, _)| end);
    &endpoint[..end]
}

/// The longest chain of calls of which each began after the one before had been answered.
fn round_trips(calls: &[Call]) -> usize {
    let mut depths: Vec<usize> = Vec::new();
    for call in calls {
        let before = calls.iter().zip(&depths);
        let ended =
            before.filter(|(earlier, _)| earlier.answered.is_some_and(|at| at < call.started));
        depths.push(1 + ended.map(|(_, depth)| *depth).max().unwrap_or(0));
    }
    depths.into_iter().max().unwrap_or(0)
}

/// A workspace with a file in each state that the endpoints ask for.
struct Scene<'a> {
    /// Whoever asks, and has created the files.
    client: &'a Client,
    token: Value,
    completed: Value,
    uploaded: Value,
    pending: Value,
    awaited: Value,
    auto: Value,
    in_parts: Value,
    given_up: Value,
}

impl<'a> Scene<'a> {
    /// Every function has run once, so that no container starts while calls are counted.
    async fn warmed_up(stack: &Stack, owner: &Client, client: &'a Client) -> Self {
        client.cancelled("0.bin").await;
        owner.delete("fil_000000000000000000000000").await;
        let completed = client.upload("1.bin", &b"1"[..]).await;
        owner.url(id_of(&completed)).await.ok();
        client.file(id_of(&completed)).await.ok();
        owner.list("").await.ok();
        client.validate().await.ok();
        let token = owner.post("/v1/upload-tokens", &json!({})).await.ok();
        owner.delete_token(id_of(&token)).await;
        let uploaded = client.uploaded("2.bin", &b"2"[..]).await;
        let pending = client.pending("3.bin", b"3").await;
        let awaited = client.pending("4.bin", b"4").await;
        client.sign_upload(id_of(&awaited)).await.ok();
        // The first event of a container has S3 asked how the bucket is encrypted.
        let auto =
            json!({ "filename": "9", "mimeType": "a/b", "sizeBytes": 1, "autoComplete": true });
        let known = client.create(&auto).await.ok();
        client.put_bytes(&known, &b"9"[..]).await;
        let auto = client.create(&auto).await.ok();
        owner.update(id_of(&awaited), &json!({ "labels": { "a": "b" } })).await.ok();
        owner.usage().await.ok();
        let once = json!({ "filename": "10", "mimeType": "a/b", "sizeBytes": 1 });
        client.create_once("made", &once).await.ok();
        let in_parts = client.uploaded_in_parts("6.bin", &b"6"[..]).await;
        client.sign_parts(id_of(&in_parts), &json!({ "partNumbers": [1] })).await.ok();
        client.list_parts(id_of(&in_parts), "").await.ok();
        let given_up = client.uploaded_in_parts("7.bin", &b"7"[..]).await;
        stack.local().settled().await;
        Self { client, token, completed, uploaded, pending, awaited, auto, in_parts, given_up }
    }

    async fn play(&self, endpoint: &str) {
        let answer = match endpoint {
            "GET /v1/files/{id}" => self.client.file(id_of(&self.completed)).await,
            "GET /v1/files/{id}/url" => self.client.url(id_of(&self.completed)).await,
            "DELETE /v1/files/{id}" => self.client.delete(id_of(&self.completed)).await,
            "GET /v1/files" => self.client.list("").await,
            "GET /v1/files?limit=1 after a delete" => self.client.list("limit=1").await,
            "GET /v1/files?offset=1" | "GET /v1/files?offset=1 after a delete" => {
                self.client.list("offset=1").await
            }
            "GET /v1/files?after=" => {
                self.client.list(&format!("after={}", id_of(&self.awaited))).await
            }
            "PATCH /v1/files/{id}" => {
                self.client.update(id_of(&self.awaited), &json!({ "labels": { "a": "c" } })).await
            }
            "GET /v1/usage" => self.client.usage().await,
            FIRST | AGAIN => {
                let file = json!({ "filename": "10", "mimeType": "a/b", "sizeBytes": 1 });
                let key = if endpoint == FIRST { "new" } else { "made" };
                self.client.create_once(key, &file).await
            }
            COMPLETING_EVENT => self.client.put_bytes(&self.auto, &b"9"[..]).await,
            "POST /v1/files" => {
                let file = json!({ "filename": "5", "mimeType": "a/b", "sizeBytes": 1 });
                self.client.create(&file).await
            }
            "POST /v1/files/{id}/complete" => {
                self.client.complete(id_of(&self.uploaded), &md5_of(b"2")).await
            }
            "POST /v1/files/{id}/cancel" => self.client.cancel(id_of(&self.pending)).await,
            "POST /v1/files in parts" => {
                let file = json!({
                    "filename": "8", "mimeType": "a/b", "sizeBytes": 1, "multipart": {}
                });
                self.client.create(&file).await
            }
            "POST /v1/files/{id}/parts" => {
                let numbers = json!({ "partNumbers": [1] });
                self.client.sign_parts(id_of(&self.in_parts), &numbers).await
            }
            "GET /v1/files/{id}/parts" => self.client.list_parts(id_of(&self.in_parts), "").await,
            "POST /v1/files/{id}/complete in parts" => {
                self.client.complete_as(id_of(&self.in_parts), &json!({})).await
            }
            "POST /v1/files/{id}/cancel in parts" => {
                self.client.cancel(id_of(&self.given_up)).await
            }
            "POST /v1/files/{id}/upload-url" => self.client.sign_upload(id_of(&self.awaited)).await,
            "POST /v1/upload-tokens" => self.client.post("/v1/upload-tokens", &json!({})).await,
            "DELETE /v1/upload-tokens/{id}" => self.client.delete_token(id_of(&self.token)).await,
            "GET /v1/auth/validate" => self.client.validate().await,
            _ => self.client.put_bytes(&self.awaited, &b"4"[..]).await,
        };
        assert!([200, 204].contains(&answer.status), "{endpoint}: {}", answer.body);
    }
}
