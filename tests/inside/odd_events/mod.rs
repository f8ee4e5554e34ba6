//! Whatever API Gateway can put into an event, the function's answer is one of its API.
//!
//! The events are made by a generator: a request that is right in every way, at which up to four odd
//! things are done. `make fuzz-events` makes 100,000 of them, or as many as `ODD_EVENTS` says, from the
//! seed that `ODD_SEED` says.

mod generator;
mod material;

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tests::gateway::routes_of_the_workspace;
use tests::{Client, Settings, Stack, id_of};

use generator::{Generator, OddEvent, Target};

/// How many are made, and from which seed, where nothing else is said.
const EVENTS: (u64, u64) = (20_000, 8);
/// How many are under way at a time.
const AT_ONCE: usize = 8;
/// In bytes: what a stranger sends is not repeated at length.
const LARGEST_REFUSAL: usize = 4 * 1024;
/// In bytes: nor is it written into the log.
const LONGEST_LINE: usize = 2 * 1024;
/// In bytes; Lambda answers no more than 6 MB.
const LARGEST_ANSWER: usize = 5 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_gets_an_answer_of_the_api_that_was_called() {
    let asked = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |number| number.parse().expect("a number"))
    };
    let (events, seed) = (asked("ODD_EVENTS", EVENTS.0), asked("ODD_SEED", EVENTS.1));
    let stack = Stack::start(Settings { max_containers: Some(2), ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    let (ids, doomed) = (ids(&client).await, ids(&client).await);
    let targets = routes_of_the_workspace().endpoints().iter().map(Target::of).collect();
    let page = client.upload_token(&serde_json::json!({ "maxFiles": 1000 })).await;
    let keys = [&client, &page].map(|it| it.key().expect("it has one").to_owned());
    let mut generator = Generator::new(seed, keys, [ids, doomed], targets);

    let odd = std::iter::repeat_with(|| generator.event()).zip(0..events);
    let flaws = stream::iter(odd)
        .map(|(event, number)| {
            let function = stack.function(&event.function);
            async move {
                let payload = Bytes::from(event.payload.clone());
                let answer = tokio::time::timeout(Duration::from_mins(1), function.invoke(payload));
                let flaw = match answer.await {
                    Err(_) => Some("no answer in a minute".to_owned()),
                    Ok(Err(error)) => Some(format!("a function error: {error}")),
                    Ok(Ok(answer)) => flaw(&event, &answer),
                };
                flaw.map(|flaw| {
                    format!("event {number}, {}: {flaw}\n{}", event.function, event.head())
                })
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(|flaw| async { flaw })
        .collect::<Vec<_>>();
    let flaws = flaws.await;
    let first = flaws.iter().take(5).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(flaws.is_empty(), "seed {seed}: {} of {events} events:\n{first}", flaws.len());

    let logs = stack.logs();
    let answered = |status: &str| logs.matches(&format!("\"status\":{status}")).count() as u64;
    let (done, refused) = (answered("2"), answered("4"));
    assert!(done.min(refused) > events / 10, "{done} done, {refused} refused: too few to tell");
    let longest = logs.lines().map(str::len).max().unwrap_or_default();
    assert!(longest <= LONGEST_LINE, "a line of {longest} bytes");
}

/// Files in three states: completed, open for a PUT, and open for parts.
async fn ids(client: &Client) -> Vec<String> {
    let files = [
        client.uploaded("done.bin", &b"done"[..]).await,
        client.pending("open.bin", b"open").await,
        client.uploaded_in_parts("parts.bin", &b"parts"[..]).await,
    ];
    files.iter().map(|file| id_of(file).to_owned()).collect()
}

/// What is wrong with an answer, if anything is.
fn flaw(event: &OddEvent, answer: &[u8]) -> Option<String> {
    let told = || String::from_utf8_lossy(&answer[..answer.len().min(500)]).into_owned();
    // What is compiled in is as large as it is, and no JSON.
    let is_docs = event.function == "get-docs";
    if answer.len() > LARGEST_ANSWER && !is_docs {
        return Some(format!("an answer of {} bytes", answer.len()));
    }
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
        return Some(format!("no JSON: {}", told()));
    };
    let status = answer["statusCode"].as_u64().unwrap_or_default();
    let body = answer["body"].as_str().unwrap_or_default();
    if answer["headers"]["x-request-id"].as_str().is_none_or(str::is_empty) {
        return Some(format!("no x-request-id: {}", told()));
    }
    if status == 204 || event.is_head {
        return (!body.is_empty()).then(|| format!("a body where there is none: {}", told()));
    }
    let is_whole = match status {
        // MetaStudio says nothing about what it deleted.
        200 if event.function == "metastudio" && body.is_empty() => true,
        200 | 304 if is_docs => answer["headers"]["etag"].is_string(),
        200..=299 => serde_json::from_str::<Value>(body).is_ok(),
        400..=499 => is_refusal(&event.function, body) && body.len() <= LARGEST_REFUSAL,
        // Whatever a client sends is no fault of ours.
        _ => false,
    };
    (!is_whole).then(|| format!("{status}, {} bytes: {}", body.len(), told()))
}

/// Whether a refusal is said as the function's API says it.
fn is_refusal(function: &str, body: &str) -> bool {
    let Ok(body) = serde_json::from_str::<Value>(body) else { return false };
    match function {
        "polar" => body["error"].is_string() && !body["detail"].is_null(),
        "metastudio" => body["error_code"].is_string() && body["error_msg"].is_string(),
        "geolens" => !body["detail"].is_null(),
        "uppy" => body["error"].is_string() && body["message"].is_string(),
        _ => body["error"]["type"].is_string() && body["error"]["message"].is_string(),
    }
}
