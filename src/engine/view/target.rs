//! The targets of a rotation, as they are shown: no values.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::fault::Fault;
use crate::core::known::known;
use crate::core::rotation::Rotation;
use crate::core::target::found::Found;
use crate::core::target::{Destination, Drift, Keys, Phase, Stand, Target};

/// How far a rotation's current secret has come among its targets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct TargetsView {
    pub total: usize,
    /// They have the current secret.
    pub confirmed: usize,
    /// They are being delivered to, or tried again.
    pub behind: usize,
    pub attention: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<TargetView>,
}

/// A target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct TargetView {
    pub id: Uuid,
    pub name: String,
    pub rotation_id: Uuid,
    pub rotation_name: String,
    /// The kind of place.
    pub destination: String,
    /// The place: a path, a command.
    pub place: String,
    pub destination_config: Destination,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<Uuid>,
    pub keys: Keys,
    /// An old secret waits for it.
    pub gates: bool,
    pub settle_seconds: u64,
    pub drift: Drift,
    pub after: Vec<String>,
    pub stands: Stand,
    /// The peer's word for it: `pending`, `running`, `succeeded`, `failed`.
    pub sync_status: String,
    /// What is confirmed to be there, and since when.
    pub confirmed_version: Option<u32>,
    pub last_synced_at: Option<DateTime<Utc>>,
    pub remote_version: Option<String>,
    /// What the last look found, and when that was.
    #[serde(default, deserialize_with = "known")]
    pub found: Option<Found>,
    pub looked_at: Option<DateTime<Utc>>,
    /// What stands in the way, since when, and when it is tried again.
    pub fault: Option<Fault>,
    pub since: Option<DateTime<Utc>>,
    pub tries: u32,
    pub next_try_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl TargetView {
    /// Shows a target.
    pub fn of(target: &Target, rotation: &Rotation) -> Self {
        let (state, stands) = (&target.state, target.stand(rotation.current));
        let fault = state.fault.clone();
        let fault = fault.map(|fault| Fault { problem: fault.problem.of_rotation(&rotation.name), ..fault });
        let status = match stands {
            _ if state.phase != Phase::Resting => "running",
            Stand::Confirmed => "succeeded",
            _ if fault.is_some() => "failed",
            _ => "pending",
        };
        Self {
            id: target.id,
            name: target.name.to_string(),
            rotation_id: rotation.id,
            rotation_name: rotation.name.to_string(),
            destination: target.destination.kind().into(),
            place: target.destination.place(),
            destination_config: target.destination.clone(),
            connection_id: target.connection_id,
            keys: target.keys.clone(),
            gates: target.gates,
            settle_seconds: target.settle,
            drift: target.drift,
            after: target.after.clone(),
            stands,
            sync_status: status.into(),
            confirmed_version: state.confirmed.as_ref().map(|it| it.version),
            last_synced_at: state.confirmed.as_ref().map(|it| it.at),
            remote_version: state.confirmed.as_ref().map(|it| it.remote.clone()).filter(|it| !it.is_empty()),
            found: state.found.clone(),
            looked_at: state.looked_at,
            next_try_at: state.wake_at.filter(|_| fault.is_some() || target.leaving.is_some()),
            since: state.since,
            tries: state.tries,
            fault,
            created_at: target.created_at,
        }
    }
}

impl TargetsView {
    /// Shows all of a rotation.
    pub fn of(rotation: &Rotation) -> Self {
        let list: Vec<TargetView> = rotation.targets.iter().map(|target| TargetView::of(target, rotation)).collect();
        let are = |wanted: Stand| list.iter().filter(|target| target.stands == wanted).count();
        Self {
            total: list.len(),
            confirmed: are(Stand::Confirmed),
            behind: are(Stand::Behind),
            attention: are(Stand::Attention),
            list,
        }
    }
}

/// What a delivery would do, from a look at the place. Without values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct TargetPlanView {
    pub rotation: String,
    pub target: String,
    pub destination: String,
    pub place: String,
    /// What is there; `None` where it could not be read.
    #[serde(default, deserialize_with = "known")]
    pub found: Option<Found>,
    /// The version that would be delivered; `None` where none is published yet.
    pub version: Option<u32>,
    /// The keys that would be written. Of a file that is all of it: one key without a name.
    pub writes: Vec<String>,
    /// The former names at the place that would be taken away: what stands there came from this rotation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removes: Vec<String>,
    /// The command that would run afterwards.
    pub after: Vec<String>,
    pub gates: bool,
    /// Why nothing would be written.
    pub fault: Option<Fault>,
    /// A mark of what is there, without a value in it: an adoption that names it overwrites that and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}
