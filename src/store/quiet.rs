//! Panics of sled on a damaged file: caught, and kept off the terminal.
//!
//! sled 0.34 panics where it should return an error. Such a panic is an answer here, not a fault of ours, so the panic
//! hook stays silent for it: the terminal belongs to someone else, and the message may show bytes of a record.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Once, mpsc};
use std::thread;
use std::time::Duration;

use super::error::StoreError;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is one that the store expects and catches. A panic hook that was set after the first
/// store was opened has to ask this, and do nothing.
pub fn panic_is_expected() -> bool {
    // sled catches the panics of its own threads.
    EXPECTED.get() || thread::current().name().is_some_and(|name| name.starts_with("sled-io-"))
}

/// Runs sled's code. A panic in it comes back as [`StoreError::Damaged`], without its message.
pub fn guard<T>(doing: &str, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    hush();
    let before = EXPECTED.replace(true);
    // What a panic leaves half done is never used again: the caller drops it, or the store is poisoned.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    EXPECTED.set(before);
    result.unwrap_or_else(|_| Err(StoreError::Damaged(format!("sled gave up while {doing}"))))
}

/// Tells damage, which is dealt with, from errors, which are not.
pub fn damage<T>(result: Result<T, StoreError>) -> Result<Result<T, String>, StoreError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(StoreError::Damaged(fault)) => Ok(Err(fault)),
        Err(error) => Err(error),
    }
}

/// Runs sled's code on a thread of its own, and does not wait for it longer than this.
pub fn in_time<T: Send + 'static>(
    doing: &'static str,
    limit: Duration,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (answer, result) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("store".into()).spawn(move || answer.send(guard(doing, work)));
    let thread = thread.map_err(|error| StoreError::Io { what: "starting a thread".into(), why: error.to_string() })?;
    let Ok(result) = result.recv_timeout(limit) else {
        let why = format!("it takes longer than {} s; the files may be damaged", limit.as_secs());
        return Err(StoreError::Io { what: doing.into(), why });
    };
    // It has nothing left to do but to end; what it held is let go then.
    let _ = thread.join();
    result
}

/// Puts a hook before the one that is there: it passes on what is not expected.
#[expect(clippy::disallowed_methods, reason = "it passes on to the one before it")]
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !panic_is_expected() {
                others(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_without_its_message() {
        let result: Result<(), _> = guard("trying", || panic!("canary"));
        let text = result.expect_err("it panicked").to_string();
        assert_eq!(text, "the store is damaged: sled gave up while trying");
        assert!(!panic_is_expected(), "only inside");
    }

    #[test]
    fn what_never_ends_is_left_alone() {
        let (end, never) = mpsc::channel::<()>();
        let stuck = move || never.recv().map_err(|_| StoreError::Full);
        let result = in_time("opening the store", Duration::ZERO, stuck);
        let text = result.expect_err("too late").to_string();
        assert!(text.starts_with("opening the store: it takes longer"), "{text}");
        drop(end);
    }

    #[test]
    fn an_answer_passes_through() {
        assert_eq!(guard("trying", || Ok(panic_is_expected())).ok(), Some(true));
        assert!(matches!(guard::<()>("trying", || Err(StoreError::Full)), Err(StoreError::Full)));
    }
}
