//! Flows, as sequences of what happens: what is asked for, and what is shown in the end.

use serde_json::json;

use super::*;
use crate::core::fault::Problem;
use crate::core::protocol::plan::Plan;
use crate::core::secret::SecretValue;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Event, Level, Rows as Changed};
use crate::engine::refusal::Kind;
use crate::engine::refusal::Refusal;
use crate::engine::request::{Act, ActKind, Mode, PauseTerms, Reply, Request};
use crate::engine::view::SecretView;
use crate::tui::fixture::{connection, id, model, now, press, rotation, rows, send, view_of, with};
use crate::tui::keys::key::Key;
use crate::tui::msg::Timer;
use crate::tui::msg::{Ask, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::question::Then;
use crate::tui::panes::Pane;

mod leading_back;
mod notices;
mod texts;

fn event(rows: Changed) -> Msg {
    Msg::Events(vec![Event {
        cursor: "e-1".into(),
        at: now(),
        level: Level::Info,
        kind: "settings".into(),
        rotation: None,
        connection: None,
        attempt: None,
        notice: Notice::Said { level: Level::Info, event: "settings".into(), message: "changed".into() },
        rows,
    }])
}

/// The names in the order in which they are shown.
fn names(model: &Model) -> Vec<&str> {
    model.rotations.list.order.iter().map(|id| model.session.rows.rotations[id].name.as_str()).collect()
}

/// The calls among the effects.
fn calls(effects: &[Effect]) -> Vec<&Request> {
    let call = |effect: &'_ Effect| matches!(effect, Effect::Call(..));
    let request = |effect| match effect {
        &Effect::Call(_, Ask(ref request)) => request,
        _ => unreachable!("filtered"),
    };
    effects.iter().filter(|effect| call(effect)).map(request).collect()
}

fn number(model: &Model) -> u64 {
    match model.overlays.last() {
        Some(Overlay::Plan(plan)) => plan.number,
        other => panic!("no plan but {other:?}"),
    }
}

fn plan(asks: bool) -> Plan {
    Plan { asks, ..Plan::question(vec!["make a new secret".into()]) }
}

#[test]
fn rows_are_sorted_by_urgency_and_the_cursor_stays_on_its_row() {
    let mut model = model(80, 24);
    assert_eq!(names(&model), ["billing-api", "checkout-web", "hr-sync", "idp-admin", "mobile-bff", "legacy-erp"]);
    press(&mut model, "jj");
    assert_eq!(model.rotation().map(|row| row.name.as_str()), Some("hr-sync"));
    press(&mut model, "s");
    assert_eq!(names(&model)[0], "billing-api");
    assert_eq!(model.rotation().map(|row| row.name.as_str()), Some("hr-sync"), "by id across a sort");
    let better = with(&rotation(1, "billing-api", "Billing API", "OK", 700, 0), json!({}));
    press(&mut model, "ssss");
    send(&mut model, event(Changed { secret_rotations: vec![better], ..Changed::default() }));
    assert_eq!(names(&model)[0], "checkout-web");
    assert_eq!(model.rotation().map(|row| row.name.as_str()), Some("hr-sync"), "by id across an event");
    send(&mut model, event(Changed { gone: vec![id(3)], ..Changed::default() }));
    assert_eq!(model.rotation().map(|row| row.name.as_str()), Some("idp-admin"), "the one in its place");
}

#[test]
fn a_filter_takes_words_and_terms_and_escape_clears_it() {
    let mut model = model(80, 24);
    press(&mut model, "/hr");
    assert_eq!(names(&model), ["hr-sync"]);
    press(&mut model, "⏎q");
    assert_eq!(model.rotations.list.order.len(), 6, "the first step back clears the filter");
    press(&mut model, "/state:att app:bill⏎");
    assert_eq!(names(&model), ["billing-api"]);
    press(&mut model, "⎋");
    assert_eq!(model.rotations.list.order.len(), 6);
}

#[test]
fn rotating_shows_the_plan_first_and_the_focus_is_on_cancel() {
    let mut model = model(80, 24);
    let effects = press(&mut model, "jjr");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { id: row, act: Act::Rotate(_), mode: Mode::Plan }] if *row == id(3).to_string())
    );
    assert!(press(&mut model, "y").is_empty(), "nothing is agreed to before it is read");
    let number = number(&model);
    send(&mut model, Msg::Replied(Purpose::Plan { number, id: id(3) }, Ok(Reply::Plan { plan: plan(true) })));
    assert!(calls(&press(&mut model, "⏎")).is_empty(), "Enter is Cancel");
    assert!(model.overlays.is_empty());

    press(&mut model, "r");
    let number = self::number(&model);
    send(&mut model, Msg::Replied(Purpose::Plan { number, id: id(3) }, Ok(Reply::Plan { plan: plan(true) })));
    let effects = press(&mut model, "→⏎");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(_), mode, .. }] if *mode == Mode::Agreed),
        "{effects:?}"
    );
    let refusal = Refusal::new(Kind::Conflict, "verification was refused", "look at the app");
    let purpose = Purpose::Act { batch: *model.batches.keys().next().expect("one"), id: id(3) };
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    let toast = model.session.toasts.back().expect("said");
    assert_eq!(
        (toast.tone, toast.text.to_string().as_str()),
        (Tone::Bad, "hr-sync: verification was refused; look at the app")
    );
    assert!(model.batches.is_empty());
}

