//! The rate limit: GCRA, the generic cell rate algorithm, in microseconds.
//!
//! A key has one *theoretical arrival time* (TAT) per category. A request at `now` is admitted while
//! the TAT is at most `now + tolerance`, and moves it one interval on. The TAT never moves back, so
//! what a container remembers of it is a lower bound: good enough to refuse by, and to guess by.

use std::time::Duration;

/// The three limits of a key: each category has a bucket of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// Requests that change something.
    Write,
    /// Requests for one file.
    Read,
    /// Requests for a list.
    Search,
}

/// A theoretical arrival time, or any point it is compared with: microseconds since the Unix epoch.
pub type Micros = u64;

/// How many requests a key may make in one category.
///
/// ```
/// use std::time::Duration;
/// use shared::domain::RateLimit;
///
/// let limit = RateLimit::new(10, 1); // Ten a second, one at once.
/// let (tat, now) = (1_100_000, 1_000_000); // Microseconds: a request came just now.
/// assert_eq!(limit.wait(tat, now), Some(Duration::from_millis(100)));
/// assert_eq!(limit.wait(tat, now + 100_000), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    per_second: u32,
    burst: u32,
}

/// Which of the two conditional updates a request should try.
///
/// DynamoDB has no `max()`, so one update cannot serve an idle and a busy bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// The TAT has passed: set it to one interval from now.
    Idle,
    /// The TAT lies ahead, within the tolerance: move it one interval on.
    Busy,
}

/// Where a key stands in a category, as the `X-RateLimit-*` headers say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Requests that a full bucket admits at once.
    pub limit: u32,
    /// Requests that would be admitted right now.
    pub remaining: u32,
    /// When the bucket will be full again: whole seconds since the Unix epoch, rounded up.
    pub reset: u64,
}

impl RateLimit {
    /// `per_second` requests a second, `burst` of them at once; both from 1.
    #[must_use]
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst }
    }

    /// The time that one request uses up.
    #[must_use]
    pub const fn interval(self) -> Micros {
        1_000_000 / self.per_second as Micros
    }

    /// How far ahead of now the TAT may lie.
    #[must_use]
    pub const fn tolerance(self) -> Micros {
        (self.burst as Micros - 1) * self.interval()
    }

    /// The time in which an empty bucket becomes full.
    #[must_use]
    pub const fn time_to_fill(self) -> Micros {
        self.tolerance() + self.interval()
    }

    /// The update to try first, when the TAT was last seen at `tat`.
    #[must_use]
    pub const fn branch(self, tat: Micros, now: Micros) -> Branch {
        if tat <= now { Branch::Idle } else { Branch::Busy }
    }

    /// How long a request at `now` must wait, if it must.
    #[must_use]
    pub const fn wait(self, tat: Micros, now: Micros) -> Option<Duration> {
        match tat.saturating_sub(self.tolerance()).saturating_sub(now) {
            0 => None,
            micros => Some(Duration::from_micros(micros)),
        }
    }

    /// Where a key stands at `now` with its TAT at `tat`.
    #[must_use]
    pub fn standing(self, tat: Micros, now: Micros) -> Standing {
        let room = (now + self.tolerance() + self.interval()).saturating_sub(tat.max(now));
        let remaining = u32::try_from(room / self.interval()).unwrap_or(self.burst);
        Standing {
            limit: self.burst,
            remaining: remaining.min(self.burst),
            reset: tat.max(now).div_ceil(1_000_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: RateLimit = RateLimit::new(25, 25);
    const NOW: Micros = 1_700_000_000_000_000;

    /// What the table does with one request: the new TAT, or nothing when it is refused.
    fn request(limit: RateLimit, tat: Micros, now: Micros) -> Option<Micros> {
        match limit.branch(tat, now) {
            Branch::Idle => Some(now + limit.interval()),
            Branch::Busy => limit.wait(tat, now).is_none().then_some(tat + limit.interval()),
        }
    }

    fn admitted_at_once(limit: RateLimit) -> u32 {
        let mut tat = 0;
        let mut admitted = 0;
        while let Some(next) = request(limit, tat, NOW) {
            tat = next;
            admitted += 1;
        }
        admitted
    }

    #[test]
    fn exactly_the_burst_is_admitted_at_one_instant() {
        for (per_second, burst) in [(25, 25), (25, 1), (3, 7), (1000, 25), (1, 100)] {
            assert_eq!(admitted_at_once(RateLimit::new(per_second, burst)), burst);
        }
    }

    #[test]
    fn one_more_is_admitted_every_interval_after_a_burst() {
        let full = NOW + 25 * LIMIT.interval();
        assert_eq!(LIMIT.wait(full, NOW), Some(Duration::from_millis(40)));
        assert_eq!(LIMIT.wait(full, NOW + LIMIT.interval() - 1), Some(Duration::from_micros(1)));
        assert_eq!(LIMIT.wait(full, NOW + LIMIT.interval()), None);
    }

    #[test]
    fn the_standing_counts_down_and_says_when_the_bucket_is_full() {
        assert_eq!(
            LIMIT.standing(0, NOW),
            Standing { limit: 25, remaining: 25, reset: 1_700_000_000 }
        );
        let one = NOW + LIMIT.interval();
        assert_eq!(
            LIMIT.standing(one, NOW),
            Standing { limit: 25, remaining: 24, reset: 1_700_000_001 }
        );
        let all = NOW + 25 * LIMIT.interval();
        assert_eq!(LIMIT.standing(all, NOW).remaining, 0);
    }
}
