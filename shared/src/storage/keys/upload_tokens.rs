//! Upload tokens: keys with less in their items. There is no second item, because nobody lists them, and TTL
//! removes them some time after their end.

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::retry::RetryConfig;

use super::{Caller, Keys, attributes};
use crate::domain::{ApiKey, KeyHash, Timestamp, TokenBounds};
use crate::storage::failure::unavailable;
use crate::storage::table::{Attributes, Conditional, ItemKey, conditional, number, text};
use crate::{Error, Result};

impl Keys {
    /// Records a new upload token of the caller's workspace. The token itself is not kept.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub(crate) async fn create_token(
        &self,
        caller: &Caller,
        token: &ApiKey,
        bounds: &TokenBounds,
        now: Timestamp,
    ) -> Result<()> {
        let mut item = Attributes::from([
            ("workspace".to_owned(), text(caller.workspace().as_str())),
            ("createdAt".to_owned(), number(now.millis())),
            ("expiresAt".to_owned(), number(bounds.expires_at.millis())),
            ("ttl".to_owned(), number(bounds.expires_at.seconds_rounded_up())),
            ("filesLeft".to_owned(), number(bounds.files_left)),
        ]);
        if let Some(max_bytes) = bounds.max_size_bytes {
            item.insert("maxSizeBytes".to_owned(), number(max_bytes));
        }
        if let Some(ranges) = &bounds.mime_types {
            let ranges = ranges.iter().map(|range| text(range.as_str())).collect();
            item.insert("mimeTypes".to_owned(), AttributeValue::L(ranges));
        }
        item.extend(attributes::unused_limits());
        item.extend(ItemKey::UploadToken(&token.hash()).attributes());
        // The hash is of 160 random bits: what stands there can only be this token, of an attempt whose
        // answer was lost.
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        put.send().await.map(|_| ()).map_err(unavailable("dynamodb:PutItem of an upload token"))
    }

    /// Revokes an upload token of the caller's workspace: it opens nothing from the next request on.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchToken`], or DynamoDB's failure.
    pub(crate) async fn revoke_token(
        &self,
        caller: &Caller,
        token: &KeyHash,
        now: Timestamp,
    ) -> Result<()> {
        let update = self
            .table
            .update(&ItemKey::UploadToken(token))
            .update_expression("SET revokedAt = if_not_exists(revokedAt, :now)")
            .condition_expression("workspace = :workspace")
            .expression_attribute_values(":workspace", text(caller.workspace().as_str()))
            .expression_attribute_values(":now", number(now.millis()));
        match conditional(update.send().await, "dynamodb:UpdateItem on an upload token")? {
            Conditional::Applied(_) => Ok(()),
            Conditional::Refused(_) => Err(Error::NoSuchToken),
        }
    }

    /// Gives back the place of a file that certainly was not created, if the caller holds a token.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure. The place is lost then.
    pub(crate) async fn give_place_back(&self, caller: &Caller) -> Result<()> {
        let Some(token) = caller.reach().token() else { return Ok(()) };
        let update = self
            .table
            .update(&ItemKey::UploadToken(token))
            .update_expression("ADD filesLeft :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", number(1));
        // Asked once only. A repetition after a lost answer would give back two places for one, and more
        // files could be created than the token allows.
        let once = Config::builder().retry_config(RetryConfig::disabled());
        let outcome = update.customize().config_override(once).send().await;
        conditional(outcome, "dynamodb:UpdateItem on an upload token").map(|_| ())
    }
}
