//! The keys are the published ones of RFC 7515 (A.2 RSA, A.3 P-256) in the forms that OpenSSL writes, and throw-away ones
//! that are refused. What is signed is verified by another JOSE library on another cryptography.

use jsonwebtoken::jwk::{Jwk as Judged, ThumbprintHash};
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Value, json};

use super::*;
use crate::jose::{JWT, Jws};

const RSA_PKCS8: &str = include_str!("vectors/rsa.pkcs8.pem");
const RSA_PKCS1: &str = include_str!("vectors/rsa.pkcs1.pem");
const RSA_JWK: &str = include_str!("vectors/rsa.jwk.json");
const EC_PKCS8: &str = include_str!("vectors/ec.pkcs8.pem");
const EC_SEC1: &str = include_str!("vectors/ec.sec1.pem");
const EC_JWK: &str = include_str!("vectors/ec.jwk.json");

fn key(text: &str) -> Key {
    Given::read(text).expect("a key").key
}

/// What another implementation makes of a token under a public key: its claims.
fn verified(token: &str, jwk: &Judged, algorithm: jsonwebtoken::Algorithm) -> Value {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_jwk(jwk).expect("a public key");
    decode::<Value>(token, &key, &validation).expect("it verifies").claims
}

#[test]
fn one_key_is_the_same_in_every_form_that_it_comes_in() {
    let crlf = |text: &str| format!("\u{feff}{}\r\n", text.replace('\n', "\r\n"));
    let written_out = |text: &str| format!("\"{}\"", text.replace('\n', "\\n"));
    let old_mac = |text: &str| text.replace('\n', "\r");
    let one_line = |text: &str, gap: &str| text.replace('\n', gap);
    let rsa = [
        RSA_PKCS8,
        RSA_PKCS1,
        RSA_JWK,
        &crlf(RSA_PKCS8),
        &crlf(RSA_PKCS1),
        &format!("\n  {RSA_JWK}  "),
        &written_out(RSA_PKCS8),
        &written_out(&crlf(RSA_PKCS1)).replace('\r', "\\r"),
        &one_line(RSA_PKCS1, " "),
        &one_line(RSA_PKCS8, ""),
    ];
    let ec = [
        EC_PKCS8,
        EC_SEC1,
        EC_JWK,
        &crlf(EC_SEC1),
        &crlf(EC_JWK),
        &written_out(EC_SEC1),
        &one_line(EC_SEC1, "  "),
        &old_mac(EC_PKCS8),
    ];
    for (forms, algorithm) in [(&rsa[..], Algorithm::Rs256), (&ec[..], Algorithm::Es256)] {
        let first = key(forms[0]);
        assert_eq!(first.algorithm(), algorithm);
        for form in forms {
            assert_eq!(key(form).public(), first.public());
        }
        let again = Key::of_kept(&first.kept().expect("kept")).expect("read back");
        assert_eq!(again.public(), first.public());
    }
    assert_eq!(Given::read(RSA_JWK).expect("a key").key_id.as_deref(), Some("rfc7515-a2"));
    assert_eq!(Given::read(RSA_PKCS8).expect("a key").key_id, None);
}

#[test]
fn signing_agrees_with_rfc_7515() {
    let input = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb2\
                 90Ijp0cnVlfQ";
    let wanted = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJd\
                  bF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN93\
                  83LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhW\
                  kWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let signature = key(RSA_PKCS1).signature(input.as_bytes()).expect("signed");
    assert_eq!(URL_SAFE_NO_PAD.encode(signature), wanted);
}

#[test]
fn another_library_verifies_what_is_signed_and_agrees_on_thumbprints() {
    let claims = json!({"iss": "0oaservice", "jti": "x", "aud": "https://acme.okta.com/oauth2/v1/token"});
    for (key, algorithm) in [
        (key(RSA_PKCS8), jsonwebtoken::Algorithm::RS256),
        (key(EC_SEC1), jsonwebtoken::Algorithm::ES256),
        (Key::draw().expect("drawn"), jsonwebtoken::Algorithm::ES256),
    ] {
        let header = Header { kid: Some("k1".into()), typ: Some(JWT.into()), ..Header::default() };
        let token = key.sign(header, &claims).expect("signed");
        let header = jsonwebtoken::decode_header(&**token).expect("a header");
        assert_eq!((header.alg, header.kid.as_deref(), header.typ.as_deref()), (algorithm, Some("k1"), Some("JWT")));
        let jwk: Judged = serde_json::from_value(json!(key.public())).expect("a JWK");
        assert_eq!(verified(&token, &jwk, algorithm), claims);
        let read = Jws::<Value>::read(&token).expect("a token");
        assert!(read.signed_by(&key.public()) && !read.signed_by(&Key::draw().expect("drawn").public()));
        assert_eq!(key.thumbprint(), jwk.thumbprint(ThumbprintHash::SHA256).expect("made"));
    }
}

