//! Points in time, to the millisecond.

use std::fmt;
use std::ops::Range;
use std::time::{Duration, UNIX_EPOCH};

/// A point in time: milliseconds since the Unix epoch.
///
/// `Display` is the wire form, RFC 3339 in UTC with milliseconds: `2026-04-08T12:00:00.000Z`.
///
/// ```
/// use std::time::Duration;
/// use shared::domain::Timestamp;
///
/// let noon = Timestamp::from_millis(1_775_649_600_000);
/// assert_eq!(noon.to_string(), "2026-04-08T12:00:00.000Z");
/// assert_eq!(noon.after(Duration::from_secs(5)).since(noon), Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The point `millis` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Reads ISO 8601's basic form, in UTC with seconds: `20260408T120000Z`.
    #[must_use]
    pub fn from_basic(text: &str) -> Option<Self> {
        let digits = |range: Range<usize>| {
            text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let [year, month, day] = [digits(0..4)?, digits(4..6)?, digits(6..8)?];
        let [hour, minute, second] = [digits(9..11)?, digits(11..13)?, digits(13..15)?];
        let extended = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z");
        let time = humantime::parse_rfc3339(&extended).ok()?;
        let since_epoch = time.duration_since(UNIX_EPOCH).ok()?;
        let framed = (text.get(8..9), text.get(15..)) == (Some("T"), Some("Z"));
        framed.then(|| Self(0).after(since_epoch))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded up: DynamoDB's TTL must never be early.
    #[must_use]
    pub const fn seconds_rounded_up(self) -> u64 {
        self.0.div_ceil(1000)
    }

    /// The point `duration` later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(duration)))
    }

    /// The point `duration` earlier, not before the Unix epoch.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(duration)))
    }

    /// The time from `earlier` to here; zero if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

fn millis_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(self.0)).fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_said_in_rfc_3339_with_milliseconds() {
        assert_eq!(
            Timestamp::from_millis(1_775_649_600_007).to_string(),
            "2026-04-08T12:00:00.007Z"
        );
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn the_basic_form_is_read_to_the_letter() {
        let time = Timestamp::from_basic("20260408T120000Z");
        assert_eq!(time, Some(Timestamp::from_millis(1_775_649_600_000)));
        for wrong in [
            "",
            "20260408T120000",
            "20260408T120000Z ",
            "20260408 120000Z",
            "20260408T120000+",
            "2026-408T120000Z",
            "20261308T120000Z",
            "20260408T250000Z",
            "19691231T235959Z",
            "2026040éT120000Z",
        ] {
            assert_eq!(Timestamp::from_basic(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_ttl_is_never_before_the_time_it_stands_for() {
        assert_eq!(Timestamp::from_millis(1_000).seconds_rounded_up(), 1);
        assert_eq!(Timestamp::from_millis(1_001).seconds_rounded_up(), 2);
    }
}
