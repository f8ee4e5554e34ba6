//! The rate limit: GCRA, the generic cell rate algorithm, in microseconds.
//!
//! A key has two times per category: its *theoretical arrival time* (TAT), at which its bucket is full
//! again, and the earliest time of its next request, which is one tolerance before that. A request at `now`
//! is admitted if the second has come, and moves both one interval on. Neither ever moves back, so what a
//! container remembers of them is a lower bound: good enough to refuse by, and to guess by.
//!
//! The second time follows from the first, but a condition of DynamoDB compares and does not calculate.
//! A key may have a limit of its own, which is not known before its item is read, so the item holds what
//! is compared with the time.

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

impl Category {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Write, Self::Read, Self::Search];
}

/// A point in time: microseconds since the Unix epoch.
pub type Micros = u64;

/// How many requests a key may make in one category.
///
/// ```
/// use shared::domain::RateLimit;
///
/// let limit = RateLimit::new(10, 3); // Ten a second, three at once.
/// assert_eq!((limit.per_second(), limit.burst()), (10, 3));
/// assert_eq!(limit.interval(), 100_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    interval: Micros,
    burst: u32,
}

/// Where one category of a key stands.
///
/// ```
/// use std::time::Duration;
/// use shared::domain::rate_limit::Times;
///
/// let times = Times { tat: 1_100_000, next: 1_100_000 };
/// assert_eq!(times.wait(1_000_000), Some(Duration::from_millis(100)));
/// assert_eq!(times.wait(1_100_000), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The theoretical arrival time: when the bucket is full.
    pub tat: Micros,
    /// The earliest time of the next request.
    pub next: Micros,
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
    /// The limit of the key.
    pub limit: RateLimit,
    /// Requests that would be admitted right now.
    pub remaining: u32,
    /// When the bucket will be full again: whole seconds since the Unix epoch, rounded up.
    pub reset: u64,
}

impl RateLimit {
    /// The most requests a second. A key's three categories are counted in one item, and DynamoDB writes
    /// 1,000 times a second to one.
    pub const MAX_PER_SECOND: u32 = 300;
    /// The most requests at once.
    pub const MAX_BURST: u32 = 100_000;

    /// `per_second` requests a second, `burst` of them at once; both from 1.
    #[must_use]
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Self { interval: 1_000_000 / per_second as Micros, burst }
    }

    /// A limit that was recorded: the time that one request uses up, and the requests at once.
    #[must_use]
    pub const fn recorded(interval: Micros, burst: u32) -> Self {
        Self { interval, burst }
    }

    /// Requests a second.
    #[must_use]
    pub const fn per_second(self) -> u64 {
        // The interval was rounded down, by less than this rounds up.
        (1_000_000 + self.interval / 2) / self.interval
    }

    /// Requests that a full bucket admits at once.
    #[must_use]
    pub const fn burst(self) -> u32 {
        self.burst
    }

    /// The time that one request uses up.
    #[must_use]
    pub const fn interval(self) -> Micros {
        self.interval
    }

    /// How far ahead of now the TAT may lie.
    #[must_use]
    pub const fn tolerance(self) -> Micros {
        (self.burst as Micros - 1) * self.interval
    }

    /// How long before now the next request could have come, once an idle bucket has admitted one: the
    /// tolerance less one interval. Negative if no second request may come at once.
    #[must_use]
    pub const fn lead(self) -> i64 {
        self.tolerance().cast_signed() - self.interval.cast_signed()
    }

    /// The time in which an empty bucket becomes full.
    #[must_use]
    pub const fn time_to_fill(self) -> Micros {
        self.tolerance() + self.interval
    }

    /// Where a key stands at `now`, with such times.
    #[must_use]
    pub fn standing(self, times: Times, now: Micros) -> Standing {
        let full = times.tat.max(now);
        let room = (now + self.time_to_fill()).saturating_sub(full);
        let remaining = u32::try_from(room / self.interval).unwrap_or(self.burst);
        Standing {
            limit: self,
            remaining: remaining.min(self.burst),
            reset: full.div_ceil(1_000_000),
        }
    }
}

