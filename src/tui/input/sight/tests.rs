//! Keys that come before what they would act on was on the screen.

use serde_json::json;

use crate::core::protocol::plan::step::LastUse;
use crate::core::protocol::plan::{Cut, Plan};
use crate::engine::request::{Act, Mode, Reply, Request, RotateTerms};
use crate::tui::fixture::{id, model, now, press, rotation, rows, send, view_of, with};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Ask, Effect, Msg, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::session::Link;
use crate::tui::update::update;

fn calls(effects: &[Effect]) -> Vec<&Request> {
    let request = |effect| match effect {
        &Effect::Call(_, Ask(ref request)) => Some(request),
        _ => None,
    };
    effects.iter().filter_map(request).collect()
}

/// Gives a model a message, and shows nothing of it.
fn unseen(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let effects = update(model, msg, now());
    model.settle();
    effects
}

fn key(c: char) -> Msg {
    Msg::Key(Key::char(c))
}

fn answer(model: &mut Model, row: u128, plan: Plan) -> Msg {
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
    Msg::Replied(Purpose::Plan { number: shown.number, id: id(row) }, Ok(Reply::Plan { plan }))
}

fn plan() -> Plan {
    Plan::question(vec!["make a new secret".into()])
}

fn read() -> LastUse {
    LastUse::Published { version: 6, fetched_at: "2026-11-23T18:00:00Z".parse().ok() }
}

/// What would be cut although no consumer has its successor.
fn unread(deletes: bool) -> Plan {
    let cut = Cut {
        missing: Vec::new(),
        secret_id: "ocsold".into(),
        deletes,
        unread: Some(7),
        last_use: Some(read()),
        rotates_at: Some(now() + chrono::Duration::days(15)),
    };
    Plan { cuts: vec![cut], ..plan() }
}

#[test]
fn below_the_smallest_size_only_quitting_works() {
    for (columns, lines) in [(39, 10), (40, 9), (20, 5), (200, 9), (39, 60), (1, 1), (0, 0)] {
        for keys in ["", "r", "d", "?", "p", "o", "n", "2", "y", ":", "/", " "] {
            let mut model = model(80, 24);
            press(&mut model, keys);
            let before = format!("{model:?}");
            send(&mut model, Msg::Resize(columns, lines));
            for c in "rydponkjGgxRtuewTs+ 12345:/?!E\t".chars() {
                assert!(send(&mut model, key(c)).is_empty(), "{keys:?} {c:?} at {columns}x{lines}");
            }
            for code in [Code::Enter, Code::Esc, Code::Tab, Code::Up, Code::PageDown, Code::F(1), Code::Backspace] {
                assert!(send(&mut model, Msg::Key(Key::of(code))).is_empty(), "{keys:?} {code:?}");
            }
            assert!(send(&mut model, Msg::Key(Key::ctrl('l'))).is_empty());
            assert!(send(&mut model, Msg::Key(Key::ctrl('z'))).is_empty());
            for paste in [Msg::Paste("hr-sync\n".into()), Msg::Burst("hr-sync".into()), Msg::LineEnd] {
                assert!(send(&mut model, paste).is_empty());
            }
            send(&mut model, Msg::Resize(80, 24));
            let read = |text: &str| text.replace("read: true", "read: false");
            assert_eq!(read(&format!("{model:?}")), read(&before), "{keys:?}: nothing came of it");
            send(&mut model, Msg::Resize(columns, lines));
            let effects = send(&mut model, key('q'));
            assert!(effects == [Effect::Quit] || model.asks_to_quit(), "{keys:?}: {effects:?}");
            if effects.is_empty() {
                assert_eq!(send(&mut model, key('q')), [Effect::Quit]);
            }
        }
        let mut model = model(columns, lines);
        send(&mut model, Msg::Key(Key::ctrl('c')));
        assert!(model.asks_to_quit(), "^C asks");
        send(&mut model, Msg::Key(Key::of(Code::Esc)));
        assert!(model.overlays.is_empty());
        model.session.link = Link::Barred(crate::engine::refusal::Refusal::because(
            crate::engine::refusal::Kind::Store,
            crate::core::cause::StoreCause::NotRetired,
        ));
        assert!(send(&mut model, key('r')).is_empty(), "not tried again unseen");
        assert_eq!(send(&mut model, key('q')), [Effect::Quit]);
    }
}

