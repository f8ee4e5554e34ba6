//! The digests of an upload: computed while it streams, compared with what the uploader claims.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use md5::{Digest, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::{S3Error, S3Result, dto, s3_error};

use super::algorithm::Algorithm;

/// The hashers an upload runs through.
pub(super) struct Digests {
    md5: Md5,
    checksums: ChecksumHasher,
}

/// What was computed over the whole content.
pub(super) struct Computed {
    /// The content's MD5.
    pub(super) md5: [u8; 16],
    /// The other checksums that were asked for, base64; MD5 is always among them.
    checksums: BTreeMap<Algorithm, String>,
}

impl Digests {
    /// Hashers for MD5 and for every one of `algorithms`.
    pub(super) fn of(algorithms: &BTreeSet<Algorithm>) -> Self {
        let mut checksums = ChecksumHasher::default();
        for algorithm in algorithms {
            match algorithm {
                Algorithm::Crc32 => checksums.crc32 = Some(Crc32::new()),
                Algorithm::Crc32c => checksums.crc32c = Some(Crc32c::new()),
                Algorithm::Crc64nvme => checksums.crc64nvme = Some(Crc64Nvme::new()),
                Algorithm::Md5 => {}
                Algorithm::Sha1 => checksums.sha1 = Some(Sha1::new()),
                Algorithm::Sha256 => checksums.sha256 = Some(Sha256::new()),
            }
        }
        Self { md5: Md5::new(), checksums }
    }

    /// Takes in the next bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.checksums.update(bytes);
    }

    /// The digests of everything taken in.
    pub(super) fn finish(self) -> Computed {
        let md5: [u8; 16] = self.md5.finalize().into();
        let computed = self.checksums.finalize();
        let checksums = [
            (Algorithm::Crc32, computed.checksum_crc32),
            (Algorithm::Crc32c, computed.checksum_crc32c),
            (Algorithm::Crc64nvme, computed.checksum_crc64nvme),
            (Algorithm::Md5, Some(BASE64.encode(&md5))),
            (Algorithm::Sha1, computed.checksum_sha1),
            (Algorithm::Sha256, computed.checksum_sha256),
        ];
        let present = |(algorithm, sum): (Algorithm, Option<String>)| Some((algorithm, sum?));
        Computed { md5, checksums: checksums.into_iter().filter_map(present).collect() }
    }
}

impl Computed {
    /// The checksum by this algorithm, base64, if it was asked for.
    pub(super) fn checksum(&self, algorithm: Algorithm) -> Option<&String> {
        self.checksums.get(&algorithm)
    }

    /// Refuses content whose `Content-MD5` is another.
    pub(super) fn check_content_md5(&self, headers: &HeaderMap) -> S3Result<()> {
        let Some(claimed) = headers.get("content-md5") else {
            return Ok(());
        };
        match BASE64.decode(claimed.as_bytes()) {
            Ok(md5) if md5 == self.md5 => Ok(()),
            Ok(md5) if md5.len() == self.md5.len() => Err(bad_digest("Content-MD5")),
            _ => Err(s3_error!(InvalidDigest, "The Content-MD5 you specified is not valid.")),
        }
    }

    /// Compares every checksum given in `headers`, sent before or after the content; returns those given.
    pub(super) fn check_checksums(
        &self,
        headers: &HeaderMap,
    ) -> S3Result<BTreeMap<Algorithm, String>> {
        let mut checked = BTreeMap::new();
        for (name, claimed) in headers {
            let Some(algorithm) = Algorithm::of_header(name.as_str()).transpose()? else {
                continue;
            };
            let computed = self.checksum(algorithm);
            if computed.map(String::as_bytes) != Some(claimed.as_bytes()) {
                return Err(bad_digest(&algorithm.to_string().to_uppercase()));
            }
            checked.extend(computed.map(|sum| (algorithm, sum.clone())));
        }
        Ok(checked)
    }
}

/// The headers that tell a reader these checksums.
pub(super) fn checksum_headers(checksums: &BTreeMap<Algorithm, String>) -> S3Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (algorithm, checksum) in checksums {
        let name = HeaderName::try_from(algorithm.header()).map_err(S3Error::internal_error)?;
        let value = HeaderValue::from_str(checksum).map_err(S3Error::internal_error)?;
        headers.insert(name, value);
        headers.insert("x-amz-checksum-type", HeaderValue::from_static(checksum_type(checksum)));
    }
    Ok(headers)
}

/// The checksums as `s3s` says them in XML.
pub(super) fn in_xml(checksums: &BTreeMap<Algorithm, String>) -> dto::Checksum {
    let checksum = |algorithm| checksums.get(&algorithm).cloned();
    dto::Checksum {
        checksum_crc32: checksum(Algorithm::Crc32),
        checksum_crc32c: checksum(Algorithm::Crc32c),
        checksum_crc64nvme: checksum(Algorithm::Crc64nvme),
        checksum_md5: checksum(Algorithm::Md5),
        checksum_sha1: checksum(Algorithm::Sha1),
        checksum_sha256: checksum(Algorithm::Sha256),
        ..Default::default()
    }
}

/// A checksum of checksums ends with a hyphen, which base64 does not have, and the number of parts.
pub(super) fn checksum_type(checksum: &str) -> &'static str {
    if checksum.contains('-') { "COMPOSITE" } else { "FULL_OBJECT" }
}

/// The refusal of content that is not what the uploader claims.
pub(super) fn bad_digest(what: &str) -> S3Error {
    s3_error!(BadDigest, "The {what} you specified did not match what we received.")
}
