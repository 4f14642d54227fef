//! The shape of a scenario file. What is not named here is refused.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub title: String,
    /// In prose: what it is about.
    pub about: String,
    /// Which of the design's cases it shows.
    #[serde(default)]
    pub cases: Vec<u32>,
    /// Played once for each value, with `$name` standing for it.
    #[serde(default)]
    pub each: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub start: Start,
    pub step: Vec<Step>,
}

/// How it begins.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Start {
    /// It is day 25: the rotation was created on day 0, and the app's original secret is gone. Else nothing is created yet.
    pub running: bool,
    /// How many secrets the app had before us.
    pub originals: u32,
    /// `values`, `hashes`, `values and hashes`.
    pub role_hides: String,
    /// Okta's hashes follow another formula than the one observed.
    pub other_hashes: bool,
    pub overlap: Option<String>,
    pub soak: Option<String>,
    pub auto: bool,
    pub retire_unread: bool,
    /// Whether someone fetches what is published, at once.
    pub readers: bool,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            running: true,
            originals: 1,
            role_hides: String::new(),
            other_hashes: false,
            overlap: None,
            soak: None,
            auto: true,
            retire_unread: false,
            readers: true,
        }
    }
}

/// Something happens, in this order; then it is compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Time passes until then, with all that happens by itself.
    pub at: Option<String>,
    /// The same, for so long.
    pub after: Option<String>,
    /// What someone does.
    #[serde(rename = "do")]
    pub act: Option<String>,
    /// From now on these calls go this way.
    pub always: Option<Vec<String>>,
    /// The next calls of these names go this way.
    #[serde(default)]
    pub meets: Vec<String>,
    /// It ends just before this call.
    pub before: Option<String>,

    /// The calls made in this step, in order.
    pub calls: Option<Vec<String>>,
    /// No such call was made in this step.
    #[serde(default)]
    pub never: Vec<String>,
    /// Okta's id of the published secret.
    pub published: Option<String>,
    /// Its version.
    pub version: Option<u32>,
    /// Okta's id of the previous secret, or `none`.
    pub previous: Option<String>,
    /// All secrets of the app.
    pub at_okta: Option<Vec<String>>,
    pub state: Option<String>,
    /// Words of what needs attention; `none`.
    pub attention: Option<String>,
    /// Words of what to do about it.
    pub next: Option<String>,
    /// Words of what is waited for; `none`.
    pub waits: Option<String>,
    /// Words of what the operator who asked was shown.
    pub reported: Option<String>,
    /// `outcome: words` of each entry that this step wrote.
    pub history: Option<Vec<String>>,
    /// Why the previous secret does not go: `unread`, `paused`, `no date`, `attention`, `nothing`.
    pub held: Option<String>,
    /// When the previous secret is to be deactivated.
    pub off_on: Option<String>,
    /// When it is to be deleted.
    pub deleted_on: Option<String>,
    /// The next due time.
    pub due: Option<String>,
    /// How many values were drawn in this step.
    pub values_drawn: Option<u32>,
    /// `there` or `gone`.
    pub record: Option<String>,
}

impl Step {
    /// Whether it says what must come of it.
    pub fn expects(&self) -> bool {
        self.calls.is_some()
            || self.published.is_some()
            || self.at_okta.is_some()
            || self.state.is_some()
            || self.reported.is_some()
            || self.record.is_some()
    }

    /// What happens in it, for the report of a failure.
    pub fn reported(&self) -> impl std::fmt::Debug + use<'_> {
        (&self.at, &self.after, &self.act, &self.meets, &self.before)
    }
}
