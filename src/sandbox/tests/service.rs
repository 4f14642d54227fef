//! The service app's tokens and proofs, refused as Okta refuses them. What is sent is signed by another JOSE library on
//! another cryptography than the stand-in verifies with.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Duration;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::*;

const RSA: &str = include_str!("../../jose/key/vectors/rsa.pkcs1.pem");
const EC: &str = include_str!("../../jose/key/vectors/ec.pkcs8.pem");
const TOKEN: &str = "/oauth2/v1/token";
const APPS: &str = "/api/v1/apps";

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).expect("base64")
}

/// The published keys of RFC 7515: RSA for the client, P-256 for its proofs.
fn rsa() -> (EncodingKey, Value) {
    let jwk: Value = serde_json::from_str(include_str!("../../jose/key/vectors/rsa.jwk.json")).expect("JSON");
    (EncodingKey::from_rsa_der(&der(RSA)), json!({"kty": "RSA", "n": jwk["n"], "e": jwk["e"]}))
}

fn ec() -> (EncodingKey, Value) {
    let jwk: Value = serde_json::from_str(include_str!("../../jose/key/vectors/ec.jwk.json")).expect("JSON");
    (EncodingKey::from_ec_der(&der(EC)), json!({"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]}))
}

/// A public key, in whoever's words.
fn jwk<T: DeserializeOwned>(public: Value) -> T {
    serde_json::from_value(public).expect("a JWK")
}

async fn service(dpop: bool) -> Stand {
    let stand = stand().await;
    let mut inside = stand.sandbox.org().inside();
    inside.service.register("kid-1", jwk(rsa().1));
    inside.service.requires_dpop = dpop;
    drop(inside);
    stand
}

fn with(mut claims: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    claims
}

impl Stand {
    fn claims(&self, jti: &str) -> Value {
        let (id, now) = (self.sandbox.org().inside().service.client_id.clone(), noon().timestamp());
        let audience = format!("{}{TOKEN}", self.sandbox.url());
        json!({"iss": id, "sub": id, "aud": audience, "iat": now - 5, "exp": now + 300, "jti": jti})
    }

    async fn ask(&self, assertion: &str, scope: &str, proof: Option<&str>) -> (u16, Value, Option<String>) {
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", scope),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        let request = self.bare(Method::POST, TOKEN).form(&form);
        let request = if let Some(proof) = proof { request.header("dpop", proof) } else { request };
        let answer = request.send().await.expect("an answer");
        let nonce = answer.headers().get("dpop-nonce").map(|nonce| nonce.to_str().expect("text").to_owned());
        (answer.status().as_u16(), read(answer).await, nonce)
    }

    /// Asks with a good assertion and, where claims are given, a proof of them.
    async fn granted(&self, jti: &str, proof: Option<Value>) -> (u16, Value) {
        let proof = proof.map(|claims| proved(&claims));
        let (status, body, _) = self.ask(&asserted(&self.claims(jti)), "okta.apps.read", proof.as_deref()).await;
        (status, body)
    }

    fn proof(&self, method: &str, path: &str, jti: &str) -> Value {
        let place = format!("{}{path}", self.sandbox.url());
        json!({"htm": method, "htu": place, "iat": noon().timestamp(), "jti": jti, "nonce": "sandbox-nonce-1"})
    }

    async fn call(&self, scheme: &str, token: &str, proof: Option<&str>) -> (u16, Value) {
        let request = self.bare(Method::GET, APPS).header("authorization", format!("{scheme} {token}"));
        reported(if let Some(proof) = proof { request.header("dpop", proof) } else { request }).await
    }
}

fn signed(header: &Header, claims: &Value, key: &EncodingKey) -> String {
    encode(header, claims, key).expect("signed")
}

fn asserted(claims: &Value) -> String {
    signed(&Header { kid: Some("kid-1".into()), ..Header::new(Algorithm::RS256) }, claims, &rsa().0)
}

fn proof_header() -> Header {
    Header { typ: Some("dpop+jwt".into()), jwk: Some(jwk(ec().1)), ..Header::new(Algorithm::ES256) }
}

fn proved(claims: &Value) -> String {
    signed(&proof_header(), claims, &ec().0)
}

fn error(code: &str, text: &str) -> Value {
    json!({"error": code, "error_description": text})
}

#[tokio::test]
async fn an_assertion_of_a_registered_key_gets_a_token_and_the_token_gets_in() {
    let stand = service(false).await;
    let (status, body) = stand.granted("a", None).await;
    assert_eq!((status, &body["token_type"], &body["expires_in"]), (200, &json!("Bearer"), &json!(3600)), "{body}");
    let token = body["access_token"].as_str().expect("a token");
    assert_eq!(stand.call("Bearer", token, None).await.0, 200);
    let write = stand.bare(Method::POST, &stand.secrets(0)).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(write.status(), 403);
    let challenge = header(&write, "www-authenticate");
    assert!(challenge.contains("scope=\"okta.apps.manage\", error=\"insufficient_scope\""), "{challenge}");
    for (scheme, token) in [("Bearer", "eyJ-another"), ("DPoP", token)] {
        assert_eq!(stand.call(scheme, token, None).await.0, 401);
    }
    stand.sandbox.org().inside().service.has_role = false;
    let denied = "You do not have permission to perform the requested action";
    refused(&stand.call("Bearer", token, None).await, 403, "E0000006", denied, None);
    stand.sandbox.org().inside().date_offset = Duration::hours(1);
    refused(&stand.call("Bearer", token, None).await, 401, "E0000011", "Invalid token provided", None);
}

#[tokio::test]
async fn an_assertion_with_one_thing_wrong_is_refused_for_it() {
    let stand = service(false).await;
    let now = noon().timestamp();
    let claims = stand.claims("a");
    let client = |text: &str| (401, error("invalid_client", text));
    let audience = client("The audience claim for client_assertion must be the endpoint invoked for the request.");
    for (change, answer) in [
        (json!({"aud": stand.sandbox.url()}), audience.clone()),
        (json!({"aud": format!("{}/oauth2/default/v1/token", stand.sandbox.url())}), audience),
        (json!({"exp": now - 1}), client("The client_assertion token is expired.")),
        (json!({"exp": now + 3_601}), client("The client_assertion token has an expiration too far into the future.")),
        (json!({"iat": now + 9}), client("The client_assertion token must be issued before the current time.")),
        (json!({"sub": "0oaother"}), client("The subject claim for client_assertion is not a valid client_id.")),
        (
            json!({"iss": "0oaother", "sub": "0oaother"}),
            client("The issuer claim for client_assertion is not a valid client_id."),
        ),
    ] {
        let (status, body, _) = stand.ask(&asserted(&with(claims.clone(), &change)), "okta.apps.read", None).await;
        assert_eq!((status, body), answer, "{change}");
    }
    let kid = |kid: Option<&str>| Header { kid: kid.map(Into::into), ..Header::new(Algorithm::RS256) };
    let unknown = stand.ask(&signed(&kid(Some("kid-9")), &claims, &rsa().0), "okta.apps.read", None).await;
    assert_eq!((unknown.0, unknown.1), client("The client_assertion JWT kid is invalid."));
    let other = Header { kid: Some("kid-1".into()), ..Header::new(Algorithm::ES256) };
    let (status, body, _) = stand.ask(&signed(&other, &claims, &ec().0), "okta.apps.read", None).await;
    assert_eq!((status, body), client("The client_assertion JWT signature algorithm is invalid."));
    let bad = asserted(&with(claims.clone(), &json!({"jti": "b"})));
    let torn =
        format!("{}.{}", bad.rsplit_once('.').expect("parts").0, asserted(&claims).rsplit_once('.').expect("parts").1);
    let (status, body, _) = stand.ask(&torn, "okta.apps.read", None).await;
    assert_eq!((status, body), client("The client_assertion signature is invalid."));
    // Without a kid it is taken while there is one key, and not when there are two.
    assert_eq!(stand.ask(&signed(&kid(None), &claims, &rsa().0), "okta.apps.read", None).await.0, 200);
    let (status, body) = stand.granted("a", None).await;
    assert_eq!((status, body), client("The client_assertion token has already been used."));
    stand.sandbox.org().inside().service.register("kid-2", jwk(ec().1));
    let none = signed(&kid(None), &stand.claims("c"), &rsa().0);
    let (status, body, _) = stand.ask(&none, "okta.apps.read", None).await;
    assert_eq!((status, body), client("The client_assertion JWT kid is invalid."));
    let (status, body, _) = stand.ask(&asserted(&stand.claims("d")), "okta.users.manage", None).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_scope")));
    stand.sandbox.org().inside().service.within_zone = false;
    let (status, body) = stand.granted("e", None).await;
    assert_eq!((status, &body["error"]), (403, &json!("access_denied")));
}

#[tokio::test]
async fn the_dpop_handshake_goes_as_it_was_recorded() {
    let stand = service(true).await;
    let missing = error("invalid_dpop_proof", "The DPoP proof JWT header is missing.");
    assert_eq!(stand.granted("a", None).await, (400, missing));
    let mut plain = stand.proof("POST", TOKEN, "p1");
    plain.as_object_mut().expect("an object").remove("nonce");
    let (status, body, nonce) = stand.ask(&asserted(&stand.claims("b")), "okta.apps.read", Some(&proved(&plain))).await;
    let text = "Authorization server requires nonce in DPoP proof.";
    assert_eq!((status, body, nonce.as_deref()), (400, error("use_dpop_nonce", text), Some("sandbox-nonce-1")));
    let (status, body) = stand.granted("c", Some(stand.proof("POST", TOKEN, "p2"))).await;
    assert_eq!((status, &body["token_type"]), (200, &json!("DPoP")), "{body}");
    let token = body["access_token"].as_str().expect("a token");
    let ath = URL_SAFE_NO_PAD.encode(Sha256::digest(token));
    let good = with(stand.proof("GET", APPS, "p3"), &json!({ "ath": ath }));
    assert_eq!(stand.call("DPoP", token, Some(&proved(&good))).await.0, 200);
    let scheme = "The resource request must use the DPoP authentication scheme when the access token is DPoP bound.";
    assert_eq!(stand.call("Bearer", token, None).await, (400, error("invalid_request", scheme)));
    let proof = "The resource request requires a DPoP proof.";
    assert_eq!(stand.call("DPoP", token, None).await, (400, error("invalid_request", proof)));
    for (change, text) in [
        (json!({"jti": "p4", "ath": "x"}), "'ath' claim in the DPoP proof does not match the presented access_token."),
        (json!({"jti": "p5", "ath": null}), "'ath' claim in the DPoP proof does not match the presented access_token."),
        (json!({"jti": "p6", "htm": "POST"}), "'htm' claim in the DPoP proof JWT is invalid."),
        (
            json!({"jti": "p7", "htu": format!("{}{TOKEN}", stand.sandbox.url())}),
            "'htu' claim in the DPoP proof JWT is invalid.",
        ),
        (json!({}), "The DPoP proof JWT has already been used."),
    ] {
        let answer = stand.call("DPoP", token, Some(&proved(&with(good.clone(), &change)))).await;
        assert_eq!(answer, (400, error("invalid_dpop_proof", text)), "{change}");
    }
    let (key, public) = rsa();
    let mut header = Header { typ: Some("dpop+jwt".into()), ..Header::new(Algorithm::RS256) };
    header.jwk = Some(jwk(public));
    let foreign = signed(&header, &with(good, &json!({"jti": "p8"})), &key);
    let text = "The access_token is not bound to the provided DPoP proof.";
    assert_eq!(stand.call("DPoP", token, Some(&foreign)).await, (400, error("invalid_dpop_proof", text)));
}

#[tokio::test]
async fn a_proof_with_one_thing_wrong_is_refused_for_it() {
    let stand = service(true).await;
    let now = noon().timestamp();
    let good = stand.proof("POST", TOKEN, "p");
    let old = "The DPoP proof JWT is issued more than five minutes in the past.";
    for (number, (change, text)) in [
        (json!({"iat": now - 301}), old),
        (json!({"iat": now + 60}), "The DPoP proof JWT is issued in the future."),
        (json!({"iat": null}), "'iat' claim in the DPoP proof JWT is invalid."),
        (json!({"htm": "GET"}), "'htm' claim in the DPoP proof JWT is invalid."),
        (json!({"htu": "https://acme.okta.com/oauth2/v1/token"}), "'htu' claim in the DPoP proof JWT is invalid."),
        (json!({"jti": ""}), "'jti' claim in the DPoP proof JWT is invalid."),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = stand.granted(&format!("a{number}"), Some(with(good.clone(), &change))).await;
        assert_eq!(answer, (400, error("invalid_dpop_proof", text)), "{change}");
    }
    let stale = with(good.clone(), &json!({"nonce": "an old one"}));
    let (_, _, nonce) = stand.ask(&asserted(&stand.claims("b")), "okta.apps.read", Some(&proved(&stale))).await;
    assert_eq!(nonce.as_deref(), Some("sandbox-nonce-1"));
    let typ = Header { typ: Some("JWT".into()), ..proof_header() };
    let (_, body, _) =
        stand.ask(&asserted(&stand.claims("c")), "okta.apps.read", Some(&signed(&typ, &good, &ec().0))).await;
    assert_eq!(body, error("invalid_dpop_proof", "'typ' must be 'dpop+jwt' in the DPoP proof JWT."));
    // The example of RFC 9449: its signature is right, and it is for another place.
    let example = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0R\
                   scEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMj\
                   U2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2\
                   VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xR\
                   ZT3Lg";
    let (_, body, _) = stand.ask(&asserted(&stand.claims("d")), "okta.apps.read", Some(example)).await;
    assert_eq!(body, error("invalid_dpop_proof", "'htu' claim in the DPoP proof JWT is invalid."));
    let torn = example.replace(".2-GxA6", ".3-GxA6");
    let (_, body, _) = stand.ask(&asserted(&stand.claims("e")), "okta.apps.read", Some(&torn)).await;
    assert_eq!(body, error("invalid_dpop_proof", "The DPoP proof JWT signature is invalid."));
    // A proof by the client's own key.
    let (key, public) = rsa();
    let mut header = Header { typ: Some("dpop+jwt".into()), ..Header::new(Algorithm::RS256) };
    header.jwk = Some(jwk(public));
    let (_, body, _) =
        stand.ask(&asserted(&stand.claims("f")), "okta.apps.read", Some(&signed(&header, &good, &key))).await;
    assert_eq!(body, error("invalid_dpop_proof", "The DPoP proof JWT is invalid."));
}
