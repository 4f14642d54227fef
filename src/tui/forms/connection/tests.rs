//! The form of a connection, by keys.

use serde_json::json;

use super::*;
use crate::engine::refusal::FieldFault;
use crate::engine::request::{ConnectionBody, Reply, Request};
use crate::tui::fixture::{connection, id, model, press, send, view_of};
use crate::tui::keys::key::Code;
use crate::tui::model::Model;
use crate::tui::msg::{Ask, Effect, Msg};
use crate::tui::overlays::Overlay;

fn opened() -> Model {
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(Vec::new(), vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "2n");
    model
}

fn connect(model: &Model) -> &Connect {
    match model.overlays.last() {
        Some(Overlay::Connect(connect)) => connect,
        other => panic!("{other:?}"),
    }
}

fn fault(model: &Model, key: FieldKey) -> Option<String> {
    connect(model).form.get(key).and_then(|item| item.fault.clone())
}

#[test]
fn all_faults_are_reported_at_once_each_beside_its_field_and_nothing_is_sent() {
    let mut model = opened();
    press(&mut model, "⇥Bad Name⇥https://acme-admin.okta.com⇥⇥⇥⇥⇥");
    let effects = press(&mut model, "⏎");
    assert!(effects.is_empty());
    assert!(fault(&model, field::NAME).is_some_and(|fault| fault.contains("bad-name")));
    assert!(fault(&model, field::INSTANCE_URL).is_some_and(|fault| fault.contains("https://acme.okta.com")));
    assert!(fault(&model, field::API_TOKEN).is_some_and(|fault| fault.contains("paste")));
    assert_eq!(connect(&model).form.field().map(|item| item.key), Some(field::NAME));
}

#[test]
fn a_refused_test_keeps_everything_typed_and_offers_to_save_untested() {
    let mut model = opened();
    let effects = press(&mut model, "⇥acme⇥https://acme.okta.com⇥⇥00token⇥⇥⇥⏎");
    let Some(Effect::Call(purpose, _)) = effects.into_iter().next_back() else { panic!("no call") };
    assert_eq!(connect(&model).stage, Stage::Testing);
    assert!(press(&mut model, "x⏎").is_empty(), "nothing is typed into what is being tested");
    let refusal = Refusal::new(Kind::Refused, "Okta refuses the token", "check it; nothing was saved");
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    assert!(connect(&model).can_save_untested());
    assert_eq!(connect(&model).form.typed(field::NAME), "acme");
    let effects = send(&mut model, Msg::Key(Key::ctrl('s')));
    let Some(Effect::Call(_, ask)) = effects.into_iter().next() else { panic!("no call") };
    assert!(matches!(ask.0, Request::ConnectionCreate(body) if body.no_test));
}

#[test]
fn a_credential_from_a_file_is_read_when_it_is_needed_and_a_bad_file_is_reported_beside_its_field() {
    let mut model = opened();
    let effects = press(&mut model, "⇥acme⇥https://acme.okta.com⇥⇥⇥~/okta.token⇥⇥⏎");
    let Some(Effect::ReadFile { number, path, .. }) = effects.into_iter().next_back() else { panic!("not read") };
    assert_eq!(path, "~/okta.token");
    send(&mut model, Msg::FileRead { number, untested: false, result: Err("it is empty".into()) });
    assert_eq!(fault(&model, field::FILE).as_deref(), Some("it is empty"));
    press(&mut model, "⇥⇥⏎");
    let effects = send(&mut model, Msg::FileRead { number, untested: false, result: Ok(SecretValue::new("00abc")) });
    let Some(Effect::Call(purpose @ Purpose::Connect(_), _)) = effects.into_iter().next() else { panic!("no call") };
    let made = Reply::Connection { app_connection: Box::new(connection(1001, "acme", None)), notes: Vec::new() };
    send(&mut model, Msg::Replied(purpose, Ok(made)));
    let said = model.session.toasts.back().map(|toast| toast.text.to_string()).unwrap_or_default();
    assert!(said.contains("`shred -u ~/okta.token`"), "{said}");
}

#[test]
fn an_edit_sends_what_was_changed_and_a_token_only_where_one_was_typed() {
    let mut model = opened();
    press(&mut model, "⎋");
    model.connections.list.jump(id(1000));
    model.settle();
    press(&mut model, "e");
    let effects = press(&mut model, "2⇥⇥⇥⇥⇥⇥⏎");
    let Some(Effect::Call(_, ask)) = effects.into_iter().next_back() else { panic!("no call") };
    let Request::ConnectionUpdate { patch, .. } = ask.0 else { panic!("another request") };
    assert_eq!(patch.name.as_deref(), Some("okta-prod2"));
    assert!(patch.credentials.is_none() && patch.description.is_none());
}

