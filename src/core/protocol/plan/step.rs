//! The steps of a plan, as data. What they read like is written in `words`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::core::fault::Problem;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{AuthMethod, Verify};

/// One thing that an act does, or that follows from it. Secrets are named by Okta's id, which is empty where that is not
/// known; spans are seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PlanStep {
    /// A new secret is made, sealed here, and given to Okta.
    Issue,
    /// The new secret is tested, as far as it is, and published.
    PublishNew {
        /// How it is tested.
        test: Test,
    },
    /// The client id is published, which Okta does not show.
    PublishClientId {
        /// The client id.
        client_id: String,
        /// It is the app's id; else it was given.
        is_app_id: bool,
    },
    /// A secret that the app has already is tested, as far as it is, and published as version 1.
    Adopt {
        /// Which one.
        secret_id: String,
        /// How it is tested.
        test: Test,
    },
    /// The app's other secret stays, and has to go before the first rotation.
    LeaveOther {
        /// Which one.
        secret_id: String,
        /// The rotation's name.
        rotation: String,
    },
    /// The previous secret is tested, as far as it is, and published again as a new version.
    PublishAgain {
        /// Which one.
        secret_id: String,
        /// How it is tested.
        test: Test,
    },
    /// The secret that was current is kept after a roll back, and nothing starts by itself.
    KeepRolledBack {
        /// Which one.
        secret_id: String,
    },
    /// A secret that could not be tested is published.
    PublishUntested {
        /// Which one.
        secret_id: String,
    },
    /// A roll back leads to this secret as long as it is there.
    CanRollBack {
        /// Which one.
        secret_id: String,
        /// The rotation's name.
        rotation: String,
    },
    /// A secret is deactivated by this act.
    DeactivateNow {
        /// Which one.
        secret_id: String,
    },
    /// A secret is deleted by this act.
    DeleteNow {
        /// Which one.
        secret_id: String,
    },
    /// A secret is reactivated by this act.
    ActivateNow {
        /// Which one.
        secret_id: String,
    },
    /// The secret that is current until then is deactivated as soon as its successor is published.
    DeactivateOnPublish {
        /// Which one.
        secret_id: String,
        /// The targets that are waited for until then, a minute at the most.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        targets: Vec<String>,
        /// When it is deleted, where that can be said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deletion: Option<Deletion>,
    },
    /// The old secret is deactivated on a date that was asked for.
    DeactivateAt {
        /// Which one.
        secret_id: String,
        /// When, at the earliest.
        at: DateTime<Utc>,
        /// What holds it beyond that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held_by: Option<Hold>,
        /// When it is deleted.
        deletion: Deletion,
    },
    /// That date is earlier than the one which was known.
    Earlier {
        /// The one which was known.
        than: DateTime<Utc>,
    },
    /// Whatever its date, the old secret is kept until a consumer has fetched the current one.
    KeptUntilFetched,
    /// As far as windlass knows, no consumer has fetched the current secret yet.
    NotFetched,
    /// A secret that is ACTIVE until its overlap ends.
    StaysActive {
        /// Which one.
        secret_id: String,
        /// What it is to the rotation.
        whose: Whose,
        /// When it is deactivated; `None` where something holds it, or nothing comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        off_at: Option<DateTime<Utc>>,
        /// It is deactivated only if the consumers have fetched its successor by then.
        if_fetched: bool,
        /// What holds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held_by: Option<Hold>,
        /// When it is deleted.
        deletion: Deletion,
    },
    /// A secret that is off then is deleted later.
    Delete {
        /// Which one.
        secret_id: String,
        /// When.
        deletion: Deletion,
    },
    /// The old secret is kept until it is given a date.
    KeepUndated {
        /// Which one.
        secret_id: String,
    },
    /// The next scheduled rotation starts.
    RotateNext {
        /// It is the first one.
        first: bool,
        /// When.
        at: DateTime<Utc>,
        /// When it is due by its schedule.
        due: DateTime<Utc>,
        /// What it waits for in between.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        waits_for: Vec<Wait>,
    },
    /// The next scheduled rotation starts once the old secret is gone, which is held.
    RotateOnceGone {
        /// It is the first one.
        first: bool,
        /// What holds the old secret.
        held_by: Hold,
    },
    /// To confirm: something was recovered in the store.
    Recovered {
        /// What.
        message: String,
    },
    /// To confirm: something needs attention.
    Attention(Problem),
    /// To confirm: the published secret is there.
    Continue {
        /// Which one; `None` where none was published.
        secret_id: Option<String>,
        /// The version that it is published as.
        version: u32,
    },
    /// To confirm: the old secret has no date from now on, and nothing rotates until it is gone.
    HoldRestored {
        /// Which one.
        secret_id: String,
        /// The rotation's name.
        rotation: String,
    },
    /// To confirm: what was under way continues, once what is there was read.
    ContinueOperation,
    /// To confirm: so many other rotations have to be confirmed before anything starts.
    ConfirmOthers {
        /// How many.
        count: usize,
    },
    /// To retire the store: nothing acts here any more, and requests to act name this host.
    StandStill {
        /// Where its rotations run.
        host: String,
    },
    /// To retire the store: the copy on the host has to be at least this new.
    CopyAsNewAs {
        /// Where its rotations run.
        host: String,
        /// When a rotation changed here last.
        at: DateTime<Utc>,
    },
    /// To retire the store: what is under way continues on the host alone.
    ContinueThere {
        /// Where its rotations run.
        host: String,
        /// The rotation's name.
        rotation: String,
    },
    /// To act again: no windlass may run on the host with a copy of the store.
    CheckHost {
        /// Where its rotations ran.
        host: String,
    },
    /// To act again: the store is quarantined, and due times run here once each rotation is confirmed.
    Quarantine {
        /// Where its rotations ran.
        host: String,
    },
    /// A sentence of an engine of another version, or of whoever asks.
    Said {
        /// As it is.
        message: String,
    },
}

/// How a secret is tested before it is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Test {
    /// The test that the rotation asks for.
    pub verify: Verify,
    /// The method by which it authenticates, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<AuthMethod>,
    /// That method is the one which Okta shows, and not the one that was named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shown: bool,
}

/// When an old secret is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// The instant, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Else so many seconds after it was deactivated.
    pub soak_seconds: u64,
    /// What holds it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<Hold>,
}

/// What a secret is to its rotation when it is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Whose {
    /// The current one until the new one is published.
    Current,
    /// The one before the current one.
    Previous,
    /// The one that the app had before windlass.
    Original,
}

/// What a due rotation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wait {
    /// A pause that ends.
    Pause,
    /// The old secret's deletion.
    OldSecret,
}

/// Who used a secret last, as far as windlass knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LastUse {
    /// It was published, and fetched from here at the given instant, or not at all.
    Published {
        /// The version.
        version: u32,
        /// When it was fetched last.
        fetched_at: Option<DateTime<Utc>>,
    },
    /// It was never published.
    Unpublished,
    /// It was there before windlass.
    Unknown,
    /// A sentence of an engine of another version.
    Said {
        /// As it is.
        message: String,
    },
}
