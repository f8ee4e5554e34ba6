//! `ListObjectsV2`: a page of keys, with what lies behind a delimiter rolled up.

use std::sync::Arc;

use s3s::S3Result;
use s3s::dto::{CommonPrefix, ListObjectsV2Input, ListObjectsV2Output, Object as Listed};

use super::object::Object;
use super::store::Store;

/// The most keys and rolled-up prefixes on one page.
const LARGEST_PAGE: i32 = 1000;

/// Answers one page.
pub(super) fn list(store: &Store, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let prefix = input.prefix.clone().unwrap_or_default();
    let max_keys = input.max_keys.unwrap_or(LARGEST_PAGE).clamp(0, LARGEST_PAGE);
    let after = input.continuation_token.as_deref().or(input.start_after.as_deref());
    let objects = store.list(&input.bucket, &prefix)?;
    let delimiter = input.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty());
    let mut rows = rolled_up(objects, &prefix, delimiter);
    // The token is the name of the last row, which may be a rolled-up prefix and no key.
    rows.retain(|row| after.is_none_or(|after| row.name() > after));
    let limit = usize::try_from(max_keys).unwrap_or_default();
    let truncated = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| truncated).map(|row| row.name().to_owned());
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: input.prefix,
        delimiter: input.delimiter,
        max_keys: Some(max_keys),
        key_count: i32::try_from(rows.len()).ok(),
        continuation_token: input.continuation_token,
        start_after: input.start_after,
        is_truncated: Some(truncated),
        next_continuation_token: next,
        common_prefixes: Some(rows.iter().filter_map(Row::common_prefix).collect()),
        contents: Some(rows.iter().filter_map(Row::listed).collect()),
        ..Default::default()
    })
}

enum Row {
    Object(Arc<Object>),
    Prefix(String),
}

impl Row {
    fn name(&self) -> &str {
        match self {
            Self::Object(object) => &object.key,
            Self::Prefix(prefix) => prefix,
        }
    }

    fn common_prefix(&self) -> Option<CommonPrefix> {
        match self {
            Self::Object(_) => None,
            Self::Prefix(prefix) => Some(CommonPrefix { prefix: Some(prefix.clone()) }),
        }
    }

    fn listed(&self) -> Option<Listed> {
        let Self::Object(object) = self else {
            return None;
        };
        Some(Listed {
            key: Some(object.key.clone()),
            size: i64::try_from(object.size).ok(),
            e_tag: Some(object.e_tag()),
            last_modified: Some(object.last_modified()),
            ..Default::default()
        })
    }
}

fn rolled_up(objects: Vec<Arc<Object>>, prefix: &str, delimiter: Option<&str>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for object in objects {
        match delimiter.and_then(|delimiter| common_prefix(&object.key, prefix, delimiter)) {
            None => rows.push(Row::Object(object)),
            // Keys come in order, so those of one prefix come together.
            Some(common) if rows.last().is_some_and(|row| row.name() == common) => {}
            Some(common) => rows.push(Row::Prefix(common.to_owned())),
        }
    }
    rows
}

fn common_prefix<'key>(key: &'key str, prefix: &str, delimiter: &str) -> Option<&'key str> {
    let at = key.get(prefix.len()..)?.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}
