//! The signature is right for every secret that Okta can hold.

use proptest::prelude::*;

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

proptest! {
    #[test]
    fn any_secret_that_okta_takes_signs_what_it_and_no_other_verifies(
        secret in "[ -~]{14,100}", other in "[ -~]{14,100}", id in "[ -~]{1,40}",
    ) {
        prop_assume!(secret != other);
        let secret = SecretValue::new(secret);
        let token = sign(&id, "https://a/b", &secret, at(1_774_000_000), &id);
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        let verifies = |secret: &str| {
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
            mac.chain_update(signed.as_bytes()).verify_slice(&signature).is_ok()
        };
        prop_assert!(verifies(secret.expose()) && !verifies(&other));
        let claims = claims(&token);
        prop_assert_eq!(claims["sub"].as_str(), Some(id.as_str()));
        let shown = secret.expose();
        prop_assert!(!token.contains(shown), "the secret itself is not in it");
    }
}