impl Times {
    /// The update to try first, when these times were the last that were seen.
    #[must_use]
    pub const fn branch(self, now: Micros) -> Branch {
        if self.tat <= now { Branch::Idle } else { Branch::Busy }
    }

    /// How long a request at `now` must wait, if it must.
    #[must_use]
    pub const fn wait(self, now: Micros) -> Option<Duration> {
        match self.next.saturating_sub(now) {
            0 => None,
            micros => Some(Duration::from_micros(micros)),
        }
    }

    /// The later of both, each.
    #[must_use]
    pub fn latest(self, other: Self) -> Self {
        Self { tat: self.tat.max(other.tat), next: self.next.max(other.next) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: RateLimit = RateLimit::new(25, 25);
    const NOW: Micros = 1_700_000_000_000_000;

    /// What the table does with one request: the times after it, or nothing when it is refused.
    fn request(limit: RateLimit, times: Times, now: Micros) -> Option<Times> {
        let interval = limit.interval();
        match times.branch(now) {
            Branch::Idle => Some(Times {
                tat: now + interval,
                next: now.checked_add_signed(-limit.lead()).unwrap(),
            }),
            Branch::Busy => times
                .wait(now)
                .is_none()
                .then(|| Times { tat: times.tat + interval, next: times.next + interval }),
        }
    }

    /// The times after as many requests at one instant as are admitted.
    fn exhausted(limit: RateLimit) -> (Times, u32) {
        let mut times = Times::default();
        let mut admitted = 0;
        while let Some(next) = request(limit, times, NOW) {
            times = next;
            admitted += 1;
        }
        (times, admitted)
    }

    #[test]
    fn exactly_the_burst_is_admitted_at_one_instant() {
        for (per_second, burst) in [(25, 25), (25, 1), (3, 7), (1000, 25), (1, 100)] {
            assert_eq!(exhausted(RateLimit::new(per_second, burst)).1, burst);
        }
    }

    #[test]
    fn one_more_is_admitted_every_interval_after_a_burst() {
        let (full, _) = exhausted(LIMIT);
        assert_eq!(full.wait(NOW), Some(Duration::from_millis(40)));
        assert_eq!(full.wait(NOW + LIMIT.interval() - 1), Some(Duration::from_micros(1)));
        assert_eq!(full.wait(NOW + LIMIT.interval()), None);
    }

    #[test]
    fn the_next_request_may_come_one_tolerance_before_the_bucket_is_full() {
        for limit in [LIMIT, RateLimit::new(3, 7), RateLimit::new(25, 1)] {
            let (mut times, mut now) = (Times::default(), NOW);
            for pause in [0, 0, 7, 40_000, 1, 5_000_000, 0, 333_333] {
                now += pause;
                times = request(limit, times, now).unwrap_or(times);
                assert_eq!(times.tat - times.next, limit.tolerance());
            }
        }
    }

    #[test]
    fn the_standing_counts_down_and_says_when_the_bucket_is_full() {
        let standing = |remaining, reset| Standing { limit: LIMIT, remaining, reset };
        assert_eq!(LIMIT.standing(Times::default(), NOW), standing(25, 1_700_000_000));
        let one = request(LIMIT, Times::default(), NOW).unwrap();
        assert_eq!(LIMIT.standing(one, NOW), standing(24, 1_700_000_001));
        let (full, _) = exhausted(LIMIT);
        assert_eq!(LIMIT.standing(full, NOW).remaining, 0);
    }

    #[test]
    fn a_recorded_limit_is_the_one_that_was_chosen() {
        for per_second in 1..=RateLimit::MAX_PER_SECOND {
            let limit = RateLimit::new(per_second, 7);
            assert_eq!(limit.per_second(), u64::from(per_second));
            assert_eq!(RateLimit::recorded(limit.interval(), limit.burst()), limit);
        }
    }
}
