//! Who a sentence is for: someone at a shell, a program that calls the API, someone at the screen. Each has another way to
//! do the same thing, and another clock.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::text::when;

/// How a reader does what a sentence names.
pub trait Voice {
    /// A command, by its words after the program's name.
    fn command(&self, words: &[String]) -> String {
        format!("`windlass {}`", words.join(" "))
    }

    /// An option, and its value.
    fn option(&self, name: &str, value: Option<&str>) -> String {
        value.map_or_else(|| name.to_owned(), |value| format!("{name} {value}"))
    }

    /// Asking once more, with what is missing.
    fn again(&self) -> &'static str {
        "giving the command again"
    }

    /// An instant.
    fn at(&self, at: DateTime<Utc>) -> String {
        when::instant(at)
    }
}

/// A shell, with instants in UTC.
pub struct Shell;

impl Voice for Shell {}

/// A shell, with instants by a clock that the page names: `2026-11-25 02:30 CET`.
pub struct Page(pub Tz);

impl Voice for Page {
    fn at(&self, at: DateTime<Utc>) -> String {
        when::local(at, self.0)
    }
}

thread_local! {
    static CURRENT: Cell<&'static dyn Voice> = const { Cell::new(&Shell) };
}

/// Writes JSON for a reader: the sentences in what `write` serializes are said in this voice.
pub fn speaking<T>(voice: &'static dyn Voice, write: impl FnOnce() -> T) -> T {
    /// Puts the voice before it back, also where writing panics.
    struct Back(&'static dyn Voice);
    impl Drop for Back {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    let _back = Back(CURRENT.replace(voice));
    write()
}

/// The voice that sentences are serialized in on this thread.
pub fn current() -> &'static dyn Voice {
    CURRENT.get()
}
