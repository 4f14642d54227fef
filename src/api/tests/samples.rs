//! A request of every kind, and a reply to each.

use crate::engine::view::Note;
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::core::fault::Problem;
use crate::core::history::Outcome;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::secret::SecretValue;
use crate::engine::act::On;
use crate::engine::request::{
    Acknowledgement, ActKind, AppsQuery, CheckTerms, ConfirmTerms, ConnectionBody, ConnectionPatch, CredentialsBody,
    DeleteConnectionTerms, DeleteTerms, FolderQuery, HistoryQuery, MappingBody, Mode, PauseTerms, ReadVersion, Reply,
    Request, ResolveTerms, ResumeTerms, RetireStoreTerms, RetireTerms, RollbackTerms, RotateAt, RotateTerms,
    RotationBody, RotationPatch, SkipTerms, TestTerms, UpcomingQuery, VersionQuery,
};
use crate::engine::request::{
    AdoptTerms, ConsumersQuery, DeleteTargetTerms, DeliverTerms, DismissTerms, TargetPatch, TargetsQuery,
};

/// A name that has everything in it that a path or a query could trip over.
pub const ODD: &str = "a/b c%2F?x=1&y#z+é東🚀";

mod rows;

pub use rows::{connection, consumer, engine, entry, rotation, secret, target, target_body, target_plan, view};

pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_790_000_000 + seconds) + TimeDelta::milliseconds(250)
}

fn made<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).expect("a sample")
}

