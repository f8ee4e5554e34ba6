//! What a request is told that no route matches.

use shared::testing::gateway::{REQUEST_ID, ask_open, request};

use super::no_route;

#[test]
fn an_unknown_path_is_not_found_and_a_slash_too_many_is_pointed_out() {
    for (path, hint) in [
        ("/v1/nothing", false),
        ("/v1", false),
        ("/", false),
        ("/v1/files/", true),
        ("/v1/files/fil_1/", true),
        ("/v1/files//url", false),
    ] {
        let answer = ask_open(no_route, &request("GET $default").path(path));
        assert_eq!(answer.error(), (404, "not_found"), "{path}");
        let message = answer.body["error"]["message"].as_str().unwrap_or_default();
        assert_eq!(message.contains("slash"), hint, "{path}");
        assert_eq!(answer.header("x-request-id"), Some(REQUEST_ID));
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    for (method, path, allow) in [
        ("PUT", "/v1/files", "POST, GET, HEAD"),
        ("PATCH", "/v1/files/fil_1", "GET, HEAD, PATCH, DELETE"),
        ("GET", "/v1/files/anything/complete", "POST"),
        ("HEAD", "/v1/files/anything/cancel", "POST"),
        ("TRACE", "/v1/auth/validate", "GET, HEAD"),
    ] {
        let answer = ask_open(no_route, &request(&format!("{method} $default")).path(path));
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {path}");
        let said = answer.body["error"]["type"].as_str();
        assert_eq!(said, (method != "HEAD").then_some("method_not_allowed"));
    }
}
