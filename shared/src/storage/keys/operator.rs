//! What the operator does with keys: create, list, rotate, revoke.
//!
//! A key has two items: the one that admissions update, and an entry in one small partition, so
//! that a list need not scan the table. Both are always written in one transaction.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{Keys, attributes, time_attributes};
use crate::domain::{ApiKey, Category, KeyHash, RateLimit, Scope, Scopes, Timestamp, Workspace};
use crate::storage::failure::unavailable;
use crate::storage::item::{self, optional_integer};
use crate::storage::table::{Attributes, ItemKey, KEY_ENTRIES, number, signed_number, text};
use crate::storage::transaction::{self, Transaction};
use crate::{Error, Result};

/// How many keys are read at the same time. Each read has a connection of its own.
const READ_AT_ONCE: usize = 10;

/// A key as it is recorded: everything but the key itself.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// The workspace it opens.
    pub workspace: Workspace,
    /// Its hash; the first digits are its id.
    pub hash: KeyHash,
    /// What the operator calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// From when on it opens nothing, if it ends.
    pub expires_at: Option<Timestamp>,
    /// The limit that it has of its own, if it has one.
    pub limit: Option<RateLimit>,
}

impl KnownKey {
    /// How a new key is recorded, which does not end and has no limit of its own.
    #[must_use]
    pub fn of(
        key: &ApiKey,
        name: String,
        scopes: impl IntoIterator<Item = Scope>,
        created_at: Timestamp,
    ) -> Self {
        let (workspace, hash) = (key.workspace().clone(), key.hash());
        let scopes = scopes.into_iter().collect();
        Self {
            workspace,
            hash,
            name,
            scopes,
            created_at,
            revoked_at: None,
            expires_at: None,
            limit: None,
        }
    }
}