/// Requests of every kind, with all their fields set, and some with none.
pub fn requests() -> Vec<Request> {
    let id = || ODD.to_owned();
    let word = || "rotation-name".to_owned();
    let rotate = || RotateTerms {
        replace_secret_id: Some("ocs1".into()),
        retire_now: true,
        after_previous: true,
        wait_seconds: Some(0),
    };
    let folder = || FolderQuery { environment: Some("prod".into()), path: Some("/a/b".into()) };
    let version = || VersionQuery { environment: Some(ODD.into()), path: Some("/".into()), version: Some(3) };
    let mut requests = vec![
        Request::ConnectionCreate(Box::new(ConnectionBody {
            name: "acme".into(),
            app: "okta".into(),
            method: "api-token".into(),
            description: Some(ODD.into()),
            credentials: CredentialsBody {
                instance_url: Some("https://acme.okta.com".into()),
                api_token: Some(SecretValue::new("00token")),
                ..CredentialsBody::default()
            },
            no_test: true,
        })),
        Request::ConnectionCreate(Box::new(ConnectionBody {
            name: "acme".into(),
            app: "okta".into(),
            method: "oauth-service-app".into(),
            description: None,
            credentials: CredentialsBody {
                instance_url: Some("https://acme.okta.com".into()),
                client_id: Some("0oaservice".into()),
                private_key: Some(SecretValue::new("-----BEGIN PRIVATE KEY-----\n")),
                key_id: Some(ODD.into()),
                ..CredentialsBody::default()
            },
            no_test: false,
        })),
        Request::ConnectionCreate(Box::new(ConnectionBody {
            name: "bao".into(),
            app: "hashicorp-vault".into(),
            method: "app-role".into(),
            description: None,
            credentials: CredentialsBody {
                instance_url: Some("https://vault.example.com:8200".into()),
                access_token: Some(SecretValue::new("hvs.token")),
                namespace: Some("team/pay".into()),
                auth_mount: Some(ODD.into()),
                role_id: Some("role".into()),
                secret_id: Some(SecretValue::new("sid")),
                role: Some("windlass".into()),
                jwt_file: Some("/run/token".into()),
                client_secret: Some(SecretValue::new("ics")),
                client_certificate: Some("-----BEGIN CERTIFICATE-----\n".into()),
                ca_certificate: Some(ODD.into()),
                ..CredentialsBody::default()
            },
            no_test: false,
        })),
        Request::ConnectionCreate(Box::new(ConnectionBody {
            name: "prod-aws".into(),
            app: "aws".into(),
            method: "access-key".into(),
            description: None,
            credentials: CredentialsBody {
                region: Some("eu-central-1".into()),
                access_key_id: Some("AKIA".into()),
                secret_access_key: Some(SecretValue::new("key")),
                session_token: Some(SecretValue::new("session")),
                role_arn: Some("arn:aws:iam::111122223333:role/pod".into()),
                assume_role_arn: Some("arn:aws:iam::111122223333:role/windlass".into()),
                external_id: Some(ODD.into()),
                ..CredentialsBody::default()
            },
            no_test: false,
        })),
        Request::ConnectionList { app: String::new() },
        Request::ConnectionList { app: "hashicorp-vault".into() },
        Request::ConnectionShow { id: id() },
        Request::ConnectionShow { id: "connection-name".into() },
        Request::ConnectionShow { id: String::new() },
        Request::ConnectionUpdate {
            id: id(),
            patch: Box::new(ConnectionPatch {
                name: Some("acme-2".into()),
                description: None,
                credentials: Some(CredentialsBody {
                    instance_url: None,
                    api_token: Some(SecretValue::new("00other")),
                    ..CredentialsBody::default()
                }),
                no_test: false,
            }),
        },
        Request::ConnectionUpdate { id: id(), patch: Box::default() },
        Request::act(id(), DeleteConnectionTerms {}, Mode::Ask),
        Request::act(id(), TestTerms::default(), Mode::Ask),
        Request::act(id(), TestTerms { peek: true }, Mode::Ask),
        Request::ConnectionApps {
            id: "connection-name".into(),
            query: AppsQuery { filter: Some(ODD.into()), ..AppsQuery::default() },
        },
        Request::ConnectionApps {
            id: id(),
            query: AppsQuery { paged: true, after: Some(ODD.into()), ..AppsQuery::default() },
        },
        Request::ConnectionApps { id: id(), query: AppsQuery::default() },
        Request::ConnectionApps { id: id(), query: AppsQuery { app: Some(ODD.into()), ..AppsQuery::default() } },
        Request::RotationCreate(Box::new(rotation_body())),
        Request::RotationList,
        Request::RotationShow { id: id() },
        Request::RotationUpdate {
            id: id(),
            patch: Box::new(RotationPatch {
                name: Some("payments-2".into()),
                description: Some(String::new()),
                is_auto_rotation_enabled: Some(false),
                rotation_interval: serde_json::Number::from_f64(1.5),
                rotate_at: Some(RotateAt { hours: 2, minutes: -1, time_zone: None }),
                rotate_at_utc: None,
                overlap_seconds: Some(u64::MAX),
                soak_seconds: Some(0),
                retire_unread: Some(true),
                verify: Some("listed".into()),
                parameters: Some(made(json!({"clientId": "0oa1", "appId": "0oa2"}))),
                secrets_mapping: Some(MappingBody { client_id: "A".into(), client_secret: "B".into() }),
                dry_run: false,
            }),
        },
        Request::RotationUpdate { id: id(), patch: Box::default() },
        Request::act(
            id(),
            DeleteTerms { delete_secrets: true, revoke_generated_credentials: true, force: true },
            Mode::Ask,
        ),
        Request::act(word(), DeleteTerms::default(), Mode::Ask),
        Request::act(id(), rotate(), Mode::Agreed),
        Request::act(word(), RotateTerms::default(), Mode::Ask),
        Request::act(id(), PauseTerms { until: Some(at(1)) }, Mode::Ask),
        Request::act(id(), PauseTerms::default(), Mode::Ask),
        Request::act(id(), ResumeTerms { now: true }, Mode::Ask),
        Request::act(id(), CheckTerms {}, Mode::Ask),
        Request::act(id(), SkipTerms { undo: true }, Mode::Ask),
        Request::act(id(), RetireTerms { now: true, at: Some(at(5)), hold: true, wait_seconds: Some(7) }, Mode::Agreed),
        Request::act(word(), RetireTerms::default(), Mode::Plan),
        Request::act(id(), RollbackTerms { wait_seconds: Some(0) }, Mode::Ask),
        Request::act(word(), RollbackTerms::default(), Mode::Plan),
        Request::act(
            id(),
            ResolveTerms { publish_unverified: true, withdraw: true, wait_seconds: Some(8) },
            Mode::Agreed,
        ),
        Request::act(id(), rotate(), Mode::Plan),
        Request::Credentials { id: word() },
        Request::OktaSecrets { id: word() },
        Request::Consumers { id: id(), query: ConsumersQuery { all: true } },
        Request::act(id(), DismissTerms { consumer: ODD.into() }, Mode::Ask),
        Request::TargetList(TargetsQuery { rotation: Some(ODD.into()) }),
        Request::TargetList(TargetsQuery::default()),
        Request::TargetCreate(Box::new(target_body())),
        Request::TargetCreate(Box::default()),
        Request::TargetShow { id: id() },
        Request::TargetUpdate {
            id: "payments/file".into(),
            patch: Box::new(TargetPatch {
                name: Some("other".into()),
                destination_config: target_body().destination_config,
                keys: target_body().keys,
                gates: Some(true),
                settle_seconds: Some(0),
                drift: Some("restore".into()),
                after: Some(Vec::new()),
            }),
        },
        Request::TargetUpdate { id: id(), patch: Box::default() },
        Request::TargetPlan { id: id() },
        Request::act(id(), DeliverTerms { wait_seconds: Some(0) }, Mode::Ask),
        Request::act(id(), AdoptTerms { seen: Some(ODD.into()) }, Mode::Ask),
        Request::act(id(), DeleteTargetTerms { purge: true, force: true }, Mode::Ask),
        Request::Options,
        Request::Upcoming(UpcomingQuery {
            rotation: Some(ODD.into()),
            count: Some(5),
            days: Some(7),
            from: Some(at(2)),
        }),
        Request::Upcoming(UpcomingQuery::default()),
        Request::SecretList(folder()),
        Request::SecretList(FolderQuery::default()),
        Request::SecretGet { name: id(), query: version() },
        Request::SecretGet { name: "export".into(), query: VersionQuery::default() },
        Request::SecretDelete { name: id(), query: version() },
        Request::Export(folder()),
        Request::Acknowledge(Acknowledgement {
            caller: None,
            reader: Some(ODD.into()),
            secrets: vec![ReadVersion {
                name: ODD.into(),
                environment: Some("prod".into()),
                path: None,
                version: 3,
                created_at: Some(at(6)),
            }],
        }),
        Request::Acknowledge(Acknowledgement::default()),
        Request::History(HistoryQuery {
            rotation: Some(ODD.into()),
            since: Some(at(3)),
            until: Some(at(4)),
            before: Some(Uuid::from_u128(5)),
            outcome: Some(Outcome::Attention),
            actor: Some("jo doe".into()),
            limit: Some(6),
        }),
        Request::History(HistoryQuery::default()),
        Request::View,
        Request::Engine,
        Request::Yield,
        Request::act(ODD, ConfirmTerms {}, Mode::Agreed),
        Request::act("", ConfirmTerms {}, Mode::Ask),
        Request::act("", RetireStoreTerms { to: Some(ODD.into()), undo: true }, Mode::Agreed),
        Request::act("", RetireStoreTerms { to: Some(ODD.into()), undo: false }, Mode::Ask),
        Request::act("", RetireStoreTerms { to: None, undo: true }, Mode::Ask),
    ];
    // Each act, as it is without terms and however far it goes.
    for kind in ActKind::ALL {
        let id = if kind.spec().on == On::Store { String::new() } else { id() };
        let modes = [Some(Mode::Ask), kind.spec().plans.then_some(Mode::Plan)];
        requests.extend(modes.into_iter().flatten().map(|mode| Request::act(&*id, kind.plain(), mode)));
    }
    requests
}

