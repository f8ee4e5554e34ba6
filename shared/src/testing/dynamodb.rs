//! DynamoDB's side: the calls a test expects, and what the table answers.
//!
//! A rule names the item, as `<pk>/<sk>` or the beginning of it, and parts of what is asked for it.
//! The expressions are compared with their names and values filled in:
//! `SET status = 'EXPIRED' IF status = 'PENDING' AND expiresAt <= 1775649600000`.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::{GetItemError, GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryError, QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::update_item::{
    UpdateItemError, UpdateItemInput, UpdateItemOutput,
};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_mocks::{MockResponse, Rule, RuleBuilder, mock};
use serde_json::{Value, json};

use super::{Answers, AwsAnswer, DUE, ID, MD5, NOW, SIZE, token};

/// The file's item.
pub const FILE: &str = "WS#acme/FILE#0000000000007";
/// The workspace's counter.
pub const COUNTER: &str = "COUNTER#acme/COUNTER";
/// What the workspace keeps, and may keep.
pub const QUOTA: &str = "COUNTER#acme/QUOTA";
/// The Query of the counter and its holes by region.
pub const COUNTS: &str = "pk = 'COUNTER#acme' AND sk BETWEEN 'COUNTER' AND 'HOLES'";
/// Every session's item.
pub const SESSION: &str = "SESSION#fil_";
/// Every key's item.
pub const KEY: &str = "KEY#";

/// Every upload token's item.
pub const TOKEN: &str = "TOKEN#";

/// An update of an item.
#[must_use]
pub fn update(
    item: &'static str,
    parts: &'static [&'static str],
) -> RuleBuilder<UpdateItemInput, UpdateItemOutput, UpdateItemError> {
    mock!(Client::update_item).match_requests(move |update| {
        let names = update.expression_attribute_names();
        let values = update.expression_attribute_values();
        let change = update.update_expression().unwrap_or_default();
        let condition = update.condition_expression().unwrap_or_default();
        let asked = filled_in(&format!("{change} IF {condition}"), names, values);
        place(update.key()).starts_with(item) && parts.iter().all(|part| asked.contains(part))
    })
}

/// A Put of an item; its attributes are compared as `name = value`.
#[must_use]
pub fn put(
    item: &'static str,
    parts: &'static [&'static str],
) -> RuleBuilder<PutItemInput, PutItemOutput, PutItemError> {
    mock!(Client::put_item).match_requests(move |put| {
        let attributes = put.item().into_iter().flatten();
        let mut asked: Vec<String> =
            attributes.map(|(name, value)| format!("{name} = {}", shown(value))).collect();
        asked.push(format!("IF {}", put.condition_expression().unwrap_or_default()));
        let asked = asked.join(", ");
        place(put.item()).starts_with(item) && parts.iter().all(|part| asked.contains(part))
    })
}

/// A Put that finds its own item: an earlier attempt was done, but its answer was lost.
#[must_use]
pub fn put_again(item: &'static str) -> Rule {
    put(item, &["IF attribute_not_exists(pk)"]).then_compute_response(|put| {
        let id = put.item().unwrap()["id"].as_s().unwrap();
        MockResponse::Http(refused(Some(&json!({ "id": { "S": id } }))).response())
    })
}

/// A strongly consistent read of an item.
#[must_use]
pub fn get(item: &'static str) -> RuleBuilder<GetItemInput, GetItemOutput, GetItemError> {
    mock!(Client::get_item).match_requests(move |get| {
        get.consistent_read() == Some(true) && place(get.key()).starts_with(item)
    })
}

/// A strongly consistent Query of at most `limit` items, newest first.
#[must_use]
pub fn query(
    condition: &'static str,
    limit: i32,
) -> RuleBuilder<QueryInput, QueryOutput, QueryError> {
    mock!(Client::query).match_requests(move |query| {
        let expression = query.key_condition_expression().unwrap_or_default();
        let asked = filled_in(expression, None, query.expression_attribute_values());
        query.consistent_read() == Some(true)
            && query.scan_index_forward() == Some(false)
            && query.limit() == Some(limit)
            && asked == condition
    })
}

/// The key is known, within its limit, and may do this.
#[must_use]
pub fn admitted(scopes: &[&str]) -> Rule {
    update(KEY, &["attribute_not_exists(revokedAt)"]).answers(updated(&key_item(scopes, 40)))
}

/// The key is known and was revoked.
#[must_use]
pub fn key_revoked() -> Rule {
    let revoked = with(key_item(&["files:read"], 0), &json!({ "revokedAt": { "N": "1" } }));
    update(KEY, &["attribute_not_exists(revokedAt)"]).answers(refused(Some(&revoked)))
}

