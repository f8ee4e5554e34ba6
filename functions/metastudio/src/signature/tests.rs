//! Requests as `huaweicloudsdkcore` 3.1.219 signs them, and what may not be changed about them.
//!
//! The signatures were made by `Signer(BasicCredentials(ACCESS_KEY, SECRET_KEY)).sign(SdkRequest(...))`
//! of that package, of requests with the headers of `signed`, which its client sends: it takes the date
//! from the header if it is there. The two keys were derived in Python from the key and the secret of
//! `shared::testing`, as `shared::domain::signing` says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use shared::domain::ApiKey;
use shared::testing::{NOW, SIGNING_SECRET, key};

use super::*;

const ACCESS_KEY: &str = "acme.174a700e7ac567dcef64b0ec799bf93132748f764198fc90f35f3939efd49f22";
const SECRET_KEY: &str = "gpt2mqzcsq7nk2z1780ge5qdesvgm2c1qkz69phtqahdv0ph4y20";
const HEADERS: &str = "content-type;host;user-agent;x-project-id;x-sdk-date";
const BODY: &str = r#"{"state":"CREATED"}"#;

const POST: &str = "01b19937887132a888a34ecf00a3124206d9969d4f96c50e35944d62222dc23c";
const DELETE: &str = "e8326e507fa7702e7844aa9e00d91bd81cd652c7ceae6b3fab99ef24dcab6a3e";
const WITH_QUERY: &str = "ea1703a584309506d8a22c3df2ef8013f961f373f39baa65a31a2264543f578b";
const UNSIGNED_BODY: &str = "255eb7b640dce300794cd3c5ba51723e131ed1b7f920920c6fdb618f1aaa4e4d";

#[test]
fn what_the_client_signs_names_the_holder_of_the_key() {
    for request in [
        post(),
        request("DELETE", "/v1/p-1/files/x", "", HEADERS, DELETE),
        request(
            "POST",
            "/metastudio/v1/p-1/files?a=1~%2F%2B&b=2%20%C3%A4",
            BODY,
            HEADERS,
            WITH_QUERY,
        ),
    ] {
        assert_eq!(check(&request), Some(Credentials::from(&key())), "{request:?}");
    }
    assert_eq!(Credentials::from(&key()).to_string(), ACCESS_KEY);
    assert_eq!(secret().secret_key(&Credentials::from(&key())).reveal(), SECRET_KEY);
}

