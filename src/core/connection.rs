//! A connection: one Okta org and the credential that windlass calls it with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::Fault;
use super::name::{Description, OrgUrl, Slug};
use super::secret::{SecretValue, exposed};

/// An org and how to call it. Stored sealed, for it holds the credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connection {
    /// Stable identity.
    pub id: Uuid,
    /// Unique name, typed in commands.
    pub name: Slug,
    /// Free text.
    pub description: Description,
    /// The org's origin.
    pub url: OrgUrl,
    /// The org's own id from `/.well-known/okta-organization`; tells whether a changed URL still is the same org.
    pub org_id: Option<String>,
    /// How calls are authenticated.
    pub auth: Auth,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed by a person.
    pub updated_at: DateTime<Utc>,
    /// Counts up with every change.
    pub version: u64,
    /// Set while calls are refused; its rotations wait.
    pub down: Option<Down>,
    /// When a call last succeeded, to the minute.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Scheduled rotations in a row whose new secret was refused. From [`BRAKE`] on no other is started by itself.
    #[serde(default)]
    pub refusals: u32,
}

/// So many scheduled rotations in a row may be refused before the rest of their connection waits for a person: what is
/// wrong then is not one app.
pub const BRAKE: u32 = 3;

impl Connection {
    /// Whether the rest of its rotations wait, because too many in a row were refused.
    pub fn braked(&self) -> bool {
        self.refusals >= BRAKE
    }

    /// Whether nothing scheduled starts through it.
    pub fn held(&self) -> bool {
        self.down.is_some() || self.braked()
    }

    /// What keeps its rotations waiting: it is refused, or braked.
    pub fn fault(&self) -> Option<Fault> {
        let braked = || {
            let message = format!("{} scheduled rotations in a row were refused, so the others wait", self.refusals);
            let hint = format!(
                "see why with `windlass history --outcome failed`; once that is mended, rotate one by hand, or let the others \
                 go on with `windlass connection test {}`",
                self.name
            );
            Fault::precondition(message, hint)
        };
        self.down.as_ref().map(|down| down.fault.clone()).or_else(|| self.braked().then(braked))
    }
}

/// How calls to an org are authenticated.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "method")]
pub enum Auth {
    /// An API token, sent as `Authorization: SSWS …`. Dies after 30 idle days and with its user (Okta note, §3).
    ApiToken {
        /// The token.
        #[serde(with = "exposed")]
        token: SecretValue,
    },
}

impl Auth {
    /// The method's name in commands and in the API.
    pub fn method(&self) -> &'static str {
        match self {
            Self::ApiToken { .. } => "api-token",
        }
    }
}

/// A connection that is refused, since when, and when it is tried again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Down {
    /// What Okta, or the way to it, said.
    pub fault: Fault,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is probed next.
    pub probe_at: DateTime<Utc>,
}
