//! Leading back and leaving, and what marks that are not seen are good for.

use super::*;

#[test]
fn escape_leads_back_and_never_quits() {
    for keys in ["", "/hr⏎", "  ", "⏎", "+", "3", "4", "2⏎", "?", "d"] {
        let mut model = model(80, 24);
        press(&mut model, keys);
        for _ in 0..8 {
            assert!(!press(&mut model, "⎋").contains(&Effect::Quit), "{keys}");
        }
        assert!(model.overlays.is_empty() && model.focus == model.list && model.rotations.list.marks.is_empty());
        assert!(
            model.session.toasts.back().is_some_and(|toast| toast.text.to_string().contains("q quits")),
            "it is said what does"
        );
        assert_eq!(press(&mut model, "q"), [Effect::Quit], "{keys}");
    }
    let mut model = model(80, 24);
    send(&mut model, Msg::Barred(Refusal::new(Kind::Store, "sealed with another key", "give the right one")));
    assert!(press(&mut model, "⎋⎋").is_empty());
}

#[test]
fn ctrl_c_leads_back_and_at_the_top_asks() {
    let mut model = model(80, 24);
    press(&mut model, "⏎");
    let ctrl_c = Msg::Key(Key::ctrl('c'));
    assert!(send(&mut model, ctrl_c.clone()).is_empty());
    assert_eq!((model.focus, model.overlays.len()), (Pane::Rotations, 0), "one step back");
    assert!(send(&mut model, ctrl_c.clone()).is_empty());
    assert!(model.asks_to_quit());
    assert!(send(&mut model, ctrl_c.clone()).is_empty() && model.overlays.is_empty(), "once more is no");
    send(&mut model, ctrl_c);
    assert_eq!(press(&mut model, "y"), [Effect::Quit]);
}

#[test]
fn marks_that_a_filter_hides_are_never_acted_on() {
    for keys in ["r", "R", "t", "p", "o", "d"] {
        let mut model = model(80, 24);
        press(&mut model, "   /hr⏎");
        assert_eq!((model.rotations.list.marks.len(), model.rotations.list.hidden()), (3, 2));
        assert!(calls(&press(&mut model, keys)).is_empty(), "{keys}");
        let Some(Overlay::Ask(question)) = model.overlays.last() else { panic!("{keys}: no question") };
        assert_eq!(question.text[0].1.to_string(), "3 marked, 2 hidden: show them, or act on the 1 shown?");
        press(&mut model, "s");
        assert_eq!((model.rotations.list.order.len(), model.rotations.list.marks.len()), (6, 3), "{keys}: shown");
    }
    let mut model = model(80, 24);
    press(&mut model, "   /hr⏎pa");
    let effects = press(&mut model, "p");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { id: row, act: Act::Pause(_), .. }] if *row == id(3).to_string()),
        "{effects:?}"
    );
    assert_eq!(model.rotations.list.marks.len(), 2, "what was not acted on stays marked");
    press(&mut model, "/⌫⌫mobile⏎r");
    let Some(Overlay::Ask(question)) = model.overlays.last() else { panic!("no question") };
    assert!(question.choices.iter().all(|choice| !matches!(choice.then, Then::OnShown(_))), "none is shown");
    assert!(question.text[0].1.to_string().contains("all of them hidden"));
}

#[test]
fn what_was_opened_stands_for_itself_whatever_is_marked_behind_it() {
    let mut model = model(80, 24);
    press(&mut model, "  ⏎");
    assert_eq!(model.focus, Pane::Detail);
    let effects = press(&mut model, "pp");
    assert!(
        matches!(calls(&effects)[..], [Request::Act { id: row, act: Act::Pause(_), .. }] if *row == id(3).to_string()),
        "{effects:?}"
    );
    assert_eq!(model.rotations.list.marks.len(), 2);
}

#[test]
fn quitting_asks_only_where_something_would_be_late() {
    let mut attached = model(80, 24);
    assert_eq!(press(&mut attached, "q"), [Effect::Quit], "another process's engine keeps running");

    let mut own = model(80, 24);
    let mut view = view_of(vec![rotation(3, "hr-sync", "HR Sync", "DUE", 5, 29)], Vec::new());
    view.engine.role = "ui".into();
    send(&mut own, Msg::Linked { own: true, notes: Vec::new(), view });
    assert!(press(&mut own, "q").is_empty());
    let Some(Overlay::Ask(question)) = own.overlays.last() else { panic!("no question") };
    assert!(question.text[0].1.to_string().starts_with("hr-sync is due 24 Nov 02:15 (in 5h)"), "{question:?}");
    assert!(press(&mut own, "⏎").is_empty(), "Enter stays");
    assert_eq!(press(&mut own, "qq"), [Effect::Quit]);
    assert_eq!(send(&mut own, Msg::Stop), [Effect::Quit], "a signal is not asked");

    let view = view_of(vec![rotation(3, "hr-sync", "HR Sync", "OK", 200, 29)], Vec::new());
    send(&mut own, Msg::Linked { own: true, notes: Vec::new(), view });
    press(&mut own, "⎋");
    assert_eq!(press(&mut own, "q"), [Effect::Quit], "nothing is due within a day");

    let old = |status: &str, off: i64, gone: Option<i64>| {
        let at = |hours: i64| now() + chrono::Duration::hours(hours);
        json!({"previous": {"secretId": "ocsold", "status": status, "deactivateAt": at(off), "deleteAt": gone.map(at),
                            "heldBy": null, "goesOffAt": at(off), "goneAt": gone.map(at)}})
    };
    let attempt = json!({"attempt": id(77), "nextTryAt": now() + chrono::Duration::minutes(20)});
    for (fields, said) in [
        (old("ACTIVE", 23, None), Some("ocsold, the old secret of hr-sync, is to be deactivated")),
        (old("INACTIVE", -4, Some(20)), Some("ocsold, the old secret of hr-sync, is to be deleted")),
        (old("ACTIVE", 25, None), None),
        (old("INACTIVE", -4, Some(30)), None),
        (attempt, Some("an attempt on hr-sync is under way, and is tried again")),
    ] {
        let row = with(&rotation(3, "hr-sync", "HR Sync", "OK", 200, 29), fields.clone());
        send(&mut own, Msg::Linked { own: true, notes: Vec::new(), view: view_of(vec![row], Vec::new()) });
        let quits = press(&mut own, "q") == [Effect::Quit];
        let text = match own.overlays.last() {
            Some(Overlay::Ask(question)) => question.text[0].1.to_string(),
            _ => String::new(),
        };
        assert_eq!(quits, said.is_none(), "{fields}: {text}");
        assert!(said.is_none_or(|said| text.starts_with(said)), "{fields}: {text}");
        own.overlays.clear();
    }
}