fn rotation_body() -> RotationBody {
    RotationBody {
        name: "payments".into(),
        description: Some("line \"one\"".into()),
        connection_id: "acme".into(),
        environment: Some("prod".into()),
        secret_path: Some("/".into()),
        is_auto_rotation_enabled: Some(true),
        rotation_interval: Some(30.into()),
        rotate_at_utc: None,
        rotate_at: Some(RotateAt { hours: 2, minutes: 30, time_zone: Some("Europe/Berlin".into()) }),
        first_rotation_at: Some("2026-12-05".into()),
        parameters: made(json!({"clientId": "0oa1"})),
        secrets_mapping: Some(MappingBody { client_id: "A".into(), client_secret: "B".into() }),
        overlap_seconds: Some(1),
        soak_seconds: Some(2),
        retire_unread: Some(false),
        replace_secret_id: Some("ocs2".into()),
        verify: Some("token".into()),
        adopt: true,
        adopt_secret_id: Some("ocs3".into()),
        adopt_client_secret: Some(SecretValue::new("adopted value")),
        dry_run: true,
        wait_seconds: Some(3),
    }
}

/// The variant of a request, and all that it carries, values included.
pub fn essence(request: &Request) -> String {
    let values = match request {
        Request::ConnectionCreate(body) => serde_json::to_string(body),
        Request::ConnectionUpdate { patch, .. } => serde_json::to_string(patch),
        _ => Ok(String::new()),
    };
    format!("{request:?} {}", values.expect("JSON"))
}

