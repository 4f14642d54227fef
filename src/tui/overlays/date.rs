//! A date that is being typed.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use crate::core::schedule::typed::When;
use crate::tui::acts::task::Target;
use crate::tui::widgets::text_input::TextInput;

/// What a date is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    /// Paused until then.
    Pause,
    /// The old secret is deactivated then.
    Retire,
}

/// A date and a time that are being typed.
#[derive(Clone, Debug)]
pub struct DateForm {
    /// What for.
    pub what: Dated,
    /// For whom.
    pub targets: Vec<Target>,
    /// What is typed.
    pub field: TextInput,
    /// What is wrong with it.
    pub fault: Option<String>,
}

impl DateForm {
    /// The instant that is typed, which is to come.
    pub fn read(&self, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
        let at = self.field.text().parse::<When>()?.ahead(now, zone);
        if at <= now {
            return Err("that is in the past".into());
        }
        // Ten years: more is a mistyped date.
        if at > now + Duration::days(3_650) { Err("that is more than ten years away".into()) } else { Ok(at) }
    }
}
