//! Records as attributes, and back. An item that cannot be read back is an internal error.

use aws_sdk_dynamodb::types::AttributeValue;

use super::keys::Reach;
use super::table::{Attributes, ItemKey, number, text};
use crate::domain::metadata::{Dimensions, Findings, Metadata};
use crate::domain::{
    ETag, FileId, Filename, Midway, MimeType, Multipart, PartPlan, Timestamp, UploadId,
};
use crate::listing::{Counter, HoleCounts};
use crate::uploads::File;
use crate::uploads::evidence::{Evidence, Progress, Rejection, Rejections, Verified};
use crate::uploads::state::{
    Analysis, Completed, CompletedMd5, Completing, Open, State, StateName,
};
use crate::{Error, Result};

/// The item of a new file, which somebody of such reach creates.
pub(super) fn of_new_file(reach: &Reach, file: &File, expires_at: Timestamp) -> Attributes {
    let mut item = ItemKey::File(reach.workspace(), file.id.sequence()).attributes();
    item.extend([
        ("id".to_owned(), text(file.id.to_string())),
        ("filename".to_owned(), text(file.filename.as_str())),
        ("mimeType".to_owned(), text(file.mime_type.as_str())),
        ("sizeBytes".to_owned(), number(file.size_bytes)),
        ("createdAt".to_owned(), number(file.created_at.millis())),
        ("status".to_owned(), text(StateName::Open.as_str())),
        ("expiresAt".to_owned(), number(expires_at.millis())),
    ]);
    if let Some(token) = reach.token() {
        item.insert("createdBy".to_owned(), text(token.as_str()));
    }
    if let Some(md5) = file.declared_md5 {
        item.insert("declaredMd5".to_owned(), text(md5.to_string()));
    }
    if let Some(annotation) = &file.annotation {
        item.insert("annotation".to_owned(), text(annotation));
    }
    if let Some(multipart) = &file.multipart {
        item.extend([
            ("uploadId".to_owned(), text(multipart.upload_id.as_str())),
            ("partSizeBytes".to_owned(), number(multipart.plan.part_size_bytes())),
        ]);
        if let Some(algorithm) = multipart.checksum {
            item.insert("checksumAlgorithm".to_owned(), text(algorithm.as_str()));
        }
    }
    item
}

/// The file of an item.
pub(super) fn file(item: &Attributes) -> Result<File> {
    Ok(File {
        id: id(item)?,
        filename: Filename::try_from(string(item, "filename")?.to_owned())
            .map_err(|_| unreadable("filename"))?,
        mime_type: MimeType::try_from(string(item, "mimeType")?.to_owned())
            .map_err(|_| unreadable("mimeType"))?,
        size_bytes: integer(item, "sizeBytes")?,
        created_at: time(item, "createdAt")?,
        multipart: multipart(item)?,
        declared_md5: optional(item, "declaredMd5")?,
        annotation: optional_string(item, "annotation").map(ToOwned::to_owned),
        state: state(item)?,
    })
}

fn state(item: &Attributes) -> Result<State> {
    let recorded = string(item, "status")?;
    let name = StateName::ALL.into_iter().find(|name| name.as_str() == recorded);
    Ok(match name.ok_or_else(|| unreadable("status"))? {
        StateName::Open => {
            State::Open(Open { expires_at: time(item, "expiresAt")?, evidence: evidence(item)? })
        }
        StateName::Completing => State::Completing(Completing {
            since: time(item, "completingSince")?,
            claimed: optional(item, "claimedMd5")?,
            evidence: evidence(item)?,
        }),
        StateName::Completed => State::Completed(Completed {
            at: time(item, "completedAt")?,
            etag: ETag::new(string(item, "etag")?),
            md5: match optional(item, "md5")? {
                Some(md5) => CompletedMd5::Known(md5),
                None => CompletedMd5::Unread(progress(item)?),
            },
            analysis: analysis(item)?,
        }),
        StateName::Cancelled => State::Cancelled,
        StateName::Expired => State::Expired,
    })
}

fn evidence(item: &Attributes) -> Result<Evidence> {
    Ok(Evidence {
        verified: verified(item)?,
        rejections: rejections(item)?,
        progress: progress(item)?,
    })
}

