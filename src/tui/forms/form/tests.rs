use super::*;
use crate::tui::forms::form::pick::{Load, Row};

fn text(name: &'static str) -> Field {
    Field::new(name, name, "", Input::text(""))
}

fn picker(several: bool) -> Field {
    let rows = vec![
        Row::new("1", "Payments", "0oa1"),
        Row::new("2", "HR Sync", "0oa2").unless(Some("no client secret".into())),
        Row::new("3", "Payroll", "0oa3"),
    ];
    let mut pick = Pick::of(rows, None);
    pick.several = several;
    Field::new("app", "app", "", Input::Pick(pick))
}

fn form(items: Vec<Field>) -> Form {
    Form::new(vec![
        Page { title: "One", items, next: "Next" },
        Page { title: "Two", items: vec![text("z")], next: "Next" },
    ])
}

fn press(form: &mut Form, keys: &str) -> Vec<FormEvent> {
    let key = |c| match c {
        '⏎' => Key::of(Code::Enter),
        '⇥' => Key::of(Code::Tab),
        '⇤' => Key::of(Code::BackTab),
        '↓' => Key::of(Code::Down),
        '↑' => Key::of(Code::Up),
        '⇟' => Key::of(Code::PageDown),
        c => Key::char(c),
    };
    keys.chars().map(|c| form.key(key(c))).collect()
}

#[test]
fn enter_and_tab_go_through_the_fields_to_the_buttons_and_round() {
    let mut form = form(vec![text("a"), text("b").locked("it is so"), text("c")]);
    assert_eq!(press(&mut form, "x⏎"), [FormEvent::Changed("a"), FormEvent::Left("a")]);
    assert_eq!(form.focus, Focus::Field(2), "what cannot be changed is passed by");
    press(&mut form, "⇥");
    assert_eq!(form.focus, Focus::Next);
    assert_eq!(press(&mut form, "⏎"), [FormEvent::Next]);
    press(&mut form, "⇥⇥");
    assert_eq!(form.focus, Focus::Field(0));
    press(&mut form, "⇤");
    assert_eq!(form.focus, Focus::Back);
}

#[test]
fn all_faults_are_shown_and_the_focus_stands_on_the_first_whichever_page_it_is_on() {
    let mut form = form(vec![text("a"), text("b")]);
    form.open(1);
    let unmatched = form.show_errors(vec![
        ("z".into(), "empty".into()),
        ("b".into(), "too long".into()),
        ("elsewhere".into(), "lost".into()),
    ]);
    assert_eq!((form.page, form.focus), (0, Focus::Field(1)));
    assert_eq!(form.get("z").and_then(|item| item.fault.as_deref()), Some("empty"));
    assert_eq!(unmatched, [("elsewhere".to_owned(), "lost".to_owned())]);
    press(&mut form, "x");
    assert_eq!(form.get("b").and_then(|item| item.fault.clone()), None, "typing takes it away");
}

#[test]
fn a_picker_takes_what_enter_is_pressed_on_and_says_why_where_it_cannot() {
    let mut form = form(vec![picker(false), text("b")]);
    press(&mut form, "hr⏎");
    assert_eq!((form.typed("app"), form.focus), ("", Focus::Field(0)));
    let fault = form.get("app").and_then(|item| item.fault.clone()).expect("a reason");
    assert!(fault.contains("no client secret"), "{fault}");
    form.key(Key::ctrl('u'));
    press(&mut form, "roll⏎");
    assert_eq!((form.typed("app"), form.focus), ("3", Focus::Field(1)));
}

#[test]
fn passing_a_picker_by_takes_nothing_but_what_was_moved_to_is_taken() {
    let mut form = form(vec![picker(false), text("b")]);
    press(&mut form, "⇥");
    assert_eq!(form.typed("app"), "");
    press(&mut form, "⇤↓↓⇥");
    assert_eq!(form.typed("app"), "3");
    press(&mut form, "⇤nothing⇟");
    assert_eq!((form.typed("app"), form.focus), ("3", Focus::Field(0)), "what is not there is not taken");
}

#[test]
fn several_are_marked_and_marks_outlive_a_search() {
    let mut form = form(vec![picker(true)]);
    press(&mut form, "payr ");
    form.key(Key::ctrl('u'));
    press(&mut form, "  ");
    let pick = form.pick("app").expect("it is one");
    assert_eq!(
        pick.marks.iter().map(String::as_str).collect::<Vec<_>>(),
        ["1", "3"],
        "the one in the middle cannot be"
    );
}

#[test]
fn rows_that_come_later_move_nothing_under_the_cursor() {
    let mut pick = Pick::of(vec![Row::new("1", "alpha", ""), Row::new("2", "alpine", "")], None);
    pick.load = Load::Coming;
    pick.key(Key::char('a'));
    pick.key(Key::of(Code::Down));
    let before = pick.here().map(|row| row.key.clone());
    pick.extend([Row::new("0", "al", ""), Row::new("3", "beta", "")]);
    assert_eq!(pick.here().map(|row| row.key.clone()), before);
    assert_eq!(pick.found(), 4);
}

#[test]
fn other_fields_on_a_page_keep_what_was_typed_and_the_focus() {
    let mut form = form(vec![text("a"), text("b")]);
    press(&mut form, "⇥typed");
    form.relay(0, vec![text("b"), Field::new("c", "c", "", Input::choice(&["x", "y"], 0))]);
    assert_eq!((form.typed("b"), form.focus), ("typed", Focus::Field(0)));
    if let Some(item) = form.get_mut("c") {
        item.input.key(Key::of(Code::Right));
    }
    form.relay(0, vec![Field::new("c", "c", "", Input::choice(&["x", "z"], 0))]);
    assert_eq!((form.typed("c"), form.focus), ("x", Focus::Next), "an answer to another question is none");
}

#[test]
fn a_paste_goes_into_the_field_in_focus_alone() {
    let mut form = form(vec![text("a"), text("b")]);
    assert_eq!(form.paste("one\ntwo"), FormEvent::Changed("a"));
    assert_eq!((form.typed("a"), form.typed("b")), ("onetwo", ""));
    form.set_focus(Focus::Next);
    assert_eq!(form.paste("three"), FormEvent::Stay);
}
