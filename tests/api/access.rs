//! Who is let in: every endpoint, with every kind of wrong key.

use shared::http::endpoints;
use tests::{Answer, Client};

#[tokio::test]
async fn no_endpoint_answers_without_a_valid_key() {
    let client = Client::of_environment_or_shared_stack().await;
    let key = client.key().expect("the client has a key").to_owned();
    // Genuine in form, issued to nobody.
    let unknown = "slw_acme_00000000000000000000000000000000_b1667a2a";
    let keys = ["", "x", "Bearer", &key[1..], &key[..key.len() - 1], &key.to_uppercase(), unknown];
    for endpoint in endpoints::ALL {
        let path = endpoint.path.replace("{id}", "fil_000000000000000000000000");
        let (method, path) = (&endpoint.method, path.as_str());
        let anonymous = client.without_key();
        unauthorized(&Answer::to(anonymous.request(method.clone(), path)).await);
        for wrong in keys {
            let stranger = client.with_key(wrong);
            unauthorized(&Answer::to(stranger.request(method.clone(), path)).await);
        }
        let basic =
            anonymous.request(method.clone(), path).header("authorization", format!("Basic {key}"));
        unauthorized(&Answer::to(basic).await);
    }
}

#[tokio::test]
async fn a_key_tells_its_holder_what_it_may_do() {
    let client = Client::of_environment_or_shared_stack().await;
    let answer = client.validate().await.ok();
    assert_eq!(answer["active"], true);
    assert_eq!(answer["tokenType"], "api_key");
    assert_eq!(answer["subjectType"], "workspace");
    let scopes = answer["scopes"].as_array().expect("scopes is an array");
    for scope in ["files:create", "files:read", "files:delete"] {
        assert!(scopes.contains(&scope.into()), "{scopes:?}");
    }
}

#[tokio::test]
async fn every_answer_to_a_known_key_says_where_the_limit_stands() {
    let client = Client::of_environment_or_shared_stack().await;
    for answer in
        [client.validate().await, client.file("fil_x").await, client.list("limit=0").await]
    {
        for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
            let number = answer.header(name).and_then(|text| text.parse::<u64>().ok());
            assert!(number.is_some(), "{name} of {}", answer.status);
        }
        assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()));
    }
}

#[track_caller]
fn unauthorized(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.body["error"]["type"], "unauthorized");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert!(answer.header("x-request-id").is_some());
    assert_eq!(answer.header("x-ratelimit-limit"), None);
}
