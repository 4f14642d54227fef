//! What is shown of records: the objects of the API. Values are carried by [`CredentialView`] and [`SecretView`] alone.

use chrono::{DateTime, Timelike, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::body::parts::{MappingBody, RotateAt, TimeOfDay};
use crate::core::connection::Connection;
use crate::core::fault::Fault;
use crate::core::history::Outcome;
use crate::core::history::ending::Ending;
use crate::core::known::known;
use crate::core::protocol::forecast::Ahead;
use crate::core::protocol::open::{opening, waits_for_connection};
use crate::core::protocol::retire::hold;
use crate::core::reach::Reach;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Attention, Kind, OktaSecret, Pause, Rotation, Status, Verify};
use crate::core::secret::SecretVersion;
use crate::core::state::{State, phase, state};

mod connection;
mod consumers;
mod engine;
mod note;
mod parts;
mod secret;
mod stands;
mod target;

pub use crate::store::Recovery;
pub use connection::{ConnectionView, InstanceView};
pub use consumers::{ConsumerView, ReachView};
pub use engine::{AppRow, ComingRow, EngineView, Happens, ListedSecret, RotationOption, TestView, UpcomingRow, View};
pub use note::Note;
pub use parts::{CurrentView, Folder, NamedConnection, ParametersView, PendingView, PreviousView, Slugged};
pub use secret::{CredentialView, OktaSecretView, SecretRow, SecretView};
pub use target::{TargetPlanView, TargetView, TargetsView};

/// A rotation, as the peer's clients know it, and more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct RotationView {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub connection_id: Uuid,
    pub connection: NamedConnection,
    pub environment: Slugged,
    pub secret_path: String,
    pub project_id: String,
    pub folder: Folder,
    pub is_auto_rotation_enabled: bool,
    pub paused_until: Option<DateTime<Utc>>,
    /// How it came to be paused, where it is and that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Pause>,
    pub rotation_interval: u32,
    pub rotate_at: RotateAt,
    pub rotate_at_utc: TimeOfDay,
    pub secrets_mapping: MappingBody,
    pub parameters: ParametersView,
    pub active_index: usize,
    pub rotation_status: Option<Outcome>,
    pub state: State,
    pub phase: String,
    pub attention: Option<Attention>,
    /// The fault that it waits for to pass, and when it tries again.
    pub fault: Option<Fault>,
    pub next_try_at: Option<DateTime<Utc>>,
    /// The attempt that is open, how many of its tries failed in a row, and since when it cannot continue.
    #[serde(default)]
    pub attempt: Option<Uuid>,
    #[serde(default)]
    pub tries: u32,
    #[serde(default)]
    pub stuck_since: Option<DateTime<Utc>>,
    pub last_rotated_at: Option<DateTime<Utc>>,
    pub last_rotation_attempted_at: Option<DateTime<Utc>>,
    pub last_rotation_message: Option<String>,
    /// What the last attempt came to, as data.
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub last_rotation_ending: Option<Ending>,
    pub is_last_rotation_manual: bool,
    /// When it rotates next, by the forecast; `None` also where its old secret has no date to make room.
    pub next_rotation_at: Option<DateTime<Utc>>,
    /// When the schedule is due, pauses counted: earlier than it rotates where it waits for room.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
    /// How many due times to come were skipped.
    #[serde(default)]
    pub skipped: u32,
    pub overlap_seconds: u64,
    pub soak_seconds: u64,
    pub retire_unread: bool,
    /// How a new secret is tested.
    #[serde(default)]
    pub verify: Verify,
    /// A new secret that is not published yet.
    #[serde(default)]
    pub pending: Option<PendingView>,
    pub current: Option<CurrentView>,
    /// Who has it, of those that had the old one.
    #[serde(default)]
    pub consumers: ReachView,
    /// How far it has come among its targets.
    #[serde(default)]
    pub targets: TargetsView,
    pub previous: Option<PreviousView>,
    /// Since when it is being deleted: it goes once its previous secret is gone.
    #[serde(default)]
    pub deleting_since: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: u64,
}

/// What holds the previous secret back. That not all consumers and targets have its successor yet holds
/// nothing before its date.
fn held_by(rotation: &Rotation, reached: bool, now: DateTime<Utc>) -> Option<Hold> {
    let early = rotation.previous.and_then(|previous| previous.deactivate_at).is_some_and(|at| at > now);
    hold(rotation, reached, now).filter(|hold| !(early && matches!(hold, Hold::Unread | Hold::Behind)))
}

impl RotationView {
    /// When it rotates next; where that is now, since when it is due. `None` where it has no date.
    pub fn starts(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.next_rotation_at.map(|at| if at > now { at } else { self.due_at.unwrap_or(at) })
    }

    /// Whether only a fetch of the published secret, or someone's word, gives it a date.
    pub fn waits_undated(&self) -> bool {
        self.next_rotation_at.is_none() && self.due_at.is_some()
    }

    /// Whether the dates of its old secret, and of what comes after, hold only if the current one is fetched by then.
    pub fn depends_on_fetch(&self) -> bool {
        let goes = |previous: &PreviousView| previous.status == Status::Active && previous.goes_at().is_some();
        !self.retire_unread && self.previous.as_ref().is_some_and(goes) && self.current.is_some() && !self.is_reached()
    }

