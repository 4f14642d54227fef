//! Each refusal in Okta's own words, from the sandbox; and what is refused though no example stands for it.

use std::collections::BTreeSet;

use serde_json::json;

use super::description::{Description, Refusal};
use super::shape::check;
use super::tap::{Exchange, Stand, stand, stand_with};

async fn create(stand: &Stand, app: usize, body: &str) -> Exchange {
    stand
        .sent("POST", &stand.secrets(app), |request| {
            let token = format!("SSWS {}", stand.sandbox.token());
            request.header("authorization", token).header("content-type", "application/json").body(body.to_owned())
        })
        .await
}

async fn value(stand: &Stand, value: &str) -> Exchange {
    create(stand, 0, &json!({ "client_secret": value }).to_string()).await
}

/// As the client of the first app, by Basic.
async fn oauth(stand: &Stand, path: &str, form: &[(&str, &str)]) -> Exchange {
    let (id, value) = credentials(stand);
    stand.sent("POST", path, |request| request.basic_auth(id, Some(value)).form(form)).await
}

fn credentials(stand: &Stand) -> (String, String) {
    let inside = stand.sandbox.org().inside();
    (inside.apps[0].client_id.clone(), inside.apps[0].secrets[0].client_secret.clone())
}

fn first_secret(stand: &Stand) -> String {
    format!("{}/{}", stand.secrets(0), stand.sandbox.org().inside().apps[0].secrets[0].id)
}

/// Brings about the refusal that an example of the description shows.
async fn brought_about(example: &str) -> Exchange {
    let stand = stand_with((example == "ErrorTooManyRequests").then_some(1)).await;
    match example {
        "ErrorMaxNumberOfSecrets" => {
            create(&stand, 0, "{}").await;
            create(&stand, 0, "{}").await
        }
        "ErrorClientSecretTooShort" => value(&stand, "thirteen-char").await,
        "ErrorClientSecretTooShortWithClientSecretJWT" => {
            stand.sandbox.org().inside().apps[0].token_endpoint_auth_method = "client_secret_jwt".into();
            value(&stand, &"x".repeat(31)).await
        }
        "ErrorClientSecretTooLong" => value(&stand, &"x".repeat(101)).await,
        "ErrorClientSecretNonAscii" => value(&stand, "na\u{ef}ve and long enough").await,
        "ErrorClientSecretWithPrivateKeyJWT" => {
            create(&stand, 3, &json!({"client_secret": "x".repeat(64)}).to_string()).await
        }
        "ErrorDeleteActiveSecret" => stand.raw("DELETE", &first_secret(&stand), "").await,
        "ErrorDeactivateTheOnlyClientSecret" => {
            stand.raw("POST", &format!("{}/lifecycle/deactivate", first_secret(&stand)), "").await
        }
        "ErrorInvalidTokenProvided" => {
            stand.sandbox.org().inside().token_valid = false;
            stand.raw("GET", &stand.secrets(0), "").await
        }
        "ErrorAccessDenied" => {
            let app = stand.app(0);
            stand.sandbox.org().inside().role.forbidden_apps.insert(app);
            stand.raw("GET", &stand.secrets(0), "").await
        }
        "ErrorResourceNotFound" => stand.raw("GET", "/api/v1/apps/0oaNowhere", "").await,
        "ErrorTooManyRequests" => {
            stand.raw("GET", &stand.secrets(0), "").await;
            stand.raw("GET", &stand.secrets(0), "").await
        }
        "OAuthError400InvalidRequest_MissingToken" => {
            oauth(&stand, "/oauth2/v1/introspect", &[("token_type_hint", "access_token")]).await
        }
        "OAuthError400InvalidRequest_MultipleClientCreds" => {
            let (id, value) = credentials(&stand);
            let form = [("token", "x"), ("client_id", id.as_str()), ("client_secret", value.as_str())];
            oauth(&stand, "/oauth2/v1/introspect", &form).await
        }
        "OAuthError401InvalidClient_NoCreds" => {
            stand.sent("POST", "/oauth2/v1/introspect", |request| request.form(&[("token", "x")])).await
        }
        "OAuthError400InvalidGrant_InvalidAuthCode" => {
            let form =
                [("grant_type", "authorization_code"), ("code", "bogus"), ("redirect_uri", "https://app.example/cb")];
            oauth(&stand, "/oauth2/v1/token", &form).await
        }
        "OAuthError400UnsupportedGrantType" => oauth(&stand, "/oauth2/v1/token", &[("grant_type", "x")]).await,
        other => panic!("nothing brings {other} about"),
    }
}

#[tokio::test]
async fn each_refusal_is_reported_in_oktas_own_words() {
    let table = Description::read();
    for Refusal { example, operation, status, code, summary, cause } in &table.refusal {
        let exchange = brought_about(example).await;
        let body = exchange.json();
        let reported = ["errorSummary", "error_description"].iter().find_map(|name| body[*name].as_str());
        assert_eq!(exchange.status, *status, "{example}: {body}");
        let named = body["errorCode"].as_str().or(body["error"].as_str());
        assert_eq!(named, Some(code.as_str()), "{example}: {body}");
        match summary.split_once("{0}") {
            Some((start, _)) => {
                assert!(reported.is_some_and(|reported| reported.starts_with(start)), "{example}: {body}");
            }
            None => assert_eq!(reported, Some(summary.as_str()), "{example}"),
        }
        assert_eq!(body["errorCauses"][0]["errorSummary"].as_str(), cause.as_deref(), "{example}");
        // A request that lacks what the description asks for is refused: only its answer has to fit.
        let asked =
            if example.ends_with("MissingToken") { Ok(table.operation(operation)) } else { check(&table, &exchange) };
        let asked = asked.unwrap_or_else(|wrong| panic!("{example}: {wrong}"));
        assert_eq!(asked.id, *operation, "{example}");
    }
    let examples: BTreeSet<&str> = table.refusal.iter().map(|refusal| refusal.example.as_str()).collect();
    assert_eq!(examples.len(), table.refusal.len(), "each example once");
}

#[tokio::test]
async fn what_the_description_does_not_allow_is_refused_and_makes_nothing() {
    let stand = stand().await;
    for body in [
        "{\"status\":\"PENDING\"}",
        "{\"status\":1}",
        "{\"client_secret\":12345678901234}",
        "[]",
        "null",
        "\"x\"",
        "{\"client_secret\":\"",
    ] {
        let exchange = create(&stand, 0, body).await;
        assert_eq!((exchange.status, &exchange.json()["errorCode"]), (400, &json!("E0000003")), "{body}");
    }
    assert_eq!(stand.sandbox.org().inside().apps[0].secrets.len(), 1);
    // An app that is not there is not among the refusals of a create, and was seen all the same.
    let gone = stand.raw("POST", "/api/v1/apps/0oaNowhere/credentials/secrets", "").await;
    assert_eq!((gone.status, &gone.json()["errorCode"]), (404, &json!("E0000007")));
}
