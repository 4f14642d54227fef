//! Client assertions, which the stand-in takes only as Okta would.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::*;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const EXPIRED: &str = "The client_assertion token is expired.";
const SIGNATURE: &str = "The client_assertion signature is invalid.";
const UNREADABLE: &str = "The parsing of the client_assertion failed.";
const ALGORITHM: &str = "The client_assertion JWT signature algorithm is invalid.";
const AUDIENCE: &str = "The audience claim for client_assertion must be the endpoint invoked for the request.";

/// A stand whose first app signs with its secret; the secret, and claims as they should be.
async fn signing() -> (Stand, String, Value) {
    let stand = stand().await;
    stand.sandbox.org().inside().apps[0].token_endpoint_auth_method = "client_secret_jwt".into();
    let secret = stand.first(0).await["client_secret"].as_str().expect("a value").to_owned();
    let seconds = noon().timestamp();
    let claims = json!({
        "iss": stand.app(0), "sub": stand.app(0), "aud": format!("{}/oauth2/v1/introspect", stand.sandbox.url()),
        "iat": seconds - 10, "exp": seconds + 300, "jti": "first",
    });
    (stand, secret, claims)
}

fn jwt(header: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length").chain_update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn signed(claims: &Value, secret: &str) -> String {
    jwt(&json!({"alg": "HS256", "typ": "JWT"}), claims, secret)
}

/// The claims with one of them changed.
fn but(claims: &Value, name: &str, value: &Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value.clone();
    claims
}

impl Stand {
    async fn present(&self, path: &str, assertion: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let mut form = vec![("client_assertion_type", TYPE), ("client_assertion", assertion)];
        form.extend_from_slice(more);
        reported(self.bare(Method::POST, path).form(&form)).await
    }

    async fn introspected(&self, assertion: &str) -> (u16, Value) {
        self.present("/oauth2/v1/introspect", assertion, &[("token", "random")]).await
    }
}

fn refusal(text: &str) -> (u16, Value) {
    (401, json!({"error": "invalid_client", "error_description": text}))
}

#[tokio::test]
async fn a_good_assertion_is_taken_once_at_the_endpoint_that_it_names() {
    let (stand, secret, claims) = signing().await;
    let good = signed(&claims, &secret);
    assert_eq!(stand.introspected(&good).await, (200, json!({"active": false})));
    let used = "The client_assertion token has already been used.";
    assert_eq!(stand.introspected(&good).await, refusal(used));
    let again = signed(&but(&claims, "exp", &json!(noon().timestamp() + 200)), &secret);
    assert_eq!(stand.introspected(&again).await, refusal(used), "its id is what counts");
    let other = signed(&but(&claims, "jti", &json!("second")), &secret);
    assert_eq!(stand.introspected(&other).await.0, 200);
    let code = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "https://app.example/cb")];
    let other = signed(&but(&claims, "jti", &json!("third")), &secret);
    assert_eq!(stand.present("/oauth2/v1/token", &other, &code).await, refusal(AUDIENCE));
    let audience = json!(format!("{}/oauth2/v1/token", stand.sandbox.url()));
    let there = signed(&but(&but(&claims, "jti", &json!("third")), "aud", &audience), &secret);
    let (status, body) = stand.present("/oauth2/v1/token", &there, &code).await;
    assert_eq!((status, body["error"].as_str()), (400, Some("invalid_grant")));
}

#[tokio::test]
async fn an_assertion_with_one_claim_wrong_is_refused_for_it() {
    let (stand, secret, claims) = signing().await;
    let seconds = noon().timestamp();
    let audience = format!("{}/oauth2/v1/token", stand.sandbox.url());
    for (name, value, text) in [
        ("aud", json!(audience), AUDIENCE),
        ("aud", json!(stand.sandbox.url()), AUDIENCE),
        ("exp", json!(seconds), EXPIRED),
        ("exp", json!(seconds - 1), EXPIRED),
        ("exp", json!(seconds + 3_601), "The client_assertion token has an expiration too far into the future."),
        ("exp", Value::Null, "The client_assertion must contain the 'exp' claim as seconds since epoch."),
        ("exp", json!("soon"), UNREADABLE),
        ("iat", json!(seconds + 1), "The client_assertion token must be issued before the current time."),
        ("sub", json!(stand.app(1)), "The subject claim for client_assertion is not a valid client_id."),
        ("iss", json!(stand.app(1)), "The subject claim for client_assertion is not a valid client_id."),
    ] {
        let answer = stand.introspected(&signed(&but(&claims, name, &value), &secret)).await;
        assert_eq!(answer, refusal(text), "{name} {value}");
    }
    let nobody = but(&but(&claims, "iss", &json!("nobody")), "sub", &json!("nobody"));
    let text = "The issuer claim for client_assertion is not a valid client_id.";
    assert_eq!(stand.introspected(&signed(&nobody, &secret)).await, refusal(text));
    assert_eq!(stand.introspected(&signed(&claims, &secret)).await.0, 200, "nothing of that used its id up");
}