#[test]
fn thumbprints_agree_with_rfc_7638_and_rfc_9449() {
    let print = |jwk: Value| serde_json::from_value::<Jwk>(jwk).expect("a JWK").thumbprint();
    let rsa = json!({"kty": "RSA", "e": "AQAB", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7a\
        PFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY36\
        8QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xB\
        niIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"});
    assert_eq!(print(rsa), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    let ec = json!({"kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"});
    assert_eq!(print(ec), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

#[test]
fn what_is_no_signing_key_is_said_by_name_and_never_quoted() {
    let without = |members: &[&str]| {
        let mut jwk: Value = serde_json::from_str(RSA_JWK).expect("JSON");
        for member in members {
            jwk.as_object_mut().expect("an object").remove(*member);
        }
        jwk.to_string()
    };
    let with = |text: &str, member: &str, value: Value| {
        let mut jwk: Value = serde_json::from_str(text).expect("JSON");
        jwk[member] = value;
        jwk.to_string()
    };
    let cut = &RSA_PKCS8[..RSA_PKCS8.len() / 2];
    let torn = RSA_PKCS8.replacen("MII", "MIX", 1);
    let other_d = with(EC_JWK, "d", json!("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"));
    for (text, said) in [
        ("", "is empty"),
        (" \r\n\t\n", "is empty"),
        ("\u{feff}", "is empty"),
        ("00token-and-no-key", "neither PEM nor a JWK"),
        (include_str!("vectors/encrypted.pem"), "openssl pkey -in"),
        (include_str!("vectors/encrypted.pkcs1.pem"), "encrypted with a passphrase"),
        (include_str!("vectors/public.pem"), "is a public key"),
        (include_str!("vectors/small.pem"), "less than 2048 bits"),
        (include_str!("vectors/p384.pem"), "another curve than P-256"),
        (include_str!("vectors/ed25519.pem"), "Ed25519"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "is a certificate"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n", "ssh-keygen"),
        (cut, "cut off or damaged"),
        (&torn, "cut off or damaged"),
        (&format!("{RSA_PKCS8}{EC_PKCS8}"), "holds two"),
        (&without(&["d", "p", "q", "dp", "dq", "qi"]), "is a public key"),
        (&without(&["qi"]), "lacks"),
        (&without(&["n"]), "lacks its public members"),
        (&without(&["kty"]), "no \"kty\""),
        (&with(RSA_JWK, "use", json!("enc")), "not for signing"),
        (&with(RSA_JWK, "key_ops", json!(["decrypt"])), "not for signing"),
        (&with(RSA_JWK, "alg", json!("PS256")), "another algorithm"),
        (&with(RSA_JWK, "n", json!("not base64url!")), "not base64url"),
        (&with(EC_JWK, "crv", json!("P-521")), "another curve"),
        (&other_d, "does not fit together"),
        (r#"{"kty":"oct","k":"c2VjcmV0"}"#, "shared secret"),
        (&format!(r#"{{"keys":[{EC_JWK}]}}"#), "set of keys"),
        (&RSA_JWK[..300], "no JWK"),
    ] {
        let why = Given::read(text).expect_err("refused");
        assert!(why.contains(said), "{said:?}: {why}");
        for piece in ["MII", "Eq5xpGnN", "870MB6", "00token", "c2VjcmV0"] {
            assert!(!why.contains(piece), "{why}");
        }
    }
}

#[test]
fn a_key_is_never_shown() {
    let key = key(EC_JWK);
    let shown = format!("{key:?} {:?}", key.kept());
    assert!(shown.starts_with("Key(ES256, ") && !shown.contains("MIG") && !shown.contains("jpsQnn"), "{shown}");
}

proptest::proptest! {
    #[test]
    fn nothing_that_is_given_as_a_key_makes_it_panic(form in 0_usize..6, at in 0_usize..2_000, byte: u8, cut in 0_usize..2_000) {
        let form = [RSA_PKCS8, RSA_PKCS1, RSA_JWK, EC_PKCS8, EC_SEC1, EC_JWK][form];
        let mut bytes = form.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte & 0x7f;
        bytes.truncate(cut);
        let text = String::from_utf8(bytes).expect("ASCII");
        if let Err(why) = Given::read(&text) {
            // What it says is ours, and no part of what was given.
            proptest::prop_assert!(why.len() < 200, "{why}");
        }
    }
}
