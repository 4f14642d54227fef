//! Kubernetes clusters as connections, and Secrets there as targets.

use super::*;
use crate::core::target::Stand;
use crate::delivery::kubernetes::tests::stand_in::{StandIn, TOKEN, USER};
use crate::engine::refusal::Kind;
use crate::engine::request::{ConnectionPatch, TestTerms};
use crate::engine::view::{ConnectionView, TargetView};

fn token(token: &str) -> CredentialsBody {
    CredentialsBody { access_token: Some(SecretValue::new(token)), ..CredentialsBody::default() }
}

impl Bench {
    async fn add_cluster(&self, url: &str, credentials: CredentialsBody) -> Result<ConnectionView, Refusal> {
        let body = ConnectionBody {
            name: "cluster".into(),
            app: "kubernetes".into(),
            method: if credentials.client_certificate.is_some() { "client-certificate" } else { "token" }.into(),
            description: None,
            credentials: CredentialsBody { instance_url: Some(url.into()), ..credentials },
            no_test: false,
        };
        self.call(Request::ConnectionCreate(Box::new(body))).await.map(one)
    }

    async fn update_cluster(&self, credentials: CredentialsBody) -> Result<ConnectionView, Refusal> {
        let patch = ConnectionPatch { credentials: Some(credentials), no_test: true, ..ConnectionPatch::default() };
        let request = Request::ConnectionUpdate { id: "cluster".into(), patch: Box::new(patch) };
        self.call(request).await.map(one)
    }
}

fn one(reply: Reply) -> ConnectionView {
    let Reply::Connection { app_connection, .. } = reply else { panic!("another reply") };
    *app_connection
}

/// A rotation, and a connection to a cluster that its target goes to.
async fn delivering() -> (Bench, StandIn) {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.add_cluster(&stand_in.url, token(TOKEN)).await.expect("it works");
    (bench, stand_in)
}

fn to_cluster() -> TargetBody {
    let config = ConfigBody { namespace: Some("pay".into()), name: Some("okta".into()), ..ConfigBody::default() };
    TargetBody {
        rotation: "payments".into(),
        destination: "kubernetes".into(),
        connection_id: Some("cluster".into()),
        destination_config: config,
        ..TargetBody::default()
    }
}

async fn shown(bench: &Bench) -> TargetView {
    let reply = bench.call(Request::TargetShow { id: "payments/kubernetes".into() }).await.expect("there");
    let Reply::Target { secret_sync } = reply else { panic!("another reply") };
    *secret_sync
}

async fn current(bench: &Bench) -> Option<String> {
    bench.value("payments").await.ok().map(|secret| secret.value.expose().to_owned())
}

#[tokio::test]
async fn a_cluster_is_tested_before_it_is_saved_and_says_whom_it_takes_us_for() {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    let refusal = bench.add_cluster(&stand_in.url, token("not-known-0123456789")).await.expect_err("refused");
    assert_eq!((refusal.error, refusal.code.as_str()), (Kind::Refused, "callerUnknown"), "{refusal}");
    let made = bench.add_cluster(&stand_in.url, token(TOKEN)).await.expect("it works");
    assert_eq!((made.app.as_str(), made.method.as_str(), made.status.as_str()), ("kubernetes", "token", "ok"));
    let test = bench.call(Request::act("cluster", TestTerms::default(), Mode::Ask)).await.expect("works");
    let Reply::Test { test } = test else { panic!("another reply") };
    assert_eq!((test.server_version.as_deref(), test.identity.as_deref()), (Some("1.20.2"), Some(USER)));
}

#[tokio::test]
async fn a_ca_is_checked_kept_and_given_up_again() {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    bench.add_cluster(&stand_in.url, token(TOKEN)).await.expect("it works");
    let ca = |pem: &str| CredentialsBody { ca_certificate: Some(pem.into()), ..CredentialsBody::default() };
    let pem = include_str!("../../../tests/program/tls/ca.pem");
    let made = bench.update_cluster(ca(pem)).await.expect("kept");
    assert_eq!(made.credentials.ca_certificate.as_deref(), Some(pem.trim()));
    assert_eq!(bench.update_cluster(ca("")).await.expect("given up").credentials.ca_certificate, None);
    let key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----";
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";
    for wrong in ["no certificate", key, broken] {
        let refusal = bench.update_cluster(ca(wrong)).await.expect_err(wrong);
        assert_eq!(refusal.fields[0].field, "credentials.caCertificate", "{refusal:?}");
    }
    let own = CredentialsBody { client_certificate: Some(pem.into()), ..CredentialsBody::default() };
    assert_eq!(bench.update_cluster(own.clone()).await.expect_err("no key").fields[0].field, "credentials.privateKey");
    let own = CredentialsBody { private_key: Some(SecretValue::new(key)), ..own };
    let refusal = bench.update_cluster(own).await.expect_err("no such key");
    assert_eq!(refusal.fields[0].field, "credentials.clientCertificate");
    let own = CredentialsBody {
        client_certificate: Some(include_str!("../../../tests/program/tls/leaf.pem").into()),
        private_key: Some(SecretValue::new(include_str!("../../../tests/program/tls/leaf.key.pem"))),
        ..CredentialsBody::default()
    };
    let made = bench.update_cluster(own).await.expect("a certificate with its key");
    assert!(made.method == "client-certificate" && made.credentials.client_certificate.is_some(), "{made:?}");
    bench.connect().await;
    let patch = ConnectionPatch { credentials: Some(ca(pem)), ..ConnectionPatch::default() };
    let request = Request::ConnectionUpdate { id: "acme".into(), patch: Box::new(patch) };
    assert_eq!(bench.call(request).await.expect_err("an org").fields[0].field, "credentials.caCertificate");
}