#[tokio::test]
async fn the_clients_method_decides_and_not_what_a_token_says_of_itself() {
    let (stand, secret, claims) = signing().await;
    for header in [json!({"alg": "none"}), json!({"alg": "RS256"}), json!({"alg": "hs256"}), json!({"alg": "HS512"})] {
        assert_eq!(stand.introspected(&jwt(&header, &claims, &secret)).await, refusal(ALGORITHM), "{header}");
    }
    let good = signed(&claims, &secret);
    let (text, signature) = good.rsplit_once('.').expect("three parts");
    assert_eq!(stand.introspected(&format!("{text}.")).await, refusal(SIGNATURE), "none at all");
    assert_eq!(stand.introspected(&format!("{text}.{}", &signature[..20])).await, refusal(SIGNATURE), "cut short");
    assert_eq!(stand.introspected(&signed(&claims, "not the secret of this app at all")).await, refusal(SIGNATURE));
    for text in ["", "a.b", "a.b.c", &format!("{good}.x"), &good.replace('.', "")] {
        assert_eq!(stand.introspected(text).await, refusal(UNREADABLE), "{text}");
    }
    let answer =
        stand.present("/oauth2/v1/introspect", &good, &[("token", "x"), ("client_id", "x"), ("client_secret", "y")]);
    let (status, body) = answer.await;
    assert_eq!((status, body["error"].as_str()), (400, Some("invalid_request")), "two ways at once");
    stand.sandbox.org().inside().apps[0].token_endpoint_auth_method = "client_secret_basic".into();
    let generic = "Client authentication failed. Either the client or the client credentials are invalid.";
    assert_eq!(stand.introspected(&good).await, refusal(generic), "not this app's method");
}

#[tokio::test]
async fn a_secret_that_is_off_signs_nothing_and_a_short_one_is_too_short() {
    let (stand, secret, claims) = signing().await;
    stand.sandbox.org().inside().apps[0].secrets[0].active = false;
    assert_eq!(stand.introspected(&signed(&claims, &secret)).await, refusal(SIGNATURE));
    let short = "exactly-31-characters-long-0123";
    {
        let mut inside = stand.sandbox.org().inside();
        let known = &mut inside.apps[0].secrets[0];
        (known.active, known.client_secret) = (true, short.into());
    }
    let text = "The client secret is too short to verify a JWT HMAC.";
    assert_eq!(stand.introspected(&signed(&claims, short)).await, refusal(text));
}

#[tokio::test]
async fn the_orgs_own_clock_decides_what_is_expired() {
    let (stand, secret, claims) = signing().await;
    stand.sandbox.org().inside().date_offset = Duration::hours(2);
    assert_eq!(stand.introspected(&signed(&claims, &secret)).await, refusal(EXPIRED));
}

#[tokio::test]
async fn an_app_that_may_not_use_codes_hears_that_only_once_it_has_authenticated() {
    let (stand, secret, claims) = signing().await;
    stand.sandbox.org().inside().apps[0].application_type = "service".into();
    let audience = json!(format!("{}/oauth2/v1/token", stand.sandbox.url()));
    let claims = but(&claims, "aud", &audience);
    let code = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "https://app.example/cb")];
    let (status, body) = stand.present("/oauth2/v1/token", &signed(&claims, &secret), &code).await;
    assert_eq!((status, body["error"].as_str()), (400, Some("unauthorized_client")));
    assert_eq!(stand.present("/oauth2/v1/token", &signed(&claims, "wrong"), &code).await, refusal(SIGNATURE));
    let app = read(stand.get(&format!("/api/v1/apps/{}", stand.app(0))).await).await;
    let settings = &app["settings"]["oauthClient"];
    assert_eq!((&settings["grant_types"], &settings["redirect_uris"]), (&json!(["client_credentials"]), &json!([])));
}
