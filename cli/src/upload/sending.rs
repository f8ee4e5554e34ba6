//! Sending: so many connections, one part on each, and the whole file's MD5 beside them.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{ScopedJoinHandle, scope};

use shared::domain::Md5;

use super::parts::{Held, Part};
use super::session::Session;
use super::source::{Section, Source};
use super::tickets::Tickets;
use crate::client::{Client, S3, UploadTicket, persist};
use crate::failure::Failure;
use crate::progress::Progress;

/// The sending of one file.
pub(super) struct Sending<'a> {
    source: &'a Source,
    session: &'a Session<'a>,
    tickets: Tickets<'a>,
    s3: S3,
    connections: usize,
    progress: Progress,
    stop: AtomicBool,
}

impl<'a> Sending<'a> {
    /// Will send what is missing of `session` over up to `connections` connections.
    pub(super) fn new(
        client: &'a Client,
        source: &'a Source,
        session: &'a Session<'a>,
        connections: usize,
    ) -> Self {
        let Session { id, parts, tickets, renewable, .. } = session;
        Self {
            source,
            session,
            tickets: Tickets::new(client, id, tickets.clone(), *renewable),
            s3: S3::new(connections),
            connections,
            progress: Progress::new("uploading", parts.iter().map(|part| part.size_bytes).sum()),
            stop: AtomicBool::new(false),
        }
    }

    /// Sends every part that S3 does not hold. The answer is the digest of the whole file.
    ///
    /// A thread of its own reads the file for it, mostly from the system's cache: parts end in any
    /// order, but a digest wants their bytes in one.
    pub(super) fn send(&self) -> Result<Md5, Failure> {
        scope(|threads| {
            let hashing = threads.spawn(|| self.stopping_all(self.whole_md5()));
            let sent = self.send_parts(&self.session.parts);
            let hashed = join(hashing);
            match (sent, hashed) {
                (Err(Failure::Stopped) | Ok(()), hashed) => hashed,
                (Err(failure), _) => Err(failure),
            }
        })
    }

    /// Sends the parts with these numbers, whatever S3 holds of them.
    pub(super) fn send_again(&self, numbers: &[u32]) -> Result<(), Failure> {
        let named = self.session.parts.iter().filter(|part| numbers.contains(&part.number));
        let parts: Vec<_> = named.map(|part| Part { held: Held::Nothing, ..*part }).collect();
        self.progress.retreat(parts.iter().map(|part| part.size_bytes).sum());
        self.send_parts(&parts)
    }

    fn send_parts(&self, parts: &[Part]) -> Result<(), Failure> {
        let next = AtomicUsize::new(0);
        self.tickets.begin();
        scope(|threads| {
            let work = || self.stopping_all(self.work(parts, &next));
            let connections = self.connections.min(parts.len());
            let threads: Vec<_> = (0..connections).map(|_| threads.spawn(work)).collect();
            let ends = threads.into_iter().map(join);
            ends.reduce(the_reason).unwrap_or(Ok(()))
        })
    }

    /// What one connection does.
    fn work(&self, parts: &[Part], next: &AtomicUsize) -> Result<(), Failure> {
        while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            if self.is_held(part)? {
                self.progress.advance(part.size_bytes);
            } else {
                self.send_part(part, parts)?;
            }
        }
        Ok(())
    }

    fn is_held(&self, part: &Part) -> Result<bool, Failure> {
        match part.held {
            Held::Nothing => Ok(false),
            Held::Unknown => Ok(true),
            Held::Bytes(md5) => Ok(self.section(part)?.md5()? == md5),
        }
    }

    fn send_part(&self, part: &Part, parts: &[Part]) -> Result<(), Failure> {
        let mut ticket = self.tickets.take(part, parts)?;
        persist(|| {
            let put = self.put(part, &ticket);
            if let Err(Failure::Storage { status: 403, .. }) = put {
                self.tickets.discard();
                ticket = self.tickets.take(part, parts)?;
            }
            put
        })
    }

    fn put(&self, part: &Part, ticket: &UploadTicket) -> Result<(), Failure> {
        let mut section = self.section(part)?.counted_by(&self.progress);
        match self.s3.put(ticket, &mut section) {
            Ok(etag) => {
                self.session.note(etag);
                Ok(())
            }
            // The place is taken: a single PUT of ours succeeded and its answer was lost. The bytes
            // are there, and complete tells whether they are the file's.
            Err(Failure::Storage { status: 412, .. }) => Ok(()),
            Err(failure) => Err(section.unread(failure)),
        }
    }

    fn section(&self, part: &Part) -> Result<Section<'_>, Failure> {
        self.source.section(part.offset, part.size_bytes, &self.stop)
    }

    fn whole_md5(&self) -> Result<Md5, Failure> {
        self.source.section(0, self.source.version().size_bytes, &self.stop)?.md5()
    }

    /// Lets one thread's failure end the others' work.
    fn stopping_all<T>(&self, end: Result<T, Failure>) -> Result<T, Failure> {
        end.inspect_err(|_| self.stop.store(true, Ordering::Relaxed))
    }
}

/// Of two ends, the failure that is the reason for the other.
fn the_reason(one: Result<(), Failure>, other: Result<(), Failure>) -> Result<(), Failure> {
    match one {
        Ok(()) | Err(Failure::Stopped) if other.is_err() => other,
        one => one,
    }
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