#[test]
fn a_plan_for_another_question_is_late_and_a_blocked_one_cannot_be_agreed_to() {
    let mut model = model(80, 24);
    press(&mut model, "r");
    let old = number(&model);
    press(&mut model, "⎋r");
    send(&mut model, Msg::Replied(Purpose::Plan { number: old, id: id(1) }, Ok(Reply::Plan { plan: plan(false) })));
    assert!(calls(&press(&mut model, "y")).is_empty(), "the answer was for the one that was put away");
    let number = number(&model);
    let blocker = Problem::said("two secrets of others", "remove one");
    let blocked = Plan { blockers: vec![blocker], ..plan(false) };
    send(&mut model, Msg::Replied(Purpose::Plan { number, id: id(1) }, Ok(Reply::Plan { plan: blocked })));
    assert!(calls(&press(&mut model, "y→⏎")).is_empty());
}

#[test]
fn marks_make_one_batch_with_a_result_for_each() {
    let mut model = model(80, 24);
    press(&mut model, "  p");
    let effects = press(&mut model, "p");
    assert_eq!(calls(&effects).len(), 2);
    assert!(model.rotations.list.marks.is_empty());
    let Some(Overlay::Batch { number, .. }) = model.overlays.last().cloned() else { panic!("no summary") };
    let row = Box::new(rows().remove(0));
    let purpose = |row| Purpose::Act { batch: number, id: id(row) };
    send(&mut model, Msg::Replied(purpose(1), Ok(Reply::Rotation { secret_rotation: row, plan: None })));
    send(&mut model, Msg::Replied(purpose(2), Err(Refusal::new(Kind::Unknown, "there is no such rotation", ""))));
    assert_eq!(model.batches[&number].counts(), (1, 1, 0));
    press(&mut model, "⎋");
    assert!(model.batches.is_empty() && model.overlays.is_empty());
}

#[test]
fn pausing_until_a_date_asks_again_where_it_cannot_be_read() {
    let mut model = model(80, 24);
    press(&mut model, "jjpu");
    assert!(press(&mut model, "soon⏎").is_empty());
    assert!(matches!(model.overlays.last(), Some(Overlay::Date(form)) if form.fault.is_some()));
    send(&mut model, Msg::Key(Key::ctrl('u')));
    let effects = press(&mut model, "2026-12-24 08:00⏎");
    let until = "2026-12-24T07:00:00Z".parse().ok();
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Pause(PauseTerms { until: at }), .. }] if *at == until),
        "{effects:?}"
    );
}

#[test]
fn deleting_wants_the_name_and_both_switches_begin_off() {
    let mut model = model(80, 24);
    press(&mut model, "jjd");
    assert!(calls(&press(&mut model, "hr-synk⇥⇥⇥⇥⏎")).is_empty(), "the name does not match");
    press(&mut model, "⎋d");
    send(&mut model, Msg::Paste("hr-sync\n".into()));
    let effects = press(&mut model, "⇥⇥⇥⇥⏎");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Delete(terms), .. }]
            if !terms.delete_secrets && !terms.revoke_generated_credentials),
        "{effects:?}"
    );
}

#[test]
fn deleting_by_force_is_offered_only_for_a_deletion_that_is_stuck() {
    let offered = |model: &Model| match model.overlays.last() {
        Some(Overlay::Delete(form)) => form.force.is_some(),
        other => panic!("no form but {other:?}"),
    };
    let mut model = model(80, 24);
    press(&mut model, "d");
    assert!(!offered(&model), "it needs attention, but no one has asked to delete it");
    let name = model.session.rows.rotations[&id(1)].name.clone();
    model.session.rows.rotations.get_mut(&id(1)).expect("the first").deleting_since = Some(now());
    press(&mut model, "⎋d");
    assert!(offered(&model));
    send(&mut model, Msg::Paste(name));
    let effects = press(&mut model, "⇥⇥ ⇥ ⇥⇥⏎");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Delete(terms), .. }]
            if terms.force && terms.delete_secrets && !terms.revoke_generated_credentials),
        "what is left at Okta is not revoked: {effects:?}"
    );
    let row = model.session.rows.rotations.get_mut(&id(1)).expect("the first");
    (row.attention, row.fault) = (None, None);
    press(&mut model, "d");
    assert!(!offered(&model), "it goes by itself");
}

