//! What is remembered of an upload in parts, for the process that comes after this one.

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::domain::Encryption;

use super::source::{Source, Version};
use crate::console;
use crate::failure::Failure;

/// The place where one local file's upload to one URL is remembered.
pub(super) struct Memory {
    /// Nothing if this machine has no such place: then the upload is not resumable, but no worse.
    path: Option<PathBuf>,
    version: Version,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Remembered {
    file_id: String,
    customer_managed: bool,
    size_bytes: u64,
    modified_nanos: u64,
}

/// What is remembered of an upload whose file has not changed since.
pub(super) struct Recalled {
    /// The file's id.
    pub(super) file_id: String,
    /// What S3's `ETag`s are: list-parts does not tell.
    pub(super) encryption: Encryption,
}

impl Memory {
    /// The memory of the upload of `source` to `url`.
    pub(super) fn of(url: &str, source: &Source) -> Self {
        let url_and_path = [url.as_bytes(), b"\n", source.path().as_os_str().as_encoded_bytes()];
        let name = HEXLOWER.encode(&Sha256::digest(url_and_path.concat()));
        let path = directory().map(|directory| directory.join(format!("{name}.json")));
        Self { path, version: source.version() }
    }

    /// The upload that was under way, unless the local file has changed since.
    pub(super) fn recall(&self) -> Option<Recalled> {
        let text = fs::read(self.path.as_ref()?).ok()?;
        let remembered: Remembered = serde_json::from_slice(&text).ok()?;
        let Remembered { file_id, customer_managed, size_bytes, modified_nanos } = remembered;
        let encryption =
            if customer_managed { Encryption::CustomerManaged } else { Encryption::S3Managed };
        (self.version == Version { size_bytes, modified_nanos })
            .then_some(Recalled { file_id, encryption })
    }

    /// Remembers the upload. That it cannot is said, and is no reason not to upload.
    pub(super) fn remember(&self, file_id: &str, encryption: Encryption) {
        if let Err(failure) = self.write(file_id, encryption) {
            let why = console::in_words(&failure);
            console::note(&format!("this upload will not be resumable: {why}"));
        }
    }

    /// Forgets the upload.
    pub(super) fn forget(&self) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Failure::local("remove", path)(error))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, file_id: &str, encryption: Encryption) -> Result<(), Failure> {
        let path = self.path.as_ref().ok_or(Failure::NoStateDirectory)?;
        let Version { size_bytes, modified_nanos } = self.version;
        let (file_id, customer_managed) =
            (file_id.to_owned(), encryption == Encryption::CustomerManaged);
        let remembered = Remembered { file_id, customer_managed, size_bytes, modified_nanos };
        let text = serde_json::to_vec(&remembered).map_err(io::Error::from);
        let directory = path.parent().map_or(Ok(()), fs::create_dir_all);
        // Whole or not at all: whoever reads half of it would begin anew.
        let unfinished = path.with_extension("new");
        directory
            .and(text)
            .and_then(|text| fs::write(&unfinished, text))
            .and_then(|()| fs::rename(&unfinished, path))
            .map_err(Failure::local("write", path))
    }
}

/// `$XDG_STATE_HOME/slipway`, or where that is by default.
fn directory() -> Option<PathBuf> {
    let named = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state = named.or_else(|| Some(env::home_dir()?.join(".local/state")))?;
    Some(state.join("slipway"))
}
