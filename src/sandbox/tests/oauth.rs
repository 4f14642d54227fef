//! The OAuth endpoints, as far as they tell whether a client's secret works.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

const WRONG: &str = "The client secret supplied for a confidential client is invalid.";
const GENERIC: &str = "Client authentication failed. Either the client or the client credentials are invalid.";

impl Stand {
    async fn introspect(&self, basic: Option<(&str, &str)>, form: &[(&str, &str)]) -> (u16, Value) {
        let mut request = self.bare(Method::POST, "/oauth2/v1/introspect").form(form);
        if let Some((id, secret)) = basic {
            request = request.header("authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))));
        }
        reported(request).await
    }

    async fn value(&self, app: usize) -> String {
        self.first(app).await["client_secret"].as_str().expect("a value").to_owned()
    }
}

fn invalid(answer: &(u16, Value), description: &str) {
    assert_eq!(*answer, (401, json!({"error": "invalid_client", "error_description": description})));
}

#[tokio::test]
async fn a_client_that_authenticates_by_its_own_method_hears_that_the_token_is_not_active() {
    let stand = stand().await;
    let token = ("token", "random");
    let answer = stand.introspect(Some((&stand.app(0), &stand.value(0).await)), &[token]).await;
    assert_eq!(answer, (200, json!({"active": false})), "basic");
    let client_id = stand.sandbox.apps()[2].client_id.clone();
    assert_ne!(client_id, stand.app(2), "a custom client id");
    let form = [token, ("client_id", client_id.as_str()), ("client_secret", &stand.value(2).await)];
    assert_eq!(stand.introspect(None, &form).await, (200, json!({"active": false})), "post");
}

#[tokio::test]
async fn a_wrong_secret_a_wrong_method_and_no_credentials_are_all_invalid_client() {
    let stand = stand().await;
    let (id, value, token) = (stand.app(0), stand.value(0).await, ("token", "random"));
    invalid(&stand.introspect(Some((&id, "wrong")), &[token]).await, WRONG);
    let post = [token, ("client_id", id.as_str()), ("client_secret", value.as_str())];
    invalid(&stand.introspect(None, &post).await, GENERIC);
    invalid(&stand.introspect(None, &[token]).await, "No client credentials found");
    let (status, body) = stand.introspect(Some((&id, &value)), &post).await;
    assert_eq!((status, body["error"].as_str()), (400, Some("invalid_request")));
    assert!(body["error_description"].as_str().is_some_and(|text| text.starts_with("Can't supply multiple")), "{body}");
    let answer = stand.introspect(Some((&id, &value)), &[]).await;
    assert_eq!((answer.0, answer.1["error"].as_str()), (400, Some("invalid_request")), "no token");
}

#[tokio::test]
async fn an_unknown_client_is_reported_in_the_management_envelope() {
    let stand = stand().await;
    let answer = stand.introspect(Some(("nobody", "x")), &[("token", "random")]).await;
    refused(&answer, 401, "invalid_client", "Invalid value for 'client_id' parameter.", None);
}

#[tokio::test]
async fn a_secret_that_is_off_or_not_yet_propagated_and_an_app_that_is_off_are_refused() {
    let stand = stand().await;
    let (id, token) = (stand.app(0), ("token", "random"));
    stand.control(Method::POST, "/sandbox/introspection", &json!({"refuseSeconds": 5})).await;
    let (_, made) = stand.create(0, &json!({})).await;
    let value = made["client_secret"].as_str().expect("a value");
    invalid(&stand.introspect(Some((&id, value)), &[token]).await, WRONG);
    assert_eq!(stand.introspect(Some((&id, &stand.value(0).await)), &[token]).await.0, 200, "the old one still works");
    stand.control(Method::POST, "/sandbox/introspection", &json!({"refuseSeconds": 0})).await;
    assert_eq!(stand.introspect(Some((&id, value)), &[token]).await.0, 200);
    let path = format!("{}/{}/lifecycle/deactivate", stand.secrets(0), made["id"].as_str().expect("an id"));
    stand.post(&path).await;
    invalid(&stand.introspect(Some((&id, value)), &[token]).await, WRONG);
    stand.control(Method::PATCH, &format!("/sandbox/apps/{id}"), &json!({"status": "INACTIVE"})).await;
    assert_eq!(stand.introspect(Some((&id, &stand.value(0).await)), &[token]).await.0, 401);
}

#[tokio::test]
async fn the_token_endpoint_tells_a_bad_code_from_a_bad_client() {
    let stand = stand().await;
    let (id, value) = (stand.app(0), stand.value(0).await);
    let ask = async |secret: &str, grant: &str| {
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let form = [("grant_type", grant), ("code", "bogus"), ("redirect_uri", "https://app.example/cb")];
        reported(stand.bare(Method::POST, "/oauth2/v1/token").form(&form).header("authorization", basic)).await
    };
    let expired = "The authorization code is invalid or has expired.";
    let answer = json!({"error": "invalid_grant", "error_description": expired});
    assert_eq!(ask(&value, "authorization_code").await, (400, answer));
    invalid(&ask("wrong", "authorization_code").await, WRONG);
    let (status, body) = ask(&value, "client_credentials").await;
    assert_eq!((status, body["error"].as_str()), (401, Some("invalid_client")), "a false negative, as at Okta");
}

#[tokio::test]
async fn the_org_describes_itself_without_a_credential() {
    let stand = stand().await;
    let (status, body) = reported(stand.bare(Method::GET, "/.well-known/okta-organization")).await;
    assert_eq!(status, 200);
    assert!(body["id"].as_str().is_some_and(|id| id.len() == 20 && id.starts_with("00o")), "{body}");
}
