//! What the operator does with keys: create, list, revoke.
//!
//! A key has two items: the one that admissions update, and an entry in one small partition, so
//! that a list need not scan the table. Both are always written in one transaction.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Keys, tat_attribute};
use crate::domain::{ApiKey, Category, KeyHash, Scope, Scopes, Timestamp, Workspace};
use crate::storage::failure::unavailable;
use crate::storage::item;
use crate::storage::table::{Attributes, ItemKey, KEY_ENTRIES, number, text};
use crate::storage::transaction::{self, Transaction};
use crate::{Error, Result};

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
}

impl KnownKey {
    /// How a new key is recorded.
    #[must_use]
    pub fn of(
        key: &ApiKey,
        name: String,
        scopes: impl IntoIterator<Item = Scope>,
        created_at: Timestamp,
    ) -> Self {
        let (workspace, hash) = (key.workspace().clone(), key.hash());
        let scopes = scopes.into_iter().collect();
        Self { workspace, hash, name, scopes, created_at, revoked_at: None }
    }
}

impl Keys {
    /// Records a new key. The key itself is not kept.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn create(&self, known: &KnownKey) -> Result<()> {
        let scopes = known.scopes.iter().map(|scope| text(scope.as_str())).collect();
        let entry = Attributes::from([
            ("workspace".to_owned(), text(known.workspace.as_str())),
            ("hash".to_owned(), text(known.hash.as_str())),
            ("name".to_owned(), text(&known.name)),
            ("scopes".to_owned(), AttributeValue::L(scopes)),
            ("createdAt".to_owned(), number(known.created_at.millis())),
        ]);
        let mut key = entry.clone();
        for category in [Category::Write, Category::Read, Category::Search] {
            key.insert(tat_attribute(category).to_owned(), number(0));
        }
        key.extend(ItemKey::Key(&known.hash).attributes());
        let mut entry = entry;
        entry.extend(ItemKey::KeyEntry(&known.workspace, &known.hash).attributes());
        let changes =
            vec![transaction::put(&self.table, key)?, transaction::put(&self.table, entry)?];
        match transaction::write(&self.table, changes).await? {
            Transaction::Applied => Ok(()),
            Transaction::Refused { .. } => Err(Error::internal("there is such a key already")),
        }
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

    /// Revokes a key at `now`: it opens nothing from the next request on.
    ///
    /// # Errors
    ///
    /// DynamoDB's failure.
    pub async fn revoke(&self, known: &KnownKey, now: Timestamp) -> Result<()> {
        let mark = |key: ItemKey<'_>| {
            transaction::update(&self.table, &key, |update| {
                update
                    .update_expression("SET revokedAt = if_not_exists(revokedAt, :now)")
                    .condition_expression("attribute_exists(pk)")
                    .expression_attribute_values(":now", number(now.millis()))
            })
        };
        let key = mark(ItemKey::Key(&known.hash))?;
        let entry = mark(ItemKey::KeyEntry(&known.workspace, &known.hash))?;
        match transaction::write(&self.table, vec![key, entry]).await? {
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
        scopes: item::scopes(entry)?,
        created_at: item::time(entry, "createdAt")?,
        revoked_at: item::optional_integer(entry, "revokedAt")?.map(Timestamp::from_millis),
    })
}
