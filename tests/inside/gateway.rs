//! The ground itself: requests reach processes, and come back, as on AWS.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tests::Answer;
use tests::lambda::LambdaSettings;
use tokio::io::AsyncReadExt;

use crate::echo::{Barrier, Echo};

#[tokio::test]
async fn a_function_sees_the_request_as_api_gateway_sends_it() {
    let echo = Echo::start(1).await;
    let request = echo
        .client
        .request(Method::POST, "/echo/a%2Fb%20c?x=1&x=2&name=%C3%A4")
        .header("x-twice", "one")
        .header("X-Twice", "two")
        .header("cookie", "a=1; b=2")
        .json(&json!({ "n": 1 }));
    let seen = Answer::to(request).await.ok();

    let event = &seen["event"];
    assert_eq!(event["rawPath"], "/echo/a/b c", "an HTTP API passes the path on decoded");
    assert_eq!(event["pathParameters"], json!({ "id": "a/b c" }));
    assert_eq!(event["rawQueryString"], "x=1&x=2&name=%C3%A4");
    assert_eq!(event["queryStringParameters"], json!({ "name": "ä", "x": "1,2" }));
    assert_eq!(event["headers"]["x-twice"], "one,two");
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["headers"]["authorization"], "Bearer some-key");
    assert_eq!(event["body"], r#"{"n":1}"#);
    assert_eq!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    assert_eq!(context["http"]["method"], "POST");
    assert_eq!(context["routeKey"], "POST /echo/{id}");
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["http"]["userAgent"], "slipway-tests");
}

#[tokio::test]
async fn a_body_that_is_no_text_arrives_and_leaves_whole() {
    let echo = Echo::start(1).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for content_type in ["application/octet-stream", "application/json"] {
        let request = echo.client.request(Method::POST, "/echo?raw");
        let request = request.header("content-type", content_type).body(bytes.clone());
        assert_eq!(Answer::to(request).await.bytes, bytes);
    }
}

#[tokio::test]
async fn a_body_that_no_function_could_be_given_is_refused_by_the_gateway() {
    let echo = Echo::start(1).await;
    let answer = echo.client.post("/echo", &"x".repeat(6 * 1024 * 1024).into()).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.body, json!({ "message": "Request Entity Too Large" }));
}

#[tokio::test]
async fn a_path_or_method_without_a_route_is_not_found() {
    let echo = Echo::start(1).await;
    for (method, path) in [(Method::GET, "/"), (Method::GET, "/echo/"), (Method::PUT, "/echo")] {
        let answer = Answer::to(echo.client.request(method, path)).await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.body, json!({ "message": "Not Found" }));
    }
}

#[tokio::test]
async fn a_function_has_the_environment_of_lambda_and_nothing_of_the_tests() {
    let mut settings = LambdaSettings::beside_the_test();
    settings.environment.push(("TABLE_NAME".into(), "slipway".into()));
    let echo = Echo::start_with(settings).await;
    let environment = &echo.client.get("/echo").await.ok()["environment"];
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "echo");
    assert_eq!(environment["TABLE_NAME"], "slipway");
    assert_eq!(environment["PATH"], Value::Null);
    let trace = environment["_X_AMZN_TRACE_ID"].as_str().expect("a trace id");
    assert!(trace.starts_with("Root=1-"), "{trace}");
}

#[tokio::test]
async fn an_idle_container_is_used_again() {
    let echo = Echo::start(8).await;
    let first = echo.process_id().await;
    assert_eq!(echo.process_id().await, first);
    assert_eq!(echo.function().containers(), 1);
}

#[tokio::test]
async fn requests_in_flight_have_a_container_each_up_to_the_cap() {
    let echo = Echo::start(3).await;
    let barrier = Barrier::new().await;
    let requests: Vec<_> = (0..5).map(|_| echo.hold(&barrier)).collect();
    let busy = [barrier.arrival().await, barrier.arrival().await, barrier.arrival().await];
    assert_eq!(echo.function().containers(), 3);
    drop(busy);
    for _ in 0..2 {
        drop(barrier.arrival().await);
    }
    let mut processes = BTreeSet::new();
    for request in requests {
        let seen = request.await.expect("the task ends").ok();
        processes.insert(seen["processId"].as_u64());
    }
    assert_eq!(processes.len(), 3, "two requests waited for a container to be free");
    assert_eq!(echo.function().containers(), 3);
}

