//! An upload that has been opened: now, or by a process before this one.

use crate::client::{Client, Destination, NewFile, Stage, Status, Target};
use crate::console;
use crate::failure::{Failure, Refusal};

use super::Upload;
use super::memory::Memory;
use super::parts::{Held, Part, cut, whole};

/// An open upload.
pub(super) struct Session {
    /// The file's id.
    pub(super) id: String,
    /// All parts of the file; none if S3 holds them all and has begun to assemble them.
    pub(super) parts: Vec<Part>,
    /// Where some of them go, by number.
    pub(super) targets: Vec<(u32, Target)>,
    /// Whether more can be had: those of a single PUT end with the session.
    pub(super) renewable: bool,
}

impl Session {
    /// The session that `memory` knows, if it is still good for `new`.
    pub(super) fn resume(
        client: &Client,
        memory: &Memory,
        new: &NewFile,
    ) -> Result<Option<Self>, Failure> {
        let Some(id) = memory.recall() else { return Ok(None) };
        let file = match client.file(&id) {
            Err(Failure::Refused(Refusal { status: 404, .. })) => return Ok(None),
            answer => answer?,
        };
        let proving = file.verification.as_ref().is_some_and(|at| at.stage != Stage::Rejected);
        let parts = match (file.status, file.parts) {
            _ if file.announced() != *new => return Ok(None),
            (Status::Completed, _) => Vec::new(),
            (Status::Pending, _) if proving => Vec::new(),
            (Status::Pending, Some(layout)) => {
                cut(new.size_bytes, layout, &client.held_parts(&id)?)?
            }
            _ => return Ok(None),
        };
        let held = parts.iter().filter(|part| part.held != Held::Nothing).count();
        console::note(&format!("resuming {id}: S3 holds {held} of {} parts", parts.len()));
        Ok(Some(Self { id, parts, targets: Vec::new(), renewable: true }))
    }

    /// A new session, remembered if it can be resumed.
    pub(super) fn begin(
        client: &Client,
        memory: &Memory,
        new: &NewFile,
        options: &Upload,
    ) -> Result<Self, Failure> {
        let created = client.create(new, options.part_size)?;
        let id = created.id.clone();
        match created.into_destination() {
            Some(Destination::Parts(layout, targets)) => {
                memory.remember(&id);
                let parts = cut(new.size_bytes, layout, &[])?;
                Ok(Self { id, parts, targets, renewable: true })
            }
            Some(Destination::Whole(target)) => {
                let targets = vec![(1, target)];
                Ok(Self { id, parts: whole(new.size_bytes), targets, renewable: false })
            }
            None => Err(Failure::Nonsense("there is no URL for the bytes")),
        }
    }
}
