//! Why nothing of a rotation moves by itself, in the words that all frontends use.

use super::sentence::{Sentence, say};
use super::written;
use crate::core::history::ending::Ending;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Status, WhyKept};
use crate::engine::view::{PreviousView, RotationView};

impl PreviousView {
    /// Why it has no date on which it goes; `None` where it has one.
    pub fn why_undated(&self) -> Option<&'static str> {
        self.is_undated().then(|| match self.kept.map(|kept| kept.why) {
            None => "it was never given a date",
            Some(WhyKept::Asked) => "it is held on request",
            Some(WhyKept::Restored) => "its date was taken away when the store was restored and confirmed",
            Some(WhyKept::Reactivated) => "it was reactivated outside windlass",
        })
    }
}

impl RotationView {
    /// How its old secret stands.
    pub fn old_secret(&self) -> Sentence {
        let Some(previous) = &self.previous else { return say!("the old secret is gone") };
        let id = previous.secret_id.as_deref().unwrap_or("the old secret");
        let off = previous.status == Status::Inactive;
        let is = if off { "off" } else { "on" };
        let stands = match (previous.goes_at(), previous.holds()) {
            (Some(at), _) if off => say!("{} is off, and is deleted at {}", id, at),
            (Some(at), _) => say!("{} is on until {}", id, at),
            (None, None | Some(Hold::NoDate)) => {
                say!(
                    "{} is {}, and stays so until you give it a date: `windlass rotation retire NAME --at WHEN`",
                    id,
                    is
                )
            }
            (None, Some(hold)) => say!("{} is {}, and is held {}", id, is, hold.until()),
        };
        stands.about(Some(self.name.as_str()), None)
    }

    /// How its last attempt ended, in a sentence; `None` where there was none.
    pub fn last_rotation(&self) -> Option<Sentence> {
        let of_older = || self.last_rotation_message.as_deref().map(written::read);
        self.last_rotation_ending.as_ref().map(Ending::say).or_else(of_older)
    }

    /// What it waits for where it has no date.
    pub fn undated(&self) -> &'static str {
        match self.previous.as_ref().and_then(PreviousView::holds) {
            Some(Hold::NoDate) => "held until its old secret has a date to go",
            Some(Hold::Attention) => "held until what needs attention is settled",
            Some(Hold::Behind) => "held until delivered",
            Some(Hold::Unread | Hold::Paused) | None => "held until fetched",
        }
    }

    /// How it came to be paused; `None` where it is not, and where it was made without auto-rotation.
    pub fn why_paused(&self) -> Option<String> {
        let pause = self.paused.as_ref()?;
        let how = if pause.rolled_back { "paused by the rollback of" } else { "paused by" };
        Some(format!("{how} {}", pause.by))
    }
}