#[tokio::test]
async fn warm_containers_take_turns() {
    let echo = Echo::start(4).await;
    echo.function().warm(3).await;
    assert_eq!(echo.function().containers(), 3);
    let mut processes = BTreeSet::new();
    for _ in 0..6 {
        processes.insert(echo.process_id().await);
    }
    assert_eq!(processes.len(), 3);
}

#[tokio::test]
async fn a_killed_container_fails_its_request_and_the_next_one_gets_another() {
    let echo = Echo::start(1).await;
    let before = echo.process_id().await;
    let barrier = Barrier::new().await;
    let request = echo.hold(&barrier);
    let _busy = barrier.arrival().await;
    echo.function().kill();
    let answer = request.await.expect("the task ends");
    assert_eq!(answer.status, 500);
    assert_eq!(answer.body, json!({ "message": "Internal Server Error" }));
    assert_ne!(echo.process_id().await, before);
    assert_eq!(echo.function().containers(), 1);
}

#[tokio::test]
async fn killing_an_idle_container_fails_nobody() {
    let echo = Echo::start(1).await;
    let before = echo.process_id().await;
    echo.function().kill();
    assert_ne!(echo.process_id().await, before);
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_end_the_invocation() {
    let echo = Echo::start(1).await;
    let before = echo.process_id().await;
    let barrier = Barrier::new().await;
    let request = echo.hold(&barrier);
    let busy = barrier.arrival().await;
    request.abort();
    drop(busy);
    assert_eq!(echo.process_id().await, before);
}

#[tokio::test]
async fn a_failing_function_is_a_500_and_its_container_lives_on() {
    let echo = Echo::start(1).await;
    let before = echo.process_id().await;
    let answer = echo.client.get("/echo?fail").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.body, json!({ "message": "Internal Server Error" }));
    assert_eq!(echo.process_id().await, before);
}

#[tokio::test]
async fn an_invoked_function_answers_its_own_json_and_reports_its_own_errors() {
    let echo = Echo::start(1).await;
    let invoke = "/2015-03-31/functions/echo/invocations";
    let event = |query| {
        json!({
            "version": "2.0",
            "rawPath": "/echo",
            "rawQueryString": query,
            "headers": {},
            "requestContext": { "http": { "method": "GET" }, "stage": "$default" },
            "isBase64Encoded": false,
        })
    };
    let answer = echo.invoker().post(invoke, &event("")).await.ok();
    assert_eq!(answer["statusCode"], 200);
    let failure = echo.invoker().post(invoke, &event("fail")).await;
    assert_eq!(failure.status, 500);
    assert_eq!(failure.body["errorMessage"], "failed as asked");
    assert!(failure.body["errorType"].is_string());
    let unknown = echo.invoker().post(&invoke.replace("echo", "nobody"), &event("")).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn what_a_function_wrote_is_there_with_its_answer_and_after_its_death() {
    let echo = Echo::start(1).await;
    echo.client.get("/echo?print=a+line").await.ok();
    assert!(echo.function().logs().contains("a line\n"));
    echo.function().kill();
    echo.client.get("/echo?print=another").await.ok();
    let logs = echo.function().logs();
    assert!(logs.contains("a line\n") && logs.contains("another\n"), "{logs}");
}

#[tokio::test]
async fn the_memory_of_a_function_is_known() {
    let echo = Echo::start(1).await;
    assert_eq!(echo.function().peak_memory(), 0);
    echo.function().warm(1).await;
    let bytes = echo.function().peak_memory();
    assert!((1 << 20..1 << 26).contains(&bytes), "{bytes} bytes");
}

#[tokio::test]
async fn nothing_outlives_the_gateway() {
    let echo = Echo::start(1).await;
    let barrier = Barrier::new().await;
    let _request = echo.hold(&barrier);
    let mut busy = barrier.arrival().await;
    drop(echo);
    // The process's end of the connection closes with the process; whether by a reset is no matter.
    let _ = busy.read(&mut [0]).await;
}
