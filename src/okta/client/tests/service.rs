//! A service app's client: tokens for assertions, proofs where Okta wants them, and one token at a time.

use chrono::Duration as Span;

use super::*;
use crate::core::connection::KeyFacts;
use crate::jose::{Given, Key};
use crate::sandbox::service::ServiceApp;

const PEM: &str = include_str!("../../../jose/key/vectors/ec.sec1.pem");

fn auth(client_id: &str, pem: &str, key_id: Option<&str>) -> Auth {
    let key = Given::read(pem).expect("a key").key;
    Auth::OauthServiceApp {
        client_id: client_id.into(),
        private_key: key.kept().expect("kept"),
        key: KeyFacts {
            key_id: key_id.map(Into::into),
            algorithm: key.algorithm(),
            thumbprint: key.thumbprint(),
            since: test_now(),
        },
        proof_key: Key::draw().and_then(|key| key.kept()).expect("drawn"),
    }
}

/// A stand whose client is the service app's, with its key registered.
async fn service_at(clock: Clock, pem: &str) -> Stand {
    let mut stand = stand_at(clock, Duration::from_secs(20)).await;
    stand.inside(|app| app.register("kid-1", Given::read(pem).expect("a key").key.public()));
    let client_id = stand.inside(|app| app.client_id.clone());
    stand.client = stand.as_client(&client_id, pem, Some("kid-1"), clock);
    stand
}

async fn service() -> Stand {
    service_at(Clock::test(), PEM).await
}

impl Stand {
    fn as_client(&self, client_id: &str, pem: &str, key_id: Option<&str>, clock: Clock) -> Client {
        let (url, _) = Origin::of_org(&self.sandbox.url()).expect("loopback");
        Client::new(&url, &auth(client_id, pem, key_id), &Network::default(), clock).expect("a client")
    }

    fn inside<T>(&self, change: impl FnOnce(&mut ServiceApp) -> T) -> T {
        change(&mut self.sandbox.org().inside().service)
    }

    /// What was asked of Okta, in order, and how it was answered.
    fn calls(&self) -> Vec<String> {
        let inside = self.sandbox.org().inside();
        inside.log.iter().map(|line| format!("{} {}", line.operation, line.answered)).collect()
    }