/// A reply to a request, of the kind that the engine gives. A new request needs its row here, and then one above.
pub fn reply(request: &Request) -> Reply {
    match request {
        Request::Act { mode: Mode::Plan, act, .. } if act.kind().spec().plans => Reply::Plan { plan: plan() },
        Request::Act { act, .. } => acted(act.kind()),
        Request::ConnectionCreate(_) | Request::ConnectionShow { .. } | Request::ConnectionUpdate { .. } => {
            Reply::Connection { app_connection: made(connection()), notes: vec![Note::Written("odd token".into())] }
        }
        Request::ConnectionList { .. } => Reply::Connections { app_connections: made(json!([connection()])) },
        Request::ConnectionApps { .. } => Reply::Apps {
            next: Some(ODD.into()),
            apps: vec![made(
                json!({"id": "0oa1", "label": ODD, "clientId": "0oa1", "authMethod": "client_secret_basic", "status": "ACTIVE", "secrets": 1, "listed": [{"id": "ocs1", "status": "ACTIVE", "createdAt": null, "readable": true}], "rotation": null, "rotatable": true, "reason": null}),
            )],
        },
        Request::RotationCreate(body) if body.dry_run => Reply::Plan { plan: plan() },
        Request::RotationCreate(_) => Reply::Rotation { secret_rotation: made(rotation()), plan: Some(plan()) },
        Request::RotationShow { .. } | Request::RotationUpdate { .. } => {
            Reply::Rotation { secret_rotation: made(rotation()), plan: None }
        }
        Request::RotationList => Reply::Rotations { secret_rotations: made(json!([rotation()])) },
        Request::Credentials { .. } => Reply::Credentials {
            generated_credentials: made(json!([{"clientId": "0oa1", "clientSecret": "s3", "status": "ACTIVE"}])),
            active_index: 1,
            rotation_id: Uuid::from_u128(2),
            kind: "okta-client-secret".into(),
        },
        Request::OktaSecrets { id } if id == "rotation-name" => Reply::OktaSecrets { secrets: Vec::new() },
        Request::OktaSecrets { .. } => Reply::OktaSecrets {
            secrets: made(json!([{"origin": "ours", "status": "GONE", "createdAt": at(0), "oktaRequestIds": ["r"],
                "valueKept": false}])),
        },
        Request::Consumers { .. } => Reply::Consumers {
            consumers: made(json!([consumer()])),
            reach: made(json!({"have": 1, "of": 2, "reached": false, "missing": [consumer()]})),
            version: 7,
        },
        Request::TargetList(_) => Reply::Targets { secret_syncs: made(json!([target()])) },
        Request::TargetCreate(body) if body.dry_run => Reply::TargetPlan { target_plan: made(target_plan()) },
        Request::TargetCreate(_) | Request::TargetShow { .. } | Request::TargetUpdate { .. } => {
            Reply::Target { secret_sync: made(target()) }
        }
        Request::TargetPlan { .. } => Reply::TargetPlan { target_plan: made(target_plan()) },
        Request::Options => Reply::Options {
            secret_rotation_options: made(json!([{"name": "Okta", "type": "okta-client-secret", "connection": "okta",
                "template": {"secretsMapping": {}}}])),
        },
        Request::Upcoming(_) => Reply::Upcoming {
            upcoming: made(json!([{"rotation": "payments", "dueAt": at(9), "local": "02:30"}])),
            events: made(
                json!([{"at": at(9), "local": "02:30", "rotation": "payments", "what": "held", "heldBy": "unread"}]),
            ),
        },
        Request::SecretList(query) if query.path.is_none() => Reply::Secrets { secrets: Vec::new() },
        Request::SecretList(_) | Request::SecretDelete { .. } => Reply::Secrets {
            secrets: made(json!([{"name": "B", "environment": "prod", "path": "/", "credential": "clientSecret",
                "version": 2, "createdAt": at(0)}])),
        },
        Request::SecretGet { .. } => Reply::Secret { secret: made(secret()) },
        Request::Export(_) => Reply::Export { export: made(json!([secret(), secret()])) },
        Request::Acknowledge(_) => Reply::Acknowledged { acknowledged: 2 },
        Request::History(_) => {
            Reply::History { history: made(json!([entry()])), next: Some(Uuid::from_u128(4)), unreadable: 3 }
        }
        Request::View => Reply::View { cursor: "7-0".into(), view: made(view()) },
        Request::Engine | Request::Yield => Reply::Engine { engine: made(engine()) },
    }
}

fn acted(kind: ActKind) -> Reply {
    match kind {
        ActKind::TestConnection => Reply::Test {
            test: made(json!({"connection": "acme", "instanceUrl": "https://acme.okta.com", "rateLimit": 100})),
        },
        ActKind::Confirm | ActKind::RetireStore => Reply::Engine { engine: made(engine()) },
        kind if kind.spec().on == On::Target => Reply::Target { secret_sync: made(target()) },
        kind if kind.spec().on == On::Connection => {
            Reply::Connection { app_connection: made(connection()), notes: Vec::new() }
        }
        _ => Reply::Rotation { secret_rotation: made(rotation()), plan: Some(plan()) },
    }
}

fn plan() -> Plan {
    let blockers = vec![Problem::said("two secrets", "name one")];
    Plan { steps: vec![PlanStep::Issue], blockers, asks: true, ..Plan::default() }
}