/// The id of a file's item.
pub(super) fn id(item: &Attributes) -> Result<FileId> {
    parsed(item, "id")
}

/// Whether somebody of such reach may know of the file of an item.
pub(super) fn is_within(reach: &Reach, item: &Attributes) -> bool {
    let created_by = optional_string(item, "createdBy");
    reach.token().is_none_or(|token| created_by == Some(token.as_str()))
}

fn multipart(item: &Attributes) -> Result<Option<Multipart>> {
    let Some(upload_id) = optional_string(item, "uploadId") else { return Ok(None) };
    let part_size = integer(item, "partSizeBytes")?;
    Ok(Some(Multipart {
        upload_id: UploadId::new(upload_id),
        plan: PartPlan::recorded(integer(item, "sizeBytes")?, part_size),
        checksum: optional(item, "checksumAlgorithm")?,
    }))
}

fn progress(item: &Attributes) -> Result<Option<Progress>> {
    let Some(etag) = optional_string(item, "hashedEtag") else { return Ok(None) };
    let midway = Midway {
        etag: ETag::new(etag),
        bytes_hashed: integer(item, "bytesHashed")?,
        state: parsed(item, "md5State")?,
    };
    Ok(Some(Progress { midway, at: time(item, "hashedAt")? }))
}

fn analysis(item: &Attributes) -> Result<Option<Analysis>> {
    if !item.contains_key("analysisWantedAt") {
        return Ok(None);
    }
    if !item.contains_key("analyzedAt") {
        return Ok(Some(Analysis::Requested));
    }
    let detected_mime_type = optional_string(item, "detectedMimeType")
        .map(|text| MimeType::try_from(text.to_owned()))
        .transpose()
        .map_err(|_| unreadable("detectedMimeType"))?;
    Ok(Some(Analysis::Done(Findings { detected_mime_type, metadata: metadata(item)? })))
}

fn metadata(item: &Attributes) -> Result<Option<Metadata>> {
    let Some(format) = optional(item, "mediaFormat")? else { return Ok(None) };
    let pixels = |name| {
        let number = optional_integer(item, name)?;
        number.map(|number| u32::try_from(number).map_err(|_| unreadable(name))).transpose()
    };
    let size = pixels("mediaWidth")?.zip(pixels("mediaHeight")?);
    let dimensions = size.and_then(|(width, height)| Dimensions::new(width, height));
    let duration_ms = optional_integer(item, "mediaDurationMs")?;
    Ok(Some(Metadata { format, dimensions, duration_ms }))
}

fn verified(item: &Attributes) -> Result<Option<Verified>> {
    let Some(etag) = optional_string(item, "verifiedEtag") else { return Ok(None) };
    Ok(Some(Verified { etag: ETag::new(etag), md5: parsed(item, "verifiedMd5")? }))
}

fn rejections(item: &Attributes) -> Result<Rejections> {
    let md5 = optional(item, "refusedMd5")?;
    match (optional_integer(item, "rejections")?, optional_string(item, "rejected")) {
        (None, None) => Ok(Rejections::None),
        (Some(count), None) => Ok(Rejections::Ended { count, md5 }),
        (Some(count), Some(etag)) => {
            let mark = Rejection {
                etag: ETag::new(etag),
                since: time(item, "rejectedAt")?,
                by: string(item, "rejectedBy")?.to_owned(),
                stored: md5,
            };
            Ok(Rejections::UnderWay { count, mark })
        }
        (None, Some(_)) => Err(unreadable("rejections")),
    }
}

/// The counter of an item and of that which counts its holes. A workspace that never had a file has
/// neither.
pub(super) fn counter(item: Option<&Attributes>, holes: Option<&Attributes>) -> Result<Counter> {
    let Some(item) = item else { return Ok(Counter::empty()) };
    Ok(Counter {
        next: integer(item, "next")?,
        holes: holes.map_or(Ok(HoleCounts::new()), hole_counts)?,
        touched_at: time(item, "touchedAt")?,
    })
}