impl Keys {
    /// Records a new key. The key itself is not kept.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn create(&self, known: &KnownKey) -> Result<()> {
        match transaction::write(&self.table, self.new_items(known)?).await? {
            Transaction::Applied => Ok(()),
            Transaction::Refused { .. } => Err(Error::internal("there is such a key already")),
        }
    }

    /// Records a new key in the place of an old one, which opens nothing from `end` on, or from its own end
    /// if that is earlier.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure; then neither key has changed.
    pub async fn rotate(&self, old: &KnownKey, new: &KnownKey, end: Timestamp) -> Result<()> {
        let end = old.expires_at.map_or(end, |earlier| earlier.min(end));
        let mut changes = self.new_items(new)?;
        changes.extend(self.of_both(old, |update| {
            update
                .update_expression("SET expiresAt = :end")
                .condition_expression("attribute_exists(pk) AND attribute_not_exists(revokedAt)")
                .expression_attribute_values(":end", number(end.millis()))
        })?);
        match transaction::write(&self.table, changes).await? {
            Transaction::Applied => Ok(()),
            Transaction::Refused { .. } => Err(Error::internal("the key has been revoked")),
        }
    }

    /// A key's item and its entry, as they are recorded.
    fn new_items(&self, known: &KnownKey) -> Result<Vec<TransactWriteItem>> {
        let scopes = known.scopes.iter().map(|scope| text(scope.as_str())).collect();
        let mut entry = Attributes::from([
            ("workspace".to_owned(), text(known.workspace.as_str())),
            ("hash".to_owned(), text(known.hash.as_str())),
            ("name".to_owned(), text(&known.name)),
            ("scopes".to_owned(), AttributeValue::L(scopes)),
            ("createdAt".to_owned(), number(known.created_at.millis())),
        ]);
        if let Some(end) = known.expires_at {
            entry.insert("expiresAt".to_owned(), number(end.millis()));
        }
        if let Some(limit) = known.limit {
            entry.insert("rateInterval".to_owned(), number(limit.interval()));
            entry.insert("rateBurst".to_owned(), number(limit.burst().into()));
        }
        let mut key = entry.clone();
        key.extend(attributes::unused_limits());
        // What follows from the limit is kept with it: an update can add, but not multiply.
        key.extend(known.limit.map(|limit| ("rateLead".to_owned(), signed_number(limit.lead()))));
        key.extend(ItemKey::Key(&known.hash).attributes());
        entry.extend(ItemKey::KeyEntry(&known.workspace, &known.hash).attributes());
        Ok(vec![transaction::put(&self.table, key)?, transaction::put(&self.table, entry)?])
    }

    /// The same change of a key's item and of its entry.
    fn of_both(
        &self,
        known: &KnownKey,
        describe: impl Fn(UpdateBuilder) -> UpdateBuilder,
    ) -> Result<[TransactWriteItem; 2]> {
        let key = ItemKey::Key(&known.hash);
        let entry = ItemKey::KeyEntry(&known.workspace, &known.hash);
        Ok([
            transaction::update(&self.table, &key, &describe)?,
            transaction::update(&self.table, &entry, &describe)?,
        ])
    }

    /// Every key, revoked ones too, or those of one workspace; ordered by workspace.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn list(&self, workspace: Option<&Workspace>) -> Result<Vec<KnownKey>> {
        let prefix = workspace.map_or_else(String::new, |workspace| format!("{workspace}#"));
        let mut query = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .consistent_read(true)
            .key_condition_expression("pk = :entries")
            .expression_attribute_values(":entries", text(KEY_ENTRIES));
        if !prefix.is_empty() {
            query = query
                .key_condition_expression("pk = :entries AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix));
        }
        let mut pages = query.into_paginator().items().send();
        let mut keys = Vec::new();
        while let Some(entry) = pages.next().await {
            keys.push(known_key(&entry.map_err(unavailable("dynamodb:Query of the keys"))?)?);
        }
        Ok(keys)
    }

    /// When each of these keys was last used, as far as its rate limit tells: a key that is used faster than its
    /// limit seems to be used until its bucket is full again, which may be after now.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn last_uses(&self, keys: &[KnownKey]) -> Result<Vec<Option<Timestamp>>> {
        let reads: Vec<_> = keys.iter().map(|known| self.last_use(known)).collect();
        stream::iter(reads).buffered(READ_AT_ONCE).try_collect().await
    }

    async fn last_use(&self, known: &KnownKey) -> Result<Option<Timestamp>> {
        let key = Some(ItemKey::Key(&known.hash).attributes());
        let read = self.table.client.get_item().table_name(&self.table.name).set_key(key);
        let output = read.send().await.map_err(unavailable("dynamodb:GetItem on a key"))?;
        let item = output.item.unwrap_or_default();
        let mut latest = 0;
        for category in Category::ALL {
            let (tat, _) = time_attributes(category);
            latest = optional_integer(&item, tat)?.unwrap_or(0).max(latest);
        }
        Ok((latest > 0).then(|| Timestamp::from_millis(latest / 1000)))
    }

    /// Revokes a key at `now`: it opens nothing from the next request on.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn revoke(&self, known: &KnownKey, now: Timestamp) -> Result<()> {
        let changes = self.of_both(known, |update| {
            update
                .update_expression("SET revokedAt = if_not_exists(revokedAt, :now)")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_values(":now", number(now.millis()))
        })?;
        match transaction::write(&self.table, changes.to_vec()).await? {
            Transaction::Applied => Ok(()),
            Transaction::Refused { .. } => Err(Error::internal("there is no such key any more")),
        }
    }
}

fn known_key(entry: &Attributes) -> Result<KnownKey> {
    Ok(KnownKey {
        workspace: item::parsed(entry, "workspace")?,
        hash: item::parsed(entry, "hash")?,
        name: item::string(entry, "name")?.to_owned(),
        scopes: attributes::scopes(entry)?,
        created_at: item::time(entry, "createdAt")?,
        revoked_at: item::optional_integer(entry, "revokedAt")?.map(Timestamp::from_millis),
        expires_at: attributes::expires_at(entry)?,
        limit: attributes::rate_limit(entry)?,
    })
}
