//! Connections to servers that secrets are delivered to.

use super::*;
use crate::delivery::vault::tests::stand_in::{SECRET_ID, StandIn, TOKEN};
use crate::engine::refusal::Kind;
use crate::engine::request::{AppsQuery, ConnectionPatch, DeleteConnectionTerms, TestTerms};
use crate::engine::view::ConnectionView;

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