    fn forget(&self) {
        self.sandbox.org().inside().log.clear();
    }
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_used_until_shortly_before_its_end() {
    for pem in [PEM, include_str!("../../../jose/key/vectors/rsa.pkcs8.pem")] {
        let mut stand = service_at(Clock::test(), pem).await;
        let client_id = stand.inside(|app| app.client_id.clone());
        stand.list(0).await;
        stand.list(1).await;
        assert_eq!(stand.calls(), ["token 200", "list 200", "list 200"]);
        // The same token, made to end sooner: one that ends at once is asked for anew, one of half a minute is kept.
        let token = stand.inside(|app| app.tokens[0].value.clone());
        for (lasts, wanted) in [(0, &["token 200", "list 200"][..]), (30, &["list 200"])] {
            let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": lasts});
            stand.status("token", 200, &body, &json!({}));
            stand.client = stand.as_client(&client_id, pem, Some("kid-1"), Clock::test());
            stand.list(0).await;
            stand.forget();
            stand.list(0).await;
            assert_eq!(stand.calls(), wanted, "{lasts}");
        }
    }
}

#[tokio::test]
async fn calls_at_once_wait_for_one_token_and_share_its_refusal() {
    let stand = service().await;
    let eight = (0..8).map(|_| stand.client.probe());
    assert!(futures_util::future::join_all(eight).await.into_iter().all(|done| done.is_ok()));
    assert_eq!(stand.calls().iter().filter(|line| line.starts_with("token")).count(), 1);
    let stand = service().await;
    stand.inside(|app| app.keys.clear());
    // Two limits, so that both wait for the token at once.
    let app = stand.app(0);
    let (first, second) = tokio::join!(stand.client.probe(), stand.client.app(&app));
    assert!(first.is_err() && second.is_err());
    assert_eq!(stand.calls(), ["token 401"]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_dropped_and_the_call_goes_again_once() {
    let stand = service().await;
    stand.list(0).await;
    stand.inside(|app| app.tokens.clear());
    stand.forget();
    stand.list(0).await;
    assert_eq!(stand.calls(), ["list 401", "token 200", "list 200"]);
    let body = json!({"errorCode": "E0000011", "errorSummary": "Invalid token provided"});
    stand.order("list", "before", 9, &json!({"type": "status", "status": 401, "body": body.to_string()}));
    stand.forget();
    let fault = stand.trouble().await;
    assert_eq!(fault.code, Code::TokenRefused);
    assert!(!fault.hint().contains("API token"), "{}", fault.hint());
    assert_eq!(stand.calls(), ["list 401", "token 200", "list 401"], "a new one that is refused as well is the answer");
}

#[tokio::test]
async fn dpop_is_found_out_plainly_first_then_with_a_proof_then_with_the_nonce() {
    let stand = service().await;
    stand.inside(|app| app.requires_dpop = true);
    stand.list(0).await;
    assert_eq!(stand.calls(), ["token 400", "token 400", "token 200", "list 200"]);
    let create = Call::Create { app_id: stand.app(0), value: value() };
    assert!(stand.client.perform(&create).await.result.is_ok(), "proofs go with every method");
    // The token is not good any more: what was learned is kept.
    stand.inside(|app| app.tokens.clear());
    stand.forget();
    stand.list(0).await;
    assert_eq!(stand.calls(), ["list 401", "token 200", "list 200"]);
    // The nonce changes, as it does each day.
    stand.inside(|app| {
        app.tokens.clear();
        app.nonce = "sandbox-nonce-2".into();
    });
    stand.forget();
    stand.list(0).await;
    assert_eq!(stand.calls(), ["list 401", "token 400", "token 200", "list 200"]);
}

#[tokio::test]
async fn a_nonce_that_the_api_wants_is_given_and_renewed_without_another_token() {
    let stand = service().await;
    stand.inside(|app| {
        app.requires_dpop = true;
        app.api_wants_nonce = true;
    });
    stand.list(0).await;
    assert_eq!(stand.calls()[3..], ["list 400", "list 200"]);
    stand.inside(|app| app.nonce = "sandbox-nonce-2".into());
    stand.forget();
    let create = Call::Create { app_id: stand.app(0), value: value() };
    assert!(stand.client.perform(&create).await.result.is_ok());
    assert_eq!(stand.calls(), ["create 400", "create 201"]);
}

#[tokio::test]
async fn an_app_that_is_switched_to_dpop_is_followed() {
    let stand = service().await;
    stand.list(0).await;
    stand.inside(|app| app.requires_dpop = true);
    stand.forget();
    stand.list(0).await;
    assert_eq!(stand.calls(), ["list 400", "token 400", "token 200", "list 200"]);
}

#[tokio::test]
async fn assertions_and_proofs_go_by_oktas_clock_where_ours_is_off() {
    for dpop in [false, true] {
        for hours in [-2, 2] {
            let stand = service().await;
            stand.inside(|app| app.requires_dpop = dpop);
            stand.sandbox.org().inside().date_offset = Span::hours(hours);
            stand.list(0).await;
            assert_eq!(stand.calls()[0], "token 401", "its date tells the time");
        }
    }
}

#[tokio::test]
async fn a_clock_that_is_a_little_fast_and_one_that_jumps_cost_one_more_try() {
    let stand = service().await;
    stand.sandbox.org().inside().date_offset = Span::seconds(-20);
    stand.list(0).await;
    assert_eq!(stand.calls(), ["token 401", "token 200", "list 200"]);
    let stand = service().await;
    stand.inside(|app| app.requires_dpop = true);
    stand.list(0).await;
    // Okta's clock stands for ours that was set: the proof is half an hour off, and the token is not over.
    stand.sandbox.org().inside().date_offset = Span::minutes(30);
    stand.forget();
    let create = Call::Create { app_id: stand.app(0), value: value() };
    assert!(stand.client.perform(&create).await.result.is_ok());
    assert_eq!(stand.calls(), ["create 400", "create 201"]);
    // A proof that is refused for anything else is the connection's fault.
    stand.status("list", 400, &json!({"error": "invalid_dpop_proof", "error_description": "no"}), &json!({}));
    let fault = stand.trouble().await;
    assert!(fault.code == Code::TokenRefused && fault.message().contains("DPoP proof"), "{fault:?}");
}

#[tokio::test]
async fn a_create_is_not_in_doubt_where_no_token_could_be_had() {
    let stand = service().await;
    let create = Call::Create { app_id: stand.app(0), value: value() };
    for kind in [
        json!({"type": "drop"}),
        json!({"type": "garbage"}),
        json!({"type": "status", "status": 503, "body": "{}"}),
        json!({"type": "status", "status": 200, "body": "{\"access_token\":\"x\",\"token_type\":\"MAC\",\"expires_in\":9}"}),
    ] {
        stand.order("token", "before", 1, &kind);
        let fault = stand.client.perform(&create).await.result.expect_err("no token");
        assert_eq!(fault.code, Code::Unreachable, "{kind}: {fault:?}");
        assert!(!fault.code.doubtful());
    }
    assert!(!stand.calls().iter().any(|line| line.starts_with("create")));
}

#[tokio::test]
async fn what_the_token_endpoint_refuses_is_reported_apart_with_its_fix() {
    let clock = Clock::test();
    let stand = service().await;
    let ours = stand.inside(|app| app.client_id.clone());
    let other = include_str!("../../../jose/key/vectors/ec.pkcs8.pem");
    let rsa = include_str!("../../../jose/key/vectors/rsa.pkcs8.pem");
    let reported = |client: Client| async move { client.probe().await.expect_err("refused") };
    let fault = reported(stand.as_client("0oanobody", PEM, Some("kid-1"), clock)).await;
    assert!(
        fault.message().contains("unknown client ID \"0oanobody\"") && fault.hint().contains("client id"),
        "{fault:?}"
    );
    let fault = reported(stand.as_client(&ours, other, Some("kid-2"), clock)).await;
    assert!(
        fault.message().contains("does not know the key \"kid-2\"") && fault.hint().contains("PUBLIC KEYS"),
        "{fault:?}"
    );
    let drawn = Key::draw().and_then(|key| key.kept()).expect("drawn");
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", drawn.expose());
    let fault = reported(stand.as_client(&ours, &pem, None, clock)).await;
    assert!(fault.message().contains("thumbprint") && fault.code == Code::TokenRefused, "{fault:?}");
    let fault = reported(stand.as_client(&ours, rsa, Some("kid-1"), clock)).await;
    assert_eq!(fault.code, Code::TokenRefused, "{fault:?}");
    stand.inside(|app| app.scopes.retain(|scope| scope == "okta.apps.read"));
    let fault = reported(stand.client.clone()).await;
    assert!(fault.code == Code::NotAllowed && fault.hint().contains("Okta API Scopes"), "{fault:?}");
    stand.inside(|app| app.within_zone = false);
    let fault = reported(stand.client.clone()).await;
    assert!(fault.code == Code::NotAllowed && fault.hint().contains("Networks"), "{fault:?}");
    stand.status("token", 429, &json!({"errorCode": "E0000047"}), &json!({}));
    let fault = reported(stand.client.clone()).await;
    assert!(fault.code == Code::RateLimited && fault.retry_at.is_some(), "{fault:?}");
}

#[tokio::test]
async fn no_key_no_token_and_no_assertion_is_reported() {
    let stand = service().await;
    stand.inside(|app| app.requires_dpop = true);
    stand.list(0).await;
    let token = stand.inside(|app| app.tokens[0].value.clone());
    let body = json!({"errorCode": "E0000001", "errorSummary": format!("no: {token}")});
    stand.status("list", 400, &body, &json!({}));
    let fault = stand.trouble().await;
    assert!(!format!("{fault:?}").contains(&token[12..40]), "{fault:?}");
    let shown = format!("{:?}", auth("0oaservice", PEM, None));
    assert!(!shown.contains("MIG"), "{shown}");
}

#[tokio::test]
async fn a_role_that_is_missing_is_looked_for_where_service_apps_have_theirs() {
    let stand = service().await;
    let body = json!({"errorCode": "E0000006", "errorSummary": "You do not have permission", "errorCauses": []});
    stand.status("list", 403, &body, &json!({}));
    let fault = stand.trouble().await;
    assert!(fault.hint().contains("Admin roles") && !fault.hint().contains("its user"), "{}", fault.hint());
}
