//! The wizard by keys alone, on the pure model, with the engine's answers given.

mod again;
mod apps;
mod deliver;
mod hidden;

use serde_json::json;

use super::wizard::{APPLICATION, BEHAVIOUR, DETAILS, NAMES, REVIEW, Stage, Wizard};
use super::*;
use crate::core::protocol::plan::Plan;
use crate::engine::refusal::Refusal;
use crate::engine::refusal::{FieldFault, Kind};
use crate::engine::request::Request;
use crate::engine::request::{Reply, RotationBody};
use crate::engine::view::AppRow;
use crate::tui::fixture::org;
use crate::tui::fixture::org::{answer, app, calls, choose, key, only, to_review, wizard};
use crate::tui::fixture::{connection, id, model, now, press, rotation, rows, send, view_of, with};
use crate::tui::forms::form::input::Input;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::Msg;
use crate::tui::overlays::Overlay;
use chrono::{DateTime, Utc};

/// The wizard's second step with some apps.
fn at_apps(apps: Vec<AppRow>) -> Model {
    org::at_apps(80, 24, apps)
}

#[test]
fn from_an_empty_screen_a_connection_comes_first_and_the_wizard_continues_with_it() {
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(Vec::new(), Vec::new())));
    press(&mut model, "n");
    assert!(matches!(model.overlays.last(), Some(Overlay::Connect(_))));
    let token = "00aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStT";
    let effects = press(&mut model, &format!("⇥acme⇥https://acme.okta.com⇥⇥{token}⏎⏎⏎⏎"));
    let (purpose, request) = only(effects);
    let shown = format!("{request:?}");
    assert!(matches!(request, Request::ConnectionCreate(_)) && !shown.contains(token), "{shown}");
    let made = connection(7, "acme", None);
    answer(&mut model, purpose, Reply::Connection { app_connection: Box::new(made), notes: Vec::new() });
    assert_eq!(wizard(&model).connection(), Some(id(7)));
    assert_eq!(model.overlays.len(), 1);
}

#[test]
fn what_was_chosen_last_is_offered_and_the_review_asks_what_would_happen_with_all_of_it() {
    let mut model = at_apps(vec![app(1, "Orders", 0), app(2, "Invoices", 0)]);
    choose(&mut model, "inv", app(2, "Invoices", 1));
    let (_, body) = to_review(&mut model);
    assert!(body.dry_run);
    assert_eq!((body.name.as_str(), body.parameters.client_id.as_str()), ("invoices", "0oa2"));
    assert_eq!(body.secret_path.as_deref(), Some("/invoices"), "the two names are taken in /");
    let at = body.rotate_at.expect("a time");
    assert_eq!((at.hours, at.minutes, at.time_zone.as_deref()), (2, 15, Some("Europe/Berlin")));
    assert_eq!((body.overlap_seconds, body.soak_seconds, body.adopt), (Some(604_800), Some(86_400), false));
    assert_eq!(
        wizard(&model).form.focus,
        crate::tui::forms::form::Focus::Back,
        "nothing is agreed to by one Enter too many"
    );
}

#[test]
fn nothing_is_made_before_the_plan_is_there_and_it_is_made_once() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 1));
    let (plan, _) = to_review(&mut model);
    press(&mut model, "⇥");
    let effects = press(&mut model, "⏎");
    assert!(calls(effects).is_empty(), "what would happen is not known yet");
    answer(&mut model, plan, Reply::Plan { plan: Plan::default() });
    press(&mut model, "⇤");
    let (purpose, request) = only(press(&mut model, "⇥⏎"));
    assert!(matches!(request, Request::RotationCreate(body) if !body.dry_run && body.name == "orders"));
    assert!(calls(press(&mut model, "⏎⏎⏎")).is_empty(), "it is under way");
    let row = rotation(77, "orders", "Orders", "OK", 700, 0);
    answer(&mut model, purpose, Reply::Rotation { secret_rotation: Box::new(row.clone()), plan: None });
    assert_eq!(wizard(&model).stage, Stage::Done);
    let mut all = rows();
    all.push(row);
    send(&mut model, Msg::View(view_of(all, vec![connection(1000, "okta-prod", None)])));
    let mut delivers = model.clone();
    press(&mut delivers, "D");
    let form = match &delivers.overlays[..] {
        [crate::tui::overlays::Overlay::Targets(_), crate::tui::overlays::Overlay::TargetForm(form)] => form,
        other => panic!("{other:?}"),
    };
    assert_eq!(form.rotation, "orders", "the last, optional step: it is made, and then it is delivered");
    press(&mut model, "⏎");
    assert!(model.overlays.is_empty());
    assert_eq!(model.rotation().map(|row| row.name.as_str()), Some("orders"), "the cursor stands on it");
}

