//! AWS as a server that secrets are delivered to.

use super::*;
use crate::core::target::Stand;
use crate::delivery::aws::tests::stand_in::{KEY, Parameter, REGION, Secret as Stored, StandIn};
use crate::engine::refusal::Kind;
use crate::engine::request::{ConnectionPatch, TestTerms};
use crate::engine::view::{ConnectionView, TargetView};

fn key() -> CredentialsBody {
    CredentialsBody {
        region: Some(REGION.into()),
        access_key_id: Some(KEY.0.into()),
        secret_access_key: Some(SecretValue::new(KEY.1)),
        ..CredentialsBody::default()
    }
}

async fn add(bench: &Bench, stand_in: &StandIn, given: CredentialsBody) -> Result<ConnectionView, Refusal> {
    let body = ConnectionBody {
        name: "prod-aws".into(),
        app: "aws".into(),
        method: String::new(),
        description: None,
        credentials: CredentialsBody { instance_url: Some(stand_in.url.clone()), ..given },
        no_test: false,
    };
    bench.call(Request::ConnectionCreate(Box::new(body))).await.map(one)
}

fn one(reply: Reply) -> ConnectionView {
    let Reply::Connection { app_connection, .. } = reply else { panic!("another reply") };
    *app_connection
}

async fn connection(bench: &Bench) -> ConnectionView {
    one(bench.call(Request::ConnectionShow { id: "prod-aws".into() }).await.expect("there"))
}

async fn update(bench: &Bench, credentials: CredentialsBody) -> Result<ConnectionView, Refusal> {
    let patch = ConnectionPatch { credentials: Some(credentials), ..ConnectionPatch::default() };
    bench.call(Request::ConnectionUpdate { id: "prod-aws".into(), patch: Box::new(patch) }).await.map(one)
}

/// A rotation, and a connection that its targets go through.
async fn delivering() -> (Bench, StandIn) {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    add(&bench, &stand_in, key()).await.expect("it works");
    (bench, stand_in)
}

async fn deliver(bench: &Bench, destination: &str, config: ConfigBody) -> TargetView {
    let body = TargetBody {
        rotation: "payments".into(),
        destination: destination.into(),
        connection_id: Some("prod-aws".into()),
        destination_config: config,
        ..TargetBody::default()
    };
    bench.call(Request::TargetCreate(Box::new(body))).await.expect("made");
    bench.all_done().await;
    shown(bench, destination).await
}

async fn to_secret(bench: &Bench) -> TargetView {
    let config = ConfigBody { secret_name: Some("apps/pay".into()), ..ConfigBody::default() };
    deliver(bench, "aws-secrets-manager", config).await
}

async fn to_parameters(bench: &Bench) -> TargetView {
    let config = ConfigBody { path: Some("apps/pay".into()), ..ConfigBody::default() };
    deliver(bench, "aws-parameter-store", config).await
}

async fn shown(bench: &Bench, target: &str) -> TargetView {
    let reply = bench.call(Request::TargetShow { id: format!("payments/{target}") }).await.expect("there");
    let Reply::Target { secret_sync } = reply else { panic!("another reply") };
    *secret_sync
}

async fn current(bench: &Bench) -> String {
    bench.value("payments").await.expect("published").value.expose().to_owned()
}

/// What a secret holds under the name of the client secret.
fn secret(stand_in: &StandIn) -> Option<String> {
    let inside = stand_in.inside();
    let whole: serde_json::Value = serde_json::from_str(inside.secrets.get("apps/pay")?.current()?).ok()?;
    whole["OKTA_CLIENT_SECRET"].as_str().map(str::to_owned)
}

fn parameter(stand_in: &StandIn) -> Option<String> {
    stand_in.inside().parameters.get("/apps/pay/OKTA_CLIENT_SECRET")?.versions.last().cloned()
}

