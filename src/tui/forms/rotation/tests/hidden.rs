//! Apps as real orgs have them in the picker, and what Okta does not show of some.

use super::*;
use crate::engine::recorded_apps;
use crate::tui::fixture::org::app_with;
use crate::tui::forms::form::Focus;

/// An app of the catalogue, listed or looked at.
fn hidden(number: usize, label: &str, secrets: usize) -> AppRow {
    let fields = json!({"authMethod": "hidden", "methodOpen": true, "clientIdHidden": true});
    app_with(number, label, secrets, &fields)
}

#[test]
fn every_recorded_app_is_picked_or_says_why_it_cannot_be() {
    let rows = recorded_apps();
    let mut model = at_apps(rows.clone());
    let pick = |model: &Model| wizard(model).form.pick(field::APP).expect("a picker").clone();
    assert_eq!(pick(&model).found(), 106);
    let oauth = rows.iter().filter(|row| row.is_oauth()).count();
    assert!(pick(&model).window(0, oauth).all(|(_, row)| !row.last), "what is no OAuth client stands behind");
    for row in rows {
        for _ in 0..40 {
            key(&mut model, Code::Backspace);
        }
        press(&mut model, &row.id);
        assert_eq!(pick(&model).here().map(|here| here.key.clone()), Some(row.id.clone()), "{}", row.label);
        let effects = calls(press(&mut model, "⏎"));
        let fault = wizard(&model).form.get(field::APP).and_then(|item| item.fault.clone());
        match &row.reason {
            None => {
                assert_eq!((effects.len(), fault), (1, None), "{}", row.label);
                let (purpose, _) = effects.into_iter().next().expect("it is looked at");
                let looked = AppRow { secrets: Some(0), ..row.clone() };
                answer(&mut model, purpose, Reply::Apps { apps: vec![looked], next: None });
                assert_eq!(wizard(&model).form.get(field::METHOD).is_some(), row.method_open, "{}", row.label);
                assert_eq!(wizard(&model).form.get(field::CLIENT_ID).is_some(), row.client_id_hidden);
            }
            Some(reason) => {
                assert!(effects.is_empty(), "{}", row.label);
                assert!(fault.is_some_and(|fault| fault.contains(reason)), "{}", row.label);
            }
        }
        wizard_mut(&mut model).form.set_focus(Focus::Field(0));
    }
}

fn wizard_mut(model: &mut Model) -> &mut Wizard {
    let found = model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Wizard(wizard) => Some(wizard),
        _ => None,
    });
    found.expect("it is open")
}

#[test]
fn the_method_of_an_app_of_the_catalogue_is_chosen_before_anything_else() {
    let mut model = at_apps(vec![hidden(1, "Deel", 0)]);
    choose(&mut model, "deel", hidden(1, "Deel", 1));
    key(&mut model, Code::PageDown);
    assert_eq!(wizard(&model).form.page, APPLICATION, "it is not passed by");
    assert!(wizard(&model).form.get(field::METHOD).is_some_and(|item| item.fault.is_some()));
    wizard_mut(&mut model).form.set_focus(Focus::Field(1));
    key(&mut model, Code::Right);
    key(&mut model, Code::Right);
    let (_, body) = to_review(&mut model);
    assert_eq!((body.verify.as_deref(), body.parameters.app_id), (Some("client_secret_post"), None));
    assert_eq!(body.parameters.client_id, "0oa1");
}

#[test]
fn another_client_id_than_the_app_id_is_typed_beside_the_method() {
    let mut model = at_apps(vec![hidden(1, "Deel", 0)]);
    choose(&mut model, "deel", hidden(1, "Deel", 1));
    wizard_mut(&mut model).form.set_focus(Focus::Field(1));
    for _ in 0..4 {
        key(&mut model, Code::Right);
    }
    wizard_mut(&mut model).form.set_focus(Focus::Field(2));
    press(&mut model, "-x");
    let (_, body) = to_review(&mut model);
    assert_eq!(body.verify.as_deref(), Some("listed"), "untested");
    assert_eq!((body.parameters.app(), body.parameters.given_client_id()), ("0oa1", Some("0oa1-x")));
}

#[test]
fn of_several_apps_those_whose_method_is_hidden_are_tested_by_the_one_that_is_named() {
    let mut model = at_apps(vec![hidden(1, "Deel", 0), app(2, "Stock", 0)]);
    press(&mut model, "  ");
    key(&mut model, Code::PageDown);
    assert_eq!(wizard(&model).form.page, APPLICATION);
    wizard_mut(&mut model).form.set_focus(Focus::Field(1));
    key(&mut model, Code::Right);
    let requests = calls(org::go_to(&mut model, REVIEW));
    let ways: Vec<_> = (requests.into_iter())
        .filter_map(|(_, request)| match request {
            Request::RotationCreate(body) => body.verify,
            _ => None,
        })
        .collect();
    assert_eq!(ways, ["client_secret_basic", "introspect"]);
}

#[test]
fn what_is_listed_only_needs_no_method() {
    let mut model = org::well(80, 24);
    press(&mut model, "n");
    let at =
        wizard(&model).form.pages[BEHAVIOUR].fields.iter().position(|item| item.key == field::VERIFY).expect("a field");
    wizard_mut(&mut model).form.set_focus(Focus::Field(at));
    key(&mut model, Code::Left);
    let (purpose, _) = only(key(&mut model, Code::PageDown));
    answer(&mut model, purpose, Reply::Apps { apps: vec![hidden(1, "Deel", 0)], next: None });
    choose(&mut model, "deel", hidden(1, "Deel", 1));
    let (_, body) = to_review(&mut model);
    assert_eq!(body.verify.as_deref(), Some("listed"));
}

#[test]
fn the_method_and_the_client_id_that_were_named_can_be_changed_later() {
    let mut row = rotation(7, "deel", "Deel", "OK", 700, 0);
    row.verify = "client_secret_basic".parse().expect("a way");
    row.parameters.auth_method = Some(crate::core::rotation::AuthMethod::Hidden);
    row.parameters.client_id_hidden = true;
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(vec![row], vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "e");
    let at =
        wizard(&model).form.pages[BEHAVIOUR].fields.iter().position(|item| item.key == field::VERIFY).expect("a field");
    wizard_mut(&mut model).form.set_focus(Focus::Field(at));
    key(&mut model, Code::Right);
    key(&mut model, Code::PageDown);
    press(&mut model, "-x");
    let row = wizard(&model).edits.clone().expect("it is changed");
    let (patch, _) = edit::patch(wizard(&model), &row);
    assert_eq!(patch.verify.as_deref(), Some("client_secret_post"));
    let given = patch.parameters.expect("the client id").client_id;
    assert!(given.ends_with("-x"), "{given}");
}
