//! The signature is right for every secret that Okta can hold: another library verifies it, and signs what is read here.

use jsonwebtoken::{DecodingKey, EncodingKey, Validation, decode, encode};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

proptest! {
    #[test]
    fn any_secret_that_okta_takes_signs_what_it_and_no_other_verifies(
        secret in "[ -~]{14,100}", other in "[ -~]{14,100}", id in "[ -~]{1,40}",
    ) {
        prop_assume!(secret != other);
        let claims = json!({"sub": id});
        let token = sign_with_secret(&claims, &SecretValue::new(secret.clone()));
        prop_assert!(!token.contains(&secret), "the secret itself is not in it");
        let mut validation = Validation::default();
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        let judged = |secret: &str| decode::<Value>(&**token, &DecodingKey::from_secret(secret.as_bytes()), &validation);
        prop_assert_eq!(judged(&secret).expect("it verifies").claims, claims.clone());
        prop_assert!(judged(&other).is_err());
        let foreign = encode(&jsonwebtoken::Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes()));
        for token in [&**token, &foreign.expect("signed")] {
            let read = Jws::<Value>::read(token).expect("a token");
            prop_assert_eq!((read.header.alg.as_str(), &read.claims), (HS256, &claims));
            prop_assert!(read.signed_with(&secret) && !read.signed_with(&other));
        }
    }
}