/// Counts of holes: of the item's attributes, those whose name is an index.
pub(super) fn hole_counts(item: &Attributes) -> Result<HoleCounts> {
    let cells = item.keys().filter_map(|name| Some((name, name.parse().ok()?)));
    cells.map(|(name, index)| Ok((index, integer(item, name)?))).collect()
}

/// The holes of a block.
pub(super) fn holes(item: &Attributes) -> Result<Vec<u64>> {
    let Some(AttributeValue::Ns(numbers)) = item.get("holes") else {
        return Err(unreadable("holes"));
    };
    numbers.iter().map(|text| text.parse().map_err(|_| unreadable("holes"))).collect()
}

/// A point in time.
pub(super) fn time(item: &Attributes, name: &str) -> Result<Timestamp> {
    integer(item, name).map(Timestamp::from_millis)
}

/// A text.
pub(super) fn string<'a>(item: &'a Attributes, name: &str) -> Result<&'a str> {
    optional_string(item, name).ok_or_else(|| unreadable(name))
}

/// A text that may be absent.
pub(super) fn optional_string<'a>(item: &'a Attributes, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// A whole number.
pub(super) fn integer(item: &Attributes, name: &str) -> Result<u64> {
    optional_integer(item, name)?.ok_or_else(|| unreadable(name))
}

/// A whole number that may be absent.
pub(super) fn optional_integer(item: &Attributes, name: &str) -> Result<Option<u64>> {
    let Some(value) = item.get(name) else { return Ok(None) };
    let number = value.as_n().ok().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| unreadable(name))
}

/// A text that parses as a domain type.
pub(super) fn parsed<T: std::str::FromStr>(item: &Attributes, name: &str) -> Result<T> {
    string(item, name)?.parse().map_err(|_| unreadable(name))
}

/// A text that parses as a domain type, if it is there.
fn optional<T: std::str::FromStr>(item: &Attributes, name: &str) -> Result<Option<T>> {
    item.contains_key(name).then(|| parsed(item, name)).transpose()
}

/// An attribute is absent that must be there, or is not what it must be.
pub(super) fn unreadable(name: &str) -> Error {
    Error::internal(format!("the item's {name} cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::multipart::PartChecksum;
    use crate::domain::{ApiKey, Credentials, Md5, Sequence, Workspace};
    use crate::listing::Region;

    #[test]
    fn a_new_file_reads_back_as_it_was_written() {
        let workspace: Workspace = "acme".parse().unwrap();
        let expires_at = Timestamp::from_millis(5);
        let written = File {
            id: FileId::new(Sequence::new(7).unwrap(), [3; 10]),
            filename: Filename::try_from("größe.txt".to_owned()).unwrap(),
            mime_type: MimeType::try_from("text/plain".to_owned()).unwrap(),
            size_bytes: 12,
            created_at: Timestamp::from_millis(4),
            multipart: Some(Multipart {
                upload_id: UploadId::new("u"),
                plan: PartPlan::choose(12, None).unwrap(),
                checksum: Some(PartChecksum::Sha256),
            }),
            declared_md5: Some(Md5::new([7; 16])),
            annotation: Some("{}".to_owned()),
            state: State::Open(Open { expires_at, evidence: Evidence::default() }),
        };
        let reach = Reach::of(&Credentials::from(&ApiKey::new(&workspace, &[7; 20])));
        let read = file(&of_new_file(&reach, &written, expires_at)).unwrap();
        assert_eq!(format!("{read:?}"), format!("{written:?}"));
        assert_eq!(read.filename, written.filename);
    }

    #[test]
    fn a_workspace_without_files_counts_none() {
        assert_eq!(counter(None, None).unwrap(), Counter::empty());
    }

    #[test]
    fn counts_are_the_attributes_that_are_named_by_an_index() {
        let workspace: Workspace = "acme".parse().unwrap();
        let mut item = ItemKey::RegionHoles(&workspace, Region::at(0)).attributes();
        item.extend([("17".to_owned(), number(3)), ("0".to_owned(), number(1))]);
        assert_eq!(hole_counts(&item).unwrap(), HoleCounts::from([(0, 1), (17, 3)]));
    }
}
