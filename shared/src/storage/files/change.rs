//! One conditional update of a file's record, put together clause by clause.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::record::found;
use super::{Files, Update};
use crate::Result;
use crate::domain::{FileId, Timestamp};
use crate::storage::table::{Conditional, ItemKey, conditional, number, text};
use crate::storage::{Authority, Reach};
use crate::uploads::state::{Mark, Origin, StateName};

/// A change of one file's record, which is made if all of its conditions hold.
pub(super) struct Change {
    id: FileId,
    reach: Reach,
    update: UpdateItemFluentBuilder,
    conditions: Vec<String>,
    set: Vec<String>,
    remove: Vec<&'static str>,
    add: Vec<&'static str>,
}

impl Files {
    /// A change of the file's record that does not depend on its state.
    pub(super) fn change(&self, authority: &Authority) -> Change {
        let key = authority.key();
        let update = self.table.update(&ItemKey::File(&key.workspace, key.file.sequence()));
        let change = Change {
            id: key.file,
            reach: authority.reach().clone(),
            update,
            conditions: Vec::new(),
            set: Vec::new(),
            remove: Vec::new(),
            add: Vec::new(),
        };
        // The number in the key names the item; only the whole id names the file.
        let change = change.when("id = :id").value(":id", text(key.file.to_string()));
        match authority.reach().token() {
            None => change,
            Some(token) => change.when("createdBy = :token").value(":token", text(token.as_str())),
        }
    }

    /// The file enters `state` at `now`, if it is where that state may be entered from.
    pub(super) fn enter(&self, authority: &Authority, state: StateName, now: Timestamp) -> Change {
        let change = self.change(authority).when_in(state.entered_from(), now);
        change.set("#status = :entered").value(":entered", text(state.as_str()))
    }

    /// The file gets `mark` at `now`, if it is where that may be set.
    pub(super) fn mark(&self, authority: &Authority, mark: Mark, now: Timestamp) -> Change {
        self.change(authority).when_in(mark.set_in(), now)
    }
}

impl Change {
    /// Demands one more condition.
    pub(super) fn when(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Sets an attribute: `name = value`.
    pub(super) fn set(mut self, assignment: impl Into<String>) -> Self {
        self.set.push(assignment.into());
        self
    }

    /// Removes attributes.
    pub(super) fn remove(mut self, names: &'static str) -> Self {
        self.remove.push(names);
        self
    }

    /// Adds to a number: `name value`.
    pub(super) fn add(mut self, addition: &'static str) -> Self {
        self.add.push(addition);
        self
    }

    /// Gives a value to a name that the clauses use. DynamoDB refuses values that none uses.
    pub(super) fn value(mut self, name: impl Into<String>, value: AttributeValue) -> Self {
        self.update = self.update.expression_attribute_values(name, value);
        self
    }

    /// Demands that the file is in one of these places at `now`.
    fn when_in(mut self, sources: &[Origin], now: Timestamp) -> Self {
        let has = |source| sources.contains(&source);
        let mut places = Vec::new();
        if has(Origin::Completing) {
            places.push("#status = :completing");
            self = self.value(":completing", text(StateName::Completing.as_str()));
        }
        if has(Origin::Completed) {
            places.push("#status = :completed");
            self = self.value(":completed", text(StateName::Completed.as_str()));
        }
        if let Some(open) = match (has(Origin::Open), has(Origin::Overdue)) {
            (true, true) => Some("#status = :pending"),
            (true, false) => Some("#status = :pending AND expiresAt > :now"),
            (false, true) => Some("#status = :pending AND expiresAt <= :now"),
            (false, false) => None,
        } {
            places.push(open);
            self = self.value(":pending", text(StateName::Open.as_str()));
            if has(Origin::Open) != has(Origin::Overdue) {
                self = self.value(":now", number(now.millis()));
            }
        }
        self.update = self.update.expression_attribute_names("#status", "status");
        if let [place] = places[..] {
            return self.when(place);
        }
        let places: Vec<_> = places.into_iter().map(in_brackets).collect();
        self.when(format!("({})", places.join(" OR ")))
    }

    /// Makes the change.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound), or DynamoDB's failure.
    pub(super) async fn apply(self) -> Result<Update> {
        let clauses = [
            ("SET ", self.set.join(", ")),
            (" REMOVE ", self.remove.join(", ")),
            (" ADD ", self.add.join(", ")),
        ];
        let expression = clauses.iter().filter(|(_, clause)| !clause.is_empty());
        let expression: String =
            expression.flat_map(|(word, clause)| [*word, clause.as_str()]).collect();
        let update = self
            .update
            .condition_expression(self.conditions.join(" AND "))
            .update_expression(expression.trim_start());
        match conditional(update.send().await, "dynamodb:UpdateItem on a file")? {
            Conditional::Applied(item) => {
                found(Some(item), self.id, &self.reach).map(Update::Applied)
            }
            Conditional::Refused(item) => found(item, self.id, &self.reach).map(Update::Refused),
        }
    }
}

/// A clause as one of several that are joined by OR.
fn in_brackets(clause: &str) -> String {
    if clause.contains(" AND ") { format!("({clause})") } else { clause.to_owned() }
}
