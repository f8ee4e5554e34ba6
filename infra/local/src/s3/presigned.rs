//! What S3 demands of a presigned URL beyond its signature, which `s3s` checks.

use std::collections::HashMap;
use std::time::UNIX_EPOCH;

use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue, RANGE};
use hyper::{HeaderMap, Request};
use s3s::{S3Result, s3_error};

/// A client's clock may be ahead of ours by so much, in milliseconds.
const TOLERATED_SKEW_MS: u64 = 15 * 60 * 1000;

/// In seconds: a week.
const LONGEST_LIFETIME: u64 = 7 * 24 * 3600;

/// Takes the headers of a presigned request away that S3 takes no notice of, and `s3s` refuses: a `Range`
/// that names several, or that is none. Where the header is signed it stays.
pub(super) fn ignore_what_s3_ignores<T>(request: &mut Request<T>) {
    let query = request.uri().query().unwrap_or_default();
    let is_presigned = query.contains("X-Amz-Signature=");
    let range = request.headers().get(RANGE);
    if is_presigned && range.is_some_and(|range| !is_one_range(range)) {
        request.headers_mut().remove(RANGE);
    }
}

/// Whether it is `bytes=1-2`, `bytes=1-` or `bytes=-2`.
fn is_one_range(range: &HeaderValue) -> bool {
    let numbers = range.to_str().ok().and_then(|range| range.strip_prefix("bytes="));
    let Some((first, last)) = numbers.and_then(|numbers| numbers.split_once('-')) else {
        return false;
    };
    let number = |text: &str| text.parse::<u64>().ok();
    match (first, last) {
        ("", last) => number(last).is_some(),
        (first, "") => number(first).is_some(),
        (first, last) => number(first).zip(number(last)).is_some_and(|(first, last)| first <= last),
    }
}

/// Refuses a presigned request that is out of its time by our clock, that is signed in a header, too, or
/// that carries unsigned `x-amz-` headers.
///
/// A query without a signature is none of this module's business, nor is a malformed one: both pass.
pub(super) fn check(query: &str, headers: &HeaderMap, now_ms: u64) -> S3Result<()> {
    let parameters: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let parameter = |name| parameters.get(name).map(AsRef::as_ref);
    if parameter("X-Amz-Signature").is_none() {
        return Ok(());
    }
    if headers.contains_key(AUTHORIZATION) {
        return Err(s3_error!(
            InvalidArgument,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature \
             query string parameter or the Authorization header should be specified"
        ));
    }
    check_signed(headers, parameter("X-Amz-SignedHeaders").unwrap_or_default())?;
    let signed_at = parameter("X-Amz-Date").and_then(parse_amz_date);
    let lifetime = parameter("X-Amz-Expires").and_then(|seconds| seconds.parse::<u64>().ok());
    let Some((signed_at, lifetime)) = signed_at.zip(lifetime) else {
        return Ok(());
    };
    if lifetime > LONGEST_LIFETIME {
        return Err(s3_error!(
            AuthorizationQueryParametersError,
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires \
             must be less than 604800 seconds"
        ));
    }
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
    fn a_url_of_more_than_a_week_is_refused() {
        let query = |seconds: &str| QUERY.replace("Expires=60", &format!("Expires={seconds}"));
        let headers = HeaderMap::new();
        assert!(check(&query("604800"), &headers, SIGNED_AT_MS).is_ok());
        assert!(check(&query("604801"), &headers, SIGNED_AT_MS).is_err());
    }

    #[test]
    fn several_ranges_are_none() {
        for (range, is_one) in [
            ("bytes=0-0", true),
            ("bytes=5-", true),
            ("bytes=-5", true),
            ("bytes=0-1,3-4", false),
            ("bytes=5-1", false),
            ("bytes=-", false),
            ("bytes=a-b", false),
            ("items=0-1", false),
        ] {
            assert_eq!(is_one_range(&HeaderValue::from_static(range)), is_one, "{range}");
        }
    }

    #[test]
    fn a_url_signed_too_far_ahead_of_the_clock_is_refused() {
        let headers = HeaderMap::new();
        assert!(check(QUERY, &headers, SIGNED_AT_MS - TOLERATED_SKEW_MS).is_ok());
        assert!(check(QUERY, &headers, SIGNED_AT_MS - TOLERATED_SKEW_MS - 1).is_err());
    }
}