    /// Whether its consumers have the current secret. An engine of a version that does not know them by name counts the first
    /// fetch.
    pub fn is_reached(&self) -> bool {
        let unnamed = self.consumers == ReachView::default();
        self.consumers.reached || (unnamed && self.current.as_ref().is_some_and(|current| current.fetched_at.is_some()))
    }

    /// Shows a rotation. `published` is the current version of its client secret, `reach` how far it has come, `ahead` what is
    /// coming.
    pub fn of(
        rotation: &Rotation,
        connection: &Connection,
        published: Option<&SecretVersion>,
        reach: &Reach<'_>,
        ahead: &Ahead,
        now: DateTime<Utc>,
    ) -> Self {
        // Where something is under way, what goes next may be another one.
        let goes = |secret: &OktaSecret| secret.okta_id.as_ref() == Some(&ahead.secret);
        let schedule = &rotation.schedule;
        let due = schedule.due();
        let scheduled = rotation.auto && rotation.leaving.is_none();
        let operation = rotation.operation.as_ref();
        let waits = operation.filter(|_| crate::core::protocol::rests(rotation));
        // What waits for its connection is tried again when that is.
        let down = connection.down.as_ref().filter(|_| waits_for_connection(rotation));
        let probe_at = down.map(|down| down.probe_at);
        Self {
            id: rotation.id,
            name: rotation.name.to_string(),
            description: rotation.description.to_string(),
            kind: "okta-client-secret".into(),
            connection_id: rotation.connection_id,
            connection: NamedConnection { app: "okta".into(), name: connection.name.to_string(), id: connection.id },
            environment: Slugged { slug: rotation.environment.to_string() },
            secret_path: rotation.path.to_string(),
            project_id: String::new(),
            folder: Folder { path: rotation.path.to_string() },
            is_auto_rotation_enabled: rotation.auto,
            paused_until: rotation.paused_until.filter(|until| *until > now),
            paused: rotation.pause.clone().filter(|_| rotation.is_paused(now)),
            rotation_interval: schedule.interval_days,
            rotate_at: RotateAt {
                hours: schedule.at.hour().into(),
                minutes: schedule.at.minute().into(),
                time_zone: Some(schedule.zone.name().into()),
            },
            rotate_at_utc: TimeOfDay { hours: due.hour().into(), minutes: due.minute().into() },
            secrets_mapping: MappingBody::of(&rotation.mapping),
            parameters: ParametersView {
                client_id: rotation.app.client_id.clone(),
                app_id: rotation.app.id.clone(),
                app_label: rotation.app.label.clone(),
                auth_method: Some(rotation.app.auth_method),
                client_id_hidden: rotation.app.client_id_hidden,
            },
            active_index: 0,
            rotation_status: rotation.last.as_ref().map(|last| match last.outcome {
                Outcome::Success => Outcome::Success,
                Outcome::Failed | Outcome::Running | Outcome::Attention => Outcome::Failed,
            }),
            state: state(rotation, connection.held(), reach.reached(), now),
            phase: phase(rotation).into(),
            attention: rotation.attention(),
            fault: waits.and_then(|operation| Some(connection.named(operation.fault.as_ref()?))),
            next_try_at: waits.and_then(|operation| operation.wake_at).or(probe_at),
            attempt: operation.map(|operation| operation.attempt),
            tries: operation.map_or(0, |operation| operation.tries),
            stuck_since: operation.and_then(|operation| operation.stuck_since),
            last_rotated_at: rotation.last_rotated_at,
            last_rotation_attempted_at: rotation.last.as_ref().map(|last| last.at),
            last_rotation_message: rotation.last.as_ref().map(|last| last.ending.say().to_string()),
            last_rotation_ending: rotation.last.as_ref().map(|last| last.ending.clone()),
            is_last_rotation_manual: rotation.last.as_ref().is_some_and(|last| last.manual),
            next_rotation_at: ahead.starts.filter(|_| scheduled).map(|(at, _)| at),
            due_at: scheduled.then(|| opening(rotation)),
            skipped: schedule.skipped,
            overlap_seconds: rotation.overlap,
            soak_seconds: rotation.soak,
            retire_unread: rotation.retire_unread,
            verify: rotation.verify,
            pending: operation
                .filter(|operation| operation.kind == Kind::Rotate)
                .and_then(|operation| rotation.secret(operation.pending?))
                .map(|secret| PendingView {
                    secret_id: secret.okta_id.clone(),
                    status: secret.status,
                    created_at: secret.created_at,
                }),
            current: rotation.current_secret().map(|current| CurrentView {
                secret_id: current.okta_id.clone(),
                status: current.status,
                created_at: current.created_at,
                fetched_at: published.and_then(|version| version.fetched_at),
                version: current.published.map_or(0, |published| published.version),
            }),
            consumers: ReachView::of(reach),
            targets: TargetsView::of(rotation),
            previous: rotation.previous.zip(rotation.previous_secret()).map(|(previous, secret)| PreviousView {
                secret_id: secret.okta_id.clone(),
                status: secret.status,
                deactivate_at: previous.deactivate_at,
                delete_at: previous.delete_at,
                held_by: held_by(rotation, reach.reached(), now),
                kept: previous.kept,
                goes_off_at: ahead.off_at.filter(|_| goes(secret)),
                gone_at: ahead.gone_at.filter(|_| goes(secret)),
                stays_by: ahead.held,
            }),
            deleting_since: rotation.leaving.as_ref().map(|leaving| leaving.since),
            created_at: rotation.created_at,
            updated_at: rotation.updated_at,
            version: rotation.version,
        }
    }
}