#[tokio::test]
async fn each_version_reaches_the_secret_and_what_is_not_ours_stays() {
    let (bench, stand_in) = delivering().await;
    stand_in.put("pay", "okta", &[("THEIRS", "kept")]);
    bench.call(Request::TargetCreate(Box::new(to_cluster()))).await.expect("made");
    bench.all_done().await;
    let target = shown(&bench).await;
    assert_eq!((target.stands, target.place.as_str(), target.settle_seconds), (Stand::Confirmed, "pay/okta", 3600));
    let there = |key: &str| stand_in.value("pay", "okta", key);
    assert_eq!(there("OKTA_CLIENT_SECRET"), current(&bench).await);
    bench.rotate("payments", true).await.expect("rotated");
    bench.all_done().await;
    assert_eq!((there("OKTA_CLIENT_SECRET"), there("THEIRS").as_deref()), (current(&bench).await, Some("kept")));
    let delete = Request::act("payments/kubernetes", DeleteTargetTerms { purge: true, force: false }, Mode::Agreed);
    bench.call(delete).await.expect("removed");
    assert_eq!((there("OKTA_CLIENT_SECRET"), there("THEIRS").as_deref()), (None, Some("kept")));
}

#[tokio::test]
async fn what_is_not_ours_in_a_secret_is_kept_until_it_is_adopted() {
    let (bench, stand_in) = delivering().await;
    stand_in.put("pay", "okta", &[("OKTA_CLIENT_SECRET", "theirs")]);
    bench.call(Request::TargetCreate(Box::new(to_cluster()))).await.expect("saved");
    bench.all_done().await;
    let there = || stand_in.value("pay", "okta", "OKTA_CLIENT_SECRET");
    assert_eq!((shown(&bench).await.stands, there().as_deref()), (Stand::Attention, Some("theirs")));
    bench.call(Request::act("payments/kubernetes", AdoptTerms::default(), Mode::Agreed)).await.expect("adopted");
    assert_eq!(there(), current(&bench).await);
}

#[tokio::test]
async fn a_right_that_is_missing_holds_that_target_alone_and_a_token_that_ended_all_of_them() {
    let (bench, stand_in) = delivering().await;
    stand_in.inside().denied.push(("PATCH", "secrets"));
    bench.call(Request::TargetCreate(Box::new(to_cluster()))).await.expect("saved");
    bench.all_done().await;
    let target = shown(&bench).await;
    let fault = target.fault.expect("said");
    assert_eq!((target.stands, fault.problem.what().to_string().contains(USER)), (Stand::Attention, true), "{fault:?}");
    let status =
        || async { one(bench.call(Request::ConnectionShow { id: "cluster".into() }).await.expect("there")).status };
    assert_eq!(status().await, "ok");
    stand_in.inside().denied.clear();
    stand_in.inside().tokens.clear();
    bench.rotate("payments", true).await.expect("rotated all the same");
    let deliver = Request::act("payments/kubernetes", DeliverTerms::default(), Mode::Agreed);
    assert_eq!(bench.call(deliver).await.expect_err("the token ended").code, "callerUnknown");
    bench.all_done().await;
    assert_eq!((shown(&bench).await.stands, status().await.as_str()), (Stand::Behind, "refused"));
    stand_in.inside().tokens.insert("another-token-0123456789".into(), USER.into());
    bench.update_cluster(token("another-token-0123456789")).await.expect("another token");
    bench.call(Request::act("cluster", TestTerms::default(), Mode::Ask)).await.expect("it works again");
    bench.all_done().await;
    assert_eq!(shown(&bench).await.stands, Stand::Confirmed);
}

#[tokio::test]
async fn names_that_kubernetes_does_not_take_are_refused_before_anything_is_saved() {
    let (bench, _stand_in) = delivering().await;
    let config = |namespace: &str, name: &str, restart: &[&str]| ConfigBody {
        namespace: Some(namespace.into()),
        name: Some(name.into()),
        restart: Some(restart.iter().map(|it| (*it).to_owned()).collect()),
        ..ConfigBody::default()
    };
    for (config, field) in [
        (config("Pay", "okta", &[]), "destinationConfig.namespace"),
        (config("pay.a", "okta", &[]), "destinationConfig.namespace"),
        (config("pay", "a/../b", &[]), "destinationConfig.name"),
        (config("pay", "okta", &["job/a"]), "destinationConfig.restart"),
        (ConfigBody { mount: Some("kv".into()), ..config("pay", "okta", &[]) }, "destinationConfig"),
    ] {
        let body = TargetBody { destination_config: config, ..to_cluster() };
        let refusal = bench.call(Request::TargetCreate(Box::new(body))).await.expect_err(field);
        assert_eq!(refusal.fields.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), [field], "{refusal:?}");
    }
    let keys = Some([("ü".to_owned(), crate::core::secret::Credential::ClientSecret)].into());
    let refusal = bench.call(Request::TargetCreate(Box::new(TargetBody { keys, ..to_cluster() }))).await;
    assert_eq!(refusal.expect_err("no key").fields[0].field, "keys");
}
