//! The checksum algorithms that a request can name.

use std::collections::BTreeSet;
use std::fmt;

use hyper::HeaderMap;
use s3s::{S3Result, s3_error};
use serde::{Deserialize, Serialize};

const HEADER_PREFIX: &str = "x-amz-checksum-";

/// Not algorithms, though they begin like one.
const NOT_ALGORITHMS: [&str; 3] = ["algorithm", "mode", "type"];

/// A checksum that the stand-in can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Algorithm {
    /// CRC-32.
    Crc32,
    /// CRC-32C.
    Crc32c,
    /// CRC-64/NVME.
    Crc64nvme,
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    const ALL: [Self; 6] =
        [Self::Crc32, Self::Crc32c, Self::Crc64nvme, Self::Md5, Self::Sha1, Self::Sha256];

    /// The algorithm of this name, in whatever case; refused where nobody could verify it.
    pub(super) fn named(name: &str) -> S3Result<Self> {
        let known = Self::ALL.into_iter();
        let mut named = known.filter(|algorithm| algorithm.name().eq_ignore_ascii_case(name));
        named.next().ok_or_else(|| {
            s3_error!(NotImplemented, "The checksum algorithm {name} is not implemented")
        })
    }

    /// Every algorithm by which the request gives a checksum or announces one as a trailer.
    pub(super) fn given_by(headers: &HeaderMap) -> S3Result<BTreeSet<Self>> {
        let given = headers.keys().map(|name| name.as_str().to_owned());
        let announced = headers.get_all("x-amz-trailer").into_iter();
        let announced = announced.filter_map(|names| names.to_str().ok());
        let announced = announced.flat_map(|names| names.split(','));
        let announced = announced.map(|name| name.trim().to_ascii_lowercase());
        let names = given.chain(announced);
        names.filter_map(|name| Self::of_header(&name)).collect()
    }

    /// The algorithm whose checksum the header carries.
    pub(super) fn of_header(header: &str) -> Option<S3Result<Self>> {
        let name = header.strip_prefix(HEADER_PREFIX)?;
        (!NOT_ALGORITHMS.contains(&name)).then(|| Self::named(name))
    }

    /// The header that carries such a checksum.
    pub(super) fn header(self) -> String {
        format!("{HEADER_PREFIX}{self}")
    }

    fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "crc32",
            Self::Crc32c => "crc32c",
            Self::Crc64nvme => "crc64nvme",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
