//! What an engine replies. Reading it back needs the request, and stands beside that.

use serde::Serialize;
use uuid::Uuid;

use crate::core::history::Entry;
use crate::core::protocol::plan::Plan;
use crate::engine::view::{
    AppRow, ComingRow, ConnectionView, ConsumerView, CredentialView, EngineView, Note, OktaSecretView, ReachView,
    RotationOption, RotationView, SecretRow, SecretView, TargetPlanView, TargetView, TestView, UpcomingRow, View,
};

/// A reply. Serialised it is the API's answer: one object, named as the peer names it.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub enum Reply {
    Connection {
        app_connection: Box<ConnectionView>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        notes: Vec<Note>,
    },
    Connections {
        app_connections: Vec<ConnectionView>,
    },
    Test {
        test: Box<TestView>,
    },
    Apps {
        apps: Vec<AppRow>,
        /// The page after this one.
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
    Rotation {
        secret_rotation: Box<RotationView>,
        #[serde(skip_serializing_if = "Option::is_none")]
        plan: Option<Plan>,
    },
    Rotations {
        secret_rotations: Vec<RotationView>,
    },
    Plan {
        plan: Plan,
    },
    Credentials {
        generated_credentials: Vec<CredentialView>,
        active_index: usize,
        rotation_id: Uuid,
        #[serde(rename = "type")]
        kind: String,
    },
    OktaSecrets {
        secrets: Vec<OktaSecretView>,
    },
    Consumers {
        consumers: Vec<ConsumerView>,
        reach: ReachView,
        /// The version that is current.
        version: u32,
    },
    Targets {
        secret_syncs: Vec<TargetView>,
    },
    Target {
        secret_sync: Box<TargetView>,
    },
    TargetPlan {
        target_plan: Box<TargetPlanView>,
    },
    Options {
        secret_rotation_options: Vec<RotationOption>,
    },
    Upcoming {
        upcoming: Vec<UpcomingRow>,
        events: Vec<ComingRow>,
    },
    Secrets {
        secrets: Vec<SecretRow>,
    },
    Secret {
        secret: Box<SecretView>,
    },
    Export {
        export: Vec<SecretView>,
    },
    Acknowledged {
        /// How many versions are known to be fetched by now.
        acknowledged: usize,
    },
    History {
        history: Vec<Entry>,
        next: Option<Uuid>,
        /// Entries that cannot be read: their part of the store is damaged.
        #[serde(skip_serializing_if = "is_zero")]
        unreadable: u64,
    },
    View {
        cursor: String,
        view: Box<View>,
    },
    Engine {
        engine: Box<EngineView>,
    },
}

impl Reply {
    /// The rotation, where it is one.
    pub fn rotation(&self) -> Option<&RotationView> {
        match self {
            Self::Rotation { secret_rotation, .. } => Some(secret_rotation),
            _ => None,
        }
    }

    /// The target, where it is one.
    pub fn target(&self) -> Option<&TargetView> {
        match self {
            Self::Target { secret_sync } => Some(secret_sync),
            _ => None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
