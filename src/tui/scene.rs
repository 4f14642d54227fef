//! What drawing is given: the theme, the session, and the row that keys act on.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::selection::Selection;
use super::session::Session;
use super::theme::Look;
use super::ways;
use crate::words::sentence::Sentence;

/// What drawing is given.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// How things look.
    pub look: &'a Look,
    /// What is known.
    pub session: &'a Session,
    /// The row that keys act on.
    pub selection: Selection<'a>,
    /// Whether the pane that is drawn hears the keys.
    pub focused: bool,
}

impl Scene<'_> {
    /// The instant that relative times are counted from.
    pub fn now(&self) -> DateTime<Utc> {
        self.session.now
    }

    /// The reader's zone.
    pub fn zone(&self) -> Tz {
        self.session.preferences.zone
    }

    /// A sentence as it is read at the screen. See [`ways::words`].
    pub fn words(&self, sentence: &Sentence) -> String {
        ways::words(self.session, &self.selection, sentence)
    }
}
