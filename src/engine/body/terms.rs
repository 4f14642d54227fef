//! On what terms something is done to a rotation: the bodies of the calls below `…/{id}/`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// `DELETE …/{id}?deleteSecrets&revokeGeneratedCredentials`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeleteTerms {
    /// The mapped secrets go too.
    pub delete_secrets: bool,
    /// Our secrets at Okta go too, except a last active one. Implies `deleteSecrets`.
    pub revoke_generated_credentials: bool,
    /// Settle nothing at Okta, which is out of reach: the record goes now, its values are kept for 90 days.
    pub force: bool,
}

/// `POST /api/v1/app-connections/okta/{id}/test?peek`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TestTerms {
    /// Only look: what the test finds is not noted, and nothing goes on by it.
    pub peek: bool,
}

/// `POST …/{id}/rotate-secrets`, and `/plan`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RotateTerms {
    /// Somebody agreed to the plan: the previous secret may be cut short.
    pub yes: bool,
    /// Okta's id of a secret that may be deleted to make room.
    pub replace_secret_id: Option<String>,
    /// Switch the secret that is current until then off as soon as the new one is published: for a leak.
    pub retire_now: bool,
    /// Not now, but once the previous secret has gone by itself: nothing is cut short.
    pub after_previous: bool,
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

/// `POST …/{id}/pause`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PauseTerms {
    /// Until when; until resumed where absent.
    pub until: Option<DateTime<Utc>>,
}

/// `POST …/{id}/resume`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResumeTerms {
    /// Run a due time that passed meanwhile now, instead of at the next opening.
    pub now: bool,
}

/// `POST …/{id}/skip`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SkipTerms {
    /// Bring the due time back that was skipped last.
    pub undo: bool,
}

/// `POST …/{id}/retire`: exactly one of `now`, `at` and `hold`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RetireTerms {
    /// Switch the previous secret off now.
    pub now: bool,
    /// Switch it off at this instant; one that is off already is deleted then, never before its soak is over.
    pub at: Option<DateTime<Utc>>,
    /// Keep it as it is until somebody says otherwise.
    pub hold: bool,
    /// Somebody agreed to the plan: it may go earlier than was shown.
    pub yes: bool,
    /// Only say what would happen.
    pub dry_run: bool,
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

/// `POST …/{id}/rollback`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RollbackTerms {
    /// Only say what would happen.
    pub dry_run: bool,
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

/// `POST …/{id}/resolve`: exactly one of `publishUnverified` and `withdraw`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ResolveTerms {
    /// Publish the new secret although it could not be tested.
    pub publish_unverified: bool,
    /// Take the new secret back; the one that was current stays.
    pub withdraw: bool,
    /// Somebody agreed to the plan.
    pub yes: bool,
    /// How long to wait for the end, in seconds; 90 by default, 0 to return at once.
    pub wait_seconds: Option<u64>,
}

/// `POST /api/v1/engine/confirm`: after the store was damaged or restored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConfirmTerms {
    /// The rotation that is compared, by id or name; absent where there is none left to compare.
    pub rotation: Option<String>,
    /// Somebody agreed to what the comparison shows.
    pub yes: bool,
}

/// `POST /api/v1/engine/retire`: exactly one of `to` and `undo`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RetireStoreTerms {
    /// The host where the store's rotations run from now on.
    pub to: Option<String>,
    /// The store acts again.
    pub undo: bool,
    /// Somebody agreed to what follows.
    pub yes: bool,
}
