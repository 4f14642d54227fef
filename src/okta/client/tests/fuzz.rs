//! Fuzz targets: what the client makes of bodies, refusals, headers and whole answers. See [`crate::fuzz`].

use chrono::Duration as Span;
use proptest::collection::vec;
use proptest::prelude::*;
use reqwest::header::HeaderName;

use super::*;
use crate::core::protocol::call::{Holds, SeenApp};
use crate::fuzz;
use crate::text::is_harmless;

fn secrets() -> Value {
    json!([
        {"id": "ocs2f4zrZbs8nUa7p0g4", "status": "INACTIVE", "client_secret": "DRUFXGF9XbLn0123456789a3x3POBiIxDreBCdZuFs5B",
         "secret_hash": "yk4SVx4sUWVJVbHt6M-UPA", "created": "2023-02-21T20:08:24.000Z",
         "lastUpdated": "2023-02-21T20:08:24.000Z", "_links": {"activate": {"href": "https://x/a", "hints": {"allow": ["POST"]}}}},
        {"id": "ocs2f50kZB0cITmYU0g4", "status": "ACTIVE", "created": "2023-04-06T21:32:33.000Z"},
    ])
}

fn app() -> Value {
    json!({"id": "0oafxqCAJWWGELFTYASJ", "name": "oidc_client", "label": "Sample Client", "status": "ACTIVE",
        "created": "2023-04-06T21:32:33.000Z", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"client_id": "0oafxqCAJWWGELFTYASJ", "token_endpoint_auth_method": "client_secret_basic"},
            "signing": {"kid": "x"}},
        "settings": {"oauthClient": {"application_type": "web"}}})
}

fn documents() -> Vec<Value> {
    vec![
        secrets(),
        secrets()[0].clone(),
        app(),
        json!([app(), {"id": "0oa1", "label": "SAML", "signOnMode": "SAML_2_0", "credentials": {"signing": {}}}]),
        json!([{"id": "0oa2", "label": "Deel", "name": "deel", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
            "_links": {"clientCredentials": [{"name": "secrets", "href": "https://x/s"}, {"name": "jwks"}]}}]),
        json!({"active": false}),
        json!({"id": "00o1n8sbwArJ7OQRw406", "pipeline": "idx", "_links": {}}),
        json!({"errorCode": "E0000001", "errorSummary": "Api validation failed: x", "errorLink": "E0000001", "errorId": "oae1",
            "errorCauses": [{"errorSummary": "You've reached the maximum number of client secrets per client."}]}),
        json!({"error": "invalid_client", "error_description": "The client secret supplied is invalid."}),
    ]
}

fn sound_app(seen: &SeenApp) {
    let texts = [
        (&seen.id, 64),
        (&seen.label, 128),
        (&seen.client_id, 128),
        (&seen.status, 32),
        (&seen.method_name, 64),
        (&seen.sign_on, 64),
    ];
    for (text, most) in texts {
        // Each character may have become an escape of ten; one more tells that there was more.
        assert!(is_harmless(text) && text.chars().count() <= most * 10 + 1, "{text:?}");
    }
    let shown = |text: &String, is: bool| Some(text.clone()).filter(|text| is && !text.is_empty());
    let linked = match seen.holds {
        Holds::Secrets => json!([{"name": "secrets"}]),
        Holds::Keys => json!({"name": "jwks"}),
        Holds::Nothing => json!(null),
    };
    let written = json!({"id": seen.id, "label": seen.label, "status": seen.status, "signOnMode": seen.sign_on,
        "_links": {"clientCredentials": linked},
        "credentials": {"oauthClient": {"client_id": shown(&seen.client_id, !seen.client_id_hidden),
            "token_endpoint_auth_method": shown(&seen.method_name, true)}}});
    let again: SeenApp = serde_json::from_value::<wire::App>(written).expect("own writing").into();
    // A text that was cut has one character more than is kept, so that it is cut once more.
    if texts.iter().all(|(text, _)| !text.ends_with('…') && text.len() < 32) {
        assert_eq!(again, *seen);
    }
}

fn sound_secret(seen: &SeenSecret) {
    assert!(is_harmless(&seen.id) && seen.id.chars().count() <= 641, "{:?}", seen.id);
    assert!(seen.hash.as_ref().is_none_or(|hash| is_harmless(hash) && hash.chars().count() <= 641));
    assert!(
        seen.value
            .as_ref()
            .is_none_or(|value| (14..=1_000).contains(&value.expose().len()) && is_harmless(value.expose()))
    );
}

/// What each kind of body is read into.
fn bodies(bytes: &[u8]) {
    if let Ok(list) = serde_json::from_slice::<wire::Apps>(bytes) {
        assert!(list.0.len() <= 20_000);
        list.0.into_iter().for_each(|app| sound_app(&app.into()));
    }
    if let Ok(app) = serde_json::from_slice::<wire::App>(bytes) {
        sound_app(&app.into());
    }
    if let Ok(list) = serde_json::from_slice::<wire::Secrets>(bytes) {
        assert!(list.0.len() <= 100);
        list.0.into_iter().for_each(|secret| sound_secret(&secret.into()));
    }
    if let Ok(secret) = serde_json::from_slice::<wire::ClientSecret>(bytes) {
        sound_secret(&secret.into());
    }
    let _ = serde_json::from_slice::<wire::Introspection>(bytes);
    let _ = serde_json::from_slice::<wire::Organization>(bytes);
}

