//! Targets: where a rotation's credentials are delivered to, outside windlass.
//!
//! A target stands in its rotation's record: the publication, the hold on the old secret and how far the delivery has come
//! are one transaction. [`machine`] alone changes [`Target::state`]; [`judge`] alone says what a place holds and whether it
//! may be written. How a place is read and written is no business of this ring: `crate::delivery` does it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::{Class, Fault};
use super::history::Step;
use super::name::Slug;
use super::rotation::okta_secret::Unanswered;
use super::schedule::spans::seconds;

pub mod destination;
pub mod document;
pub mod found;
pub mod judge;
pub mod machine;
pub mod unit;
pub mod workload;

pub use destination::Destination;
pub use document::{Document, Keys};
use found::Found;

/// A place that a rotation's credentials are delivered to, and how far that has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Stable identity: a marker at the place carries it.
    pub id: Uuid,
    /// Unique within its rotation.
    pub name: Slug,
    /// Where.
    pub destination: Destination,
    /// The connection that it is reached through; `None` for what is on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<Uuid>,
    /// Under which names.
    pub keys: Keys,
    /// Whether an old secret waits until this has the current one.
    pub gates: bool,
    /// How long after a delivery that is confirmed the old secret still waits, in seconds: for stores that consumers poll.
    pub settle: u64,
    /// What is done where what we delivered was changed by others.
    pub drift: Drift,
    /// The command that runs after each delivery; none where it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Set once its removal was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<Leaving>,
    /// How far it has come.
    #[serde(default)]
    pub state: State,
}

/// What is done where what we delivered was changed by others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Drift {
    /// It is delivered again, once a day at most: whoever changes it more often is not overruled.
    #[default]
    Restore,
    /// It is left, and needs attention.
    Attend,
}

/// The way a target is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leaving {
    /// When it was asked for.
    pub since: DateTime<Utc>,
    /// What is provably ours at the place goes as well.
    pub purge: bool,
}

/// How far a delivery has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct State {
    /// The call that is out.
    pub phase: Phase,
    /// The [`super::rotation::OktaSecret::key`] that it is out for: another one may be published meanwhile.
    pub doing: Option<Uuid>,
    /// What is known to stand there, and to have been followed by the command; `None` while that is not so.
    pub confirmed: Option<Confirmed>,
    /// When something was first confirmed there: from then on the place was ours.
    pub first_at: Option<DateTime<Utc>>,
    /// The keys under which something was confirmed: what others write there later was ours before.
    pub keys: BTreeSet<String>,
    /// Hashes of what we wrote last, by key. On disk before the write goes out.
    pub wrote: BTreeMap<String, String>,
    /// The command has to run for what was written.
    pub hook_due: bool,
    /// A write was never answered: it can still arrive.
    pub out: Option<Unanswered>,
    /// Hashes of what was agreed to be overwritten, though it is not ours.
    pub consent: Option<BTreeMap<String, String>>,
    /// The [`super::rotation::OktaSecret::key`] whose write was answered: what cannot be read is not written twice.
    pub written: Option<Uuid>,
    /// What is being written goes over what others had written.
    pub restoring: bool,
    /// When it was last delivered again over what others had written.
    pub restored_at: Option<DateTime<Utc>>,
    /// When the store was taken up again without knowing what was delivered since: what stands there may be newer.
    pub doubted_at: Option<DateTime<Utc>>,
    /// Faults in a row.
    pub tries: u32,
    /// Since when it fails.
    pub since: Option<DateTime<Utc>>,
    /// What stands in the way.
    pub fault: Option<Fault>,
    /// When it is looked at next; at once where there is none.
    pub wake_at: Option<DateTime<Utc>>,
    /// What the last look found.
    pub found: Option<Found>,
    /// When that was.
    pub looked_at: Option<DateTime<Utc>>,
    /// What was done since it was last confirmed, for the history.
    pub steps: Vec<Step>,
}

/// The call that is out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// None: it waits for its time.
    #[default]
    Resting,
    /// The place is read.
    Reading,
    /// It is written. On disk before that.
    Writing,
    /// It is read again.
    ReadingBack,
    /// The command runs.
    Hooking,
    /// What is ours is taken off. On disk before that.
    Stripping,
}

/// What is known to stand at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Confirmed {
    /// The [`super::rotation::OktaSecret::key`] of the secret.
    pub key: Uuid,
    /// Its version under the mapped name.
    pub version: u32,
    /// Since when.
    pub at: DateTime<Utc>,
    /// What the place calls it: a version or an id. Empty where it has none.
    pub remote: String,
}

/// What is to stand at a place: the published credentials, and what may stand there from before.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The [`super::rotation::OktaSecret::key`] that is published.
    pub key: Uuid,
    /// Its version.
    pub version: u32,
    /// What the place is to hold.
    pub document: Document,
    /// What it would hold for each older version whose value is known, with that version's number.
    pub older: Vec<(u32, Document)>,
}

/// Why a target's look finds what it finds, and what stands in its way, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stand {
    /// It has the current secret.
    Confirmed,
    /// It has not, and is being delivered or tried again.
    Behind,
    /// It needs attention.
    Attention,
    /// It is being removed.
    Leaving,
}

impl Target {
    /// One that nothing was delivered to: on this machine, which old secrets wait for, and no longer.
    pub fn new(id: Uuid, name: Slug, destination: Destination, keys: Keys, created_at: DateTime<Utc>) -> Self {
        Self {
            id,
            name,
            destination,
            connection_id: None,
            keys,
            gates: true,
            settle: 0,
            drift: Drift::default(),
            after: Vec::new(),
            created_at,
            leaving: None,
            state: State::default(),
        }
    }

    /// How it stands to the secret that its rotation publishes.
    pub fn stand(&self, current: Option<Uuid>) -> Stand {
        let fault = self.state.fault.as_ref();
        if self.leaving.is_some() {
            Stand::Leaving
        } else if fault.is_some_and(|fault| fault.class() == Class::Person) {
            Stand::Attention
        } else if self.state.confirmed.as_ref().is_some_and(|it| Some(it.key) == current) {
            Stand::Confirmed
        } else {
            Stand::Behind
        }
    }

    /// The names under which it had something before it got others, at a place where others have names as well.
    pub fn former(&self) -> BTreeSet<String> {
        let shared = self.destination.app().is_some();
        self.state.keys.iter().filter(|key| shared && !self.keys.contains_key(*key)).cloned().collect()
    }

    /// From when on no old secret waits for it; `None` while it has not confirmed the current one.
    pub fn settled_at(&self, current: Option<Uuid>) -> Option<DateTime<Utc>> {
        let confirmed = self.state.confirmed.as_ref().filter(|it| Some(it.key) == current)?;
        Some(confirmed.at + seconds(self.settle))
    }
}
