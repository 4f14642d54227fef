//! Pacing, learned from Okta's rate headers: a thousand calls at once against a hundred a minute finish without one
//! refusal.
//!
//! One [`Bucket`] for each of Okta's limits that a connection draws on. Before anything is known one call goes out alone;
//! then as many as the window still allows, eight at most; then all wait for the reset, first come first served.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use reqwest::header::HeaderMap;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::clock::Clock;
use crate::net::pace::Waits;

/// Calls that may be out at the same time in one bucket; Okta's concurrency limit for a free org is 35.
const AT_ONCE: usize = 8;

/// The longest wait that a header can make us do; its window is a minute.
const LONGEST: Duration = Duration::minutes(5);

/// The wait where headers are missing or absurd.
const FALLBACK: Duration = Duration::seconds(60);

/// What the rate headers of one answer said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Calls a window.
    pub limit: Option<u32>,
    /// How many are left in it.
    pub remaining: Option<u32>,
    /// When the window ends, by Okta's clock: identity of the window.
    pub reset: Option<DateTime<Utc>>,
    /// How long until then, by the answer's own `Date`.
    pub reset_in: Option<Duration>,
}

impl Rate {
    /// Reads an answer's headers. A header may come more than once; the smallest number counts.
    pub fn read(headers: &HeaderMap, date: Option<DateTime<Utc>>) -> Self {
        let numbers = |name: &str| -> Option<i64> {
            headers.get_all(name).iter().filter_map(|value| value.to_str().ok()?.trim().parse().ok()).min()
        };
        let small = |name: &str| numbers(name).and_then(|number| u32::try_from(number).ok());
        let reset = numbers("x-rate-limit-reset").and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let reset_in = reset.zip(date).map(|(reset, date)| reset - date).filter(|wait| *wait >= Duration::zero());
        Self { limit: small("x-rate-limit-limit"), remaining: small("x-rate-limit-remaining"), reset, reset_in }
    }

    /// How long to wait for the window's end, within bounds.
    pub fn wait(&self) -> Duration {
        self.reset_in.filter(|wait| *wait <= LONGEST).unwrap_or(FALLBACK) + Duration::seconds(1)
    }
}

/// One of Okta's limits.
#[derive(Debug)]
pub struct Bucket {
    clock: Clock,
    /// Fair: first come first served. One place until the first answer taught something.
    places: Arc<Semaphore>,
    widened: Cell<bool>,
    out: Cell<u32>,
    waiting: Cell<usize>,
    /// No more turns are given.
    halted: Cell<bool>,
    known: Cell<Option<Known>>,
    /// Signalled whenever an answer came in, so that whoever waits for the reset can look again.
    answered: Notify,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    rate: Rate,
    remaining: u32,
    resets_at: DateTime<Utc>,
}

/// A turn in a bucket; its place is free again when it is dropped.
#[derive(Debug)]
pub struct Turn {
    bucket: Rc<Bucket>,
    _place: OwnedSemaphorePermit,
}

impl Turn {
    /// Where it is a turn in.
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.bucket.out.set(self.bucket.out.get() - 1);
        self.bucket.answered.notify_waiters();
    }
}

impl Bucket {
    /// A limit of which nothing is known yet.
    pub fn new(clock: Clock) -> Rc<Self> {
        Rc::new(Self {
            clock,
            places: Arc::new(Semaphore::new(1)),
            widened: Cell::new(false),
            out: Cell::new(0),
            waiting: Cell::new(0),
            halted: Cell::new(false),
            known: Cell::new(None),
            answered: Notify::new(),
        })
    }

    /// What the headers said last.
    pub fn rate(&self) -> Option<Rate> {
        self.known.get().map(|known| Rate { remaining: Some(known.remaining), ..known.rate })
    }

    /// Gives no more turns: whoever waits for one waits for ever, and those who have one keep it.
    pub fn halt(&self) {
        self.halted.set(true);
        self.answered.notify_waiters();
    }

    /// How many wait for a turn.
    pub fn waiting(&self) -> usize {
        self.waiting.get()
    }

    /// Waits for a turn. Dropping the wait, or the turn, gives the place to the next.
    pub async fn turn(self: &Rc<Self>) -> Turn {
        let _waits = Waits::new(&self.waiting);
        let place = self.places.clone().acquire_owned().await.expect("the semaphore is never closed");
        loop {
            let answered = self.answered.notified();
            if self.halted.get() {
                std::future::pending::<()>().await;
            }
            let Some(wait) = self.wait() else { break };
            tokio::select! {
                () = self.clock.sleep(wait) => {}
                () = answered => {}
            }
        }
        self.out.set(self.out.get() + 1);
        Turn { bucket: self.clone(), _place: place }
    }

    /// How long until another call may go out; `None` for now.
    fn wait(&self) -> Option<Duration> {
        let mut known = self.known.get()?;
        let now = self.clock.now();
        if known.resets_at <= now {
            // A new window: its first answer tells what it allows; until then the old limit is assumed.
            known.remaining = known.rate.limit.unwrap_or(1).max(1);
            known.resets_at = now + FALLBACK;
            known.rate.reset = None;
            self.known.set(Some(known));
        } else if known.resets_at - now > LONGEST + Duration::minutes(1) {
            // No header makes us wait that long: our clock was set back meanwhile.
            known.resets_at = now + FALLBACK;
            self.known.set(Some(known));
        }
        (known.remaining <= self.out.get()).then(|| known.resets_at - now)
    }

    /// Learns from an answer; `refused` where it was a 429.
    pub fn learn(&self, rate: Rate, refused: bool) {
        let resets_at = self.clock.now() + rate.wait();
        if refused {
            self.known.set(Some(Known { rate, remaining: 0, resets_at }));
        } else if let Some(remaining) = rate.remaining {
            // Answers overtake each other: within one window the smaller number is the newer one.
            let same_window = self.known.get().filter(|known| known.rate.reset == rate.reset);
            let remaining = same_window.map_or(remaining, |known| known.remaining.min(remaining));
            self.known.set(Some(Known { rate, remaining, resets_at }));
        }
        if !self.widened.replace(true) {
            self.places.add_permits(AT_ONCE - 1);
        }
        self.answered.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
