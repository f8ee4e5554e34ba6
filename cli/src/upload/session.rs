//! An upload that has been opened: now, or by a process before this one.

use std::sync::Once;

use shared::domain::Encryption;

use crate::client::{Client, NewFile, Status, Ticket, UploadTicket, VerificationState};
use crate::console;
use crate::failure::{Failure, Refusal};

use super::Upload;
use super::memory::{Memory, Recalled};
use super::parts::{Held, Part, cut, whole};

/// An open upload.
pub(super) struct Session<'a> {
    /// The file's id.
    pub(super) id: String,
    /// All parts of the file; none if S3 holds them all and has begun to assemble them.
    pub(super) parts: Vec<Part>,
    /// Where some of them go, by number.
    pub(super) tickets: Vec<(u32, UploadTicket)>,
    /// Whether more can be had: those of a single PUT end with the session.
    pub(super) renewable: bool,
    memory: &'a Memory,
    customer_managed: Once,
}

impl<'a> Session<'a> {
    /// The session that `memory` knows, if it is still good for `new`.
    pub(super) fn resume(
        client: &Client,
        memory: &'a Memory,
        new: &NewFile,
    ) -> Result<Option<Self>, Failure> {
        let Some(Recalled { file_id: id, encryption }) = memory.recall() else { return Ok(None) };
        let file = match client.file(&id) {
            Err(Failure::Refused(Refusal { status: 404, .. })) => return Ok(None),
            answer => answer?,
        };
        let proving =
            file.verification.as_ref().is_some_and(|at| at.state != VerificationState::Rejected);
        let parts = match (file.status, file.parts) {
            _ if file.announced() != *new => return Ok(None),
            (Status::Completed, _) => Vec::new(),
            (Status::Pending, _) if proving => Vec::new(),
            (Status::Pending, Some(plan)) => {
                cut(new.size_bytes, plan, &client.stored_parts(&id)?, encryption)?
            }
            _ => return Ok(None),
        };
        let held = parts.iter().filter(|part| part.held != Held::Nothing).count();
        let of_all =
            if parts.is_empty() { "all".to_owned() } else { format!("{held} of {}", parts.len()) };
        console::note(&format!("resuming {id}: S3 holds {of_all} parts"));
        Ok(Some(Self::of(id, parts, memory)))
    }

    /// A new session, remembered if it can be resumed.
    pub(super) fn begin(
        client: &Client,
        memory: &'a Memory,
        new: &NewFile,
        options: &Upload,
    ) -> Result<Self, Failure> {
        let created = client.create(new, options.part_size)?;
        let id = created.id.clone();
        match created.into_ticket() {
            Some(Ticket::Parts(plan, tickets)) => {
                memory.remember(&id, Encryption::S3Managed);
                let parts = cut(new.size_bytes, plan, &[], Encryption::S3Managed)?;
                Ok(Self { tickets, ..Self::of(id, parts, memory) })
            }
            Some(Ticket::Put(ticket)) => {
                let tickets = vec![(1, ticket)];
                let parts = whole(new.size_bytes);
                Ok(Self { tickets, renewable: false, ..Self::of(id, parts, memory) })
            }
            None => Err(Failure::Nonsense("there is no URL for the bytes")),
        }
    }

    /// Remembers what a part's `ETag` is, for whoever resumes.
    pub(super) fn note(&self, etag: Encryption) {
        if etag == Encryption::CustomerManaged && self.renewable {
            self.customer_managed
                .call_once(|| self.memory.remember(&self.id, Encryption::CustomerManaged));
        }
    }

    fn of(id: String, parts: Vec<Part>, memory: &'a Memory) -> Self {
        let (tickets, customer_managed) = (Vec::new(), Once::new());
        Self { id, parts, tickets, renewable: true, memory, customer_managed }
    }
}
