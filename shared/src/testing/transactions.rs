//! DynamoDB's transactions: the changes a test expects at once, and what becomes of them.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use aws_smithy_mocks::{RuleBuilder, mock};
use serde_json::{Value, json};

use super::AwsAnswer;
use super::dynamodb::{failure_body, filled_in, place};

/// Exactly these changes at once, in this order, with their names and values filled in:
/// `COUNTER#acme/HOLES: ADD 0 1`, `WS#acme/FILE#0000000000007: DELETE IF id = 'fil_…'`.
#[must_use]
pub fn transaction(
    changes: &'static [&'static str],
) -> RuleBuilder<TransactWriteItemsInput, TransactWriteItemsOutput, TransactWriteItemsError> {
    mock!(Client::transact_write_items).match_requests(move |transaction| {
        transaction.transact_items().iter().map(said).eq(changes.iter().copied())
    })
}

/// No change was made: for each a code such as `ConditionalCheckFailed`, or `None`.
#[must_use]
pub fn cancelled(codes: &[&str]) -> AwsAnswer {
    let mut body = failure_body("TransactionCanceledException");
    let reasons: Vec<Value> = codes.iter().map(|code| json!({ "Code": code })).collect();
    body["CancellationReasons"] = reasons.into();
    AwsAnswer::new(400, body.to_string())
}

/// No change of so many was made: the condition of the first did not hold for this item.
#[must_use]
pub fn refused_with(item: &Value, changes: usize) -> AwsAnswer {
    let mut body = failure_body("TransactionCanceledException");
    let refused = json!({ "Code": "ConditionalCheckFailed", "Item": item });
    let others = (1..changes).map(|_| json!({ "Code": "None" }));
    body["CancellationReasons"] = [refused].into_iter().chain(others).collect();
    AwsAnswer::new(400, body.to_string())
}

fn said(change: &TransactWriteItem) -> String {
    let (key, text, condition, names, values) = if let Some(update) = change.update() {
        (
            update.key(),
            update.update_expression(),
            update.condition_expression(),
            update.expression_attribute_names(),
            update.expression_attribute_values(),
        )
    } else if let Some(put) = change.put() {
        let condition = put.condition_expression().unwrap_or_default();
        // The id of a new file is random, so of its session only the kind is compared.
        let place = place(Some(put.item()));
        let place = if place.starts_with("SESSION#") { "SESSION" } else { &place };
        return format!("{place}: PUT IF {condition}");
    } else {
        let delete = change.delete().unwrap();
        (
            delete.key(),
            "DELETE",
            delete.condition_expression(),
            delete.expression_attribute_names(),
            delete.expression_attribute_values(),
        )
    };
    let condition = condition.map_or_else(String::new, |condition| format!(" IF {condition}"));
    format!("{}: {}", place(Some(key)), filled_in(&format!("{text}{condition}"), names, values))
}