fn sound_fault(fault: &Fault) {
    for text in [Some(&fault.message()), Some(&fault.hint()), fault.okta_code.as_ref(), fault.request_id.as_ref()] {
        assert!(text.is_none_or(|text| is_harmless(text) && text.len() < 16_000), "{fault:?}");
    }
}

/// A refusal of any status with any body.
fn refusal(status: u16, bytes: &[u8]) {
    let status = StatusCode::from_u16(status).expect("three digits");
    let fault = error::fault(status, &HeaderMap::new(), bytes);
    assert_eq!(fault.http_status, Some(status.as_u16()));
    sound_fault(&fault);
    let again: Fault = serde_json::from_str(&serde_json::to_string(&fault).expect("JSON")).expect("own writing");
    assert_eq!(again, fault);
}

/// What the rate headers and the date make us wait.
fn headers(date: &str, lines: &[(&'static str, String)]) {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let rate = Rate::read(&headers, date_of(date));
    assert!((Span::seconds(1)..=Span::seconds(301)).contains(&rate.wait()), "{rate:?}");
    for refused in [false, true] {
        Bucket::new(Clock::test()).learn(rate, refused);
    }
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (1_700_000_000_i64..1_900_000_000).prop_map(|number| number.to_string()),
        "[-+0-9. ]{0,24}",
        fuzz::text(),
    ]
}

fn date() -> impl Strategy<Value = String> {
    prop_oneof![
        "(Mon|Tue|Xyz), [0-9]{1,3} (Jan|Feb|Dec|Foo) [0-9]{1,6} [0-9]{1,3}:[0-9]{2}:[0-9]{2} (GMT|UTC|[+-][0-9]{4}|Z|EST)",
        fuzz::text(),
    ]
}

fn line() -> impl Strategy<Value = (&'static str, String)> {
    let names = ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"];
    (proptest::sample::select(names.to_vec()), number())
}

/// A whole answer as bytes: head and body, each sound or not.
fn whole() -> impl Strategy<Value = Vec<u8>> {
    let status = prop_oneof![
        3 => Just("HTTP/1.1 200 OK".to_owned()),
        3 => (100_u16..600).prop_map(|status| format!("HTTP/1.1 {status} X")),
        1 => "HTTP/[0-9.]{1,3} [0-9]{1,4} \\PC{0,8}",
    ];
    let link = "<(https?://[a-z.:/0-9]{0,20})?(/api/v1/apps\\?after=[a-z]{0,3})?>?;? ?rel=\"?(next|self)\"?,?";
    let header = prop_oneof![
        line().prop_map(|(name, value)| format!("{name}: {value}")),
        date().prop_map(|date| format!("date: {date}")),
        link.prop_map(|link| format!("link: {link}")),
        fuzz::text().prop_map(|text| format!("x-okta-request-id: {text}")),
        "(content-type|content-encoding|location|transfer-encoding): [a-z/,;= -]{0,20}",
        "\\PC{0,20}",
    ];
    let length = prop_oneof![4 => Just(None), 1 => number().prop_map(Some)];
    (status, vec(header, 0..6), length, fuzz::json(documents())).prop_map(|(status, headers, length, body)| {
        let length = length.unwrap_or_else(|| body.len().to_string());
        let head = format!("{status}\r\n{}\r\ncontent-length: {length}\r\n\r\n", headers.join("\r\n"));
        [head.into_bytes(), body].concat()
    })
}

/// One of the calls meets an answer.
async fn answered(call: usize, bytes: Vec<u8>) {
    let okta = hostile::HostileOkta::new(hostile::Script::once(bytes), Duration::from_secs(5)).await;
    let (app_id, secret_id, client_id) = ("0oa1".to_owned(), "ocs1".to_owned(), "0oa1".to_owned());
    let call = match call {
        0 => Call::Create { app_id, value: value() },
        1 => Call::Authenticate {
            probe: Probe::Introspect,
            client_id,
            method: AuthMethod::ClientSecretBasic,
            value: value(),
        },
        2 => Call::Delete { app_id, secret_id },
        3 => Call::Secrets { app_id },
        _ => {
            let page = okta.client.apps(None, None).await;
            return assert!(page.is_err() || page.is_ok_and(|page| page.next.is_none_or(|next| next.starts_with('/'))));
        }
    };
    let answer = okta.client.perform(&call).await;
    if let Err(fault) = &answer.result {
        sound_fault(fault);
    }
    assert!(answer.record.request_id.as_ref().is_none_or(|id| is_harmless(id) && id.chars().count() <= 801));
    assert!(!format!("{answer:?}").contains(value().expose()), "{answer:?}");
}

proptest! {
    #![proptest_config(fuzz::config())]

    #[test]
    fn bodies_are_read_or_refused(bytes in fuzz::json(documents())) {
        bodies(&bytes);
    }

    #[test]
    fn refusals_are_reported_in_harmless_words(status in 100_u16..1_000, bytes in fuzz::json(documents())) {
        refusal(status, &bytes);
    }

    #[test]
    fn headers_make_no_one_wait_for_long(date in date(), lines in vec(line(), 0..6)) {
        headers(&date, &lines);
    }

    #[test]
    fn whole_answers_are_answers_or_faults(call in 0_usize..5, bytes in whole()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(answered(call, bytes));
    }
}