#[test]
fn faults_that_the_engine_finds_come_home() {
    let mut model = opened();
    let effects = press(&mut model, "⇥acme⇥https://acme.okta.com⇥⇥00token⇥⇥⇥⏎");
    let Some(Effect::Call(purpose, _)) = effects.into_iter().next_back() else { panic!("no call") };
    let field = FieldFault { field: "credentials.apiToken".into(), message: "is no token".into() };
    let refusal = Refusal { fields: vec![field], ..Refusal::new(Kind::Invalid, "x", "y") };
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    assert_eq!(fault(&model, field::API_TOKEN).as_deref(), Some("is no token"));
    assert_eq!(connect(&model).refusal, None, "said once");
    send(&mut model, Msg::Key(Key::of(Code::Esc)));
    assert!(model.overlays.is_empty());
}

#[test]
fn a_token_can_be_replaced_by_a_service_apps_key_and_then_the_key_is_needed() {
    let mut model = opened();
    press(&mut model, "⎋");
    model.connections.list.jump(id(1000));
    model.settle();
    press(&mut model, "e⇥⇥→⇥0oaservice⇥⇥⇥⇥⇥⏎");
    assert!(fault(&model, field::PRIVATE_KEY).is_some(), "{:?}", connect(&model).form);
    let key = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n";
    send(&mut model, Msg::Paste(key.into()));
    let effects = press(&mut model, "⇥⇥⇥⇥⏎");
    let Some(Effect::Call(_, ask)) = effects.into_iter().next_back() else { panic!("no call") };
    let Request::ConnectionUpdate { patch, .. } = ask.0 else { panic!("another request") };
    let given = patch.credentials.expect("changed");
    assert_eq!((given.client_id.as_deref(), given.api_token), (Some("0oaservice"), None));
    assert_eq!(given.private_key.expect("given").expose(), key);
}

#[test]
fn a_new_name_does_not_make_a_refused_connection_work() {
    let mut model = opened();
    press(&mut model, "⎋");
    model.connections.list.jump(id(1000));
    model.settle();
    let effects = press(&mut model, "e2⇥⇥⇥⇥⇥⇥⏎");
    let Some(Effect::Call(purpose, _)) = effects.into_iter().next_back() else { panic!("no call") };
    let row = connection(1000, "okta-prod2", Some("token refused"));
    let reply = Reply::Connection { app_connection: Box::new(row), notes: Vec::new() };
    send(&mut model, Msg::Replied(purpose, Ok(reply)));
    assert_eq!(model.session.toasts.back().map(|toast| toast.text.to_string()).as_deref(), Some("okta-prod2 is saved"));
}

#[test]
fn a_server_that_is_no_org_keeps_its_login_and_takes_another_address_name_or_token() {
    let mut model = model(80, 24);
    let mut row = connection(1000, "bao", None);
    (row.app, row.method) = ("hashicorp-vault".into(), "token".into());
    row.credentials.instance_url = "https://10.0.0.5:8200".into();
    send(&mut model, Msg::View(view_of(Vec::new(), vec![row])));
    press(&mut model, "2e");
    assert!(connect(&model).form.get(field::METHOD).is_some() && connect(&model).form.get(field::CLIENT_ID).is_none());
    press(&mut model, "-2⇥⇥⇥hvs.canary⇥⇥⇥⇥⇥");
    let effects = press(&mut model, "⏎");
    let [Effect::Call(_, Ask(Request::ConnectionUpdate { patch, .. }))] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let credentials = patch.credentials.as_ref().expect("a token");
    assert_eq!((patch.name.as_deref(), credentials.given()), (Some("bao-2"), vec!["accessToken"]));
}

/// What is asked of the engine once this was typed into a new connection's form.
fn made(keys: &str) -> ConnectionBody {
    let mut model = opened();
    press(&mut model, keys);
    let effects = send(&mut model, Msg::Key(Key::of(Code::PageDown)));
    let [Effect::Call(_, Ask(Request::ConnectionCreate(body)))] = effects.as_slice() else {
        panic!("{keys}: {effects:?}, {:?}", connect(&model).form)
    };
    ConnectionBody::clone(body)
}

