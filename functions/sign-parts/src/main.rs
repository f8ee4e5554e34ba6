//! `POST /v1/files/{id}/parts`: say where to PUT parts of a multipart upload.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shared::domain::multipart::{Checksum, PartDigest};
use shared::domain::{Category, FileId, Md5, PartNumber, Scope};
use shared::http::{self, Call, Reply, SignedPartsView};
use shared::uploads;
use shared::{Context, Error, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Exit {
    http::serve(Scope::FilesCreate, Category::Write, sign_parts).await
}

/// The most parts that are signed at once.
const MAX_PARTS: usize = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignParts {
    part_numbers: Vec<PartNumber>,
    #[serde(default)]
    checksums: Vec<PartChecksum>,
}

/// The checksum of one part; one of the three.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PartChecksum {
    part_number: PartNumber,
    md5: Option<Md5>,
    checksum_sha256: Option<Checksum<32>>,
    checksum_crc64nvme: Option<Checksum<8>>,
}

async fn sign_parts(ctx: Context, call: Call) -> Result<Reply> {
    let id: FileId = call.path("id")?;
    let parts = call.body::<SignParts>()?.parts()?;
    let file = ctx.files().get(call.workspace(), id).await?;
    let tickets = uploads::sign_parts(&ctx, &call.object_key(id), &file, &parts).await?;
    Reply::ok(&SignedPartsView::new(tickets))
}

impl SignParts {
    fn parts(self) -> Result<Vec<(PartNumber, Option<PartDigest>)>> {
        if !(1..=MAX_PARTS).contains(&self.part_numbers.len()) {
            return Err(invalid("partNumbers", format!("must be 1 to {MAX_PARTS} part numbers")));
        }
        let distinct: BTreeSet<_> = self.part_numbers.iter().collect();
        if distinct.len() < self.part_numbers.len() {
            return Err(invalid("partNumbers", "must name each part once"));
        }
        let mut digests = BTreeMap::new();
        for (at, checksum) in self.checksums.into_iter().enumerate() {
            let part = checksum.part_number;
            if !self.part_numbers.contains(&part) || digests.contains_key(&part) {
                let reason = "must be of a part among partNumbers, once each";
                return Err(invalid(&format!("checksums[{at}].partNumber"), reason));
            }
            digests.insert(part, checksum.digest(at)?);
        }
        let parts = self.part_numbers.into_iter();
        Ok(parts.map(|part| (part, digests.remove(&part))).collect())
    }
}

impl PartChecksum {
    fn digest(self, at: usize) -> Result<PartDigest> {
        match (self.md5, self.checksum_sha256, self.checksum_crc64nvme) {
            (Some(md5), None, None) => Ok(PartDigest::Md5(md5)),
            (None, Some(sha256), None) => Ok(PartDigest::Sha256(sha256)),
            (None, None, Some(crc)) => Ok(PartDigest::Crc64Nvme(crc)),
            _ => {
                let reason = "must have one of md5, checksumSha256 and checksumCrc64nvme";
                Err(invalid(&format!("checksums[{at}]"), reason))
            }
        }
    }
}

fn invalid(param: &str, reason: impl Into<String>) -> Error {
    Error::InvalidValue { param: param.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests;
