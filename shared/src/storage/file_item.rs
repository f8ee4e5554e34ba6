//! A file's record as an item, and back.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{
    id, integer, optional, optional_integer, optional_string, parsed, string, time, unreadable,
};
use super::keys::Reach;
use super::table::{Attributes, ItemKey, number, text};
use crate::Result;
use crate::domain::metadata::{Dimensions, Findings, Metadata};
use crate::domain::{
    ETag, Filename, Labels, Midway, MimeType, Multipart, PartPlan, Timestamp, UploadId,
};
use crate::uploads::File;
use crate::uploads::evidence::{Evidence, Progress, Rejection, Rejections, Verified};
use crate::uploads::state::{
    Analysis, Completed, CompletedMd5, Completing, Open, State, StateName,
};

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
    if file.auto_complete {
        item.insert("autoComplete".to_owned(), AttributeValue::Bool(true));
    }
    if file.is_counted {
        item.insert("counted".to_owned(), AttributeValue::Bool(true));
    }
    if let Some(labels) = labels_of(&file.labels) {
        item.insert("labels".to_owned(), labels);
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
        auto_complete: item.contains_key("autoComplete"),
        labels: labels(item)?,
        is_counted: item.contains_key("counted"),
        annotation: optional_string(item, "annotation").map(ToOwned::to_owned),
        state: state(item)?,
    })
}

/// A file's labels as an attribute; a file without labels has none.
pub(super) fn labels_of(labels: &Labels) -> Option<AttributeValue> {
    let texts = labels.iter().map(|(name, value)| (name.to_owned(), text(value)));
    (!labels.is_empty()).then(|| AttributeValue::M(texts.collect()))
}

fn labels(item: &Attributes) -> Result<Labels> {
    let Some(AttributeValue::M(texts)) = item.get("labels") else { return Ok(Labels::default()) };
    let labels = texts.iter().map(|(name, value)| Some((name.clone(), value.as_s().ok()?.clone())));
    let labels: Option<BTreeMap<_, _>> = labels.collect();
    labels.and_then(|it| Labels::try_from(it).ok()).ok_or_else(|| unreadable("labels"))
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
    Ok(Some(Verified {
        etag: ETag::new(etag),
        md5: parsed(item, "verifiedMd5")?,
        size_bytes: integer(item, "verifiedBytes")?,
        at: time(item, "verifiedAt")?,
    }))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::multipart::PartChecksum;
    use crate::domain::{ApiKey, Credentials, FileId, Md5, Sequence, Workspace};

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
            auto_complete: true,
            labels: Labels::try_from(BTreeMap::from([("a".to_owned(), "b".to_owned())])).unwrap(),
            is_counted: true,
            annotation: Some("{}".to_owned()),
            state: State::Open(Open { expires_at, evidence: Evidence::default() }),
        };
        let reach = Reach::of(&Credentials::from(&ApiKey::new(&workspace, &[7; 20])));
        let read = file(&of_new_file(&reach, &written, expires_at)).unwrap();
        assert_eq!(format!("{read:?}"), format!("{written:?}"));
        assert_eq!(read.details(), written.details());
    }
}
