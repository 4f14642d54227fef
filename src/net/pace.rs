//! The pace of calls to a server that does not say how many it allows: so many at the same time, and none too close to the one
//! before. A refusal for their number slows all of them down by half; answers bring the usual pace back, little by little.
//!
//! Time here is the machine's own: a server's patience does not depend on the clock that rotations follow.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Calls that are out at the same time.
const AT_ONCE: usize = 4;

/// The gap after the first refusal, where calls had none: 16 a second.
const FIRST: Duration = Duration::from_millis(62);

/// The longest gap, and the longest wait that a header can make all calls do.
const LONGEST: Duration = Duration::from_secs(30);

/// An answer takes this part of the gap that is above the usual one away.
const PART: u32 = 20;

/// The pace of one server.
#[derive(Debug)]
pub struct Pace {
    /// Fair: first come first served.
    places: Semaphore,
    beat: RefCell<Beat>,
    waiting: Cell<usize>,
    halted: Cell<bool>,
}

/// When the next call may go out.
#[derive(Clone, Copy, Debug)]
struct Beat {
    usual: Duration,
    gap: Duration,
    next: Option<Instant>,
    slowed_at: Option<Instant>,
}

/// A call's turn; its place is free again when it is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    pace: &'a Pace,
    since: Instant,
    _place: SemaphorePermit<'a>,
}

/// Counts one who waits, for as long as it lives.
#[derive(Debug)]
pub struct Waits<'a>(&'a Cell<usize>);

impl<'a> Waits<'a> {
    /// One more waits.
    pub fn new(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Pace {
    /// The pace of a server that is known to take a call each `usual`; zero where it has no limit that is known.
    pub fn new(usual: Duration) -> Self {
        Self {
            places: Semaphore::new(AT_ONCE),
            beat: RefCell::new(Beat::new(usual)),
            waiting: Cell::new(0),
            halted: Cell::new(false),
        }
    }

    /// Waits for a turn. Dropping the wait, or the turn, gives the place to the next.
    pub async fn turn(&self) -> Turn<'_> {
        let _waits = Waits::new(&self.waiting);
        let place = self.places.acquire().await.expect("the semaphore is never closed");
        loop {
            if self.halted.get() {
                std::future::pending::<()>().await;
            }
            let since = Instant::now();
            let wait = self.beat.borrow_mut().take(since);
            match wait {
                None => return Turn { pace: self, since, _place: place },
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Gives no more turns: whoever waits for one waits for ever, and those who have one keep it.
    pub fn halt(&self) {
        self.halted.set(true);
    }

    /// How many wait for a turn.
    pub fn waiting(&self) -> usize {
        self.waiting.get()
    }
}

impl Turn<'_> {
    /// The server refused it for the number of calls, and said how long to wait, or did not.
    pub fn throttled(&self, wait: Option<Duration>) {
        self.pace.beat.borrow_mut().slow(self.since, Instant::now(), wait.unwrap_or_default());
    }

    /// The server answered.
    pub fn answered(&self) {
        self.pace.beat.borrow_mut().recover();
    }
}

impl Beat {
    fn new(usual: Duration) -> Self {
        Self { usual, gap: usual, next: None, slowed_at: None }
    }

    /// Takes a turn now, or says how long to wait.
    fn take(&mut self, now: Instant) -> Option<Duration> {
        if let Some(next) = self.next.filter(|next| *next > now) {
            return Some(next - now);
        }
        self.next = Some(now + self.gap);
        None
    }

    /// Those that were out when it became slower say nothing of the slower pace.
    fn slow(&mut self, since: Instant, now: Instant, wait: Duration) {
        if self.slowed_at.is_none_or(|at| at <= since) {
            self.gap = (self.gap * 2).clamp(FIRST, LONGEST);
            self.slowed_at = Some(now);
        }
        let next = now + wait.min(LONGEST).max(self.gap);
        self.next = Some(self.next.map_or(next, |known| known.max(next)));
    }

    fn recover(&mut self) {
        self.gap -= self.gap.saturating_sub(self.usual) / PART;
        // It would come ever closer and never be there.
        if self.gap < self.usual + Duration::from_millis(2) {
            self.gap = self.usual;
        }
    }
}

/// How long an answer's `Retry-After` says to wait, where it says so in seconds (RFC 9110, 10.2.3).
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn slowed(beat: &mut Beat, now: Instant) -> Duration {
        beat.slow(now, now, Duration::ZERO);
        beat.gap
    }

    #[test]
    fn calls_keep_the_usual_gap_and_none_where_there_is_no_limit() {
        let now = Instant::now();
        let mut free = Beat::new(Duration::ZERO);
        assert!((0..1000).all(|_| free.take(now).is_none()));
        let gap = Duration::from_millis(300);
        let mut paced = Beat::new(gap);
        assert_eq!((paced.take(now), paced.take(now), paced.take(now + gap)), (None, Some(gap), None));
    }

    #[test]
    fn each_refusal_of_the_slower_pace_halves_it_and_answers_bring_the_usual_one_back() {
        let now = Instant::now();
        let mut beat = Beat::new(Duration::ZERO);
        assert_eq!(slowed(&mut beat, now), FIRST);
        // Three more were out at that time.
        let later = now + Duration::from_millis(5);
        for _ in 0..3 {
            beat.slow(now.checked_sub(Duration::from_millis(1)).expect("an instant"), later, Duration::ZERO);
        }
        assert_eq!(beat.gap, FIRST);
        assert_eq!(slowed(&mut beat, later + FIRST), FIRST * 2);
        for _ in 0..20 {
            slowed(&mut beat, later + Duration::from_mins(1));
        }
        assert_eq!(beat.gap, LONGEST);
        for _ in 0..400 {
            beat.recover();
        }
        assert_eq!(beat.gap, Duration::ZERO);
    }

    #[test]
    fn a_server_that_says_how_long_is_waited_for_within_bounds() {
        let now = Instant::now();
        let mut beat = Beat::new(Duration::ZERO);
        beat.slow(now, now, Duration::from_secs(7));
        assert_eq!(beat.take(now), Some(Duration::from_secs(7)));
        beat.slow(now, now, Duration::from_hours(1));
        assert_eq!(beat.take(now), Some(LONGEST));
        let mut headers = HeaderMap::new();
        for (text, wait) in [("7", Some(7)), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)] {
            headers.insert(RETRY_AFTER, text.parse().expect("a header"));
            assert_eq!(retry_after(&headers), wait.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn no_more_than_so_many_are_out_and_after_the_end_no_one_gets_a_turn() {
        let pace = Pace::new(Duration::ZERO);
        let turns: Vec<_> = (0..AT_ONCE).map(|_| pace.turn().now_or_never().expect("a place")).collect();
        assert!(pace.turn().now_or_never().is_none());
        pace.halt();
        drop(turns);
        let mut waits = Box::pin(pace.turn());
        assert!((&mut waits).now_or_never().is_none());
        assert_eq!(pace.waiting(), 1);
        drop(waits);
        assert_eq!(pace.waiting(), 0);
    }
}
