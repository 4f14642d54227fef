//! Every call of the client, on a good day and on the way into each state.

use std::collections::BTreeSet;

use windlass::core::protocol::call::{Call, Probe, Reply, Verdict};
use windlass::core::rotation::AuthMethod;
use windlass::core::secret::SecretValue;

use super::description::Description;
use super::shape::check;
use super::tap::{Stand, stand};

async fn perform(stand: &Stand, call: Call) -> Reply {
    stand.client.perform(&call).await.result.expect("a good day")
}

fn made(reply: Reply) -> String {
    match reply {
        Reply::Secret(secret) => secret.id,
        other => panic!("no secret: {other:?}"),
    }
}

/// Everything that the client can do, once.
async fn everything(stand: &Stand) {
    let client = &stand.client;
    client.organization().await.expect("the org");
    client.probe().await.expect("a good token");
    // A page of three, so that links are followed, in Okta's own words.
    let mut next = Some("/api/v1/apps?limit=3".to_owned());
    while let Some(path) = next {
        next = client.apps(None, Some(&path)).await.expect("a page").next;
    }
    client.find_app("Z\u{fc}rich B\u{fc}ro & Co").await.expect_err("there is none");
    client.find_app(&stand.app(0)).await.expect("by id");
    let app_id = stand.app(0);
    perform(stand, Call::App { app_id: app_id.clone() }).await;
    let value = SecretValue::new("windlass-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQR");
    let secret_id = made(perform(stand, Call::Create { app_id: app_id.clone(), value: value.clone() }).await);
    for method in [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost] {
        let name = method.as_str().to_owned();
        stand.sandbox.org().inside().apps[0].token_endpoint_auth_method = name;
        for (value, verdict) in [(value.clone(), Verdict::Works), (SecretValue::new("x+y&z=%20 w"), Verdict::Refused)] {
            let reply = perform(
                stand,
                Call::Authenticate { probe: Probe::Introspect, client_id: app_id.clone(), method, value },
            )
            .await;
            assert!(matches!(reply, Reply::Verdict(reported) if reported == verdict), "{method:?}: {reply:?}");
        }
    }
    let unknown = Call::Authenticate {
        probe: Probe::Introspect,
        client_id: "nobody".into(),
        method: AuthMethod::ClientSecretBasic,
        value,
    };
    assert!(matches!(perform(stand, unknown).await, Reply::Verdict(Verdict::Refused)));
    perform(stand, Call::Deactivate { app_id: app_id.clone(), secret_id: secret_id.clone() }).await;
    perform(stand, Call::Secrets { app_id: app_id.clone() }).await;
    perform(stand, Call::Activate { app_id: app_id.clone(), secret_id: secret_id.clone() }).await;
    perform(stand, Call::Secrets { app_id: app_id.clone() }).await;
    perform(stand, Call::Deactivate { app_id: app_id.clone(), secret_id: secret_id.clone() }).await;
    assert!(matches!(perform(stand, Call::Delete { app_id, secret_id }).await, Reply::Deleted));
}

#[tokio::test]
async fn every_request_and_every_answer_is_as_okta_describes_it() {
    let (table, stand) = (Description::read(), stand().await);
    everything(&stand).await;
    let mut seen = BTreeSet::new();
    for exchange in stand.taken() {
        let operation = check(&table, &exchange).unwrap_or_else(|wrong| panic!("{wrong}\n{exchange:?}"));
        seen.insert(operation.id.clone());
    }
    // What the client never asks, other tests ask of the sandbox alone.
    let rest: BTreeSet<String> = ["getOAuth2ClientSecret", "token"].into_iter().map(Into::into).collect();
    let all: BTreeSet<String> = table.operation.iter().map(|operation| operation.id.clone()).collect();
    assert_eq!(seen, all.difference(&rest).cloned().collect());
}

#[tokio::test]
async fn a_secret_has_its_hash_its_links_and_its_ids_as_recorded() {
    let (table, stand) = (Description::read(), stand().await);
    let recorded = &table.recorded;
    let brought = format!("{{\"client_secret\":\"{}\"}}", recorded.hash.client_secret);
    let json = |request: reqwest::RequestBuilder, body: String| {
        let token = format!("SSWS {}", stand.sandbox.token());
        request.header("authorization", token).header("content-type", "application/json").body(body)
    };
    let made = stand.sent("POST", &stand.secrets(0), |request| json(request, brought)).await;
    check(&table, &made).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(made.json()["secret_hash"], recorded.hash.secret_hash.as_str());
    assert_eq!(SecretValue::new(recorded.hash.client_secret.clone()).okta_hash(), recorded.hash.secret_hash);
    let drawn = stand.sent("POST", &stand.secrets(1), |request| json(request, "{}".into())).await.json();
    assert_eq!(drawn["client_secret"].as_str().map(str::len), Some(recorded.generated));
    let id = drawn["id"].as_str().expect("an id").to_owned();
    assert!(id.starts_with(&recorded.ids["secret"]) && id.len() == 20, "{id}");
    assert!(stand.app(0).starts_with(&recorded.ids["app"]) && stand.app(0).len() == 20);
    let path = format!("{}/{id}", stand.secrets(1));
    for (change, status) in [("", "ACTIVE"), ("/lifecycle/deactivate", "INACTIVE"), ("/lifecycle/activate", "ACTIVE")] {
        if !change.is_empty() {
            stand.raw("POST", &format!("{path}{change}"), "").await;
        }
        let got = stand.raw("GET", &path, "").await;
        check(&table, &got).unwrap_or_else(|wrong| panic!("{wrong}"));
        let secret = got.json();
        let links: Vec<String> =
            secret["_links"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        assert_eq!((secret["status"].as_str(), &links), (Some(status), &recorded.links[status]));
    }
}
