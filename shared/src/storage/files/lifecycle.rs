//! Cancelling, expiring, and changing what clients say of a file.

use super::{Files, Update};
use crate::Result;
use crate::domain::Timestamp;
use crate::storage::table::text;
use crate::storage::{Authority, file_item};
use crate::uploads::file::Details;
use crate::uploads::state::StateName;

impl Files {
    /// → CANCELLED.
    pub(crate) async fn cancel(&self, authority: &Authority, now: Timestamp) -> Result<Update> {
        self.enter(authority, StateName::Cancelled, now).remove("expiresAt").apply().await
    }

    /// → EXPIRED, if the session's time is up.
    pub(crate) async fn expire(&self, authority: &Authority, now: Timestamp) -> Result<Update> {
        self.enter(authority, StateName::Expired, now).remove("expiresAt").apply().await
    }

    /// Changes what a client says of a file, if it is still what was read. Otherwise a change that was made
    /// meanwhile would be lost.
    pub(crate) async fn describe(
        &self,
        authority: &Authority,
        read: &Details,
        wanted: &Details,
    ) -> Result<Update> {
        let mut change = self
            .change(authority)
            .when("filename = :was")
            .value(":was", text(read.filename.as_str()))
            .set("filename = :filename")
            .value(":filename", text(wanted.filename.as_str()));
        let annotations = [&read.annotation, &wanted.annotation];
        let [annotated, annotation] = annotations.map(|it| it.as_deref().map(text));
        let [labelled, labels] = [&read.labels, &wanted.labels].map(file_item::labels_of);
        for (name, was, becomes) in
            [("annotation", annotated, annotation), ("labels", labelled, labels)]
        {
            change = match was {
                None => change.when(format!("attribute_not_exists({name})")),
                Some(was) => {
                    change.when(format!("{name} = :{name}Was")).value(format!(":{name}Was"), was)
                }
            };
            change = match becomes {
                None => change.remove(name),
                Some(value) => {
                    change.set(format!("{name} = :{name}")).value(format!(":{name}"), value)
                }
            };
        }
        change.apply().await
    }
}
