//! A function's answer as API Gateway hands it to the client.

use std::collections::BTreeMap;

use bytes::Bytes;
use data_encoding::BASE64;
use http_body_util::Full;
use hyper::Response;
use hyper::header::SET_COOKIE;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    cookies: Vec<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// None when the answer is none. API Gateway would make a 200 of any JSON without a status; here
/// that is a function's mistake, and shows.
pub(super) fn of_answer(answer: &[u8]) -> Option<Response<Full<Bytes>>> {
    let answer: Answer = serde_json::from_slice(answer).ok()?;
    let body = answer.body.unwrap_or_default();
    let body =
        if answer.is_base64_encoded { BASE64.decode(body.as_bytes()).ok()? } else { body.into() };
    let mut response = Response::builder().status(answer.status_code);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    for cookie in answer.cookies {
        response = response.header(SET_COOKIE, cookie);
    }
    response.body(Full::from(body)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_answer_reaches_the_client() {
        let answer = br#"{
            "statusCode": 201, "headers": { "x-a": "1" }, "multiValueHeaders": {},
            "cookies": ["a=1", "b=2"], "body": "/w==", "isBase64Encoded": true
        }"#;
        let response = of_answer(answer).unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["x-a"], "1");
        assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
    }

    #[test]
    fn an_answer_without_a_status_or_with_a_body_that_is_not_base64_is_none() {
        assert!(of_answer(br#"{ "hello": 1 }"#).is_none());
        assert!(of_answer(b"null").is_none());
        let garbled = br#"{ "statusCode": 200, "body": "!", "isBase64Encoded": true }"#;
        assert!(of_answer(garbled).is_none());
    }
}
