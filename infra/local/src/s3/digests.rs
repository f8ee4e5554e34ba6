//! The digests of an upload: computed while it streams, compared with what the uploader claims.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use md5::{Digest, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::{S3Error, S3Result, s3_error};

const CHECKSUM_PREFIX: &str = "x-amz-checksum-";

/// Not algorithms, though they begin like one.
const NOT_ALGORITHMS: [&str; 3] = ["algorithm", "mode", "type"];

/// The hashers an upload runs through.
pub(super) struct Digests {
    md5: Md5,
    checksums: ChecksumHasher,
}

/// What was computed over the whole content.
pub(super) struct Computed {
    /// The content's MD5.
    pub(super) md5: [u8; 16],
    /// The other checksums that were asked for, by algorithm, base64; MD5 is always among them.
    checksums: BTreeMap<&'static str, String>,
}

impl Digests {
    /// Hashers for MD5 and for every checksum the request gives or announces as a trailer.
    pub(super) fn asked_for_by(headers: &HeaderMap) -> S3Result<Self> {
        let mut checksums = ChecksumHasher::default();
        for algorithm in algorithms(headers) {
            match algorithm.as_str() {
                "md5" => {}
                "crc32" => checksums.crc32 = Some(Crc32::new()),
                "crc32c" => checksums.crc32c = Some(Crc32c::new()),
                "crc64nvme" => checksums.crc64nvme = Some(Crc64Nvme::new()),
                "sha1" => checksums.sha1 = Some(Sha1::new()),
                "sha256" => checksums.sha256 = Some(Sha256::new()),
                // To pass it over would store an object that nobody verified.
                _ => {
                    return Err(s3_error!(
                        NotImplemented,
                        "The checksum algorithm {algorithm} is not implemented"
                    ));
                }
            }
        }
        Ok(Self { md5: Md5::new(), checksums })
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
            ("crc32", computed.checksum_crc32),
            ("crc32c", computed.checksum_crc32c),
            ("crc64nvme", computed.checksum_crc64nvme),
            ("md5", Some(BASE64.encode(&md5))),
            ("sha1", computed.checksum_sha1),
            ("sha256", computed.checksum_sha256),
        ];
        let present = |(algorithm, sum): (&'static str, Option<String>)| Some((algorithm, sum?));
        Computed { md5, checksums: checksums.into_iter().filter_map(present).collect() }
    }
}

impl Computed {
    /// Refuses content whose `Content-MD5` is another.
    pub(super) fn check_content_md5(&self, claimed: Option<&str>) -> S3Result<()> {
        let Some(claimed) = claimed else {
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
    ) -> S3Result<BTreeMap<String, String>> {
        let mut checked = BTreeMap::new();
        for (name, claimed) in headers {
            let Some(algorithm) = algorithm(name.as_str()) else {
                continue;
            };
            let computed = self.checksums.get(algorithm);
            if computed.map(String::as_bytes) != Some(claimed.as_bytes()) {
                return Err(bad_digest(&algorithm.to_uppercase()));
            }
            checked.extend(computed.map(|sum| (algorithm.to_owned(), sum.clone())));
        }
        Ok(checked)
    }
}

/// The headers that tell a reader these checksums; by hand, as `s3s` knows fewer algorithms than S3.
pub(super) fn checksum_headers(checksums: &BTreeMap<String, String>) -> S3Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (algorithm, checksum) in checksums {
        let name = HeaderName::try_from(format!("{CHECKSUM_PREFIX}{algorithm}"));
        let value = HeaderValue::from_str(checksum);
        let name = name.map_err(S3Error::internal_error)?;
        headers.insert(name, value.map_err(S3Error::internal_error)?);
    }
    Ok(headers)
}

fn algorithms(headers: &HeaderMap) -> Vec<String> {
    let given = headers.keys().map(|name| name.as_str().to_owned());
    let announced = headers.get_all("x-amz-trailer").into_iter();
    let announced = announced.filter_map(|names| names.to_str().ok());
    let announced = announced.flat_map(|names| names.split(','));
    let announced = announced.map(|name| name.trim().to_ascii_lowercase());
    let names = given.chain(announced);
    names.filter_map(|name| algorithm(&name).map(str::to_owned)).collect()
}

fn algorithm(header: &str) -> Option<&str> {
    let name = header.strip_prefix(CHECKSUM_PREFIX)?;
    (!NOT_ALGORITHMS.contains(&name)).then_some(name)
}

fn bad_digest(what: &str) -> S3Error {
    s3_error!(BadDigest, "The {what} you specified did not match what we received.")
}
