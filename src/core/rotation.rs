//! A rotation: one Okta app whose client secret is replaced on a schedule, and all that is known of its secrets.
//!
//! The record is the journal: whatever the protocol must remember over a crash stands in here and nowhere else, and
//! each step writes the whole record in one transaction before it acts. [`super::protocol`] alone changes
//! [`Rotation::secrets`], [`Rotation::current`], [`Rotation::previous`] and [`Rotation::operation`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::Problem;
use super::history::ending::Ending;
use super::history::{Actor, Outcome};
use super::known::known;
use super::name::{Description, Environment, SecretName, SecretPath, Slug};
use super::schedule::Schedule;
use super::secret::SecretKey;
use super::target::Target;

mod delivery;
pub mod hold;
pub mod method;
pub mod okta_secret;
mod operation;
pub mod verify;

pub use method::AuthMethod;
pub use okta_secret::{OktaSecret, Origin, Published, RetiredBy, Status, Unanswered};
pub use operation::{Consent, Kind, Operation};
pub use verify::Verify;

/// A rotation, its settings and its state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// Stable identity.
    pub id: Uuid,
    /// Unique name.
    pub name: Slug,
    /// Free text.
    pub description: Description,
    /// The connection that the app is reached through.
    pub connection_id: Uuid,
    /// The app at Okta.
    pub app: App,
    /// The environment in which the two secrets are read.
    pub environment: Environment,
    /// The folder in which the two secrets are read.
    pub path: SecretPath,
    /// Under which names.
    pub mapping: Mapping,
    /// When it runs.
    pub schedule: Schedule,
    /// Whether due times run by themselves.
    pub auto: bool,
    /// No start, no deactivation and no deletion before this instant.
    pub paused_until: Option<DateTime<Utc>>,
    /// Why it was paused; `None` where it was not, and where `auto` was off from the beginning.
    #[serde(default)]
    pub pause: Option<Pause>,
    /// How long an old secret stays ACTIVE after its successor was published, in seconds.
    pub overlap: u64,
    /// How long it stays INACTIVE before it is deleted, in seconds.
    pub soak: u64,
    /// Retire old secrets even where not all consumers have the new one.
    pub retire_unread: bool,
    /// How a new secret is tested.
    pub verify: Verify,
    /// Every Okta secret of the app that we made or that was named to us, oldest first. Those long gone are pruned.
    pub secrets: Vec<OktaSecret>,
    /// [`OktaSecret::key`] of the published one.
    pub current: Option<Uuid>,
    /// The one before, until it is deleted at Okta.
    pub previous: Option<Previous>,
    /// What is being done; at most one thing at a time.
    pub operation: Option<Operation>,
    /// What needs attention.
    pub attention: Option<Attention>,
    /// How the last attempt to rotate ended.
    pub last: Option<LastAttempt>,
    /// When a secret was last published.
    pub last_rotated_at: Option<DateTime<Utc>>,
    /// Where the credentials are delivered to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// Set once the deletion of this rotation was asked for; the record goes when its secrets are settled.
    pub leaving: Option<Leaving>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its settings were last changed.
    pub updated_at: DateTime<Utc>,
    /// Counts up with every change of settings.
    pub version: u64,
}

/// How a rotation came to be paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    /// Since when.
    pub since: DateTime<Utc>,
    /// By whom: an actor as text.
    pub by: String,
    /// It came with a rollback: whoever asked for that has to resume it once the consumers work with a new secret.
    pub rolled_back: bool,
}

/// The app as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// Okta's id, `0oa…`.
    pub id: String,
    /// Its label, sanitised.
    pub label: String,
    /// The OAuth client id, which need not equal the app id.
    pub client_id: String,
    /// Okta does not show the client id: it is the app id, or what was given in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub client_id_hidden: bool,
    /// How it authenticates.
    pub auth_method: AuthMethod,
    /// Where its authorization codes may be redeemed to, as [`Verify::Token`] needs it.
    #[serde(default)]
    pub redirect_uri: Option<String>,
}

/// The names that the two credentials are published under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mapping {
    /// The client id's.
    pub client_id: SecretName,
    /// The client secret's.
    pub client_secret: SecretName,
}

/// The secret before the current one, on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// [`OktaSecret::key`].
    pub key: Uuid,
    /// When it is to be deactivated; `None` until that is decided.
    pub deactivate_at: Option<DateTime<Utc>>,
    /// When it is to be deleted; set by the answer to its deactivation.
    pub delete_at: Option<DateTime<Utc>>,
    /// After a look that found it could not go: not looked at again before this instant.
    pub look_at: Option<DateTime<Utc>>,
    /// It was asked to be deactivated now, after it was shown whom that may cut off: neither a pause nor an
    /// unread successor holds that.
    #[serde(default)]
    pub asked: bool,
    /// What took its date away; `None` where it has one, and where it never had one.
    #[serde(default)]
    pub kept: Option<Kept>,
}

