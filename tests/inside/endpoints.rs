//! Every row of the table of endpoints, with every kind of caller who must not get in.

use std::collections::HashSet;

use serde_json::{Value, json};
use shared::domain::{ApiKey, Scope, TokenUse};
use shared::http::{Endpoint, Method, endpoints};
use tests::{Answer, Client, Settings, Stack, id_of, md5_of};

use crate::hand::NOWHERE;

const SCOPES: [Scope; 3] = [Scope::FilesCreate, Scope::FilesRead, Scope::FilesDelete];

#[tokio::test]
async fn every_endpoint_is_closed_without_a_key_and_with_a_revoked_one() {
    let stack = start().await;
    let owner = stack.workspace("acme").await;
    let revoked = stack.workspace("acme").await;
    stack.revoke(&revoked).await;
    for endpoint in endpoints::ALL {
        let target = Target::of(&owner, endpoint).await;
        for stranger in [owner.without_key(), revoked.clone()] {
            let answer = target.ask(&stranger).await;
            assert_eq!(answer.status, 401, "{}", endpoint.function);
            assert_eq!(answer.body["error"]["type"], "unauthorized", "{}", endpoint.function);
        }
        target.is_untouched(&owner).await;
    }
}

#[tokio::test]
async fn every_endpoint_demands_the_scope_of_its_row_and_no_other() {
    let stack = start().await;
    let owner = stack.workspace("acme").await;
    for scope in SCOPES {
        let others: Vec<_> =
            SCOPES.iter().filter(|it| **it != scope).map(|it| it.as_str()).collect();
        let without = stack.workspace_with("acme", &others).await;
        let only = stack.workspace_with("acme", &[scope.as_str()]).await;
        for endpoint in endpoints::ALL {
            let target = Target::of(&owner, endpoint).await;
            let needs_it = endpoint.scope == Some(scope);
            let kept_out = if needs_it { &without } else { &only };
            let let_in = if needs_it { &only } else { &without };
            if endpoint.scope.is_some() {
                target.ask(kept_out).await.refused(403, "missing_scope");
                target.is_untouched(&owner).await;
            }
            let answer = target.ask(let_in).await;
            assert!(answer.status < 300, "{} {}", endpoint.function, answer.body);
        }
    }
}

#[tokio::test]
async fn every_endpoint_of_a_file_tells_another_workspace_that_there_is_none() {
    let stack = start().await;
    let (owner, other) = (stack.workspace("acme").await, stack.workspace("other").await);
    for endpoint in endpoints::ALL {
        let target = Target::of(&owner, endpoint).await;
        let answer = target.ask(&other).await;
        if endpoint.path.contains("{id}") {
            assert_eq!(answer.status, 404, "{} {}", endpoint.function, answer.body);
            assert_eq!(answer.body["error"]["type"], "not_found", "{}", endpoint.function);
        } else {
            let told = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(!told.contains(id_of(&target.file)), "{} shows it", endpoint.function);
        }
        target.is_untouched(&owner).await;
        // The same request of the owner's gets through: it was the workspace that kept it out.
        let answer = target.ask(&owner).await;
        assert!(answer.status < 300, "{} {}", endpoint.function, answer.body);
    }
}

#[tokio::test]
async fn every_endpoint_is_to_an_upload_token_what_its_row_says() {
    let stack = start().await;
    let owner = stack.workspace("acme").await;
    let bounds = json!({ "maxFiles": 1000 });
    let (page, other) = (owner.upload_token(&bounds).await, owner.upload_token(&bounds).await);
    for endpoint in endpoints::ALL {
        let target = Target::of(&page, endpoint).await;
        let is_of_file = endpoint.path.contains("{id}");
        match endpoint.tokens {
            TokenUse::Refused => {
                target.ask(&page).await.refused(403, "missing_scope");
            }
            TokenUse::Admitted | TokenUse::CreatesFile => {
                if is_of_file {
                    // Neither a file of another token's, nor one that was created with a key.
                    assert_eq!(target.ask(&other).await.status, 404, "{}", endpoint.function);
                    let by_key = Target::of(&owner, endpoint).await;
                    assert_eq!(by_key.ask(&page).await.status, 404, "{}", endpoint.function);
                    by_key.is_untouched(&owner).await;
                }
                target.is_untouched(&owner).await;
                let answer = target.ask(&page).await;
                assert!(answer.status < 300, "{} {}", endpoint.function, answer.body);
            }
        }
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let stack = start().await;
    let owner = stack.workspace("acme").await;
    for endpoint in endpoints::ALL.into_iter().filter(|it| it.method == Method::GET) {
        let target = Target::of(&owner, endpoint).await;
        for client in [&owner, &owner.without_key()] {
            let get = target.ask(client).await;
            let head = target.ask_by(Method::HEAD, client).await;
            assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{}", endpoint.function);
            // Of the length of what is not sent, nothing is said.
            let named = |answer: &Answer| {
                let names = answer.headers.keys().map(|name| name.as_str().to_owned());
                names.filter(|name| name != "content-length").collect::<HashSet<_>>()
            };
            assert_eq!(named(&head), named(&get), "{}", endpoint.function);
        }
    }
}

/// A deployment in which no event changes what is compared.
async fn start() -> Stack {
    let stack = Stack::start(Settings::default()).await;
    stack.local().deliver_to(NOWHERE);
    stack
}

/// A file that an endpoint succeeds with, and how it is shown before anybody asks.
struct Target<'a> {
    endpoint: &'a Endpoint,
    file: Value,
    /// The id in the path: the file's, or a token's.
    id: String,
}

impl<'a> Target<'a> {
    async fn of(owner: &Client, endpoint: &'a Endpoint) -> Self {
        let made = match endpoint.function {
            "complete-file" => owner.uploaded("a.bin", &b"?"[..]).await,
            "sign-parts" | "list-parts" => owner.uploaded_in_parts("a.bin", &b"?"[..]).await,
            "cancel-file" | "sign-upload" => owner.pending("a.bin", b"?").await,
            _ => owner.upload("a.bin", &b"?"[..]).await,
        };
        let file = owner.file(id_of(&made)).await.ok();
        let id = match endpoint.function {
            "revoke-upload-token" => {
                let made = owner.post("/v1/upload-tokens", &json!({})).await;
                // A token makes none, but it may try to revoke itself.
                let own: ApiKey = owner.key().and_then(|key| key.parse().ok()).expect("a key");
                made.body["id"].as_str().unwrap_or(own.hash().as_str()).to_owned()
            }
            _ => id_of(&file).to_owned(),
        };
        Self { endpoint, file, id }
    }

    /// Sends a request that succeeds for whoever may.
    async fn ask(&self, client: &Client) -> Answer {
        self.ask_by(self.endpoint.method.clone(), client).await
    }

    async fn ask_by(&self, method: Method, client: &Client) -> Answer {
        let path = self.endpoint.path.replace("{id}", &self.id);
        let request = client.request(method, &path);
        client
            .send(match self.endpoint.function {
                "create-file" => {
                    request.json(&json!({ "filename": "b.bin", "mimeType": "a/b", "sizeBytes": 1 }))
                }
                "complete-file" => request.json(&json!({ "md5": md5_of(b"?") })),
                "sign-parts" => request.json(&json!({ "partNumbers": [1] })),
                "update-file" => request.json(&json!({ "labels": {} })),
                _ => request,
            })
            .await
    }

    /// Asserts that the file is shown as it was.
    async fn is_untouched(&self, owner: &Client) {
        let now = owner.file(id_of(&self.file)).await.ok();
        assert_eq!(now, self.file, "{}", self.endpoint.function);
    }
}