#[test]
fn a_plan_that_an_earlier_review_asked_for_is_not_the_plan_of_this_one() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 1));
    let (late, _) = to_review(&mut model);
    press(&mut model, "⏎");
    key(&mut model, Code::PageUp);
    press(&mut model, "-two");
    let (plan, body) = to_review(&mut model);
    assert_eq!(body.name, "orders-two");
    answer(&mut model, late, Reply::Plan { plan: Plan::default() });
    assert_eq!(wizard(&model).orders[0].plan, None, "it is of another name");
    answer(&mut model, plan, Reply::Plan { plan: Plan::default() });
    assert!(wizard(&model).orders[0].plan.is_some());
}

#[test]
fn a_fault_at_the_last_step_leads_back_to_its_field_with_everything_typed_kept() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 1));
    let (plan, _) = to_review(&mut model);
    answer(&mut model, plan, Reply::Plan { plan: Plan::default() });
    let (purpose, _) = only(press(&mut model, "⇥⏎"));
    let field = FieldFault { field: "secretsMapping.clientSecret".into(), message: "is taken".into() };
    let refusal = Refusal { fields: vec![field], ..Refusal::new(Kind::Conflict, "taken", "choose another") };
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    let wizard = wizard(&model);
    assert_eq!((wizard.stage, wizard.form.page), (Stage::Filling, NAMES));
    assert_eq!(
        wizard.form.field().map(|item| (item.key, item.fault.as_deref())),
        Some((field::CLIENT_SECRET_NAME, Some("is taken")))
    );
    assert_eq!((wizard.form.typed(field::NAME), wizard.apps()), ("orders", vec!["0oa1".to_owned()]));
}

#[test]
fn two_secrets_are_asked_about_and_deleting_one_wants_its_id_typed() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 2));
    assert_eq!(
        wizard(&model).form.field().map(|item| item.key),
        Some(field::ADOPT),
        "what has to be chosen is not passed by"
    );
    key(&mut model, Code::Right);
    key(&mut model, Code::PageDown);
    assert_eq!(wizard(&model).form.field().map(|item| item.key), Some(field::TYPED_ID));
    press(&mut model, "ocs10");
    let (_, body) = to_review(&mut model);
    assert_eq!((body.replace_secret_id.as_deref(), body.adopt), (Some("ocs10"), false));

    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 2));
    let (_, body) = to_review(&mut model);
    assert_eq!((body.replace_secret_id, body.adopt), (None, true), "by default nothing is deleted");
    assert_eq!(body.adopt_secret_id.as_deref(), Some("ocs10"));
}

#[test]
fn a_name_that_steers_programs_is_reported_beside_its_field() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 1));
    key(&mut model, Code::PageDown);
    let reported = |name: &str| {
        let mut wizard = wizard(&model).clone();
        wizard.form.get_mut(field::CLIENT_SECRET_NAME).expect("a field").input = Input::text(name);
        check::fault(&wizard, &model.session, field::CLIENT_SECRET_NAME)
    };
    assert_eq!(reported("ORDERS_SECRET"), None);
    assert!(reported("NODE_OPTIONS").is_some_and(|fault| fault.contains("OKTA_NODE_OPTIONS would do")));
}

#[test]
fn who_is_faster_than_okta_waits_on_the_page_and_is_taken_on() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    press(&mut model, "ord");
    let (purpose, _) = only(key(&mut model, Code::PageDown));
    assert_eq!(wizard(&model).form.page, APPLICATION);
    answer(&mut model, purpose, Reply::Apps { apps: vec![app(1, "Orders", 1)], next: None });
    assert_eq!(wizard(&model).form.page, NAMES);
}

#[test]
fn pages_of_apps_are_asked_for_one_after_the_other_and_a_failure_is_reported_and_tried_again() {
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(rows(), vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "n");
    let (purpose, _) = only(key(&mut model, Code::PageDown));
    let effects = answer(&mut model, purpose, Reply::Apps { apps: vec![app(1, "Orders", 0)], next: Some("p2".into()) });
    let (purpose, request) = only(effects);
    assert!(matches!(request, Request::ConnectionApps { query, .. } if query.after.as_deref() == Some("p2")));
    let refusal = Refusal::new(Kind::Unavailable, "Okta did not answer", "try again");
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    let pick = wizard(&model).form.pick(field::APP).expect("it is one");
    assert!(
        matches!(&pick.load, crate::tui::forms::form::pick::Load::Failed(problem) if problem.message() == "Okta did not answer")
    );
    assert_eq!(pick.rows().len(), 1, "what came is kept");
    let effects = send(&mut model, Msg::Key(Key::ctrl('r')));
    assert!(matches!(only(effects).1, Request::ConnectionApps { query, .. } if query.after.is_none()));
}