#[test]
fn a_plan_that_was_not_shown_to_its_end_is_not_agreed_to() {
    let mut model = model(80, 24);
    press(&mut model, "jjr");
    let msg = answer(&mut model, 3, plan());
    unseen(&mut model, msg);
    assert!(unseen(&mut model, key('y')).is_empty(), "it came, and was not drawn");
    model.saw(false);
    assert!(unseen(&mut model, key('y')).is_empty(), "its end is below the edge");
    let right = Msg::Key(Key::of(Code::Right));
    unseen(&mut model, right.clone());
    model.saw(false);
    assert!(unseen(&mut model, Msg::Key(Key::of(Code::Enter))).is_empty(), "nor by its button");
    unseen(&mut model, right);
    model.saw(true);
    unseen(&mut model, Msg::Resize(60, 12));
    assert!(unseen(&mut model, key('y')).is_empty(), "at another size it is another text");
    model.saw(false);
    assert!(unseen(&mut model, key('y')).is_empty());
    model.saw(true);
    let effects = unseen(&mut model, key('y'));
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(_), mode, .. }] if *mode == Mode::Agreed),
        "{effects:?}"
    );
}

#[test]
fn a_box_that_was_not_drawn_yet_hears_no_answer() {
    let mut model = model(80, 24);
    unseen(&mut model, key('p'));
    assert!(calls(&unseen(&mut model, key('p'))).is_empty(), "the menu was not seen");
    assert!(calls(&unseen(&mut model, Msg::Key(Key::of(Code::Enter)))).is_empty());
    model.saw(true);
    assert!(matches!(calls(&unseen(&mut model, key('p')))[..], [Request::Act { act: Act::Pause(_), .. }]));
    // Letters are typed whether or not the line was drawn; what they find is not taken unseen.
    unseen(&mut model, key(':'));
    for c in "coming".chars() {
        unseen(&mut model, key(c));
    }
    assert!(calls(&unseen(&mut model, Msg::Key(Key::of(Code::Enter)))).is_empty());
    model.saw(true);
    assert!(matches!(calls(&unseen(&mut model, Msg::Key(Key::of(Code::Enter))))[..], [Request::Upcoming(_)]));
}

#[test]
fn a_row_that_slid_under_the_cursor_is_not_acted_on_before_it_was_seen() {
    let mut model = model(80, 24);
    press(&mut model, "jj");
    let rest = rows().into_iter().filter(|row| row.name != "hr-sync").collect();
    unseen(&mut model, Msg::View(view_of(rest, Vec::new())));
    for c in "rpdxR ".chars() {
        assert!(calls(&unseen(&mut model, key(c))).is_empty() && model.overlays.is_empty(), "{c}");
    }
    assert!(model.rotations.list.marks.is_empty());
    assert!(model.session.toasts.back().is_some_and(|toast| toast.text.to_string().contains("is gone")));
    model.saw(true);
    assert!(matches!(
        calls(&unseen(&mut model, key('r')))[..],
        [Request::Act { act: Act::Rotate(_), mode: Mode::Plan, .. }]
    ));

    // What a box says of a row is not done to the one that came in its place behind it.
    let mut model = self::model(80, 24);
    press(&mut model, "⏎⏎");
    assert!(matches!(model.overlays.last(), Some(Overlay::Ask(_))), "what is wrong with billing-api");
    let rest = rows().into_iter().filter(|row| row.name != "billing-api").collect();
    send(&mut model, Msg::View(view_of(rest, Vec::new())));
    assert!(calls(&press(&mut model, "R")).is_empty());
    assert!(model.session.toasts.back().is_some_and(|toast| toast.text.to_string().contains("is gone")));
}

#[test]
fn a_plan_that_rests_on_what_is_no_more_is_asked_for_anew() {
    let mut model = model(80, 24);
    press(&mut model, "jjr");
    let msg = answer(&mut model, 3, plan());
    send(&mut model, msg);
    let newer = json!({"current": {"secretId": "ocs9", "createdAt": now(), "fetchedAt": null, "version": 8}});
    let mut all = rows();
    all[2] = with(&rotation(3, "hr-sync", "HR Sync", "DUE", 5, 29), newer);
    let effects = send(&mut model, Msg::View(view_of(all.clone(), Vec::new())));
    assert!(matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(_), mode: Mode::Plan, .. }]), "{effects:?}");
    assert!(calls(&press(&mut model, "y")).is_empty(), "what was read is not what would be done");
    let msg = answer(&mut model, 3, unread(true));
    send(&mut model, msg);
    assert!(calls(&send(&mut model, Msg::View(view_of(all, Vec::new())))).is_empty(), "nothing changed");
    assert!(calls(&press(&mut model, "y⏎")).is_empty(), "and now a y is not enough");
}

