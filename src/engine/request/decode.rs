//! How the reply to a request is read from the API's JSON.
//!
//! An answer says nowhere which reply it is: the peer's clients expect the bare object. So reading one needs the request
//! that it answers, and there is no `Deserialize` that could be used without it.

use serde::Deserialize;
use serde::de::Error as _;
use uuid::Uuid;

use super::Request;
use crate::core::history::Entry;
use crate::core::protocol::plan::Plan;
use crate::engine::body::Reply;
use crate::engine::view::{
    AppRow, ComingRow, ConnectionView, ConsumerView, CredentialView, EngineView, Note, ReachView, RotationOption,
    RotationView, SecretView, TargetPlanView, TargetView, TestView, UpcomingRow, View,
};

impl Reply {
    /// Reads the reply to `request` from an answer's JSON.
    ///
    /// The error may quote the answer, which may hold secret values: it is not to be shown.
    pub fn decode(request: &Request, json: &[u8]) -> Result<Self, serde_json::Error> {
        let answer: Answer = serde_json::from_slice(json)?;
        answer.reply(request)
    }
}

/// Everything that an answer can hold. The names are distinct but for `secrets`, which only the request tells apart.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    app_connection: Option<Box<ConnectionView>>,
    notes: Vec<Note>,
    app_connections: Option<Vec<ConnectionView>>,
    test: Option<Box<TestView>>,
    apps: Option<Vec<AppRow>>,
    secret_rotation: Option<Box<RotationView>>,
    secret_rotations: Option<Vec<RotationView>>,
    plan: Option<Plan>,
    generated_credentials: Option<Vec<CredentialView>>,
    active_index: usize,
    rotation_id: Uuid,
    #[serde(rename = "type")]
    kind: String,
    consumers: Option<Vec<ConsumerView>>,
    reach: ReachView,
    version: u32,
    secret_syncs: Option<Vec<TargetView>>,
    secret_sync: Option<Box<TargetView>>,
    target_plan: Option<Box<TargetPlanView>>,
    secret_rotation_options: Option<Vec<RotationOption>>,
    upcoming: Option<Vec<UpcomingRow>>,
    events: Vec<ComingRow>,
    /// Rows of either kind; neither holds a value.
    secrets: Option<serde_json::Value>,
    secret: Option<Box<SecretView>>,
    export: Option<Vec<SecretView>>,
    acknowledged: Option<usize>,
    history: Option<Vec<Entry>>,
    /// A page's, or the id of the next older entry.
    next: Option<String>,
    unreadable: u64,
    cursor: String,
    view: Option<Box<View>>,
    engine: Option<Box<EngineView>>,
}

impl Answer {
    fn reply(self, request: &Request) -> Result<Reply, serde_json::Error> {
        if let Some(secrets) = self.secrets {
            return Ok(match request {
                Request::OktaSecrets { .. } => Reply::OktaSecrets { secrets: serde_json::from_value(secrets)? },
                _ => Reply::Secrets { secrets: serde_json::from_value(secrets)? },
            });
        }
        if let Some(apps) = self.apps {
            return Ok(Reply::Apps { apps, next: self.next });
        }
        let older = self.next.map(|id| id.parse().map_err(serde_json::Error::custom)).transpose()?;
        // A rotation may come with its plan, so the plan alone is asked for last.
        let found = None
            .or(self.app_connection.map(|app_connection| Reply::Connection { app_connection, notes: self.notes }))
            .or(self.app_connections.map(|app_connections| Reply::Connections { app_connections }))
            .or(self.test.map(|test| Reply::Test { test }))
            .or(self.secret_rotations.map(|secret_rotations| Reply::Rotations { secret_rotations }))
            .or(self.generated_credentials.map(|generated_credentials| Reply::Credentials {
                generated_credentials,
                active_index: self.active_index,
                rotation_id: self.rotation_id,
                kind: self.kind,
            }))
            .or(self.consumers.map(|consumers| Reply::Consumers {
                consumers,
                reach: self.reach,
                version: self.version,
            }))
            .or(self.secret_syncs.map(|secret_syncs| Reply::Targets { secret_syncs }))
            .or(self.secret_sync.map(|secret_sync| Reply::Target { secret_sync }))
            .or(self.target_plan.map(|target_plan| Reply::TargetPlan { target_plan }))
            .or(self.secret_rotation_options.map(|secret_rotation_options| Reply::Options { secret_rotation_options }))
            .or(self.upcoming.map(|upcoming| Reply::Upcoming { upcoming, events: self.events }))
            .or(self.secret.map(|secret| Reply::Secret { secret }))
            .or(self.export.map(|export| Reply::Export { export }))
            .or(self.acknowledged.map(|acknowledged| Reply::Acknowledged { acknowledged }))
            .or(self.history.map(|history| Reply::History { history, next: older, unreadable: self.unreadable }))
            .or(self.view.map(|view| Reply::View { cursor: self.cursor, view }))
            .or(self.engine.map(|engine| Reply::Engine { engine }));
        if let Some(reply) = found {
            return Ok(reply);
        }
        match (self.secret_rotation, self.plan) {
            (Some(secret_rotation), plan) => Ok(Reply::Rotation { secret_rotation, plan }),
            (None, Some(plan)) => Ok(Reply::Plan { plan }),
            (None, None) => Err(serde_json::Error::custom("the answer holds nothing that was asked for")),
        }
    }
}