#[test]
fn a_list_of_apps_that_leads_back_is_given_up_with_what_came() {
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(rows(), vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "n");
    let (mut purpose, _) = only(key(&mut model, Code::PageDown));
    for number in 0..2 {
        let page = Reply::Apps { apps: vec![app(number, "Orders", 0)], next: Some("p2".into()) };
        let effects = answer(&mut model, purpose.clone(), page);
        if number == 0 {
            purpose = only(effects).0;
        } else {
            assert!(effects.is_empty(), "p2 was read: {effects:?}");
        }
    }
    let pick = wizard(&model).form.pick(field::APP).expect("it is one");
    assert!(
        matches!(&pick.load, crate::tui::forms::form::pick::Load::Failed(problem) if problem.message().contains("leads back")),
        "{:?}",
        pick.load
    );
    assert_eq!(pick.rows().len(), 2);
}

#[test]
fn an_id_can_be_typed_where_apps_cannot_be_listed() {
    let mut model = at_apps(Vec::new());
    let (purpose, request) = only(press(&mut model, "0oaXYZ⏎"));
    assert!(matches!(request, Request::ConnectionApps { query, .. } if query.app.as_deref() == Some("0oaXYZ")));
    let refusal = Refusal::new(Kind::Unknown, "there is no such app", "check the id");
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    key(&mut model, Code::PageDown);
    let wizard = wizard(&model);
    assert_eq!(wizard.form.page, APPLICATION);
    assert!(wizard.form.get(field::APP).is_some_and(|item| item.fault.is_some()));
}

#[test]
fn several_apps_get_names_folders_and_dates_of_their_own_and_what_is_blocked_is_left_out() {
    let mut model = at_apps(vec![app(1, "Orders", 0), app(2, "Orders", 0), app(3, "Stock", 0)]);
    press(&mut model, "   ");
    let mut effects = Vec::new();
    while wizard(&model).form.page != REVIEW {
        let page = wizard(&model).form.page;
        effects = key(&mut model, Code::PageDown);
        assert_ne!(wizard(&model).form.page, page, "{:?}", wizard(&model).form.pages[page]);
    }
    let asked = calls(effects);
    let bodies: Vec<&RotationBody> = wizard(&model).orders.iter().map(|order| &order.body).collect();
    let reported: Vec<_> = bodies
        .iter()
        .map(|body| (body.name.clone(), body.secret_path.clone(), body.first_rotation_at.clone()))
        .collect();
    assert_eq!(
        reported,
        [
            ("orders".into(), Some("/orders".into()), Some("2026-12-02".into())),
            ("orders-2".into(), Some("/orders-2".into()), Some("2026-12-09".into())),
            ("stock".into(), Some("/stock".into()), Some("2026-12-16".into())),
        ]
    );
    for (at, (purpose, _)) in asked.into_iter().enumerate() {
        if at == 1 {
            send(&mut model, Msg::Replied(purpose, Err(Refusal::new(Kind::Conflict, "in the way", ""))));
        } else {
            answer(&mut model, purpose, Reply::Plan { plan: Plan::default() });
        }
    }
    let made = calls(press(&mut model, "⇥⏎"));
    let names: Vec<String> = made
        .iter()
        .map(|(_, request)| match request {
            Request::RotationCreate(body) => body.name.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["orders", "stock"]);
}

#[test]
fn an_edit_says_what_it_changes_and_asks_for_no_more() {
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(rows(), vec![connection(1000, "okta-prod", None)])));
    model.rotations.list.jump(id(3));
    model.settle();
    press(&mut model, "e");
    let mut effects = press(&mut model, "⌫⌫14⇥");
    let (purpose, _) = only(effects.split_off(effects.len() - 1));
    let row = model.session.rows.rotations[&id(3)].clone();
    answer(&mut model, purpose, Reply::Rotation { secret_rotation: Box::new(row), plan: None });
    key(&mut model, Code::PageDown);
    key(&mut model, Code::PageDown);
    key(&mut model, Code::PageDown);
    key(&mut model, Code::PageDown);
    let row = model.session.rows.rotations[&id(3)].clone();
    let (old, new) = edit::due(wizard(&model), &row, &model.session);
    assert!(
        old.contains("24 Nov") && new.contains("24 Nov"),
        "in five hours, and that is not changed by it: {old}, {new}"
    );
    let (_, request) = only(press(&mut model, "⇥⏎"));
    let Request::RotationUpdate { patch, .. } = request else { panic!("another request") };
    assert_eq!(patch.rotation_interval, Some(14.into()));
    assert_eq!((patch.name, patch.rotate_at, patch.secrets_mapping), (None, None, None));
    assert_eq!((patch.overlap_seconds, patch.soak_seconds), (Some(604_800), Some(86_400)));
}

