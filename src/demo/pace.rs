//! How time passes on stage: fast while nothing happens, at its own pace from a call to an org until the engine rests,
//! and not at all while someone paused it.
//!
//! A call slows time down before the org looks at its clock for it, so that the `Date` of the answer and the instant at
//! which the engine reads it are on the same side of every turn. Where it is known when something will be due, time hurries
//! to that instant and no further: what is due at 02:30 starts at 02:30, and not when a busy machine gets round to it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::clock::Staged;

/// See the module.
pub struct Pace {
    clock: &'static Staged,
    going: Mutex<Going>,
    /// How many calls the engine made so far.
    calls: watch::Sender<u64>,
    paused: watch::Sender<bool>,
}

#[derive(Clone, Copy)]
struct Going {
    /// The speed while nothing happens, and up to when; `None` while something does.
    fast: Option<(f64, Option<DateTime<Utc>>)>,
    paused: bool,
}

impl Pace {
    /// Time at its own pace.
    pub fn new(clock: &'static Staged) -> Self {
        let pace = Self {
            clock,
            going: Mutex::new(Going { fast: None, paused: false }),
            calls: watch::Sender::new(0),
            paused: watch::Sender::new(false),
        };
        pace.turn(None, *pace.going());
        pace
    }

    fn going(&self) -> MutexGuard<'_, Going> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, to: Option<DateTime<Utc>>, going: Going) {
        let (speed, until) = if going.paused { (0.0, None) } else { going.fast.unwrap_or((1.0, None)) };
        if let Err(error) = self.clock.turn(to, speed, until) {
            tracing::warn!("the demo's clock cannot be turned: {error}");
        }
    }

    /// The engine calls an org.
    pub fn called(&self) {
        let mut going = self.going();
        self.calls.send_modify(|calls| *calls += 1);
        if going.fast.take().is_some() {
            self.turn(None, *going);
        }
    }

    /// How many calls the engine made so far, and those to come.
    pub fn calls(&self) -> watch::Receiver<u64> {
        self.calls.subscribe()
    }

    /// Time may run fast up to an instant, unless the engine called since `seen` calls were counted. Tells whether it does.
    pub fn hurry(&self, seen: u64, speed: f64, until: Option<DateTime<Utc>>) -> bool {
        let mut going = self.going();
        if *self.calls.borrow() != seen {
            return false;
        }
        going.fast = Some((speed, until));
        self.turn(None, *going);
        true
    }

    /// Time takes its own pace.
    pub fn calm(&self) {
        let mut going = self.going();
        if going.fast.take().is_some() {
            self.turn(None, *going);
        }
    }

    /// Time continues from another instant, at its own pace.
    pub fn jump(&self, to: DateTime<Utc>) {
        let mut going = self.going();
        going.fast = None;
        self.turn(Some(to), *going);
    }

    /// Time stands still, or continues as it did.
    pub fn pause(&self, paused: bool) {
        let mut going = self.going();
        if going.paused != paused {
            going.paused = paused;
            self.turn(None, *going);
            self.paused.send_replace(paused);
        }
    }

    /// Whether time stands still.
    pub fn is_paused(&self) -> bool {
        self.going().paused
    }

    /// Waits while time stands still.
    pub async fn resumed(&self) {
        // The sender is here, so this cannot fail.
        let _ = self.paused.subscribe().wait_for(|paused| !paused).await;
    }
}