#[test]
fn a_connection_to_every_server_is_made_in_each_way_with_what_was_typed_and_nothing_else() {
    let token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    let eks = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token";
    let cases = [
        (
            "→⇥x⇥https://v:8200⇥⇥hvs.x⇥team",
            "hashicorp-vault",
            "token",
            json!({"instanceUrl": "https://v:8200", "accessToken": "hvs.x", "namespace": "team"}),
        ),
        (
            "→⇥x⇥https://v:8200⇥→⇥role⇥sid",
            "hashicorp-vault",
            "app-role",
            json!({"instanceUrl": "https://v:8200", "roleId": "role", "secretId": "sid", "authMount": "approle"}),
        ),
        (
            "→⇥x⇥https://v:8200⇥→→⇥pod⇥⇥",
            "hashicorp-vault",
            "kubernetes",
            json!({"instanceUrl": "https://v:8200", "role": "pod", "jwtFile": token, "authMount": "kubernetes"}),
        ),
        (
            "→→⇥x⇥https://k:6443⇥⇥ey.x",
            "kubernetes",
            "token",
            json!({"instanceUrl": "https://k:6443", "accessToken": "ey.x"}),
        ),
        (
            "→→⇥x⇥https://k:6443⇥→",
            "kubernetes",
            "service-account",
            json!({"instanceUrl": "https://k:6443", "jwtFile": token}),
        ),
        (
            "→→→⇥x⇥⇥⇥eu-central-1⇥AKIA⇥key",
            "aws",
            "access-key",
            json!({"region": "eu-central-1", "accessKeyId": "AKIA", "secretAccessKey": "key"}),
        ),
        (
            "→→→⇥x⇥http://127.0.0.1:4566⇥→⇥us-east-1⇥arn⇥ext",
            "aws",
            "instance-profile",
            json!({
                "instanceUrl": "http://127.0.0.1:4566", "region": "us-east-1", "assumeRoleArn": "arn",
                "externalId": "ext",
            }),
        ),
        (
            "→→→⇥x⇥⇥→→⇥us-east-1⇥arn",
            "aws",
            "web-identity",
            json!({"region": "us-east-1", "roleArn": "arn", "jwtFile": eks}),
        ),
        ("→→→→⇥x⇥⇥id⇥secret", "infisical", "universal-auth", json!({"clientId": "id", "clientSecret": "secret"})),
    ];
    for (keys, app, method, credentials) in cases {
        let body = made(keys);
        assert_eq!((body.app.as_str(), body.method.as_str()), (app, method), "{keys}");
        assert_eq!(serde_json::to_value(&body.credentials).expect("written"), credentials, "{keys}");
    }
}

#[test]
fn each_file_is_read_in_turn_and_each_text_goes_to_its_own_field() {
    let mut model = opened();
    press(&mut model, "→→⇥x⇥https://k:6443⇥→→⇥~/kube.crt⇥⇥~/ca.crt⇥~/kube.key");
    let mut effects = send(&mut model, Msg::Key(Key::of(Code::PageDown)));
    for (wanted, text) in [("~/kube.crt", "certificate"), ("~/ca.crt", "ca"), ("~/kube.key", "key")] {
        let [Effect::ReadFile { number, path, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(path, wanted);
        let read = Msg::FileRead { number: *number, untested: false, result: Ok(SecretValue::new(text)) };
        effects = send(&mut model, read);
    }
    let [Effect::Call(_, Ask(Request::ConnectionCreate(body)))] = effects.as_slice() else { panic!("{effects:?}") };
    let given = &body.credentials;
    assert_eq!(given.client_certificate.as_deref(), Some("certificate"));
    assert_eq!(given.ca_certificate.as_deref(), Some("ca"));
    assert_eq!(given.private_key.as_ref().map(SecretValue::expose), Some("key"));
}

#[test]
fn an_edit_of_a_region_sends_what_was_changed_and_may_empty_what_is_optional() {
    let mut model = model(80, 24);
    let mut row = connection(1000, "aws", None);
    (row.app, row.method) = ("aws".into(), "access-key".into());
    row.credentials.instance_url = "https://secretsmanager.eu-central-1.amazonaws.com".into();
    row.credentials.region = Some("eu-central-1".into());
    row.credentials.assume_role_arn = Some("arn".into());
    send(&mut model, Msg::View(view_of(Vec::new(), vec![row])));
    press(&mut model, "2e⇥⇥⇥⇥⇥⇥⇥⌫⌫⌫");
    let effects = send(&mut model, Msg::Key(Key::of(Code::PageDown)));
    let [Effect::Call(_, Ask(Request::ConnectionUpdate { patch, .. }))] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let credentials = patch.credentials.as_ref().expect("changed");
    assert_eq!((credentials.given(), credentials.assume_role_arn.as_deref()), (vec!["assumeRoleArn"], Some("")));
}
