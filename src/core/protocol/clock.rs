//! Whether this machine's clock can be trusted, and the wait for one that is off.
//!
//! It is compared with the `Date` of Okta's answer that a turn is about; nothing here reads a clock.

use chrono::Duration;

use super::turn::{MAX_SKEW, Turn};
use crate::core::cause::MachineCause;
use crate::core::fault::Fault;
use crate::core::remedy::{Automatic, OnMachine};

/// How soon a clock that is off is compared again.
const CLOCK_AGAIN: Duration = Duration::minutes(1);

impl Turn {
    /// Waits for a clock that is off to be set right: without counting a try, and without asking for attention.
    pub fn wait_for_clock(&mut self, fault: Fault) {
        self.wait_a_while(self.now + CLOCK_AGAIN, fault);
    }

    /// Whether our clock can be trusted with something that cannot be undone, or with a scheduled start.
    pub fn check_clock(&self) -> Result<(), Fault> {
        let cause = match self.skew {
            Some(skew) if skew.abs() <= MAX_SKEW => return Ok(()),
            Some(skew) => MachineCause::ClockOff { seconds: skew.num_seconds().abs() },
            None => MachineCause::NoDate,
        };
        let fault = Fault::precondition(cause).and(OnMachine::SetClock).and(Automatic::ComparesClockAgain);
        Err(Fault { retry_at: Some(self.now + CLOCK_AGAIN), ..fault })
    }
}
