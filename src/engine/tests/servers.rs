//! Connections to servers that secrets are delivered to.

use super::*;
use crate::core::secret::Credential;
use crate::core::target::Stand;
use crate::delivery::vault::tests::stand_in::{Entry, SECRET_ID, StandIn, TOKEN};
use crate::engine::refusal::Kind;
use crate::engine::request::{AppsQuery, ConnectionPatch, DeleteConnectionTerms, TestTerms};
use crate::engine::view::{ConnectionView, TargetView};

impl Bench {
    async fn add_vault(&self, stand_in: &StandIn, credentials: CredentialsBody) -> Result<ConnectionView, Refusal> {
        let body = ConnectionBody {
            name: "bao".into(),
            app: "hashicorp-vault".into(),
            method: if credentials.role_id.is_some() { "app-role" } else { "token" }.into(),
            description: None,
            credentials: CredentialsBody { instance_url: Some(stand_in.url.clone()), ..credentials },
            no_test: false,
        };
        self.call(Request::ConnectionCreate(Box::new(body))).await.map(one)
    }
}

fn one(reply: Reply) -> ConnectionView {
    let Reply::Connection { app_connection, .. } = reply else { panic!("another reply") };
    *app_connection
}

fn token(token: &str) -> CredentialsBody {
    CredentialsBody { access_token: Some(SecretValue::new(token)), ..CredentialsBody::default() }
}

#[tokio::test]
async fn a_vault_is_tested_before_it_is_saved_and_shows_no_credential() {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    let refusal = bench.add_vault(&stand_in, token("hvs.not-known-0123456789")).await.expect_err("refused");
    assert_eq!(refusal.error, Kind::Refused, "{refusal}");
    assert!(refusal.hint().contains("nothing was saved"), "{refusal}");
    let made = bench.add_vault(&stand_in, token(TOKEN)).await.expect("it works");
    assert_eq!((made.app.as_str(), made.method.as_str(), made.status.as_str()), ("hashicorp-vault", "token", "ok"));
    let role = CredentialsBody {
        role_id: Some("role".into()),
        secret_id: Some(SecretValue::new(SECRET_ID)),
        ..CredentialsBody::default()
    };
    let patch = ConnectionPatch { credentials: Some(role), ..ConnectionPatch::default() };
    let request = Request::ConnectionUpdate { id: "bao".into(), patch: Box::new(patch) };
    let changed = one(bench.call(request).await.expect("another login"));
    assert_eq!((changed.method.as_str(), changed.credentials.role_id.as_deref()), ("app-role", Some("role")));
    assert!(!serde_json::to_string(&changed).expect("JSON").contains(SECRET_ID));
    let Reply::Test { test } = bench.call(Request::act("bao", TestTerms::default(), Mode::Ask)).await.expect("works")
    else {
        panic!("another reply")
    };
    assert_eq!((test.server_version.as_deref(), test.token_ttl_seconds, test.org_id), (Some("2.7.2"), Some(60), None));
}

#[tokio::test]
async fn no_rotation_goes_through_a_vault_and_each_app_is_listed_apart() {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    bench.connect().await;
    bench.add_vault(&stand_in, token(TOKEN)).await.expect("it works");
    let mut body = Bench::body("payments", "Payments");
    body.connection_id = "bao".into();
    let refusal = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("no org");
    assert_eq!((refusal.error, refusal.code.as_str()), (Kind::Conflict, "otherApp"), "{refusal}");
    let apps = Request::ConnectionApps { id: "bao".into(), query: AppsQuery::default() };
    assert_eq!(bench.call(apps).await.expect_err("no org").code, "otherApp");
    for (app, names) in [("", vec!["acme", "bao"]), ("okta", vec!["acme"]), ("hashicorp-vault", vec!["bao"])] {
        let list = bench.call(Request::ConnectionList { app: app.into() }).await.expect("listed");
        let Reply::Connections { app_connections } = list else { panic!("another reply") };
        assert_eq!(app_connections.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), names, "{app}");
    }
    bench.call(Request::act("bao", DeleteConnectionTerms {}, Mode::Agreed)).await.expect("nothing uses it");
}

#[tokio::test]
async fn a_vault_that_accepts_the_token_no_more_is_shown_as_refused_until_it_does() {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    bench.add_vault(&stand_in, token(TOKEN)).await.expect("it works");
    stand_in.inside().tokens.clear();
    let test = || Request::act("bao", TestTerms::default(), Mode::Ask);
    let refusal = bench.call(test()).await.expect_err("the token ended");
    assert!(refusal.hint().contains("`windlass connection update bao --token-file FILE`"), "{refusal}");
    let shown = || async { one(bench.call(Request::ConnectionShow { id: "bao".into() }).await.expect("there")) };
    let known = shown().await;
    assert_eq!(known.status, "refused");
    assert!(known.next_probe_at.is_some() && known.fault.is_some());
    stand_in.inside().tokens.insert(TOKEN.into());
    bench.call(test()).await.expect("it works again");
    assert_eq!(shown().await.status, "ok");
}

