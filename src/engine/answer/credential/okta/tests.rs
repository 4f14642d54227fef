use super::*;
use crate::core::connection::Algorithm;
use crate::engine::refusal::Refusal;
use crate::engine::view::Note;

const RSA: &str = include_str!("../../../../jose/key/vectors/rsa.jwk.json");
const EC: &str = include_str!("../../../../jose/key/vectors/ec.pkcs8.pem");

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-02T12:00:00Z").expect("an instant").to_utc()
}

fn secret(text: &str) -> SecretValue {
    SecretValue::new(text)
}

type Read = (Option<Auth>, Vec<String>, Result<(), Refusal>);

/// The notes as they are read.
fn said(notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| note.say().to_string()).collect()
}

fn made(method: &str, given: &CredentialsBody) -> Read {
    let (mut form, mut notes) = (Form::default(), Vec::new());
    let auth = super::super::read_auth(&mut form, App::Okta, method, given, now(), &mut notes);
    (auth, said(&notes), form.done())
}

fn changed(old: &Auth, given: &CredentialsBody) -> Read {
    let (mut form, mut notes) = (Form::default(), Vec::new());
    let auth = change_auth(&mut form, old, given, now() + chrono::Duration::days(9), &mut notes);
    (auth, said(&notes), form.done())
}

fn token() -> Auth {
    Auth::ApiToken { token: SecretValue::new("00old") }
}

fn app() -> Auth {
    let given = CredentialsBody {
        client_id: Some(" 0oaservice\n".into()),
        private_key: Some(secret(RSA)),
        ..CredentialsBody::default()
    };
    let (auth, notes, done) = made("oauth-service-app", &given);
    assert!(done.is_ok() && notes.is_empty(), "{done:?} {notes:?}");
    auth.expect("read")
}

fn fields((_, _, done): Read) -> Vec<String> {
    done.expect_err("refused").fields.into_iter().map(|fault| fault.field).collect()
}

#[test]
fn a_service_app_has_its_key_and_another_for_proofs() {
    let Auth::OauthServiceApp { client_id, private_key, key, proof_key } = app() else { panic!("an app") };
    assert_eq!((client_id.as_str(), key.key_id.as_deref()), ("0oaservice", Some("rfc7515-a2")));
    assert_eq!((key.algorithm, key.since), (Algorithm::Rs256, now()));
    let (ours, proofs) = (Key::of_kept(&private_key).expect("a key"), Key::of_kept(&proof_key).expect("a key"));
    assert_eq!(ours.thumbprint(), key.thumbprint);
    assert_ne!(ours.thumbprint(), proofs.thumbprint());
}

#[test]
fn every_fault_of_a_credential_is_reported_at_once_and_beside_its_field() {
    let none = CredentialsBody::default();
    assert_eq!(fields(made("api-token", &none)), ["credentials.apiToken"]);
    assert_eq!(fields(made("oauth-service-app", &none)), ["credentials.clientId", "credentials.privateKey"]);
    assert_eq!(fields(made("saml", &none)), ["method"]);
    let all = CredentialsBody {
        api_token: Some(secret("00 a token with a blank in it")),
        client_id: Some("0oa with a blank".into()),
        private_key: Some(secret("no key")),
        key_id: Some("a\tkid".into()),
        ..none
    };
    let faults = ["credentials.clientId", "credentials.privateKey", "credentials.keyId", "credentials.apiToken"];
    assert_eq!(fields(made("api-token", &all)), faults);
    assert_eq!(fields(made("oauth-service-app", &all)).len(), 4);
}

#[test]
fn a_key_id_that_is_missing_or_contradicts_its_key_is_noted() {
    let given = |private_key: &str, key_id: Option<&str>| CredentialsBody {
        client_id: Some("0oaservice".into()),
        private_key: Some(secret(private_key)),
        key_id: key_id.map(Into::into),
        ..CredentialsBody::default()
    };
    let (auth, notes, _) = made("oauth-service-app", &given(EC, None));
    assert!(auth.is_some_and(|auth| auth.key().is_some_and(|key| key.key_id.is_none())));
    assert!(notes[0].contains("no key id (kid)"), "{notes:?}");
    let (auth, notes, _) = made("oauth-service-app", &given(RSA, Some("other")));
    assert!(auth.is_some_and(|auth| auth.key().is_some_and(|key| key.key_id.as_deref() == Some("other"))));
    assert!(notes[0].contains("the key id rfc7515-a2"), "{notes:?}");
}

#[test]
fn white_space_around_a_token_is_cut_off_and_said_and_white_space_in_it_is_refused() {
    let given = |token: &str| CredentialsBody { api_token: Some(secret(token)), ..CredentialsBody::default() };
    let plain = "00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for (text, noted) in [(format!("{plain}\r\n"), false), (format!("  {plain} "), true)] {
        let (auth, notes, done) = made("api-token", &given(&text));
        let Some(Auth::ApiToken { token }) = auth else { panic!("{done:?}") };
        assert_eq!((token.expose(), notes.iter().any(|note| note.contains("white space"))), (plain, noted));
    }
    for text in ["", "\r\n", "00a b"] {
        assert_eq!(fields(made("api-token", &given(text))), ["credentials.apiToken"]);
    }
}

#[test]
fn a_patch_changes_what_it_names_and_nothing_else() {
    let patch = CredentialsBody::default;
    assert!(changed(&app(), &patch()).0.is_none());
    // Another key of the same app.
    let Auth::OauthServiceApp { proof_key: before, .. } = app() else { panic!("an app") };
    let old = app();
    let (auth, _, _) = changed(&old, &CredentialsBody { private_key: Some(secret(EC)), ..patch() });
    let Some(Auth::OauthServiceApp { client_id, key, .. }) = auth else { panic!("an app") };
    assert_eq!((client_id.as_str(), key.algorithm, key.key_id), ("0oaservice", Algorithm::Es256, None));
    assert_eq!(key.since, now() + chrono::Duration::days(9));
    assert!(!before.expose().is_empty());
    // Only its id: the key and its age stay.
    let (auth, _, _) = changed(&old, &CredentialsBody { key_id: Some("kid-7".into()), ..patch() });
    let key = auth.as_ref().and_then(Auth::key).expect("a key");
    assert_eq!((key.key_id.as_deref(), key.since), (Some("kid-7"), now()));
    // A token, and back.
    let (auth, _, _) = changed(&old, &CredentialsBody { api_token: Some(secret("00new")), ..patch() });
    assert!(matches!(auth, Some(Auth::ApiToken { .. })));
    let whole = CredentialsBody { client_id: Some("0oaother".into()), private_key: Some(secret(EC)), ..patch() };
    assert!(matches!(changed(&token(), &whole).0, Some(Auth::OauthServiceApp { .. })));
    assert!(matches!(changed(&old, &whole).0, Some(Auth::OauthServiceApp { .. })));
    // What does not go together.
    for (old, given, field) in [
        (token(), CredentialsBody { private_key: Some(secret(EC)), ..patch() }, "credentials.clientId"),
        (token(), CredentialsBody { client_id: Some("0oaother".into()), ..patch() }, "credentials.privateKey"),
        (old.clone(), CredentialsBody { client_id: Some("0oaother".into()), ..patch() }, "credentials.privateKey"),
        (
            old,
            CredentialsBody { api_token: Some(secret("00new")), key_id: Some("k".into()), ..patch() },
            "credentials.apiToken",
        ),
    ] {
        assert_eq!(fields(changed(&old, &given)), [field]);
    }
}
