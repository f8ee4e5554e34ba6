//! `slipway link`: a link that anyone can be sent to upload files.

use std::time::Duration;

use bytesize::ByteSize;
use clap::Args;
use shared::domain::MimeRange;

use crate::client::{Access, Client, NewToken};
use crate::console::{note, say};
use crate::failure::Failure;

/// Make a link to a page on which anyone can upload files into the key's workspace.
#[derive(Args)]
pub(crate) struct Link {
    #[command(flatten)]
    access: Access,

    /// How many files can be uploaded, 1 to 1000.
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=1000))]
    max_files: u16,

    /// How long the link works: 30m, 12h, 3d; at most 7d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = humantime::parse_duration)]
    expires: Duration,

    /// The largest file: 500kB, 10MiB.
    #[arg(long, value_name = "SIZE")]
    max_size: Option<ByteSize>,

    /// A media type that is admitted, or a family of them such as image/*. Can be given several times.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<MimeRange>,
}

impl Link {
    /// Makes the link and prints it.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.access);
        let created = client.create_token(&NewToken {
            max_files: self.max_files,
            max_size_bytes: self.max_size.map(|size| size.as_u64()),
            mime_types: (!self.types.is_empty())
                .then(|| self.types.iter().map(ToString::to_string).collect()),
            expires_in: self.expires.as_secs(),
        })?;
        let url = created.upload_page_url.ok_or(Failure::NoPages)?;
        note(&format!(
            "Works until {}. Revoke it by its token's id: {}",
            created.expires_at, created.id
        ));
        say(&url);
        Ok(())
    }
}
