use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::engine::refusal::Kind;
use crate::engine::request::{ConfigBody, Request};
use crate::tui::fixture::{connection, id, model as plain, press, rows, send, view_of, with_targets};
use crate::tui::msg::{Ask, Msg, Purpose};
use crate::tui::picture::picture;

/// hr-sync with its three targets, their list open.
fn model(columns: u16, lines: u16) -> Model {
    let mut model = plain(columns, lines);
    let mut rows = rows();
    rows[2] = with_targets(&rows[2]);
    send(&mut model, Msg::View(view_of(rows, vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "/hr⏎D");
    model
}

fn page_down(model: &mut Model) -> Vec<Effect> {
    send(model, Msg::Key(Key::of(crate::tui::keys::key::Code::PageDown)))
}

fn only(effects: Vec<Effect>) -> (Purpose, Request) {
    let call = |effect| match effect {
        Effect::Call(purpose, Ask(request)) => Some((purpose, request)),
        _ => None,
    };
    let mut calls: Vec<_> = effects.into_iter().filter_map(call).collect();
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls.remove(0)
}

#[test]
fn it_is_filled_in_at_any_size() {
    for (columns, lines) in [(80, 24), (120, 40), (60, 20), (40, 10)] {
        let mut model = model(columns, lines);
        press(&mut model, "n");
        insta::assert_snapshot!(format!("new-{columns}x{lines}"), picture(&model));
    }
    let mut model = model(80, 24);
    press(&mut model, "n ");
    insta::assert_snapshot!("new-command", picture(&model));
}

#[test]
fn a_file_is_made_of_what_was_typed_and_its_faults_stand_beside_their_fields() {
    let mut model = model(80, 24);
    press(&mut model, "n⇥/run/pay/okta.yaml⇥→→→→⇥⇥pay⇥⌫⌫⌫⌫0640⇥⇥⇥A=client-id B=client-secret⇥systemctl restart 'a b'");
    let (purpose, request) = only(page_down(&mut model));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    let expected = json!({
        "rotation": "hr-sync", "destination": "file",
        "destinationConfig": {"path": "/run/pay/okta.yaml", "format": "yaml", "group": "pay", "mode": "0640", "inPlace": false},
        "keys": {"A": "clientId", "B": "clientSecret"}, "gates": true, "drift": "restore",
        "after": ["systemctl", "restart", "a b"],
    });
    assert_eq!(*body, serde_json::from_value(expected).expect("a body"));
    let field = "destinationConfig.mode".to_owned();
    let fault = crate::engine::refusal::FieldFault { field, message: "is octal, as 0640".into() };
    let refusal = Refusal { fields: vec![fault], ..Refusal::new(Kind::Invalid, "not valid", "correct it") };
    send(&mut model, Msg::Replied(purpose.clone(), Err(refusal)));
    insta::assert_snapshot!("fault", picture(&model));
    let made = model.session.rows.rotations[&id(3)].targets.list[0].clone();
    page_down(&mut model);
    send(&mut model, Msg::Replied(purpose, Ok(Reply::Target { secret_sync: Box::new(made) })));
    assert!(matches!(model.overlays[..], [Overlay::Targets(shown)] if shown.at == Some(id(51))));
}

#[test]
fn only_what_was_changed_is_sent_and_the_place_is_another_target() {
    let mut model = model(80, 24);
    press(&mut model, "jje");
    insta::assert_snapshot!("edit", picture(&model));
    page_down(&mut model);
    assert!(picture(&model).contains("nothing was changed"));
    press(&mut model, "⎋jje⇥⇥⇥⌫⌫⌫0");
    let (_, request) = only(page_down(&mut model));
    let Request::TargetUpdate { patch, .. } = request else { panic!("{request:?}") };
    assert_eq!(patch.destination_config.mode.as_deref(), Some("00"));
    let rest = ConfigBody { mode: None, ..patch.destination_config.clone() };
    assert!(rest == ConfigBody::default() && patch.after.is_none() && patch.keys.is_none(), "{patch:?}");
}

#[test]
fn names_and_mode_that_are_taken_out_are_those_of_the_beginning_again() {
    let mut model = model(80, 24);
    press(&mut model, &format!("jje⇥⇥⇥{}⇥⇥⇥{}", "⌫".repeat(4), "⌫".repeat(80)));
    let (_, request) = only(page_down(&mut model));
    let Request::TargetUpdate { patch, .. } = request else { panic!("{request:?}") };
    assert_eq!((patch.keys, patch.destination_config.mode.as_deref()), (Some(BTreeMap::new()), Some("")));
}

#[test]
fn a_template_is_read_from_its_file_and_a_command_that_cannot_be_parted_is_a_fault() {
    let mut model = model(80, 24);
    press(&mut model, "n⇥/run/a⇥");
    for _ in 0..7 {
        press(&mut model, "→");
    }
    press(&mut model, "⇥~/a.tmpl");
    let effects = page_down(&mut model);
    let [Effect::ReadFile { number, path, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(path, "~/a.tmpl");
    let text = SecretValue::new("id={{ clientId }}");
    let (_, request) = only(send(&mut model, Msg::FileRead { number: *number, untested: false, result: Ok(text) }));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    assert_eq!(body.destination_config.template.as_deref(), Some("id={{ clientId }}"));
    let mut model = self::model(80, 24);
    press(&mut model, "n ⇥it's");
    assert!(page_down(&mut model).is_empty());
    assert!(picture(&model).contains("has a quote that is not closed"), "{}", picture(&model));
}

#[test]
fn a_secret_of_a_vault_is_reached_through_one_of_its_connections() {
    let mut model = model(80, 24);
    press(&mut model, "n   ");
    assert!(picture(&model).contains("there is no connection to such a server yet"), "{}", picture(&model));
    let mut server = connection(1001, "vault1", None);
    server.app = "hashicorp-vault".into();
    model.session.rows.connections.insert(server.id, server);
    let mut other = connection(1002, "prod-aws", None);
    other.app = "aws".into();
    model.session.rows.connections.insert(other.id, other);
    press(&mut model, "⎋n   ⇥⇥kv⇥apps/pay");
    let (_, request) = only(page_down(&mut model));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    let config = &body.destination_config;
    assert_eq!((body.destination.as_str(), body.connection_id.as_deref()), ("hashicorp-vault", Some("vault1")));
    assert_eq!((config.mount.as_deref(), config.path.as_deref()), (Some("kv"), Some("apps/pay")));
}

#[test]
fn credentials_of_units_are_made_with_the_units_that_get_them_and_those_can_be_changed() {
    let mut model = model(80, 24);
    press(&mut model, "n  ⇥pay@*.service");
    insta::assert_snapshot!("new-credential", picture(&model));
    let (_, request) = only(page_down(&mut model));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    let units = ConfigBody { unit: Some("pay@*.service".into()), ..ConfigBody::default() };
    assert_eq!((body.destination.as_str(), body.connection_id, body.destination_config), ("credential", None, units));
    let mut rows = rows();
    rows[2] = with_targets(&rows[2]);
    let place = json!({"kind": "credential", "unit": "pay.service"});
    let made = &mut rows[2].targets.list[0];
    (made.destination, made.destination_config) =
        ("credential".into(), serde_json::from_value(place).expect("a place"));
    let mut model = plain(80, 24);
    send(&mut model, Msg::View(view_of(rows, vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "/hr⏎Djj⏎");
    assert!(picture(&model).contains("LoadCredential=OKTA_CLIENT_ID:/run/windlass/"), "{}", picture(&model));
    press(&mut model, &format!("e{}hr.service", "⌫".repeat("pay.service".len())));
    let (_, request) = only(page_down(&mut model));
    let Request::TargetUpdate { patch, .. } = request else { panic!("{request:?}") };
    let expected = ConfigBody { unit: Some("hr.service".into()), ..ConfigBody::default() };
    assert_eq!(patch.destination_config, expected);
}

#[test]
fn a_secret_of_a_cluster_is_made_with_what_is_restarted_and_that_alone_can_be_changed() {
    let mut model = model(80, 24);
    for (at, name, app) in [(1001, "vault1", "hashicorp-vault"), (1002, "cluster", "kubernetes")] {
        let mut server = connection(at, name, None);
        server.app = app.into();
        model.session.rows.connections.insert(server.id, server);
    }
    press(&mut model, "n    ⇥⇥pay⇥okta⇥deployment/pay daemonset/a");
    insta::assert_snapshot!("new-kubernetes", picture(&model));
    let (_, request) = only(page_down(&mut model));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    assert_eq!((body.destination.as_str(), body.connection_id.as_deref()), ("kubernetes", Some("cluster")));
    let expected = json!({"namespace": "pay", "name": "okta", "restart": ["deployment/pay", "daemonset/a"]});
    assert_eq!(body.destination_config, serde_json::from_value(expected).expect("a place"));
    let mut rows = rows();
    rows[2] = with_targets(&rows[2]);
    let place = json!({"kind": "kubernetes", "namespace": "pay", "name": "okta", "restart": ["deployment/pay"]});
    let made = &mut rows[2].targets.list[0];
    (made.destination, made.destination_config) =
        ("kubernetes".into(), serde_json::from_value(place).expect("a place"));
    let mut model = plain(80, 24);
    send(&mut model, Msg::View(view_of(rows, vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "/hr⏎Djje⌫⌫⌫db");
    let (_, request) = only(page_down(&mut model));
    let Request::TargetUpdate { patch, .. } = request else { panic!("{request:?}") };
    let expected = ConfigBody { restart: Some(vec!["deployment/db".into()]), ..ConfigBody::default() };
    assert_eq!(patch.destination_config, expected);
}

#[test]
fn a_secret_and_parameters_of_aws_are_reached_through_a_connection_to_it() {
    let opened = || {
        let mut model = model(80, 24);
        for (number, name, app) in [(1001, "vault1", "hashicorp-vault"), (1002, "prod-aws", "aws")] {
            let mut server = connection(number, name, None);
            server.app = app.into();
            model.session.rows.connections.insert(server.id, server);
        }
        model
    };
    let mut model = opened();
    press(&mut model, "n     ⇥⇥apps/pay⇥ ⇥alias/pay");
    insta::assert_snapshot!("new-aws-secret", picture(&model));
    let (_, request) = only(page_down(&mut model));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    let config = &body.destination_config;
    assert_eq!((body.destination.as_str(), body.connection_id.as_deref()), ("aws-secrets-manager", Some("prod-aws")));
    assert_eq!(
        (config.secret_name.as_deref(), config.plain, config.path.as_deref()),
        (Some("apps/pay"), Some(true), None)
    );
    assert_eq!(config.kms_key_id.as_deref(), Some("alias/pay"));
    let mut model = opened();
    press(&mut model, "n      ⇥⇥/apps/pay");
    let (_, request) = only(page_down(&mut model));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    let config = &body.destination_config;
    assert_eq!((body.destination.as_str(), config.path.as_deref()), ("aws-parameter-store", Some("/apps/pay")));
    assert_eq!((config.plain, config.kms_key_id.as_deref(), config.mount.as_deref()), (None, None, None));
}

#[test]
fn a_folder_of_infisical_is_named_by_its_project_and_environment() {
    let mut model = model(80, 24);
    let mut server = connection(1001, "infisical", None);
    server.app = "infisical".into();
    model.session.rows.connections.insert(server.id, server);
    press(&mut model, "n       ⇥⇥7b0c⇥prod⇥/apps/pay");
    insta::assert_snapshot!("new-infisical", picture(&model));
    let (_, request) = only(page_down(&mut model));
    let Request::TargetCreate(body) = request else { panic!("{request:?}") };
    assert_eq!((body.destination.as_str(), body.connection_id.as_deref()), ("infisical", Some("infisical")));
    let expected = json!({"project": "7b0c", "environment": "prod", "path": "/apps/pay"});
    assert_eq!(body.destination_config, serde_json::from_value(expected).expect("a place"));
}
