//! An upload that has been opened: now, or by a process before this one.

use std::sync::Once;

use crate::client::{Client, Destination, Etag, NewFile, Stage, Status, Target};
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
    pub(super) targets: Vec<(u32, Target)>,
    /// Whether more can be had: those of a single PUT end with the session.
    pub(super) renewable: bool,
    memory: &'a Memory,
    opaque_etags: Once,
}

impl<'a> Session<'a> {
    /// The session that `memory` knows, if it is still good for `new`.
    pub(super) fn resume(
        client: &Client,
        memory: &'a Memory,
        new: &NewFile,
    ) -> Result<Option<Self>, Failure> {
        let Some(Recalled { file_id: id, etags }) = memory.recall() else { return Ok(None) };
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
                cut(new.size_bytes, layout, &client.held_parts(&id)?, etags)?
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
        match created.into_destination() {
            Some(Destination::Parts(layout, targets)) => {
                memory.remember(&id, Etag::Md5);
                let parts = cut(new.size_bytes, layout, &[], Etag::Md5)?;
                Ok(Self { targets, ..Self::of(id, parts, memory) })
            }
            Some(Destination::Whole(target)) => {
                let targets = vec![(1, target)];
                let parts = whole(new.size_bytes);
                Ok(Self { targets, renewable: false, ..Self::of(id, parts, memory) })
            }
            None => Err(Failure::Nonsense("there is no URL for the bytes")),
        }
    }

    /// Remembers what a part's `ETag` is, for whoever resumes.
    pub(super) fn note(&self, etag: Etag) {
        if etag == Etag::Opaque && self.renewable {
            self.opaque_etags.call_once(|| self.memory.remember(&self.id, Etag::Opaque));
        }
    }

    fn of(id: String, parts: Vec<Part>, memory: &'a Memory) -> Self {
        let (targets, opaque_etags) = (Vec::new(), Once::new());
        Self { id, parts, targets, renewable: true, memory, opaque_etags }
    }
}
