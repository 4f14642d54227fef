//! What is read of real apps, and of some that could come.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::core::protocol::call::Holds;
use crate::core::protocol::usable::{method_word, secretless, usable};
use crate::core::rotation::AuthMethod;

fn read(body: Value) -> SeenApp {
    serde_json::from_value::<wire::App>(body).expect("an app").into()
}

#[test]
fn every_recorded_app_is_what_its_own_body_says() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for (body, app) in bodies().iter().zip(seen()) {
        let client = &body["credentials"]["oauthClient"];
        let links = body["_links"]["clientCredentials"].to_string();
        let has = match client["token_endpoint_auth_method"].as_str() {
            Some(method) => method.starts_with("client_secret_"),
            None => links.contains("secrets"),
        };
        assert_eq!(secretless(&app).is_none(), has, "{body}");
        assert_eq!(usable(&app).is_ok(), has && body["status"] == "ACTIVE", "{body}");
        match client["client_id"].as_str() {
            Some(id) => assert_eq!((app.client_id.as_str(), app.client_id_hidden), (id, false)),
            None if links == "null" => assert_eq!((app.client_id.as_str(), app.client_id_hidden), ("", false)),
            None => assert_eq!((&app.client_id, app.client_id_hidden), (&app.id, true), "{body}"),
        }
        let word = match secretless(&app).map(|what| what.words()) {
            Some(why) => why,
            None => method_word(&app).to_owned(),
        };
        *kinds.entry(word).or_default() += 1;
    }
    let kinds: Vec<(&str, usize)> = kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(
        kinds,
        [
            ("Okta shows none for it", 13),
            ("a SAML 1.1 app", 1),
            ("a SAML 2.0 app", 8),
            ("a SWA app", 17),
            ("a basic authentication app", 2),
            ("a bookmark", 2),
            ("an app without sign-on", 5),
            ("client_secret_basic", 31),
            ("client_secret_post", 4),
            ("hidden", 8),
            ("it authenticates by a key", 2),
            ("none", 9),
            ("private_key_jwt", 4),
        ]
    );
}

#[test]
fn what_is_absent_null_or_new_is_taken_for_what_it_is() {
    let hidden = |links: Value| read(json!({"id": "0oa1", "signOnMode": null, "_links": {"clientCredentials": links}}));
    for (links, holds) in [
        (json!([{"name": "secrets"}]), Holds::Secrets),
        (json!([{"name": "jwks"}, {"name": "secrets"}]), Holds::Secrets),
        (json!({"name": "secrets", "href": "x"}), Holds::Secrets),
        (json!([{"name": "jwks"}]), Holds::Keys),
        (json!([{"name": "mtls"}, {"href": "x"}, {"name": null}]), Holds::Nothing),
        (json!([]), Holds::Nothing),
        (json!(null), Holds::Nothing),
    ] {
        assert_eq!(hidden(links.clone()).holds, holds, "{links}");
    }
    let app = hidden(json!([{"name": "secrets"}]));
    assert_eq!((app.label.as_str(), app.client_id.as_str(), app.auth_method), ("0oa1", "0oa1", AuthMethod::Hidden));
    assert!(usable(&app).expect_err("its status is not shown").message().contains("shows no status"));
    let with = |method: Value| {
        read(json!({
            "id": "0oa1", "label": "L".repeat(5_000), "status": "ACTIVE", "credentials": {"oauthClient": {
                "client_id": null, "token_endpoint_auth_method": method}}, "_links": null, "settings": null}))
    };
    let new = with(json!("tls_client_auth"));
    assert_eq!((new.auth_method, method_word(&new)), (AuthMethod::Unknown, "tls_client_auth"));
    let reported = usable(&new).expect_err("Okta links to no secrets of it").message();
    assert!(reported.contains("tls_client_auth, unknown to windlass") && reported.len() < 400, "{reported}");
    assert_eq!(with(json!(null)).auth_method, AuthMethod::Hidden);
    assert_eq!(with(json!("")).auth_method, AuthMethod::Hidden);
    assert_eq!(with(json!("hidden")).auth_method, AuthMethod::Unknown, "our word is none of Okta's");
    let strange = read(json!({"id": "0oa1", "label": " ", "status": "ACTIVE", "signOnMode": "PASSKEY_ONLY"}));
    assert_eq!(secretless(&strange).map(|what| what.words()).as_deref(), Some("sign-on mode PASSKEY_ONLY"));
    assert_eq!((strange.label.as_str(), method_word(&strange)), ("0oa1", "not-oauth"));
}
