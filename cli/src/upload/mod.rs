//! `slipway upload`: a local file becomes a COMPLETED one, whatever interrupts it.

mod finish;
mod memory;
mod parts;
mod sending;
mod session;
mod source;
mod tickets;

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::Args;

use crate::client::{Access, Client, File, NewFile};
use crate::console;
use crate::failure::Failure;
use memory::Memory;
use sending::Sending;
use session::Session;
use source::Source;

/// Upload a file, in parallel and resumably, and have its bytes proven.
///
/// An upload in parts that was interrupted goes on where it was when the same file is uploaded to the
/// same URL again: `$XDG_STATE_HOME/slipway/` (`~/.local/state/slipway/`) remembers its id until it is
/// completed. What S3 holds already is compared by size and MD5, and not sent again. A file that has
/// changed since, or whose upload is gone, is sent anew. The id is printed on standard output.
#[derive(Args)]
pub(crate) struct Upload {
    /// The file to upload.
    file: PathBuf,

    /// What it is called there. By default as here.
    #[arg(long)]
    name: Option<String>,

    /// Its type.
    #[arg(long = "type", value_name = "MIME", default_value = "application/octet-stream")]
    mime_type: String,

    /// How many connections send at the same time.
    #[arg(long, value_name = "NUMBER", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,

    /// Upload in parts of this size. By default the service says whether, and of which.
    #[arg(long, value_name = "BYTES")]
    part_size: Option<NonZeroU64>,

    /// Print the whole File as JSON, not only its id.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    access: Access,
}

impl Upload {
    /// Does it.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let source = Source::open(&self.file)?;
        let memory = Memory::of(&self.access.url, &source);
        let client = Client::new(&self.access);
        let new = self.new_file(&source)?;

        let session = match Session::resume(&client, &memory, &new)? {
            Some(session) => session,
            None => Session::begin(&client, &memory, &new, &self)?,
        };
        let sending = Sending::new(&client, &source, &session, self.connections.into());
        let md5 = sending.send()?;
        source.check_unchanged()?;

        let resend = |numbers: &[u32]| sending.send_again(numbers);
        let file = finish::complete(&client, &session.id, md5, resend)?;
        memory.forget()?;
        self.say(&file);
        Ok(())
    }

    fn new_file(&self, source: &Source) -> Result<NewFile, Failure> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => source.name().ok_or_else(|| Failure::Nameless(self.file.clone()))?,
        };
        Ok(NewFile {
            filename: name,
            mime_type: self.mime_type.clone(),
            size_bytes: source.version().size_bytes,
        })
    }

    fn say(&self, file: &File) {
        match serde_json::to_string(file) {
            Ok(json) if self.json => console::say(&json),
            _ => console::say(&file.id),
        }
    }
}