#[tokio::test]
async fn a_key_is_tested_before_it_is_saved_and_is_not_shown() {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    let wrong = CredentialsBody { secret_access_key: Some(SecretValue::new("canary-key")), ..key() };
    let refusal = add(&bench, &stand_in, wrong).await.expect_err("refused");
    assert_eq!(refusal.error, Kind::Refused, "{refusal}");
    assert!(refusal.hint().contains("nothing was saved") && !refusal.to_string().contains("canary"), "{refusal}");
    let nowhere = CredentialsBody { region: None, ..key() };
    let refusal = add(&bench, &stand_in, nowhere).await.expect_err("no region");
    assert_eq!(refusal.fields.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), ["credentials.region"]);
    let made = add(&bench, &stand_in, key()).await.expect("it works");
    assert_eq!((made.app.as_str(), made.method.as_str(), made.status.as_str()), ("aws", "access-key", "ok"));
    let known = &made.credentials;
    assert_eq!((known.region.as_deref(), known.access_key_id.as_deref()), (Some(REGION), Some(KEY.0)));
    assert!(!serde_json::to_string(&made).expect("JSON").contains(KEY.1));
    let test = bench.call(Request::act("prod-aws", TestTerms::default(), Mode::Ask)).await.expect("works");
    let Reply::Test { test } = test else { panic!("another reply") };
    assert_eq!(test.account.as_deref(), Some("111122223333"));
    assert!(test.identity.is_some_and(|arn| arn.ends_with(":user/pay")) && test.org_id.is_none());
    let role = "arn:aws:iam::111122223333:role/windlass";
    let changed = update(&bench, CredentialsBody { assume_role_arn: Some(role.into()), ..CredentialsBody::default() });
    assert_eq!(changed.await.expect("assumed").credentials.assume_role_arn.as_deref(), Some(role));
}

#[tokio::test]
async fn the_address_is_the_regions_where_none_is_given() {
    let bench = Bench::new().await;
    let body = ConnectionBody {
        name: "prod-aws".into(),
        app: "aws".into(),
        method: String::new(),
        description: None,
        credentials: key(),
        no_test: true,
    };
    let made = one(bench.call(Request::ConnectionCreate(Box::new(body))).await.expect("saved untested"));
    assert_eq!(made.credentials.instance_url, "https://secretsmanager.eu-central-1.amazonaws.com");
    let patch = ConnectionPatch {
        credentials: Some(CredentialsBody { region: Some("cn-north-1".into()), ..CredentialsBody::default() }),
        no_test: true,
        ..ConnectionPatch::default()
    };
    let request = Request::ConnectionUpdate { id: "prod-aws".into(), patch: Box::new(patch) };
    let moved = one(bench.call(request).await.expect("moved"));
    assert_eq!(moved.credentials.instance_url, "https://secretsmanager.cn-north-1.amazonaws.com.cn");
}