#[test]
fn what_others_changed_while_an_edit_was_open_is_reported_before_it_is_gone_over() {
    let mut model = model(80, 24);
    model.rotations.list.jump(id(3));
    model.settle();
    press(&mut model, "e⌫⌫14⇥");
    let opened = wizard(&model).edits.clone().expect("an edit");
    assert_eq!(edit::meanwhile(&opened, &model.session), None);
    let row = with(&opened, json!({"rotationInterval": 60, "retireUnread": true, "lastRotationMessage": "x"}));
    model.session.rows.rotations.insert(id(3), row);
    let reported = edit::meanwhile(&opened, &model.session).expect("said");
    assert!(reported.contains(": Rotation Interval, Retire Unread. What is saved here"), "{reported}");
    model.session.rows.rotations.remove(&id(3));
    assert!(edit::meanwhile(&opened, &model.session).is_some_and(|reported| reported.contains("deleted meanwhile")));
}

#[test]
fn what_an_edit_does_to_the_next_rotation_is_asked_of_the_engine_once_for_each_change() {
    let mut model = model(80, 24);
    let row = with(&rotation(5, "mobile-bff", "Mobile BFF", "OK", 26 * 24 + 5, 4), json!({}));
    send(&mut model, Msg::View(view_of(vec![row.clone()], vec![connection(1000, "okta-prod", None)])));
    assert!(calls(press(&mut model, "e")).is_empty(), "nothing is changed yet");
    assert!(calls(press(&mut model, "⌫⌫1")).is_empty(), "and what cannot be saved is not asked about");
    let (earlier, _) = only(press(&mut model, "2"));
    let (asked, request) = only(press(&mut model, "0"));
    let Request::RotationUpdate { patch, .. } = request else { panic!("{request:?}") };
    assert!(patch.dry_run && patch.rotation_interval == Some(120.into()) && patch.name.is_none(), "{patch:?}");
    assert!(calls(press(&mut model, "⇥⇤")).is_empty(), "it is asked once");
    let said = |model: &Model| edit::due(wizard(model), &row, &model.session).1;
    let at = |days: i64| now() + chrono::Duration::days(days);
    let ahead = |next: Option<DateTime<Utc>>| {
        let due = json!({"nextRotationAt": next, "dueAt": at(6)});
        Reply::Rotation { secret_rotation: Box::new(with(&row, due)), plan: None }
    };
    answer(&mut model, earlier, ahead(Some(at(1))));
    assert_eq!(said(&model), "…", "it is of an earlier change");
    answer(&mut model, asked, ahead(Some(at(7))));
    assert!(said(&model).contains("30 Nov"), "{}", said(&model));
    press(&mut model, "⌫");
    let (asked, _) = only(press(&mut model, "1"));
    answer(&mut model, asked, ahead(None));
    assert_eq!(said(&model), "held until fetched");
    press(&mut model, "⎋");
    assert!(model.draft.is_none(), "an edit leaves no draft");
}

#[test]
fn the_dates_of_a_new_rotation_are_when_it_would_rotate_and_not_when_it_is_due() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    let Some(Overlay::Wizard(open)) = model.overlays.last_mut() else { panic!("a wizard") };
    for (name, text) in [(field::INTERVAL, "1"), (field::OVERLAP, "12h"), (field::SOAK, "6h")] {
        open.form.get_mut(name).expect("there").input = Input::text(text);
    }
    let dates = words::dates(wizard(&model), &model.session);
    let off = dates[0].0 - now();
    assert_eq!(off, chrono::Duration::hours(18), "its original secret has to go first: {dates:?}");
    assert!(dates[0].1 < dates[0].0 && dates.len() == 3, "{dates:?}");
    let text = words::upcoming(wizard(&model), &model.session);
    assert!(text.starts_with("Rotates ") && text.contains("original secret is deleted"), "{text}");
}

#[test]
fn where_nothing_may_be_changed_the_wizard_does_not_open_and_the_reason_is_reported() {
    let mut reads = model(80, 24);
    reads.session.preferences.read_only = true;
    let mut kept = model(80, 24);
    let mut view = view_of(rows(), Vec::new());
    view.engine.trouble = serde_json::from_value(json!({
        "error": "store", "message": "the store is older than its ledger", "hint": "nothing rotates until someone looks",
    }))
    .ok();
    send(&mut kept, Msg::View(view));
    for (mut model, why) in [(reads, "--read-only"), (kept, "older than its ledger")] {
        for keys in ["n", "2n", "1e"] {
            press(&mut model, keys);
            assert!(model.overlays.is_empty());
            let reported = model.session.toasts.back().map(|toast| toast.text.to_string()).unwrap_or_default();
            assert!(reported.contains(why), "{reported}");
        }
    }
}
