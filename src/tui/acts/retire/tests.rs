//! Deciding about old secrets: what is asked for, what is asked first, and what is said then.

use serde_json::json;

use crate::core::protocol::plan::Plan;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Act, ConfirmTerms, Mode, Reply, Request, ResolveTerms, RetireTerms, RotateTerms};
use crate::tui::fixture::{id, model, now, press, rotation, send, with};
use crate::tui::model::Model;
use crate::tui::msg::{Ask, Effect, Msg, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::theme::Tone;

fn calls(effects: &[Effect]) -> Vec<&Request> {
    let request = |effect| match effect {
        &Effect::Call(_, Ask(ref request)) => Some(request),
        _ => None,
    };
    effects.iter().filter_map(request).collect()
}

/// Answers the plan that was asked for.
fn answer(model: &mut Model, row: u128, plan: Plan) {
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("a plan is shown") };
    let purpose = Purpose::Plan { number: shown.number, id: id(row) };
    send(model, Msg::Replied(purpose, Ok(Reply::Plan { plan })));
}

fn done(model: &mut Model, row: u128, result: Result<Reply, Refusal>) -> (Tone, String) {
    let batch = *model.batches.keys().next().expect("one is under way");
    send(model, Msg::Replied(Purpose::Act { batch, id: id(row) }, result));
    let toast = model.session.toasts.back().expect("something is said");
    (toast.tone, toast.text.to_string())
}

fn shown(previous: &serde_json::Value) -> Reply {
    let row = with(&rotation(5, "mobile-bff", "Mobile BFF", "OK", 90, 4), json!({"previous": previous}));
    Reply::Rotation { secret_rotation: Box::new(row), plan: None }
}

/// On mobile-bff, whose old secret is on for some days.
fn on_mobile_bff() -> Model {
    let mut model = model(80, 24);
    press(&mut model, "/mobile⏎");
    assert_eq!(model.rotation().map(|row| row.name.as_str()), Some("mobile-bff"));
    model
}

#[test]
fn keeping_it_just_happens_and_says_how_it_stands() {
    let mut model = on_mobile_bff();
    let effects = press(&mut model, "oh");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Retire(terms), .. }] if terms.hold && !terms.now),
        "{effects:?}"
    );
    let kept = json!({"secretId": "ocs1", "status": "ACTIVE", "deactivateAt": null, "deleteAt": null,
                      "heldBy": "noDate"});
    let (tone, text) = done(&mut model, 5, Ok(shown(&kept)));
    assert_eq!(
        (tone, text.as_str()),
        (
            Tone::Good,
            "mobile-bff: ocs1 is on, and stays so until you give it a date: `windlass rotation retire mobile-bff --at WHEN`"
        )
    );
}

#[test]
fn off_now_shows_the_plan_and_waits_for_a_yes() {
    let mut model = on_mobile_bff();
    let effects = press(&mut model, "on");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Retire(terms), mode, .. }] if terms.now && *mode == Mode::Plan)
    );
    assert!(press(&mut model, "y").is_empty(), "nothing is agreed to before it is read");
    answer(&mut model, 5, Plan::question(vec!["deactivate ocs1 now".into()]));
    assert!(calls(&press(&mut model, "⏎")).is_empty(), "Enter is Cancel");
    press(&mut model, "on");
    answer(&mut model, 5, Plan { asks: true, ..Plan::default() });
    let effects = press(&mut model, "y");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Retire(terms), mode, .. }] if terms.now && *mode == Mode::Agreed && *mode != Mode::Plan)
    );
    let refusal = Refusal::new(Kind::Unavailable, "Okta did not answer", "it continues automatically");
    let (tone, text) = done(&mut model, 5, Err(refusal));
    assert_eq!((tone, text.as_str()), (Tone::Bad, "mobile-bff: Okta did not answer; it continues automatically"));
}

#[test]
fn a_date_is_typed_and_leads_to_a_plan() {
    let mut model = on_mobile_bff();
    press(&mut model, "odyesterday⏎");
    assert!(matches!(model.overlays.last(), Some(Overlay::Date(form)) if form.fault.is_some()));
    press(&mut model, "⌫⌫⌫⌫⌫⌫⌫⌫⌫");
    let effects = press(&mut model, "3d⏎");
    let at = now() + chrono::Duration::days(3);
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Retire(terms), mode, .. }] if terms.at == Some(at) && *mode == Mode::Plan)
    );
    answer(&mut model, 5, Plan::default());
    let effects = press(&mut model, "y");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Retire(terms), mode, .. }] if terms.at == Some(at) && *mode != Mode::Agreed)
    );
}

#[test]
fn without_an_old_secret_only_the_leak_can_be_chosen() {
    let mut model = model(80, 24);
    press(&mut model, "/checkout⏎o");
    assert!(press(&mut model, "hndb").is_empty());
    let effects = press(&mut model, "l");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(terms), mode: Mode::Plan, .. }] if terms.retire_now),
        "{effects:?}"
    );
    answer(&mut model, 2, Plan { asks: true, ..Plan::default() });
    let effects = press(&mut model, "y");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(terms), mode, .. }] if terms.retire_now && *mode == Mode::Agreed)
    );
}

#[test]
fn rolling_back_has_its_key_its_plan_and_its_obstacle() {
    let mut model = on_mobile_bff();
    let effects = press(&mut model, "u");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rollback(_), mode, .. }] if *mode == Mode::Plan),
        "{effects:?}"
    );
    answer(&mut model, 5, Plan { asks: false, ..Plan::question(vec!["publish it again".into()]) });
    let effects = press(&mut model, "y");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rollback(_), mode, .. }] if *mode != Mode::Plan),
        "{effects:?}"
    );
    let (_, text) = done(&mut model, 5, Ok(shown(&json!(null))));
    assert!(text.contains("back, as version") && text.contains("`windlass rotation resume "), "{text}");
    press(&mut model, "⎋/checkout⏎u");
    assert!(model.overlays.is_empty(), "there is nothing to go back to");
}

