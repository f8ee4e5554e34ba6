//! The fake's S3.

use std::future::pending;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, put};
use futures_util::stream;
use serde::Deserialize;

use super::Shared;

/// What is sent at a time, in bytes.
const PIECE: usize = 64 * 1024;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/s3/{number}", put(put_part)).route("/s3/all", get(get_all))
}

#[derive(Deserialize)]
struct Signed {
    signing: usize,
}

async fn put_part(
    State(fake): State<Arc<Shared>>,
    Path(number): Path<usize>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    assert_eq!(headers["x-signed"], "exactly this");
    let (scripted, expired, silent, occupied, together) = fake.change(|world| {
        let begun = world.called("put");
        let silent = world.silent_after.is_some_and(|after| begun >= after);
        world.unanswered += usize::from(silent);
        let expired = signed.signing < world.valid_from;
        let occupied = world.part_size_bytes == 0 && world.parts.contains_key(&number);
        (world.call("put"), expired, silent, occupied, world.together.clone())
    });
    if let Some(scripted) = scripted {
        return scripted;
    }
    if expired {
        return error(403, "AccessDenied", "Request has expired");
    }
    if occupied {
        return error(412, "PreconditionFailed", "There is an object.");
    }
    if silent {
        return pending().await;
    }
    fake.change(|world| {
        world.underway += 1;
        world.most_underway = world.most_underway.max(world.underway);
    });
    if let Some(together) = together {
        together.wait().await;
    }
    let bytes = to_bytes(body, usize::MAX).await;
    fake.change(|world| {
        world.underway -= 1;
        let Ok(bytes) = bytes else { return error(400, "IncompleteBody", "") };
        assert_eq!(headers["content-length"], bytes.len().to_string());
        *world.arrivals.entry(number).or_default() += 1;
        let etag = format!("\"{}\"", world.etag(&bytes));
        world.parts.insert(number, bytes.into());
        let encryption = if world.kms { "aws:kms" } else { "AES256" };
        let stored = Response::builder()
            .header("etag", etag)
            .header("x-amz-server-side-encryption", encryption)
            .body(Body::empty());
        world.call("stored").unwrap_or_else(|| stored.expect("a response"))
    })
}

async fn get_all(State(fake): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let range = headers.get("range").map(|range| range.to_str().expect("a range").to_owned());
    let first = range.as_ref().map_or(0, |range| {
        let first = range.trim_start_matches("bytes=").trim_end_matches('-');
        first.parse().expect("an open range")
    });
    fake.change(|world| {
        world.ranges.push(first);
        if let Some(scripted) = world.call("get") {
            return scripted;
        }
        let rest = world.bytes().split_off(first);
        let response = Response::builder()
            .status(if range.is_some() { 206 } else { 200 })
            .header("content-length", rest.len())
            .header("etag", "\"whole\"");
        let sent = world.breaks.pop_front().unwrap_or(rest.len());
        let broken = (sent < rest.len()).then(|| Err(io::ErrorKind::ConnectionReset.into()));
        let pieces: Vec<_> = rest[..sent].chunks(PIECE).map(|piece| Ok(piece.to_vec())).collect();
        let pieces: Vec<io::Result<_>> = pieces.into_iter().chain(broken).collect();
        response.body(Body::from_stream(stream::iter(pieces))).expect("a response")
    })
}

/// An error as S3 says it.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Response {
    let xml = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Response::builder().status(status).body(Body::from(xml)).expect("a response")
}