#[test]
fn a_fault_leads_to_its_remedy() {
    let mut model = model(80, 24);
    press(&mut model, "⏎⏎");
    let Some(Overlay::Ask(question)) = model.overlays.last() else { panic!("no remedy") };
    assert!(question.text.iter().any(|(_, text)| text.to_string().contains("check the app at Okta")));
    press(&mut model, "⎋⎋");
    assert_eq!(model.focus, Pane::Rotations);
    press(&mut model, "2⏎");
    let Some(Overlay::Ask(question)) = model.overlays.last() else { panic!("no remedy") };
    assert!(matches!(&question.choices[1].then, Then::Act(acts) if acts[0].act.kind() == ActKind::TestConnection));
    let effects = press(&mut model, "R");
    assert!(matches!(calls(&effects)[..], [Request::Act { act: Act::TestConnection(_), .. }]));
}

#[test]
fn retrying_what_waits_for_its_connection_tests_that_once() {
    let mut model = model(80, 24);
    press(&mut model, "j");
    let effects = press(&mut model, "R");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { id: row, act: Act::TestConnection(_), .. }] if *row == id(1000).to_string())
    );
    press(&mut model, "jR");
    assert!(model.session.toasts.back().is_some_and(|toast| toast.text.to_string().contains("hr-sync has nothing")));
}

fn secret() -> Reply {
    let view = SecretView {
        name: "OKTA_CLIENT_SECRET".into(),
        environment: "prod".into(),
        path: "/".into(),
        version: 7,
        created_at: now(),
        value: SecretValue::new("s3cret"),
    };
    Reply::Secret { secret: Box::new(view) }
}

#[test]
fn a_revealed_value_is_hidden_by_its_timer_and_by_any_key() {
    let mut model = model(80, 24);
    let effects = press(&mut model, "x");
    assert!(matches!(calls(&effects)[..], [Request::SecretGet { name, .. }] if name == "OKTA_CLIENT_SECRET"));
    let effects = send(&mut model, Msg::Replied(Purpose::Reveal("billing-api".into()), Ok(secret())));
    let [Effect::Wait(timer, span)] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(span.as_secs(), 10);
    assert!(!format!("{model:?}").contains("s3cret"), "not even in a dump");
    send(&mut model, Msg::Timer(timer));
    assert!(model.overlays.is_empty());
    send(&mut model, Msg::Replied(Purpose::Reveal("billing-api".into()), Ok(secret())));
    press(&mut model, "j");
    assert!(model.overlays.is_empty());
}

#[test]
fn the_copy_menu_begins_with_what_sends_no_value() {
    let mut model = model(80, 24);
    press(&mut model, "jjy");
    let effects = press(&mut model, "⏎");
    assert_eq!(effects, [Effect::Copy("windlass secret get OKTA_CLIENT_SECRET --environment prod".into())]);
    press(&mut model, "yv");
    let effects = send(&mut model, Msg::Replied(Purpose::CopyValue("hr-sync".into()), Ok(secret())));
    assert!(matches!(effects[..], [Effect::CopySecret(_), Effect::Wait(Timer::Copied(_), _)]));
    press(&mut model, "yf");
    let effects = send(&mut model, Msg::Replied(Purpose::SaveValue("hr-sync".into()), Ok(secret())));
    assert!(matches!(&effects[..], [Effect::SaveSecret(name, _)] if name == "hr-sync.secret"));
}

#[test]
fn a_paste_outside_a_field_acts_on_nothing() {
    let mut model = model(80, 24);
    assert!(send(&mut model, Msg::Paste("rydq\ny".into())).is_empty());
    assert!(model.overlays.is_empty());
    press(&mut model, "/");
    send(&mut model, Msg::Paste("hr-".into()));
    assert_eq!(names(&model), ["hr-sync"]);
}