#[test]
fn what_no_consumer_can_do_without_wants_the_name() {
    let mut model = model(80, 24);
    press(&mut model, "jjr");
    let msg = answer(&mut model, 3, unread(true));
    send(&mut model, msg);
    assert!(calls(&press(&mut model, "y")).is_empty());
    assert!(calls(&press(&mut model, "⏎")).is_empty() && !model.overlays.is_empty(), "y is not its name");
    press(&mut model, "⌫hr-syn");
    assert!(calls(&press(&mut model, "⏎")).is_empty() && !model.overlays.is_empty());
    let effects = press(&mut model, "c⏎");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(_), mode, .. }] if *mode == Mode::Agreed),
        "{effects:?}"
    );

    press(&mut model, "r");
    let msg = answer(&mut model, 3, unread(true));
    send(&mut model, msg);
    assert!(calls(&press(&mut model, "⏎")).is_empty() && model.overlays.is_empty(), "Enter on nothing is Cancel");
    press(&mut model, "r");
    let msg = answer(&mut model, 3, unread(true));
    unseen(&mut model, msg);
    model.saw(false);
    for c in "hr-sync".chars() {
        unseen(&mut model, key(c));
    }
    model.saw(false);
    assert!(calls(&unseen(&mut model, Msg::Key(Key::of(Code::Enter)))).is_empty(), "typed, and not read to the end");
    model.saw(true);
    assert_eq!(calls(&unseen(&mut model, Msg::Key(Key::of(Code::Enter)))).len(), 1);
}

#[test]
fn the_safe_way_comes_first() {
    let mut model = model(80, 24);
    press(&mut model, "jjr");
    let msg = answer(&mut model, 3, unread(true));
    send(&mut model, msg);
    let effects = press(&mut model, "s");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(terms), mode, .. }] if terms.after_previous && *mode != Mode::Agreed)
    );
    assert!(model.overlays.is_empty());

    press(&mut model, "/mobile⏎on");
    let msg = answer(&mut model, 5, unread(false));
    send(&mut model, msg);
    let effects = press(&mut model, "s");
    let soon = Some(now() + chrono::Duration::minutes(1));
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Retire(terms), .. }] if terms.at == soon && !terms.now),
        "it goes once its successor was fetched: {effects:?}"
    );
    press(&mut model, "ol");
    let msg = answer(&mut model, 5, unread(false));
    send(&mut model, msg);
    let effects = press(&mut model, "s");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(terms), mode: Mode::Plan, .. }] if !terms.retire_now),
        "{effects:?}"
    );
    press(&mut model, "⎋");

    // A name that begins with that letter is typed, and the way has another.
    model.session.rows.rotations.get_mut(&id(5)).expect("a row").name = "sync".into();
    press(&mut model, "r");
    let msg = answer(&mut model, 5, unread(true));
    send(&mut model, msg);
    let effects = press(&mut model, "sync⏎");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { act: Act::Rotate(_), mode, .. }] if *mode == Mode::Agreed),
        "{effects:?}"
    );
    press(&mut model, "r");
    let held = unread(true).cuts.into_iter().map(|cut| Cut { rotates_at: None, ..cut }).collect();
    let msg = answer(&mut model, 5, Plan { cuts: held, ..plan() });
    send(&mut model, msg);
    assert!(calls(&press(&mut model, "w")).is_empty() && !model.overlays.is_empty(), "it is held");
}

#[test]
fn of_many_what_is_done_to_how_many_is_typed() {
    let mut model = model(80, 24);
    press(&mut model, "   r");
    for (row, plan) in [(1, unread(true)), (2, plan()), (3, unread(false))] {
        let msg = answer(&mut model, row, plan);
        send(&mut model, msg);
    }
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
    assert_eq!(shown.wanted().as_deref(), Some("delete 2"));
    assert!(calls(&press(&mut model, "y⏎")).is_empty());
    let effects = press(&mut model, "⌫delete 2⏎");
    assert_eq!(calls(&effects).len(), 3);

    press(&mut model, "⎋  r");
    let targets: Vec<u128> = match model.overlays.last() {
        Some(Overlay::Plan(shown)) => shown.targets.iter().map(|target| target.id.as_u128()).collect(),
        other => panic!("no plan but {other:?}"),
    };
    for (index, row) in targets.iter().enumerate() {
        let msg = answer(&mut model, *row, if index == 0 { unread(true) } else { plan() });
        send(&mut model, msg);
    }
    let effects = press(&mut model, "s");
    let later =
        |request: &&&Request| matches!(request, Request::Act { act: Act::Rotate(terms), .. } if terms.after_previous);
    let calls = calls(&effects);
    assert_eq!((calls.iter().filter(later).count(), calls.len()), (1, targets.len()), "{effects:?}");
}

#[test]
fn a_dry_run_asks_for_nothing() {
    let mut model = model(80, 24);
    press(&mut model, "jjt");
    let msg = answer(&mut model, 3, unread(true));
    send(&mut model, msg);
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
    assert_eq!((shown.wanted(), shown.asks()), (None, false));
    let later = RotateTerms { after_previous: true, ..RotateTerms::default() };
    assert!(Request::act("payments", later, Mode::Ask).changes());
}
