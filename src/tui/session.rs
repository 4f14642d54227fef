//! What every part of the screen may read: the clock, the reader, the engine and its rows; and the sentences that stay for a
//! while, which any part may say.

use crate::core::cause::Cause;
use crate::core::fault::Problem;
use crate::words::sentence::Sentence;
use crate::words::sentence::say;
use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::demo::DemoView;
use super::forms::rotation::catalog::Catalogs;
use super::keys::bindings::Bindings;
use super::msg::{Effect, Timer};
use super::rows::Rows;
use super::theme::Tone;
use crate::engine::refusal::Refusal;
use crate::engine::view::{EngineView, View};
use crate::text::when;

/// How long a toast stays.
const TOAST: std::time::Duration = std::time::Duration::from_secs(6);

/// Toasts that are kept at the most.
const MAX_TOASTS: usize = 3;

/// How the engine is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// One is being looked for.
    Looking,
    /// It answers.
    Up,
    /// It went away; it is looked for. `waits` where only an operator takes over: it is being restarted.
    Lost {
        /// Since when.
        since: DateTime<Utc>,
        /// No one takes over by himself.
        waits: bool,
    },
    /// None may be opened.
    Barred(Refusal),
}

/// A sentence that stays for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Its number, which its timer has.
    pub number: u64,
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: Sentence,
    /// The connection and what happened to it, where it says that: a banner may say the same.
    pub of: Option<(String, Cause)>,
}

/// What whoever reads brought along: options, settings, and the zone of the machine. All of the screen may read it.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// The reader's zone.
    pub zone: Tz,
    /// What would change something is forbidden.
    pub read_only: bool,
    /// The keys that are in effect.
    pub bindings: Bindings,
    /// The time zone of a new rotation, by its IANA name; the reader's where absent.
    pub time_zone: Option<String>,
    /// The environment of a new rotation.
    pub environment: String,
}

#[cfg(test)]
impl Preferences {
    /// Those of a reader in a zone who has set nothing.
    pub fn of(zone: Tz) -> Self {
        let bindings = Bindings::default();
        Self { zone, read_only: false, bindings, time_zone: None, environment: "prod".into() }
    }
}

/// What every part of the screen may read.
#[derive(Clone, Debug)]
pub struct Session {
    /// The instant of the last message.
    pub now: DateTime<Utc>,
    /// What the reader brought along.
    pub preferences: Preferences,
    /// How the engine is reached.
    pub link: Link,
    /// Since when events come.
    pub linked_at: DateTime<Utc>,
    /// Who the engine is.
    pub who: Option<EngineView>,
    /// It is in this process.
    pub own: bool,
    /// The rows.
    pub rows: Rows,
    /// Rows, filters or the order changed: the lists are to be put in order before they are drawn.
    pub stale: bool,
    /// The lists of apps that were seen.
    pub catalogs: Catalogs,
    /// What the demo shows, where this is one.
    pub demo: Option<DemoView>,
    /// Sentences that stay for a while, the latest last.
    pub toasts: VecDeque<Toast>,
    numbers: u64,
}

impl Session {
    /// Before anything is known.
    pub fn new(now: DateTime<Utc>, preferences: Preferences) -> Self {
        Self {
            now,
            preferences,
            link: Link::Looking,
            linked_at: now,
            who: None,
            own: false,
            rows: Rows::default(),
            stale: false,
            catalogs: Catalogs::default(),
            demo: None,
            toasts: VecDeque::new(),
            numbers: 0,
        }
    }

    /// A number that nothing else has.
    pub fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Says something for a while.
    pub fn toast(&mut self, tone: Tone, text: impl Into<Sentence>) -> Effect {
        self.show(tone, text.into(), None)
    }

    /// Says why something was not done; `name` is the row's, or empty.
    pub fn refused(&mut self, name: &str, problem: &Problem) -> Effect {
        let text = if name.is_empty() { problem.whole() } else { say!("{}: {}", name, problem.whole()) };
        self.show(Tone::Bad, text, Some((name.to_owned(), problem.cause.clone())))
    }

    fn show(&mut self, tone: Tone, text: Sentence, of: Option<(String, Cause)>) -> Effect {
        let number = self.number();
        self.toasts.push_back(Toast { number, tone, text, of });
        if self.toasts.len() > MAX_TOASTS {
            self.toasts.pop_front();
        }
        Effect::Wait(Timer::Toast(number), TOAST)
    }

    /// An instant with its weekday, on the reader's clock.
    pub fn local(&self, at: DateTime<Utc>) -> String {
        when::weekday_time(at, self.preferences.zone, self.now)
    }

    /// The day of an instant, on the reader's clock.
    pub fn day(&self, at: DateTime<Utc>) -> String {
        when::day(at, self.preferences.zone, self.now)
    }

    /// An instant with its day, on the reader's clock.
    pub fn day_time(&self, at: DateTime<Utc>) -> String {
        when::day_time(at, self.preferences.zone, self.now)
    }

    /// Takes the engine's whole view.
    pub fn take(&mut self, view: View) {
        self.who = Some(view.engine.clone());
        self.rows.take(view);
        self.stale = true;
    }
}