#[test]
fn a_changed_request_is_refused() {
    let path = "/v1/p-1/files";
    for changed in [
        request("PUT", path, BODY, HEADERS, POST),
        request("POST", "/v1/p-2/files", BODY, HEADERS, POST),
        request("POST", "/metastudio/v1/p-1/files", BODY, HEADERS, POST),
        request("POST", "/v1/p-1/files?a=1", BODY, HEADERS, POST),
        request("POST", "/v1/p-1//files", BODY, HEADERS, POST),
        request("POST", path, r#"{"state":"FAILED"}"#, HEADERS, POST),
        request("POST", path, "", HEADERS, POST),
        request("POST", path, BODY, HEADERS, DELETE),
        request("POST", path, BODY, HEADERS, &POST[2..]),
        request("POST", path, BODY, HEADERS, ""),
        request("POST", path, BODY, "host;user-agent;x-project-id;x-sdk-date", POST),
        with(post(), "host", "other.example.com"),
        with(post(), "x-project-id", "p-2"),
        with(post(), "user-agent", "another"),
        with(post(), "x-sdk-date", "20260408T120001Z"),
        request(
            "POST",
            "/metastudio/v1/p-1/files?b=2%20%C3%A4&a=1~%2F%2B",
            BODY,
            HEADERS,
            WITH_QUERY,
        ),
    ] {
        assert_eq!(check(&changed), None, "{changed:?}");
    }
}

#[test]
fn a_header_that_is_not_signed_may_come_on_the_way() {
    let request = with(post(), "x-forwarded-for", "192.0.2.1");
    assert!(check(&request).is_some());
}

#[test]
fn a_signed_header_that_is_there_twice_or_not_at_all_is_refused() {
    let twice = with(post(), "x-project-id", "p-1,p-1");
    assert_eq!(check(&twice), None, "API Gateway joins the values of a name");
    let mut gone = post();
    gone["headers"]["x-project-id"].take();
    assert_eq!(check(&gone), None);
}

#[test]
fn host_and_date_must_be_signed() {
    for headers in ["x-sdk-date", "host", "", "hosts;x-sdk-dates"] {
        let unsigned = request("POST", "/v1/p-1/files", BODY, headers, POST);
        let unsigned = Request::of_event(&unsigned.to_string());
        let claim = unsigned.header(AUTHORIZATION).unwrap();
        assert_eq!(Authorization::read(claim).unwrap().canonical(&unsigned), None, "{headers}");
    }
}

#[test]
fn the_body_that_came_is_the_one_that_must_be_signed() {
    let headers = "content-type;host;user-agent;x-project-id;x-sdk-content-sha256;x-sdk-date";
    let unsigned = request("POST", "/v1/p-1/files", BODY, headers, UNSIGNED_BODY);
    let unsigned = with(unsigned, "x-sdk-content-sha256", "UNSIGNED-PAYLOAD");
    assert_eq!(check(&unsigned), None);
}

#[test]
fn a_signature_lives_for_a_quarter_of_an_hour_on_either_side_of_our_clock() {
    let request = Request::of_event(&post().to_string());
    let at = |now| signer(&request, &secret(), now).is_some();
    let millisecond = Duration::from_millis(1);
    assert!(at(NOW.after(WINDOW)) && at(NOW.before(WINDOW)));
    assert!(!at(NOW.after(WINDOW + millisecond)) && !at(NOW.before(WINDOW + millisecond)));
}

#[test]
fn another_deployment_knows_other_secret_keys() {
    let other = SIGNING_SECRET.to_uppercase().parse().unwrap();
    assert_eq!(signer(&Request::of_event(&post().to_string()), &other, NOW), None);
}

#[test]
fn another_access_key_has_another_secret_key() {
    let other = ApiKey::new(&"other".parse().unwrap(), &[7; 20]);
    let other = Credentials::from(&other).to_string();
    let renamed = ACCESS_KEY.replace("acme", "other");
    for access_key in [other.as_str(), &renamed, "", "acme", "acme."] {
        let authorization = authorization(access_key, HEADERS, POST);
        assert_eq!(check(&with(post(), "authorization", &authorization)), None, "{access_key}");
    }
}

#[test]
fn another_scheme_is_no_signature() {
    let right = authorization(ACCESS_KEY, HEADERS, POST);
    for wrong in [
        right.replace("SHA256", "SM3"),
        right.replace(", ", ","),
        right.to_lowercase(),
        right.replace(POST, &POST.to_uppercase()),
        format!("Bearer {}", key().reveal()),
        String::new(),
    ] {
        assert_eq!(check(&with(post(), "authorization", &wrong)), None, "{wrong}");
    }
}

fn check(event: &Value) -> Option<Credentials> {
    signer(&Request::of_event(&event.to_string()), &secret(), NOW)
}

fn secret() -> SigningSecret {
    SIGNING_SECRET.parse().unwrap()
}

/// A request that was signed, as API Gateway sends it.
fn post() -> Value {
    request("POST", "/v1/p-1/files", BODY, HEADERS, POST)
}

fn request(method: &str, uri: &str, body: &str, headers: &str, signature: &str) -> Value {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    json!({
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": { "http": { "method": method } },
        "headers": {
            "user-agent": "huaweicloud-usdk-python/3.0; test",
            "content-type": "application/json",
            "x-project-id": "p-1",
            "x-sdk-date": "20260408T120000Z",
            "host": "api.example.com:9000",
            "authorization": authorization(ACCESS_KEY, headers, signature),
        },
        "body": body,
    })
}

fn authorization(access_key: &str, headers: &str, signature: &str) -> String {
    format!("SDK-HMAC-SHA256 Access={access_key}, SignedHeaders={headers}, Signature={signature}")
}

fn with(mut event: Value, name: &str, value: &str) -> Value {
    event["headers"][name] = value.into();
    event
}
