//! The one table, as `infra/template.yaml` declares it for AWS.

use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::update_time_to_live::UpdateTimeToLiveRequest;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::due::ATTRIBUTE;
use super::failed;
use crate::TABLE;
use crate::error::Error;

/// Creates the table with its stream and TTL unless the database holds it already.
pub(super) fn create_if_absent(database: &Database) -> Result<(), Error> {
    if database.get_table_metadata(TABLE).map_err(failed)?.is_some() {
        return Ok(());
    }
    let table: CreateTableRequest = request(json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
    }))?;
    database.create_table(table).map_err(failed)?;
    let time_to_live: UpdateTimeToLiveRequest = request(json!({
        "TableName": TABLE,
        "TimeToLiveSpecification": { "AttributeName": ATTRIBUTE, "Enabled": true },
    }))?;
    database.update_time_to_live(time_to_live).map_err(failed)?;
    Ok(())
}

/// The engine's requests have no public constructor; they are read from the JSON DynamoDB takes.
pub(super) fn request<Request: DeserializeOwned>(json: Value) -> Result<Request, Error> {
    serde_json::from_value(json).map_err(failed)
}
