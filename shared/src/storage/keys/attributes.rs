//! The items of keys and upload tokens, read.

use aws_sdk_dynamodb::types::AttributeValue;

use super::time_attributes;
use crate::Result;
use crate::domain::{Category, MimeRange, RateLimit, Scope, Scopes, Timestamp, TokenBounds};
use crate::storage::item::{integer, optional_integer, time, unreadable};
use crate::storage::table::{Attributes, number};

/// The scopes of a key's item.
pub(super) fn scopes(item: &Attributes) -> Result<Scopes> {
    let Some(AttributeValue::L(names)) = item.get("scopes") else {
        return Err(unreadable("scopes"));
    };
    names
        .iter()
        .map(|name| name.as_s().ok().and_then(|name| name.parse::<Scope>().ok()))
        .collect::<Option<Scopes>>()
        .ok_or_else(|| unreadable("scopes"))
}

/// From when on a key opens nothing, if it ends.
pub(super) fn expires_at(item: &Attributes) -> Result<Option<Timestamp>> {
    optional_integer(item, "expiresAt").map(|at| at.map(Timestamp::from_millis))
}

/// The limit that a key has of its own, if it has one.
pub(super) fn rate_limit(item: &Attributes) -> Result<Option<RateLimit>> {
    let Some(interval) = optional_integer(item, "rateInterval")? else { return Ok(None) };
    let burst = u32::try_from(integer(item, "rateBurst")?);
    Ok(Some(RateLimit::recorded(interval, burst.map_err(|_| unreadable("rateBurst"))?)))
}

/// The times of a key that has not been used, in every category.
pub(super) fn unused_limits() -> impl Iterator<Item = (String, AttributeValue)> {
    let categories = Category::ALL.into_iter();
    let names = categories.map(time_attributes).flat_map(|(tat, next)| [tat, next]);
    names.map(|name| (name.to_owned(), number(0)))
}

/// What an upload token allows.
pub(super) fn token_bounds(item: &Attributes) -> Result<TokenBounds> {
    let mime_types = item.get("mimeTypes").map(mime_ranges).transpose()?;
    Ok(TokenBounds {
        expires_at: time(item, "expiresAt")?,
        files_left: integer(item, "filesLeft")?,
        max_size_bytes: optional_integer(item, "maxSizeBytes")?,
        mime_types,
    })
}

fn mime_ranges(value: &AttributeValue) -> Result<Vec<MimeRange>> {
    let ranges = value.as_l().map_err(|_| unreadable("mimeTypes"))?.iter();
    ranges
        .map(|range| range.as_s().ok().and_then(|range| range.parse().ok()))
        .collect::<Option<_>>()
        .ok_or_else(|| unreadable("mimeTypes"))
}