#[test]
fn the_pause_menu_skips_a_due_time_and_brings_it_back() {
    let mut model = on_mobile_bff();
    let effects = press(&mut model, "ps");
    assert!(matches!(calls(&effects)[..], [Request::Act { act: Act::Skip(terms), .. }] if !terms.undo), "{effects:?}");
    let row = with(&rotation(5, "mobile-bff", "Mobile BFF", "OK", 90, 4), json!({"skipped": 1}));
    let reply = Reply::Rotation { secret_rotation: Box::new(row.clone()), plan: None };
    let (_, text) = done(&mut model, 5, Ok(reply));
    assert!(text.contains("skipped, next") && text.contains("`windlass rotation skip mobile-bff --undo`"), "{text}");
    model.session.rows.rotations.insert(id(5), row);
    let effects = press(&mut model, "pb");
    assert!(matches!(calls(&effects)[..], [Request::Act { act: Act::Skip(terms), .. }] if terms.undo), "{effects:?}");
}

#[test]
fn what_others_changed_is_looked_at_again_where_a_retry_is_asked_for() {
    let mut model = on_mobile_bff();
    let attention =
        json!({"cause": "others have deactivated ocs5", "next": "switch it on", "since": now(), "drift": true});
    let row = with(&rotation(5, "mobile-bff", "Mobile BFF", "ATTENTION", 90, 4), json!({"attention": attention}));
    model.session.rows.rotations.insert(id(5), row);
    let effects = press(&mut model, "R");
    assert!(matches!(calls(&effects)[..], [Request::Act { act: Act::Check(_), .. }]), "{effects:?}");
    let (_, text) = done(&mut model, 5, Ok(shown(&json!(null))));
    assert_eq!(text, "mobile-bff: no drift: Okta has what it should have");
}

#[test]
fn a_secret_that_cannot_be_tested_is_decided_on_where_its_row_says_why() {
    let mut model = on_mobile_bff();
    let fields = json!({
        "attention": {"cause": "Okta answers 503", "next": "check the app", "since": now()},
        "phase": "waiting", "pending": {"secretId": "ocs8", "status": "ACTIVE", "createdAt": now()},
    });
    let row = with(&rotation(5, "mobile-bff", "Mobile BFF", "ATTENTION", 90, 4), fields);
    model.session.rows.rotations.insert(id(5), row);
    let effects = press(&mut model, "⏎⏎P");
    assert!(
        matches!(calls(&effects).last(), Some(Request::Act { act: Act::Resolve(_), mode, .. }) if *mode != Mode::Agreed),
        "{effects:?}"
    );
    let Some(Overlay::Plan(asked)) = model.overlays.last() else { panic!("a plan is shown") };
    let plan = Plan::question(vec!["publish ocs8".into()]);
    let question = Refusal { plan: Some(Box::new(plan)), ..Refusal::new(Kind::NeedsConsent, "untested", "agree") };
    let purpose = Purpose::Plan { number: asked.number, id: id(5) };
    send(&mut model, Msg::Replied(purpose, Err(question)));
    let effects = press(&mut model, "y");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Resolve(terms), mode, .. }] if *mode == Mode::Agreed && terms.publish_unverified)
    );
    let (_, text) = done(&mut model, 5, Ok(shown(&json!(null))));
    assert!(text.contains("published without a test"), "{text}");
    let effects = press(&mut model, "⏎W");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Resolve(terms), .. }] if terms.withdraw),
        "{effects:?}"
    );
}

#[test]
fn under_quarantine_a_rotation_is_compared_and_confirmed_from_the_palette() {
    let mut model = on_mobile_bff();
    press(&mut model, ":confirm⏎");
    assert!(model.overlays.iter().all(|overlay| !matches!(overlay, Overlay::Plan(_))), "nothing is quarantined");
    model.overlays.clear();
    let trouble = json!({"message": "the store is quarantined", "hint": "windlass confirm"});
    model.session.who.as_mut().expect("an engine").trouble = serde_json::from_value(trouble).expect("trouble");
    let effects = press(&mut model, ":confirm⏎");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Confirm(_), mode, .. }] if *mode != Mode::Agreed),
        "{effects:?}"
    );
    let Some(Overlay::Plan(asked)) = model.overlays.last() else { panic!("a plan is shown") };
    let purpose = Purpose::Plan { number: asked.number, id: id(5) };
    let plan = Plan::question(vec!["continue with ocs5".into()]);
    let question = Refusal { plan: Some(Box::new(plan)), ..Refusal::new(Kind::NeedsConsent, "compared", "agree") };
    send(&mut model, Msg::Replied(purpose, Err(question)));
    let effects = press(&mut model, "y");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Confirm(_), mode, .. }] if *mode == Mode::Agreed),
        "{effects:?}"
    );
}

#[test]
fn only_what_cuts_something_short_warns_of_that() {
    let now = RetireTerms { now: true, ..RetireTerms::default() };
    let cuts: [Act; 2] = [RotateTerms::default().into(), now.into()];
    assert!(cuts.iter().all(|act| act.risk().is_some_and(|text| text.contains("cuts a secret short"))));
    assert!(Act::from(ResolveTerms::default()).risk().is_some_and(|text| text.contains("may not work")));
    assert_eq!(Act::from(ConfirmTerms {}).risk(), None, "nothing is changed at Okta");
}
