use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const SIGNED_BY_PYTHONS_HMAC: [&str; 3] = [
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "eyJhdWQiOiJodHRwczovL2FjbWUub2t0YS5jb20vb2F1dGgyL3YxL2ludHJvc3BlY3QiLCJleHAiOjE3NzQwMDAzMDAsImlhdCI6\
     MTc3Mzk5OTk5MCwiaXNzIjoiY2xpZW50LXBheW1lbnRzIiwianRpIjoib25lLW9mLWEta2luZCIsInN1YiI6ImNsaWVudC1wYXltZW50cyJ9",
    "XJlIHjRGkEGSms5m3lY4PxZ8Y8N3WHRS8Rb1JMdCjYg",
];

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

fn claims(token: &str) -> serde_json::Value {
    let claims = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON")
}

#[test]
fn an_assertion_is_byte_for_byte_what_pythons_hmac_module_signs() {
    let secret = SecretValue::new("D0HxBn1FtTXeYC4cSBwWL_sPMztMT2t6Ei9n1QjO");
    let endpoint = "https://acme.okta.com/oauth2/v1/introspect";
    let token = sign("client-payments", endpoint, &secret, at(1_774_000_000), "one-of-a-kind");
    assert_eq!(*token, SIGNED_BY_PYTHONS_HMAC.join("."));
}

#[test]
fn it_was_issued_a_moment_ago_ends_in_minutes_and_names_the_client_twice() {
    let token = sign("id", "https://a/b", &SecretValue::new("0".repeat(64)), at(1_000), "x");
    let expected = serde_json::json!({
        "iss": "id", "sub": "id", "aud": "https://a/b", "iat": 990, "exp": 1_300, "jti": "x",
    });
    assert_eq!(claims(&token), expected);
}
