//! What S3 demands of a presigned URL beyond its signature, which `s3s` checks.

use std::collections::HashMap;
use std::time::UNIX_EPOCH;

use hyper::HeaderMap;
use hyper::header::HeaderName;
use s3s::{S3Result, s3_error};

/// A client's clock may be ahead of ours by so much, in milliseconds.
const TOLERATED_SKEW_MS: u64 = 15 * 60 * 1000;

/// Refuses a presigned request that is out of its time by our clock or carries unsigned `x-amz-` headers.
///
/// A query without a signature is none of this module's business, nor is a malformed one: both pass.
pub(super) fn check(query: &str, headers: &HeaderMap, now_ms: u64) -> S3Result<()> {
    let parameters: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let parameter = |name| parameters.get(name).map(AsRef::as_ref);
    if parameter("X-Amz-Signature").is_none() {
        return Ok(());
    }
    check_signed(headers, parameter("X-Amz-SignedHeaders").unwrap_or_default())?;
    let signed_at = parameter("X-Amz-Date").and_then(parse_amz_date);
    let lifetime = parameter("X-Amz-Expires").and_then(|seconds| seconds.parse::<u64>().ok());
    let Some((signed_at, lifetime)) = signed_at.zip(lifetime) else {
        return Ok(());
    };
    if now_ms > signed_at.saturating_add(lifetime.saturating_mul(1000)) {
        return Err(s3_error!(AccessDenied, "Request has expired"));
    }
    if signed_at > now_ms + TOLERATED_SKEW_MS {
        return Err(s3_error!(AccessDenied, "Request is not valid yet"));
    }
    Ok(())
}

fn check_signed(headers: &HeaderMap, signed: &str) -> S3Result<()> {
    let is_signed = |name: &str| signed.split(';').any(|signed| signed == name);
    let mut unsigned = headers.keys().map(HeaderName::as_str);
    if unsigned.any(|name| name.starts_with("x-amz-") && !is_signed(name)) {
        return Err(s3_error!(
            AccessDenied,
            "There were headers present in the request which were not signed"
        ));
    }
    Ok(())
}

/// `20261121T000000Z` as milliseconds since the Unix epoch.
fn parse_amz_date(date: &str) -> Option<u64> {
    let part = |range| date.get(range);
    let date = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(9..11)?,
        part(11..13)?,
        part(13..15)?,
    );
    let time = humantime::parse_rfc3339(&date).ok()?;
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &str =
        "X-Amz-Date=20261121T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0";
    const SIGNED_AT_MS: u64 = 1_795_219_200_000;

    #[test]
    fn a_url_lives_to_the_last_second_of_its_lifetime_and_no_longer() {
        let headers = HeaderMap::new();
        assert!(check(QUERY, &headers, SIGNED_AT_MS + 60_000).is_ok());
        assert!(check(QUERY, &headers, SIGNED_AT_MS + 60_001).is_err());
    }

    #[test]
    fn a_url_signed_too_far_ahead_of_the_clock_is_refused() {
        let headers = HeaderMap::new();
        assert!(check(QUERY, &headers, SIGNED_AT_MS - TOLERATED_SKEW_MS).is_ok());
        assert!(check(QUERY, &headers, SIGNED_AT_MS - TOLERATED_SKEW_MS - 1).is_err());
    }
}
