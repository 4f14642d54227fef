//! Infisical as a connection, and folders there as targets.

use super::*;
use crate::core::target::Stand;
use crate::delivery::infisical::tests::stand_in::{PROJECT, SECRET, StandIn};
use crate::engine::refusal::Kind;
use crate::engine::request::{ConnectionPatch, TestTerms};
use crate::engine::view::TargetView;

fn identity(stand_in: &StandIn, secret: &str) -> ConnectionBody {
    ConnectionBody {
        name: "infisical".into(),
        app: "infisical".into(),
        method: String::new(),
        description: None,
        credentials: CredentialsBody {
            instance_url: Some(stand_in.url.clone()),
            client_id: Some("id".into()),
            client_secret: Some(SecretValue::new(secret)),
            ..CredentialsBody::default()
        },
        no_test: false,
    }
}

/// A rotation, and a target of it in a folder.
async fn delivering(stand_in: &StandIn) -> Bench {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.call(Request::ConnectionCreate(Box::new(identity(stand_in, SECRET)))).await.expect("it works");
    let body = TargetBody {
        rotation: "payments".into(),
        destination: "infisical".into(),
        connection_id: Some("infisical".into()),
        destination_config: ConfigBody {
            project: Some(PROJECT.into()),
            environment: Some("prod".into()),
            path: Some("apps/pay/".into()),
            ..ConfigBody::default()
        },
        ..TargetBody::default()
    };
    bench.call(Request::TargetCreate(Box::new(body))).await.expect("made");
    bench.all_done().await;
    bench
}

async fn shown(bench: &Bench) -> TargetView {
    let reply = bench.call(Request::TargetShow { id: "payments/infisical".into() }).await.expect("there");
    let Reply::Target { secret_sync } = reply else { panic!("another reply") };
    *secret_sync
}

async fn current(bench: &Bench) -> Option<String> {
    bench.value("payments").await.ok().map(|secret| secret.value.expose().to_owned())
}

#[tokio::test]
async fn an_identity_is_tested_before_it_is_saved_and_its_address_has_a_default() {
    let (bench, stand_in) = (Bench::new().await, StandIn::start().await);
    let refused = bench.call(Request::ConnectionCreate(Box::new(identity(&stand_in, "not-the-one-0123456789")))).await;
    assert_eq!(refused.expect_err("refused").error, Kind::Refused);
    let made = bench.call(Request::ConnectionCreate(Box::new(identity(&stand_in, SECRET)))).await.expect("it works");
    let Reply::Connection { app_connection, .. } = made else { panic!("another reply") };
    assert_eq!(app_connection.credentials.client_id.as_deref(), Some("id"));
    assert!(
        app_connection.method == "universal-auth"
            && !serde_json::to_string(&app_connection).expect("JSON").contains(SECRET)
    );
    bench.call(Request::act("infisical", TestTerms::default(), Mode::Ask)).await.expect("it works");
    let mut cloud = identity(&stand_in, SECRET);
    (cloud.name, cloud.no_test, cloud.credentials.instance_url) = ("cloud".into(), true, None);
    let Reply::Connection { app_connection, .. } =
        bench.call(Request::ConnectionCreate(Box::new(cloud))).await.expect("saved")
    else {
        panic!("another reply")
    };
    assert_eq!(app_connection.credentials.instance_url, "https://app.infisical.com");
    let other = CredentialsBody { client_secret: Some(SecretValue::new("other")), ..CredentialsBody::default() };
    let patch = ConnectionPatch { credentials: Some(other), ..ConnectionPatch::default() };
    let update = Request::ConnectionUpdate { id: "infisical".into(), patch: Box::new(patch) };
    assert_eq!(bench.call(update).await.expect_err("it is tested as well").error, Kind::Refused);
}

#[tokio::test]
async fn each_version_reaches_the_folder_and_what_is_not_ours_stays() {
    let stand_in = StandIn::start().await;
    stand_in.put("THEIRS", "kept", &serde_json::json!([]));
    let bench = delivering(&stand_in).await;
    let target = shown(&bench).await;
    assert_eq!((target.stands, target.place.as_str()), (Stand::Confirmed, "7b0c/prod/apps/pay"), "{target:?}");
    bench.rotate("payments", true).await.expect("rotated");
    bench.all_done().await;
    assert_eq!(stand_in.value("OKTA_CLIENT_SECRET"), current(&bench).await);
    let delete = Request::act("payments/infisical", DeleteTargetTerms { purge: true, force: false }, Mode::Agreed);
    bench.call(delete).await.expect("removed");
    assert_eq!((stand_in.value("OKTA_CLIENT_SECRET"), stand_in.value("THEIRS").as_deref()), (None, Some("kept")));
}

#[tokio::test]
async fn a_change_that_waits_for_approval_holds_the_target_and_is_asked_for_again_by_hand() {
    let stand_in = StandIn::start().await;
    stand_in.inside().protected = true;
    let bench = delivering(&stand_in).await;
    let target = shown(&bench).await;
    assert_eq!(target.stands, Stand::Attention);
    let hint = target.fault.expect("said").hint();
    assert!(hint.contains("have it approved there"), "{hint}");
    stand_in.asked();
    let deliver = || Request::act("payments/infisical", DeliverTerms::default(), Mode::Agreed);
    assert_eq!(bench.call(deliver()).await.expect_err("it waits").code, "awaitsApproval");
    assert!(
        stand_in.asked().iter().any(|call| call.starts_with("POST api/v4")),
        "the one before may have been refused"
    );
    stand_in.inside().protected = false;
    bench.call(deliver()).await.expect("delivered");
    assert_eq!(stand_in.value("OKTA_CLIENT_SECRET"), current(&bench).await);
}
