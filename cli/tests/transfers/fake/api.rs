//! The fake's API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::world::{answer, md5_of, refusal};
use super::{ID, KEY, Shared, World};

type Fake = State<Arc<Shared>>;

/// The first URLs come with the file; the others must be asked for.
const FIRST_BATCH: usize = 3;

/// As many held parts are told at a time.
const PAGE: usize = 2;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/files", post(create))
        .route(&format!("/v1/files/{ID}"), get(file))
        .route(&format!("/v1/files/{ID}/parts"), post(sign_parts).get(list_parts))
        .route(&format!("/v1/files/{ID}/complete"), post(complete))
        .route(&format!("/v1/files/{ID}/url"), get(url))
}

async fn create(State(fake): Fake, headers: HeaderMap, body: String) -> Response {
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    let address = fake.address;
    fake.change(|world| {
        if let Some(scripted) = world.call("create") {
            return scripted;
        }
        world.created = Some(json_of(&body));
        (world.status, world.md5) = ("PENDING", None);
        world.parts.clear();
        let mut file = world.file();
        if world.part_size_bytes == 0 {
            file["uploadUrl"] = json!(format!("http://{address}/s3/1?signing=0"));
            file["uploadHeaders"] = headers_for(world.size_bytes());
        } else {
            let first: Vec<_> = (1..=world.count().min(FIRST_BATCH)).collect();
            file["parts"]["data"] = sign(&fake, world, &first);
        }
        answer(200, &file)
    })
}

async fn file(State(fake): Fake) -> Response {
    fake.change(|world| {
        let scripted = world.call("file");
        scripted.unwrap_or_else(|| match world.created {
            Some(_) => answer(200, &world.file()),
            None => refusal(404, "not_found", &[]),
        })
    })
}

async fn sign_parts(State(fake): Fake, body: String) -> Response {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wanted {
        part_numbers: Vec<usize>,
    }
    let wanted: Wanted = serde_json::from_str(&body).expect("part numbers");
    fake.change(|world| {
        let scripted = world.call("sign-parts");
        world.signings += 1;
        let data = sign(&fake, world, &wanted.part_numbers);
        scripted.unwrap_or_else(|| answer(200, &json!({ "data": data })))
    })
}

#[derive(Deserialize)]
struct After {
    after: usize,
}

async fn list_parts(State(fake): Fake, Query(After { after }): Query<After>) -> Response {
    fake.change(|world| {
        let scripted = world.call("list-parts");
        let mut rest = world.parts.iter().filter(|(number, _)| **number > after);
        let page: Vec<_> = rest
            .by_ref()
            .take(PAGE)
            .map(|(number, bytes)| {
                json!({ "partNumber": number, "sizeBytes": bytes.len(), "etag": world.etag(bytes) })
            })
            .collect();
        let has_more = rest.next().is_some();
        let list = json!({ "object": "list", "data": page, "hasMore": has_more });
        scripted.unwrap_or_else(|| answer(200, &list))
    })
}

async fn complete(State(fake): Fake, body: String) -> Response {
    let claimed = json_of(&body)["md5"].clone();
    fake.change(|world| {
        if let Some(scripted) = world.call("complete") {
            return scripted;
        }
        let expected = if world.part_size_bytes == 0 { 1 } else { world.count() };
        let missing = (1..=expected).filter(|number| !world.parts.contains_key(number));
        let missing: Vec<_> =
            missing.map(|number| json!({ "partNumber": number, "problem": "missing" })).collect();
        let md5 = md5_of(&world.bytes());
        if !missing.is_empty() {
            refusal(422, "parts_mismatch", &missing)
        } else if claimed == md5 {
            (world.status, world.md5) = ("COMPLETED", Some(md5));
            answer(200, &world.file())
        } else {
            refusal(422, "checksum_mismatch", &[])
        }
    })
}

async fn url(State(fake): Fake) -> Response {
    let address = fake.address;
    fake.change(|world| {
        let url = json!({ "url": format!("http://{address}/s3/all"), "expiresAt": "2026" });
        world.call("url").unwrap_or_else(|| answer(200, &url))
    })
}

fn sign(fake: &Shared, world: &World, numbers: &[usize]) -> Value {
    let (address, signings, size) = (fake.address, world.signings, world.part_size_bytes);
    let sign = |number: &usize| {
        let rest = world.size_bytes() - (number - 1) * size;
        let url = format!("http://{address}/s3/{number}?signing={signings}");
        let headers = headers_for(rest.min(size));
        json!({ "partNumber": number, "url": url, "headers": headers, "expiresAt": "2026" })
    };
    numbers.iter().map(sign).collect()
}

fn headers_for(size: usize) -> Value {
    json!({ "content-length": size.to_string(), "x-signed": "exactly this" })
}

fn json_of(body: &str) -> Value {
    serde_json::from_str(body).expect("a body in JSON")
}