#[tokio::test]
async fn a_token_that_nothing_is_delivered_with_is_renewed_before_it_ends_also_after_a_start() {
    const RENEWED: &str = "POST auth/token/renew-self";
    let (mut bench, stand_in) = (Bench::new().await, StandIn::start().await);
    let folder = tempfile::tempdir().expect("a directory");
    let mut staged = bench.restart_standing(&folder, bench.now(), Duration::zero()).await;
    stand_in.inside().lasts = 7200;
    bench.add_vault(&stand_in, token(TOKEN)).await.expect("it works");
    assert!(stand_in.asked().contains(&RENEWED.to_owned()));
    let renewed = || stand_in.until(|it| it.asked.iter().any(|call| call == RENEWED));
    for minutes in [59, 60, 60, 60] {
        staged.turn(Some(staged.now() + Duration::minutes(minutes)), 0.0, None).expect("turned");
        if minutes < 60 {
            bench.all_done().await;
            assert!(stand_in.asked().is_empty(), "half of its time is not over");
            continue;
        }
        renewed().await;
        stand_in.asked();
    }
    staged = bench.restart_standing(&folder, staged.now(), Duration::zero()).await;
    bench.call(Request::ConnectionShow { id: "bao".into() }).await.expect("it has begun");
    stand_in.asked();
    staged.turn(Some(staged.now() + Duration::minutes(2)), 0.0, None).expect("turned");
    renewed().await;
}

/// A rotation, and a connection to a Vault that its target goes to.
async fn delivering() -> (Bench, StandIn) {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.add_vault(&stand_in, token(TOKEN)).await.expect("it works");
    (bench, stand_in)
}

fn to_vault() -> TargetBody {
    let config = ConfigBody { mount: Some("/kv/".into()), path: Some("apps/pay".into()), ..ConfigBody::default() };
    TargetBody {
        rotation: "payments".into(),
        destination: "hashicorp-vault".into(),
        connection_id: Some("bao".into()),
        destination_config: config,
        ..TargetBody::default()
    }
}

async fn shown(bench: &Bench) -> TargetView {
    let reply = bench.call(Request::TargetShow { id: "payments/hashicorp-vault".into() }).await.expect("there");
    let Reply::Target { secret_sync } = reply else { panic!("another reply") };
    *secret_sync
}

/// What stands at the place.
fn stored(stand_in: &StandIn, key: &str) -> Option<String> {
    let inside = stand_in.inside();
    let last = inside.entries.get("apps/pay")?.versions.last()?.clone()?;
    last.get(key)?.as_str().map(str::to_owned)
}

async fn current(bench: &Bench) -> Option<String> {
    bench.value("payments").await.ok().map(|secret| secret.value.expose().to_owned())
}

#[tokio::test]
async fn each_version_reaches_vault_and_its_connection_is_not_deleted_meanwhile() {
    let (bench, stand_in) = delivering().await;
    let entry = Entry {
        versions: vec![Some([("THEIRS".to_owned(), "kept".into())].into_iter().collect())],
        ..Entry::default()
    };
    stand_in.inside().entries.insert("apps/pay".into(), entry);
    bench.call(Request::TargetCreate(Box::new(to_vault()))).await.expect("made");
    bench.all_done().await;
    let target = shown(&bench).await;
    assert_eq!((target.stands, target.remote_version.as_deref()), (Stand::Confirmed, Some("2")), "{target:?}");
    assert_eq!((target.place.as_str(), target.settle_seconds), ("kv/apps/pay", 3600));
    assert_eq!(stored(&stand_in, "OKTA_CLIENT_SECRET"), current(&bench).await);
    bench.rotate("payments", true).await.expect("rotated");
    bench.all_done().await;
    assert_eq!(stored(&stand_in, "OKTA_CLIENT_SECRET"), current(&bench).await);
    assert_eq!(stored(&stand_in, "THEIRS").as_deref(), Some("kept"));
    let refusal = bench.call(Request::act("bao", DeleteConnectionTerms {}, Mode::Agreed)).await.expect_err("in use");
    assert_eq!((refusal.error, refusal.code.as_str()), (Kind::Conflict, "connectionInUse"), "{refusal}");
    let list = bench.call(Request::ConnectionList { app: "hashicorp-vault".into() }).await.expect("listed");
    assert!(matches!(list, Reply::Connections { app_connections } if app_connections[0].rotations == 1));
}

