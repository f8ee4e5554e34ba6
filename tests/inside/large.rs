//! Real sizes: 512 MiB in little memory, 20,000 files at a constant price.

use std::collections::{BTreeMap, HashMap};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use futures_util::stream;
use local::{Call, Encryption};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use shared::domain::{FileId, Sequence};
use tests::{Answer, Settings, Stack, id_of};

use crate::records::Records;

const MIB: usize = 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_and_twelve_mebibytes_are_verified_by_reading_in_less_than_64_mebibytes() {
    let local = local::Options { encryption: Encryption::Kms, ..local::Options::default() };
    let stack = Stack::start(Settings { local, ..Settings::default() }).await;
    let client = stack.workspace("acme").await;
    let file = json!({ "filename": "large.bin", "mimeType": "a/b", "sizeBytes": 512 * MIB });
    let created = client.create(&file).await.ok();
    let put = put_stream(&created, blocks(512)).await;
    assert_eq!(put.status, 200, "{}", String::from_utf8_lossy(&put.bytes));
    stack.local().settled().await;
    let completed = client.complete(id_of(&created), &md5_of_blocks(512)).await.ok();
    assert_eq!(completed["md5"], md5_of_blocks(512));
    for function in ["create-file", "complete-file", "verify-upload"] {
        let peak = stack.function(function).peak_memory();
        assert!(peak > 0 && peak < 64 * MIB as u64, "{function}: {peak} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_the_same_at_every_offset_of_twenty_thousand_files() {
    const FILES: u64 = 20_000;
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let template = client.pending("file.bin", b"?").await;
    fill(&stack, id_of(&template), 1..FILES, FILES).await;
    client.list("").await.ok();

    let mut prices = Vec::new();
    for offset in [0, FILES / 2, FILES - 25] {
        stack.local().forget_calls();
        let page = client.list(&format!("offset={offset}")).await.ok();
        assert_eq!(page["totalCount"], FILES);
        assert_eq!(page["data"].as_array().map(Vec::len), Some(25));
        let newest: FileId = id_of(&page["data"][0]).parse().expect("an id");
        assert_eq!(newest.sequence().number(), FILES - 1 - offset);
        prices.push(price(&stack, &stack.local().calls()).await);
    }
    assert_eq!(prices[0].operations, ["Query", "Query", "UpdateItem"]);
    assert!(prices.iter().all(|price| *price == prices[0]), "{prices:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_the_same_at_every_offset_though_a_third_of_twenty_thousand_files_is_deleted()
{
    const FILES: u64 = 20_000;
    let stack = Stack::start(Settings::default()).await;
    let client = stack.workspace("acme").await;
    let template = client.pending("file.bin", b"?").await;
    let (holes, mut left): (Vec<u64>, Vec<u64>) =
        (0..FILES).rev().partition(|number| number % 3 == 1);
    fill(&stack, id_of(&template), left[..left.len() - 1].iter().copied(), FILES).await;
    note(&stack, &holes).await;
    for at in [12_000, 7_000, 0] {
        assert_eq!(client.delete(&id(left.remove(at)).to_string()).await.status, 204);
    }
    client.list("").await.ok();

    let mut prices = Vec::new();
    for offset in [1, 1_000, 4_321, left.len() / 2, left.len() - 25] {
        stack.local().forget_calls();
        let page = client.list(&format!("offset={offset}")).await.ok();
        assert_eq!(page["totalCount"], left.len());
        assert_eq!(numbers(&page), left[offset..offset + 25]);
        prices.push(price(&stack, &stack.local().calls()).await);
    }
    assert_eq!(prices[0].operations.len(), 6);
    assert!(prices.iter().all(|price| *price == prices[0]), "{prices:?}");

    stack.local().forget_calls();
    assert_eq!(numbers(&client.list("").await.ok()), left[..25]);
    assert_eq!(stack.local().calls().len(), 6);
}

/// The numbers of a page's files.
fn numbers(page: &Value) -> Vec<u64> {
    let files = page["data"].as_array().expect("data is an array");
    let ids = files.iter().map(|file| id_of(file).parse::<FileId>().expect("an id"));
    ids.map(|id| id.sequence().number()).collect()
}

/// The id of the file that was filled in at this number.
pub(crate) fn id(number: u64) -> FileId {
    FileId::new(Sequence::new(number).expect("a small number"), [7; 10])
}

/// What a request's calls cost.
#[derive(Debug, PartialEq)]
struct Price {
    operations: Vec<String>,
    read_units: f64,
}

/// Makes the reads among the calls once more, asking what they consume.
async fn price(stack: &Stack, calls: &[Call]) -> Price {
    let mut operations: Vec<_> = calls.iter().map(|call| call.operation.clone()).collect();
    operations.sort();
    let mut read_units = 0.0;
    for call in calls.iter().filter(|call| call.operation != "UpdateItem") {
        let mut body: Value = serde_json::from_slice(&call.body).expect("a call is JSON");
        body["ReturnConsumedCapacity"] = json!("TOTAL");
        let answer = Answer::to(signed(stack, &call.operation, body.to_string())).await.ok();
        read_units += answer["ConsumedCapacity"]["CapacityUnits"].as_f64().expect("a number");
    }
    Price { operations, read_units }
}

/// A call that no method of the SDK makes, signed as the SDK signs.
fn signed(stack: &Stack, operation: &str, body: String) -> reqwest::RequestBuilder {
    let secret = stack.local().secret_access_key();
    let identity = Credentials::new(local::ACCESS_KEY_ID, secret, None, None, "tests").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(local::REGION)
        .name("dynamodb")
        .time(std::time::UNIX_EPOCH)
        .settings(SigningSettings::default())
        .build()
        .expect("all is set")
        .into();
    let target = format!("DynamoDB_20120810.{operation}");
    let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", &target)];
    let url = format!("{}/", stack.local().dynamodb_url());
    let bytes = SignableBody::Bytes(body.as_bytes());
    let request = SignableRequest::new("POST", &url, headers.into_iter(), bytes);
    let signature = sign(request.expect("a request"), &params).expect("a signature");
    let mut request = reqwest::Client::new().post(&url);
    for (name, value) in headers.into_iter().chain(signature.output().headers()) {
        request = request.header(name, value);
    }
    request.body(body)
}

/// Adds files at these numbers, all like the one there is, and has the counter go on with `next`.
pub(crate) async fn fill(
    stack: &Stack,
    template: &str,
    numbers: impl Iterator<Item = u64>,
    next: u64,
) {
    let records = Records::of(stack, "acme");
    let template = records.file(template).await;
    let items = numbers.map(|number| {
        let mut item = template.clone();
        item.insert("sk".to_owned(), AttributeValue::S(format!("FILE#{number:013}")));
        item.insert("id".to_owned(), AttributeValue::S(id(number).to_string()));
        item
    });
    records.put_all(items.collect()).await;
    let mut counter: HashMap<_, _> = records.counter().await;
    counter.insert("next".to_owned(), AttributeValue::N(next.to_string()));
    records.put_all(vec![counter]).await;
}

/// Notes numbers of the first region as holes, as so many deletes do.
pub(crate) async fn note(stack: &Stack, holes: &[u64]) {
    let records = Records::of(stack, "acme");
    let mut blocks: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for hole in holes {
        blocks.entry(hole / 1_000).or_default().push(hole.to_string());
    }
    let mut region = records.counts_key("REGION#0000000");
    let mut items = Vec::new();
    for (index, holes) in blocks {
        region.insert(index.to_string(), AttributeValue::N(holes.len().to_string()));
        let mut block = records.counts_key(&format!("BLOCK#{index:010}"));
        block.insert("holes".to_owned(), AttributeValue::Ns(holes));
        items.push(block);
    }
    let mut all = records.counts_key("HOLES");
    all.insert("0".to_owned(), AttributeValue::N(holes.len().to_string()));
    items.extend([region, all]);
    records.put_all(items).await;
}

/// PUTs blocks without ever holding more than one.
async fn put_stream(
    created: &Value,
    blocks: impl Iterator<Item = Bytes> + Send + 'static,
) -> Answer {
    let body = reqwest::Body::wrap_stream(stream::iter(blocks.map(Ok::<_, std::io::Error>)));
    let url = created["uploadUrl"].as_str().expect("a url");
    let headers = created["uploadHeaders"].as_object().expect("headers");
    let mut request = reqwest::Client::new().put(url).body(body);
    for (name, value) in headers {
        request = request.header(name, value.as_str().expect("a header is text"));
    }
    Answer::to(request).await
}

/// So many blocks of 1 MiB, no two alike.
fn blocks(count: u32) -> impl Iterator<Item = Bytes> + Send {
    (0..count).map(|number| Bytes::from(number.to_be_bytes().repeat(MIB / 4)))
}

fn md5_of_blocks(count: u32) -> String {
    let mut hasher = Md5::new();
    blocks(count).for_each(|block| hasher.update(&block));
    data_encoding::HEXLOWER.encode(&hasher.finalize())
}