#[tokio::test]
async fn each_version_reaches_both_kinds_of_places_and_what_is_others_stays() {
    let (bench, stand_in) = delivering().await;
    stand_in.inside().secrets.insert("apps/pay".into(), Stored::holding(r#"{"THEIRS":"kept"}"#));
    let target = to_secret(&bench).await;
    assert_eq!((target.stands, target.settle_seconds, target.place.as_str()), (Stand::Confirmed, 3600, "apps/pay"));
    let target = to_parameters(&bench).await;
    assert_eq!((target.stands, target.remote_version.as_deref()), (Stand::Confirmed, Some("1")), "{target:?}");
    for _ in 0..2 {
        let value = Some(current(&bench).await);
        assert_eq!((secret(&stand_in), parameter(&stand_in)), (value.clone(), value));
        bench.rotate("payments", true).await.expect("rotated");
        bench.all_done().await;
    }
    assert!(stand_in.inside().secrets["apps/pay"].current().is_some_and(|whole| whole.contains(r#""THEIRS":"kept""#)));
}

#[tokio::test]
async fn a_secret_is_one_place_by_its_name_and_by_its_arn_unless_that_is_of_another_account() {
    let (bench, _stand_in) = delivering().await;
    to_secret(&bench).await;
    let arn = |account: &str| format!("arn:aws:secretsmanager:{REGION}:{account}:secret:apps/pay-AbCdEf");
    for (name, taken) in [(arn("111122223333"), true), (arn("999900001111"), false), (" apps/pay ".into(), true)] {
        let config = ConfigBody { secret_name: Some(name.clone()), ..ConfigBody::default() };
        let body = TargetBody {
            rotation: "payments".into(),
            destination: "aws-secrets-manager".into(),
            connection_id: Some("prod-aws".into()),
            destination_config: config,
            ..TargetBody::default()
        };
        let made = bench.call(Request::TargetCreate(Box::new(body))).await;
        let code = made.err().map(|refusal| refusal.code);
        assert_eq!(code.as_deref(), taken.then_some("placeTaken"), "{name}");
    }
}

#[tokio::test]
async fn what_one_target_may_not_do_holds_up_no_other_and_not_the_connection() {
    let (bench, stand_in) = delivering().await;
    stand_in.inside().denied.push("GetSecretValue");
    let target = to_secret(&bench).await;
    assert_eq!(target.stands, Stand::Attention, "{target:?}");
    let hint = target.fault.expect("said").hint();
    assert!(hint.contains("secretsmanager:GetSecretValue"), "{hint}");
    assert_eq!(connection(&bench).await.status, "ok");
    assert_eq!(to_parameters(&bench).await.stands, Stand::Confirmed);
}

#[tokio::test]
async fn a_key_that_is_valid_no_more_is_the_connections_fault_and_deliveries_continue_with_another() {
    let (bench, stand_in) = delivering().await;
    to_secret(&bench).await;
    stand_in.inside().keys.clear();
    bench.rotate("payments", true).await.expect("rotated all the same");
    bench.all_done().await;
    let target = shown(&bench, "aws-secrets-manager").await;
    assert_eq!(target.stands, Stand::Behind, "{target:?}");
    let hint = target.fault.expect("said").hint();
    assert!(hint.contains("`windlass connection update prod-aws --access-key-id ID --secret-key-file FILE`"), "{hint}");
    assert_eq!(connection(&bench).await.status, "refused");
    stand_in.inside().keys.insert("AKIAOTHER".into(), ("another-key/0123456789".into(), None));
    let other = CredentialsBody {
        access_key_id: Some("AKIAOTHER".into()),
        secret_access_key: Some(SecretValue::new("another-key/0123456789")),
        ..CredentialsBody::default()
    };
    update(&bench, other).await.expect("accepted");
    bench.all_done().await;
    assert_eq!(shown(&bench, "aws-secrets-manager").await.stands, Stand::Confirmed);
    assert_eq!(secret(&stand_in), Some(current(&bench).await));
}

#[tokio::test]
async fn foreign_values_are_kept_until_they_are_adopted() {
    let (bench, stand_in) = delivering().await;
    stand_in.inside().secrets.insert("apps/pay".into(), Stored::holding("a password of theirs"));
    let theirs = Parameter::holding("theirs");
    stand_in.inside().parameters.insert("/apps/pay/OKTA_CLIENT_SECRET".into(), theirs);
    assert_eq!(to_secret(&bench).await.stands, Stand::Attention);
    assert_eq!(to_parameters(&bench).await.stands, Stand::Attention);
    assert_eq!(stand_in.inside().secrets["apps/pay"].current(), Some("a password of theirs"));
    assert_eq!(parameter(&stand_in).as_deref(), Some("theirs"));
    for target in ["aws-secrets-manager", "aws-parameter-store"] {
        let adopt = Request::act(format!("payments/{target}"), AdoptTerms::default(), Mode::Agreed);
        bench.call(adopt).await.expect("adopted");
    }
    let value = Some(current(&bench).await);
    assert_eq!((secret(&stand_in), parameter(&stand_in)), (value.clone(), value));
}

#[tokio::test]
async fn a_key_of_another_account_leads_to_places_where_nothing_was_delivered() {
    let (bench, stand_in) = delivering().await;
    to_secret(&bench).await;
    // The same name, in the other account.
    stand_in.inside().account = "444455556666".into();
    stand_in.inside().secrets.insert("apps/pay".into(), Stored::holding(r#"{"OKTA_CLIENT_SECRET":"theirs"}"#));
    update(&bench, key()).await.expect("accepted");
    bench.all_done().await;
    assert_eq!(shown(&bench, "aws-secrets-manager").await.stands, Stand::Attention);
    assert_eq!(secret(&stand_in).as_deref(), Some("theirs"));
}
