//! No secret and no token in anything that is printed, logged or kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

#[tokio::test]
async fn no_fault_and_no_debug_text_holds_a_secret_or_the_token() {
    let stand = stand_at(Clock::test(), Duration::from_millis(200)).await;
    let token = stand.sandbox.token().to_owned();
    let canary = value().expose().to_owned();
    let echo = json!({"errorCode": "E0000001", "errorCauses": [], "client_secret": canary, "token": token});
    let list = json!([{"id": "ocs1", "status": canary, "client_secret": canary}]);
    let kinds = [
        json!({"type": "drop"}),
        json!({"type": "garbage"}),
        json!({"type": "wrongType"}),
        json!({"type": "endless"}),
        json!({"type": "status", "status": 400, "body": echo.to_string()}),
        json!({"type": "status", "status": 500, "body": canary}),
        json!({"type": "status", "status": 200, "body": list.to_string()}),
        json!({"type": "redirect", "to": format!("https://{canary}/")}),
    ];
    let app_id = stand.app(0);
    let login = |probe, method| Call::Authenticate { probe, client_id: stand.app(0), method, value: value() };
    let calls = [
        Call::Secrets { app_id: app_id.clone() },
        Call::Create { app_id, value: value() },
        login(Probe::Introspect, AuthMethod::ClientSecretBasic),
        login(Probe::Introspect, AuthMethod::ClientSecretPost),
        login(Probe::Introspect, AuthMethod::ClientSecretJwt),
        login(Probe::Token { redirect_uri: "https://app.example/cb".into() }, AuthMethod::ClientSecretPost),
    ];
    let encoded = STANDARD.encode(format!("{}:{canary}", stand.app(0)));
    for kind in &kinds {
        for call in &calls {
            stand.order("any", "before", 1, kind);
            let answer = stand.client.perform(call).await;
            let fault = answer.result.as_ref().err().map(|fault| format!("{} {}", fault.message(), fault.hint()));
            for text in [format!("{answer:?}"), format!("{call:?}"), fault.unwrap_or_default()] {
                for secret in [&canary, &token, &encoded] {
                    assert!(!text.contains(secret.as_str()), "{kind}: {text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn text_from_okta_in_a_fault_cannot_move_a_cursor_and_is_short() {
    let stand = stand().await;
    let nasty = format!("\u{1b}[2J\u{202e}{}", "x".repeat(5_000));
    let body = json!({"errorCode": nasty, "errorSummary": "s", "errorCauses": [{"errorSummary": nasty}]});
    stand.status("list", 400, &body, &json!({"x-okta-request-id": "y".repeat(500)}));
    let fault = stand.trouble().await;
    for text in [&fault.message(), fault.okta_code.as_ref().expect("a code"), fault.request_id.as_ref().expect("an id")]
    {
        assert!(!text.chars().any(char::is_control) && !text.contains('\u{202e}'), "{text}");
        assert!(text.chars().count() < 600, "{}", text.len());
    }
    assert!(fault.request_id.is_some_and(|id| id.chars().count() <= 81));
}

#[test]
fn a_token_that_is_no_header_is_refused_without_being_shown() {
    let (url, _) = Origin::of_org("http://127.0.0.1:1").expect("loopback");
    let auth = Auth::ApiToken { token: SecretValue::new("00bad\ntoken") };
    let fault = Client::new(&url, &auth, &Network::default(), Clock::test()).err().expect("refused");
    assert!(!format!("{fault:?}").contains("00bad"), "{fault:?}");
}