/// How an old secret lost its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why.
    pub why: WhyKept,
}

/// Why an old secret lost its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WhyKept {
    /// It is held on request.
    Asked,
    /// The store was restored or damaged, so its dates could not be trusted.
    Restored,
    /// Others switched it on again.
    Reactivated,
}

impl Previous {
    /// One without a date.
    pub fn undated(key: Uuid) -> Self {
        Self { key, deactivate_at: None, delete_at: None, look_at: None, asked: false, kept: None }
    }

    /// Takes its dates away.
    pub fn keep(&mut self, since: DateTime<Utc>, why: WhyKept) {
        *self = Self { look_at: self.look_at, kept: Some(Kept { since, why }), ..Self::undated(self.key) };
    }

    /// Whether it goes by itself some day. One without a date stays until it is given one.
    pub fn dated(&self) -> bool {
        self.deactivate_at.is_some() || self.delete_at.is_some()
    }
}

/// Something that needs attention. Written as JSON by `crate::words`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// What happened, what still works and what to do.
    pub problem: Problem,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Found by a drift check: it ends by itself once a check does not find it any more.
    pub drift: bool,
    /// The attempt that raised it; `None` for what no attempt did, and for what an older version wrote.
    pub attempt: Option<Uuid>,
}

/// How the last attempt to rotate ended. Written as JSON by `crate::words`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "LastAttemptWire")]
pub struct LastAttempt {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: Outcome,
    /// What it came to.
    pub ending: Ending,
    /// Whether it was asked for.
    pub manual: bool,
    /// Which it was; `None` where an older version wrote it.
    pub attempt: Option<Uuid>,
}

/// The same as it is written; `message` counts where what it came to is not known here.
#[derive(Deserialize)]
struct LastAttemptWire {
    at: DateTime<Utc>,
    outcome: Outcome,
    message: String,
    #[serde(default, deserialize_with = "known")]
    ending: Option<Ending>,
    manual: bool,
    #[serde(default)]
    attempt: Option<Uuid>,
}

impl From<LastAttemptWire> for LastAttempt {
    fn from(wire: LastAttemptWire) -> Self {
        let LastAttemptWire { at, outcome, message, ending, manual, attempt } = wire;
        Self { at, outcome, ending: ending.unwrap_or_else(|| Ending::said(message)), manual, attempt }
    }
}

/// The way a rotation is being deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// When it was asked for.
    pub since: DateTime<Utc>,
    /// By whom.
    pub actor: Actor,
    /// Deactivate and delete our secrets at Okta now, except a last active one.
    pub revoke: bool,
    /// Deleted without settling anything at Okta: the record is only kept for the values in it, until this instant.
    #[serde(default)]
    pub kept_until: Option<DateTime<Utc>>,
}

impl Rotation {
    /// Whether it was deleted by force, and is kept for its values alone.
    pub fn is_remains(&self) -> bool {
        self.leaving.as_ref().is_some_and(|leaving| leaving.kept_until.is_some())
    }

    /// Whether nothing starts by itself: auto-rotation is off, or paused until a date.
    pub fn is_paused(&self, now: DateTime<Utc>) -> bool {
        !self.auto || self.paused_until.is_some_and(|until| until > now)
    }

    /// Where the client id is read.
    pub fn client_id_key(&self) -> SecretKey {
        self.secret_key(&self.mapping.client_id)
    }

    /// Where the client secret is read.
    pub fn client_secret_key(&self) -> SecretKey {
        self.secret_key(&self.mapping.client_secret)
    }

    fn secret_key(&self, name: &SecretName) -> SecretKey {
        SecretKey { environment: self.environment.clone(), path: self.path.clone(), name: name.clone() }
    }

    /// A secret by our own key.
    pub fn secret(&self, key: Uuid) -> Option<&OktaSecret> {
        self.secrets.iter().find(|secret| secret.key == key)
    }

    /// The published one.
    pub fn current_secret(&self) -> Option<&OktaSecret> {
        self.current.and_then(|key| self.secret(key))
    }

    /// The one before it, until it is deleted.
    pub fn previous_secret(&self) -> Option<&OktaSecret> {
        self.previous.and_then(|previous| self.secret(previous.key))
    }
}
