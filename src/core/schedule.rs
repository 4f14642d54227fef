//! When a rotation is due: pure arithmetic, `now` always an argument.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub mod backoff;
pub mod calendar;
pub mod spans;
pub mod typed;
pub mod zone;

/// When a rotation runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Whole days from one due date to the next, 1–3650.
    pub interval_days: u32,
    /// The local time of day.
    pub at: NaiveTime,
    /// The IANA zone in which `at` is meant.
    pub zone: Tz,
    /// The last local date consumed or skipped, or the date of creation.
    pub anchor: NaiveDate,
    /// How many due times to come were dropped by [`Self::skip`], so that a far due time is known to be meant.
    #[serde(default)]
    pub skipped: u32,
}

/// Why a schedule cannot start on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadStart {
    /// That has passed.
    Past,
    /// That is more than an interval away.
    Far {
        /// The last date that would do.
        latest: NaiveDate,
    },
}

impl Schedule {
    /// The instant at which the next rotation is due: `at` on the local date `anchor + interval`.
    pub fn due(&self) -> DateTime<Utc> {
        self.due_after(1)
    }

    /// The `n`-th due time from the anchor; 1 is the next.
    pub fn due_after(&self, n: u32) -> DateTime<Utc> {
        let days = u64::from(self.interval_days) * u64::from(n);
        let date = self.anchor.checked_add_days(chrono::Days::new(days)).unwrap_or(NaiveDate::MAX);
        calendar::instant(date, self.at, self.zone)
    }

    /// The local date of an instant in this schedule's zone.
    pub fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The schedule after its due time was consumed at `now`: the regular rhythm from the date that was due, or from
    /// today where that would be over already or come again today (one catch-up after downtime, never a burst).
    #[must_use]
    pub fn consumed(&self, now: DateTime<Utc>) -> Self {
        let mut next = Self { anchor: self.local_date(self.due()), skipped: 0, ..self.clone() };
        let today = self.local_date(now);
        if next.due() <= now || self.local_date(next.due()) <= today {
            next.anchor = next.anchor.max(today);
        }
        next
    }

    /// The schedule moved so that nothing is due before the next opening from `now`: a due time that lies in the past
    /// becomes the first `at` later than `now`. This is what a change of interval or time, or a resume, does.
    #[must_use]
    pub fn settled(&self, now: DateTime<Utc>) -> Self {
        let mut next = self.clone();
        if next.due() > now {
            return next;
        }
        let interval = chrono::Days::new(u64::from(self.interval_days));
        let mut opening = self.local_date(now);
        while calendar::instant(opening, self.at, self.zone) <= now {
            opening = opening.succ_opt().unwrap_or(NaiveDate::MAX);
        }
        next.anchor = opening.checked_sub_days(interval).unwrap_or(NaiveDate::MIN);
        next.skipped = 0;
        next
    }

    /// The schedule without its next due time. Said twice, it drops two.
    #[must_use]
    pub fn skip(&self, now: DateTime<Utc>) -> Self {
        let next = self.consumed(now);
        let ahead = next.anchor > self.local_date(now);
        Self { skipped: if ahead { self.skipped + 1 } else { 0 }, ..next }
    }

    /// The schedule with the due time back that was dropped last; `None` where none was.
    pub fn unskip(&self, now: DateTime<Utc>) -> Option<Self> {
        let skipped = self.skipped.checked_sub(1)?;
        let interval = chrono::Days::new(u64::from(self.interval_days));
        let anchor = self.anchor.checked_sub_days(interval).unwrap_or(NaiveDate::MIN);
        Some(Self { anchor, skipped, ..self.clone() }.settled(now))
    }

    /// The schedule with this due date to come, as before it was consumed.
    #[must_use]
    pub fn due_on(&self, date: NaiveDate) -> Self {
        let interval = chrono::Days::new(u64::from(self.interval_days));
        let anchor = date.checked_sub_days(interval).unwrap_or(NaiveDate::MIN);
        Self { anchor, skipped: 0, ..self.clone() }
    }

    /// The schedule whose first due time is on this local date. That is to come, and no later than the last one that a
    /// schedule made now can have, so that it is never taken for one that a wrong clock made.
    pub fn starting(&self, date: NaiveDate, now: DateTime<Utc>) -> Result<Self, BadStart> {
        let latest = self.latest_start(now);
        let next = self.due_on(date);
        if next.due() <= now {
            return Err(BadStart::Past);
        }
        if date > latest { Err(BadStart::Far { latest }) } else { Ok(next) }
    }

    /// The last local date that a schedule made now can start on: an interval from today.
    pub fn latest_start(&self, now: DateTime<Utc>) -> NaiveDate {
        let interval = chrono::Days::new(u64::from(self.interval_days));
        self.local_date(now).checked_add_days(interval).unwrap_or(NaiveDate::MAX)
    }

    /// The first local date whose time of day is not before an instant.
    pub fn opening(&self, from: DateTime<Utc>) -> NaiveDate {
        let date = self.local_date(from);
        let passed = calendar::instant(date, self.at, self.zone) < from;
        if passed { date.succ_opt().unwrap_or(NaiveDate::MAX) } else { date }
    }

    /// The schedule with its anchor on the local date of `now`: what a manual rotation does.
    #[must_use]
    pub fn anchored(&self, now: DateTime<Utc>) -> Self {
        Self { anchor: self.local_date(now), skipped: 0, ..self.clone() }
    }

    /// A stored due time later than now + interval is computed anew: the clock was ahead when it was made. What was
    /// skipped lies that many intervals further.
    ///
    /// It may as well be `now` that is wrong, so this is only asked once Okta's `Date` agrees with `now`. By a clock that is
    /// behind, every due time lies too far off; computed anew by that clock, they would all have passed when it is set
    /// right. Until Okta agrees a stored due time stays as it was stored.
    #[must_use]
    pub fn sane(&self, now: DateTime<Utc>) -> Self {
        // A day of slack: the due time of a schedule anchored today lies up to a day beyond now + interval.
        let days = i64::from(self.interval_days).saturating_mul(1 + i64::from(self.skipped)) + 1;
        let latest = chrono::Duration::try_days(days).and_then(|ahead| now.checked_add_signed(ahead));
        let latest = latest.unwrap_or(DateTime::<Utc>::MAX_UTC);
        if self.due() > latest { self.anchored(now) } else { self.clone() }
    }
}

#[cfg(test)]
mod tests;
