//! What a step of an attempt came to, as data. The words for it are made by `crate::words`.

use serde::{Deserialize, Serialize};

use super::ending::Left;
use crate::core::cause::Cause;
use crate::core::target::found::Found;

/// What a step came to. Secrets are named by Okta's id.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say what they are")]
pub enum Noted {
    /// The app as Okta shows it.
    App { label: String, status: String, method: String },
    /// The app's secrets as Okta lists them.
    Secrets { secrets: Vec<Listed> },
    /// The call failed, or this stands in the way.
    Because { cause: Cause },
    /// Okta created a secret.
    Created { secret_id: String },
    /// Okta activated it.
    Activated { secret_id: String },
    /// Okta deactivated it.
    Deactivated { secret_id: String },
    /// Okta deleted it.
    Deleted { secret_id: String },
    /// The new secret authenticates.
    Authenticates,
    /// Okta does not accept the new secret, or not yet.
    NotAccepted,
    /// A secret that is known to work authenticates, so that the new one is at fault.
    ControlAuthenticates,
    /// Not even that one does.
    ControlNotAccepted,
    /// It is published as listed, without another test.
    ListedOnly { secret_id: String },
    /// It is published without a test, as was asked.
    PublishedUntested { secret_id: String },
    /// It was removed at Okta outside windlass before it was published.
    Removed { secret_id: String },
    /// The old secret is left as it is.
    Left { why: Left },
    /// What stands at a target.
    TargetFound { found: Found },
    /// A version was written to a target, which calls it so.
    TargetWritten { version: u32, remote: String },
    /// The command of a target has run.
    CommandRan,
    /// A sentence of another version.
    Said { message: String },
}

/// A secret as Okta lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Okta's id.
    pub secret_id: String,
    /// Whether it is ACTIVE.
    pub active: bool,
}

impl Noted {
    /// A sentence, where nothing decides by it.
    pub fn said(message: impl Into<String>) -> Self {
        Self::Said { message: message.into() }
    }
}

impl From<Cause> for Noted {
    fn from(cause: Cause) -> Self {
        Self::Because { cause }
    }
}