#[tokio::test]
async fn a_token_that_ended_is_the_connections_fault_and_the_delivery_continues_with_another() {
    let (bench, stand_in) = delivering().await;
    bench.call(Request::TargetCreate(Box::new(to_vault()))).await.expect("made");
    bench.all_done().await;
    stand_in.inside().tokens.clear();
    bench.rotate("payments", true).await.expect("rotated all the same");
    bench.all_done().await;
    let target = shown(&bench).await;
    assert_eq!(target.stands, Stand::Behind, "{target:?}");
    let hint = target.fault.expect("said").hint();
    assert!(hint.contains("`windlass connection update bao --token-file FILE`"), "{hint}");
    assert_eq!(one(bench.call(Request::ConnectionShow { id: "bao".into() }).await.expect("there")).status, "refused");
    stand_in.inside().tokens.insert("hvs.another-token-0123456789".into());
    let patch =
        ConnectionPatch { credentials: Some(token("hvs.another-token-0123456789")), ..ConnectionPatch::default() };
    let update = Request::ConnectionUpdate { id: "bao".into(), patch: Box::new(patch) };
    bench.call(update).await.expect("accepted");
    bench.all_done().await;
    assert_eq!(shown(&bench).await.stands, Stand::Confirmed);
    assert_eq!(stored(&stand_in, "OKTA_CLIENT_SECRET"), current(&bench).await);
}

#[tokio::test]
async fn what_is_not_ours_in_vault_is_kept_until_it_is_adopted() {
    let (bench, stand_in) = delivering().await;
    let theirs = [("OKTA_CLIENT_SECRET".to_owned(), "theirs".into())].into_iter().collect();
    stand_in.inside().entries.insert("apps/pay".into(), Entry { versions: vec![Some(theirs)], ..Entry::default() });
    bench.call(Request::TargetCreate(Box::new(to_vault()))).await.expect("saved");
    bench.all_done().await;
    let found = shown(&bench).await;
    assert_eq!((found.stands, stored(&stand_in, "OKTA_CLIENT_SECRET").as_deref()), (Stand::Attention, Some("theirs")));
    let adopt = Request::act("payments/hashicorp-vault", AdoptTerms::default(), Mode::Agreed);
    bench.call(adopt).await.expect("adopted");
    assert_eq!(stored(&stand_in, "OKTA_CLIENT_SECRET"), current(&bench).await);
}

#[tokio::test]
async fn other_names_take_the_old_ones_away_but_for_what_others_put_there() {
    let (bench, stand_in) = delivering().await;
    bench.call(Request::TargetCreate(Box::new(to_vault()))).await.expect("made");
    bench.all_done().await;
    let values = [("OKTA_CLIENT_ID", "theirs".into()), ("OKTA_CLIENT_SECRET", current(&bench).await.into())];
    let values = values.map(|(key, value)| (key.to_owned(), value)).into_iter().collect();
    stand_in.inside().entries.get_mut("apps/pay").expect("there").versions.push(Some(values));
    let keys = [("secret".to_owned(), Credential::ClientSecret)].into();
    let patch = TargetPatch { keys: Some(keys), ..TargetPatch::default() };
    let id = shown(&bench).await.id.to_string();
    bench.call(Request::TargetUpdate { id, patch: Box::new(patch) }).await.expect("changed");
    bench.all_done().await;
    let shown = shown(&bench).await;
    assert_eq!(shown.stands, Stand::Confirmed, "{shown:?}");
    assert_eq!(stored(&stand_in, "secret"), current(&bench).await);
    assert_eq!(stored(&stand_in, "OKTA_CLIENT_SECRET"), None);
    assert_eq!(stored(&stand_in, "OKTA_CLIENT_ID").as_deref(), Some("theirs"));
    assert_eq!(stand_in.inside().entries["apps/pay"].versions.len(), 3, "in one write");
}

#[tokio::test]
async fn a_target_names_a_connection_of_its_own_kind() {
    let (bench, _stand_in) = delivering().await;
    for (connection, code) in [(None, "fields"), (Some("acme"), "otherApp"), (Some("nowhere"), "unknown")] {
        let body = TargetBody { connection_id: connection.map(Into::into), ..to_vault() };
        let refusal = bench.call(Request::TargetCreate(Box::new(body))).await.expect_err("refused");
        assert!(refusal.code == code || code == "fields" && refusal.fields.len() == 1, "{refusal:?}");
    }
    let at = |mount: &str, path: &str| {
        let config = ConfigBody { mount: Some(mount.into()), path: Some(path.into()), ..ConfigBody::default() };
        Request::TargetCreate(Box::new(TargetBody { destination_config: config, ..to_vault() }))
    };
    for path in ["a/../b", "a//b", "."] {
        let refusal = bench.call(at("kv", path)).await.expect_err(path);
        assert_eq!(refusal.fields[0].field, "destinationConfig.path", "{path}");
    }
    bench.call(at("kv", "apps/pay")).await.expect("made");
    for (mount, path) in [("/kv/", "/apps/pay/"), ("kv", "apps/pay/"), ("kv/apps", "pay")] {
        let refusal = bench.call(at(mount, path)).await.expect_err("the same place");
        assert_eq!((refusal.error, refusal.code.as_str()), (Kind::Conflict, "placeTaken"), "{mount} {path}");
    }
}
