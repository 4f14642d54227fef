//! How long an answer may take. One place for both ends of a socket, so that a client waits longer than the engine may
//! take.

use std::time::Duration;

/// How long a request waits for the end of an attempt where it does not say, in seconds.
const DEFAULT: u64 = 90;

/// The longest that a request may wait for that, in seconds.
const LONGEST: u64 = 3600;

/// How long a deletion waits until the rotation is gone, in seconds.
const DELETION: u64 = 60;

/// How long the engine may take for what it has at hand. Longer means that it hangs, or that its process is stopped.
pub const AT_HAND: Duration = Duration::from_secs(30);

/// How long it may take, beyond the wait for an attempt, where it asks Okta: limits can hold a list up for minutes.
pub const WITH_OKTA: Duration = Duration::from_mins(5);

/// How long the engine waits for the end of an attempt; not at all where that is zero.
pub fn wait(seconds: Option<u64>) -> Duration {
    Duration::from_secs(seconds.unwrap_or(DEFAULT).min(LONGEST))
}

/// How long the engine waits for a rotation to be gone.
pub fn deletion() -> Duration {
    Duration::from_secs(DELETION)
}

/// What a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing but what is in memory and on disk.
    AtHand,
    /// Calls to Okta.
    Okta,
    /// Calls to Okta, and then the wait for the end of an attempt.
    Attempt(Duration),
}