#[test]
fn an_engine_that_goes_away_keeps_the_screen_and_an_operator_may_take_over() {
    let mut model = model(80, 24);
    assert!(press(&mut model, "E").iter().all(|effect| *effect != Effect::TakeOver));
    send(&mut model, Msg::Lost(Refusal::new(Kind::Unavailable, "gone", "")));
    assert_eq!(model.session.link, Link::Lost { since: now(), waits: true });
    assert_eq!(model.rotations.list.order.len(), 6);
    assert!(calls(&press(&mut model, "r")).is_empty(), "there is no one to ask");
    assert_eq!(press(&mut model, "E"), [Effect::TakeOver]);
    send(&mut model, Msg::Linked { own: true, notes: Vec::new(), view: view_of(rows(), Vec::new()) });
    assert!(model.session.own && model.session.link == Link::Up);
}

#[test]
fn a_store_that_cannot_be_opened_is_tried_again_or_left() {
    let mut model = model(80, 24);
    send(&mut model, Msg::Barred(Refusal::new(Kind::Store, "sealed with another key", "give the right one")));
    assert!(press(&mut model, "jd").is_empty());
    assert_eq!(press(&mut model, "r"), [Effect::Retry]);
    send(&mut model, Msg::Barred(Refusal::new(Kind::Store, "sealed with another key", "give the right one")));
    assert_eq!(press(&mut model, "q"), [Effect::Quit]);
}

#[test]
fn suspending_is_refused_where_this_session_is_the_engine() {
    let mut model = model(80, 24);
    assert_eq!(send(&mut model, Msg::Key(Key::ctrl('z'))), [Effect::Suspend]);
    model.session.own = true;
    assert!(!send(&mut model, Msg::Key(Key::ctrl('z'))).contains(&Effect::Suspend));
    assert!(model.session.toasts.back().is_some_and(|toast| toast.text.to_string().contains("second terminal")));
}

#[test]
fn the_palette_finds_actions_and_rows() {
    let mut model = model(80, 24);
    press(&mut model, ":mobile⏎");
    assert_eq!(model.rotation().map(|row| row.name.as_str()), Some("mobile-bff"));
    let effects = press(&mut model, ":coming⏎");
    assert!(matches!(calls(&effects)[..], [Request::Upcoming(_)]));
}

#[test]
fn nothing_is_changed_with_read_only() {
    let mut model = model(80, 24);
    model.session.preferences.read_only = true;
    for keys in ["r", "p", "d"] {
        assert!(calls(&press(&mut model, keys)).is_empty(), "{keys}");
        assert!(model.overlays.is_empty(), "{keys}");
    }
    assert!(
        matches!(calls(&press(&mut model, "t"))[..], [Request::Act { act: Act::Rotate(_), mode: Mode::Plan, .. }]),
        "a dry run changes nothing"
    );
    press(&mut model, "⎋");
    assert!(calls(&press(&mut model, "x⏎")).is_empty(), "a value is shown after a question, which begins on Cancel");
    assert!(calls(&press(&mut model, "x⎋")).is_empty());
    assert!(matches!(calls(&press(&mut model, "xy"))[..], [Request::SecretGet { .. }]));
    assert!(model.overlays.is_empty());
    assert!(
        matches!(calls(&press(&mut model, "2R"))[..], [Request::Act { act: Act::TestConnection(_), .. }]),
        "nor does a test"
    );
}

#[test]
fn what_an_engine_that_only_reads_would_refuse_is_listed_with_the_reason() {
    let mut model = model(80, 24);
    model.session.who.as_mut().expect("linked").read_only = true;
    press(&mut model, "r");
    assert!(
        model
            .session
            .toasts
            .back()
            .is_some_and(|toast| toast.text.to_string().contains("engine was started with --read-only"))
    );
    let items = crate::tui::overlays::palette::entries(&model.session, &model.selection(), model.focus);
    let reason = |name: &str| items.iter().find(|item| item.name.starts_with(name)).and_then(|it| it.obstacle.clone());
    assert!(reason("rotate now").is_some_and(|why| why.contains("--read-only")), "listed");
    assert_eq!(reason("what is coming"), None);
}

#[test]
fn one_connection_that_is_fixed_takes_its_banner_away() {
    let mut model = model(80, 24);
    assert_eq!(model.session.rows.faults().len(), 1);
    let fixed = connection(1000, "okta-prod", None);
    send(&mut model, event(Changed { app_connections: vec![fixed], ..Changed::default() }));
    assert!(model.session.rows.faults().is_empty());
}

#[test]
fn what_the_start_of_the_engine_has_to_say_waits_to_be_read() {
    let mut model = model(80, 24);
    let notes = vec!["made the sealing key; back it up".into()];
    send(&mut model, Msg::Linked { own: true, notes, view: view_of(rows(), Vec::new()) });
    assert!(
        matches!(model.overlays.last(), Some(Overlay::Ask(note)) if note.text[0].1.to_string().contains("back it up"))
    );
    press(&mut model, "⏎");
    assert!(model.overlays.is_empty());
}