/// A key's item whose limit is used up until `millis` after [`NOW`].
#[must_use]
pub fn key_item(scopes: &[&str], millis: u64) -> Value {
    // The limit of the deployment: its bucket fills in a second, and one request uses up 40 ms of that.
    let tat = json!({ "N": ((NOW.millis() + millis) * 1000).to_string() });
    let next = json!({ "N": ((NOW.millis() + millis - 960) * 1000).to_string() });
    let scopes: Vec<Value> = scopes.iter().map(|scope| json!({ "S": scope })).collect();
    let workspace = json!({ "S": "acme" });
    json!({
        "workspace": workspace, "scopes": { "L": scopes },
        "tatWrite": tat, "tatRead": tat, "tatSearch": tat,
        "nextWrite": next, "nextRead": next, "nextSearch": next,
    })
}

/// An upload token's item, used now for the first time, which ends ten minutes from [`NOW`].
#[must_use]
pub fn token_item(files_left: u64) -> Value {
    let mut item = key_item(&[], 40);
    item.as_object_mut().unwrap().remove("scopes");
    let attributes = json!({
        "expiresAt": { "N": "1775650200000" },
        "filesLeft": { "N": files_left.to_string() },
    });
    with(item, &attributes)
}

/// The item of a file that the upload token [`super::token`] created.
#[must_use]
pub fn created_by_token(item: Value) -> Value {
    with(item, &json!({ "createdBy": { "S": token().hash().as_str() } }))
}

/// The file's item in one of the four states.
#[must_use]
pub fn file_item(status: &str) -> Value {
    let item = json!({
        "pk": { "S": "WS#acme" },
        "sk": { "S": "FILE#0000000000007" },
        "id": { "S": ID },
        "filename": { "S": "hello.txt" },
        "mimeType": { "S": "text/plain" },
        "sizeBytes": { "N": SIZE.to_string() },
        "createdAt": { "N": "1775649540000" },
        "status": { "S": status },
    });
    match status {
        "PENDING" => with(item, &json!({ "expiresAt": { "N": DUE.millis().to_string() } })),
        "COMPLETED" => {
            let at = json!({ "N": "1775649599000" });
            with(item, &json!({ "completedAt": at, "md5": { "S": MD5 }, "etag": { "S": MD5 } }))
        }
        _ => item,
    }
}

/// An item with other or more attributes.
#[must_use]
pub fn with(mut item: Value, attributes: &Value) -> Value {
    for (name, value) in attributes.as_object().unwrap() {
        item[name] = value.clone();
    }
    item
}

/// An update was applied.
#[must_use]
pub fn updated(item: &Value) -> AwsAnswer {
    AwsAnswer::new(200, json!({ "Attributes": item }).to_string())
}

/// A condition did not hold for this item, or for none.
#[must_use]
pub fn refused(item: Option<&Value>) -> AwsAnswer {
    let mut body = failure_body("ConditionalCheckFailedException");
    if let Some(item) = item {
        body["Item"] = item.clone();
    }
    AwsAnswer::new(400, body.to_string())
}

/// An item was read, or there is none.
#[must_use]
pub fn read(item: Option<&Value>) -> AwsAnswer {
    let body = item.map_or(json!({}), |item| json!({ "Item": item }));
    AwsAnswer::new(200, body.to_string())
}

/// A Query found these items.
#[must_use]
pub fn rows(items: &[Value]) -> AwsAnswer {
    AwsAnswer::new(200, json!({ "Items": items, "Count": items.len() }).to_string())
}

/// A Put was done.
#[must_use]
pub fn done() -> AwsAnswer {
    AwsAnswer::new(200, "{}")
}

/// A failure of this name.
#[must_use]
pub fn failure(status: u16, name: &str) -> AwsAnswer {
    AwsAnswer::new(status, failure_body(name).to_string())
}

pub(super) fn failure_body(name: &str) -> Value {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "no" })
}

/// Where an item lies, `<pk>/<sk>`.
pub(super) fn place(attributes: Option<&HashMap<String, AttributeValue>>) -> String {
    let text = |name| attributes.and_then(|attributes| attributes.get(name)?.as_s().ok());
    let [pk, sk] = ["pk", "sk"].map(|name| text(name).map_or("", String::as_str));
    format!("{pk}/{sk}")
}

/// An expression with its names and values in their places.
pub(super) fn filled_in(
    expression: &str,
    names: Option<&HashMap<String, String>>,
    values: Option<&HashMap<String, AttributeValue>>,
) -> String {
    let names = names.into_iter().flatten().map(|(mark, name)| (mark, name.clone()));
    let values = values.into_iter().flatten().map(|(mark, value)| (mark, shown(value)));
    let mut marks: Vec<(&String, String)> = names.chain(values).collect();
    // Longest first: `:now` must not be found in `:nowhere`.
    marks.sort_by_key(|(mark, _)| std::cmp::Reverse(mark.len()));
    marks.iter().fold(expression.to_owned(), |text, (mark, value)| text.replace(*mark, value))
}

fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => format!("'{text}'"),
        AttributeValue::N(number) => number.clone(),
        AttributeValue::Ns(numbers) => format!("{{{}}}", numbers.join(",")),
        other => format!("{other:?}"),
    }
}
