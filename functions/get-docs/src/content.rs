//! What an asset holds.

use std::io::Read as _;

use flate2::read::GzDecoder;
use shared::{Error, Result};

/// An asset as it was compiled in.
#[derive(Clone, Copy)]
pub(crate) struct Content {
    /// Compressed.
    pub(crate) gzipped: &'static [u8],
    /// A hash of the plain form.
    pub(crate) etag: &'static str,
}

impl Content {
    /// The asset for whoever takes it only as it is.
    ///
    /// # Errors
    ///
    /// What was compiled in is not compressed, which it always is.
    pub(crate) fn plain(&self) -> Result<Vec<u8>> {
        let mut plain = Vec::new();
        let read = GzDecoder::new(self.gzipped).read_to_end(&mut plain);
        read.map_err(|error| Error::Internal { what: format!("an asset is broken: {error}") })?;
        Ok(plain)
    }
}
