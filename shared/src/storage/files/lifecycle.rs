//! Cancelling and expiring, and what every move of the state machine is made of. Each repeats in its
//! condition what the domain decides.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::rows::found;
use super::{Files, Update};
use crate::domain::{Filename, Timestamp};
use crate::storage::Authority;
use crate::storage::item::COMPLETING;
use crate::storage::table::{Conditional, ItemKey, conditional, number, text};
use crate::uploads::File;
use crate::{Error, Result};

/// The session is open, and no completion has begun.
pub(super) const OPEN: &str = "id = :id AND #status = :pending AND expiresAt > :now";

/// The session is open: a completion that has begun keeps it so.
pub(super) const LIVE: &str = "id = :id AND (#status = :completing \
                               OR (#status = :pending AND expiresAt > :now))";

impl Files {
    /// PENDING, COMPLETING → CANCELLED.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::FileNotPending`], or DynamoDB's failure.
    pub async fn cancel(&self, authority: &Authority, now: Timestamp) -> Result<File> {
        let update = self
            .live_session(authority, now)
            .update_expression("SET #status = :cancelled REMOVE expiresAt")
            .condition_expression(LIVE)
            .expression_attribute_values(":cancelled", text("CANCELLED"));
        match self.apply(update, authority).await? {
            Update::Applied(file) => Ok(file),
            Update::Refused(file) => Err(Error::FileNotPending { status: file.status(now) }),
        }
    }

    /// PENDING → EXPIRED, for a session whose time is up; a file in any other state stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn expire(&self, authority: &Authority, now: Timestamp) -> Result<Update> {
        let update = self
            .session(authority, now)
            .update_expression("SET #status = :expired REMOVE expiresAt")
            .condition_expression("id = :id AND #status = :pending AND expiresAt <= :now")
            .expression_attribute_values(":expired", text("EXPIRED"));
        self.apply(update, authority).await
    }

    /// Gives a file another name, and what a dialect keeps with it another text.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or DynamoDB's failure.
    pub async fn rename(
        &self,
        authority: &Authority,
        filename: &Filename,
        annotation: &str,
    ) -> Result<File> {
        let update = self
            .record(authority)
            .update_expression("SET filename = :filename, annotation = :annotation")
            .condition_expression("id = :id")
            .expression_attribute_values(":filename", text(filename.as_str()))
            .expression_attribute_values(":annotation", text(annotation));
        match self.apply(update, authority).await? {
            Update::Applied(file) => Ok(file),
            Update::Refused(_) => Err(Error::NotFound),
        }
    }

    /// An update that may use the values which [`OPEN`] names.
    pub(super) fn session(&self, authority: &Authority, now: Timestamp) -> UpdateItemFluentBuilder {
        self.record(authority)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":pending", text("PENDING"))
            .expression_attribute_values(":now", number(now.millis()))
    }

    /// An update that may use the values which [`LIVE`] names.
    pub(super) fn live_session(
        &self,
        authority: &Authority,
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.session(authority, now).expression_attribute_values(":completing", text(COMPLETING))
    }

    /// An update of the file's record that may use `:id`.
    pub(super) fn record(&self, authority: &Authority) -> UpdateItemFluentBuilder {
        let key = authority.key();
        self.table
            .update(&ItemKey::File(&key.workspace, key.file.sequence()))
            .expression_attribute_values(":id", text(key.file.to_string()))
    }

    pub(super) async fn apply(
        &self,
        update: UpdateItemFluentBuilder,
        authority: &Authority,
    ) -> Result<Update> {
        let id = authority.key().file;
        match conditional(update.send().await, "dynamodb:UpdateItem on a file")? {
            Conditional::Applied(item) => found(Some(item), id).map(Update::Applied),
            Conditional::Refused(item) => found(item, id).map(Update::Refused),
        }
    }
}
