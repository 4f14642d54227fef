use super::*;
use crate::tui::forms::form::pick::{Load, Row};

const A: FieldKey = FieldKey::new("a", "a");
const B: FieldKey = FieldKey::new("b", "b");
const C: FieldKey = FieldKey::new("c", "c");
const Z: FieldKey = FieldKey::new("z", "z");
const APP: FieldKey = FieldKey::new("app", "app");

fn text(key: FieldKey) -> Field {
    Field::new(key, "", Input::text(""))
}

fn picker(several: bool) -> Field {
    let rows = vec![
        Row::new("1", "Payments", "0oa1"),
        Row::new("2", "HR Sync", "0oa2").unless(Some("no client secret".into())),
        Row::new("3", "Payroll", "0oa3"),
    ];
    let mut pick = Pick::of(rows, None);
    pick.several = several;
    Field::new(APP, "", Input::Pick(pick))
}

fn form(items: Vec<Field>) -> Form {
    Form::new(vec![
        Page { title: "One", fields: items, next: "Next" },
        Page { title: "Two", fields: vec![text(Z)], next: "Next" },
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
    keys.chars().map(|c| form.press(key(c))).collect()
}

#[test]
fn enter_and_tab_go_through_the_fields_to_the_buttons_and_round() {
    let mut form = form(vec![text(A), text(B).locked("it is so"), text(C)]);
    assert_eq!(press(&mut form, "x⏎"), [FormEvent::Changed(A), FormEvent::Left(A)]);
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
    let mut form = form(vec![text(A), text(B)]);
    form.open(1);
    let found = [("z", "empty"), ("b", "too long"), ("elsewhere", "lost")];
    let found = found.map(|(field, message)| FieldFault { field: field.into(), message: message.into() });
    assert_eq!(form.show_refusal(&found), 1, "one belongs to no field");
    assert_eq!((form.page, form.focus), (0, Focus::Field(1)));
    assert_eq!(form.get(Z).and_then(|item| item.fault.as_deref()), Some("empty"));
    press(&mut form, "x");
    assert_eq!(form.get(B).and_then(|item| item.fault.clone()), None, "typing takes it away");
}

#[test]
fn a_picker_takes_what_enter_is_pressed_on_and_says_why_where_it_cannot() {
    let mut form = form(vec![picker(false), text(B)]);
    press(&mut form, "hr⏎");
    assert_eq!((form.typed(APP), form.focus), ("", Focus::Field(0)));
    let fault = form.get(APP).and_then(|item| item.fault.clone()).expect("a reason");
    assert!(fault.contains("no client secret"), "{fault}");
    form.press(Key::ctrl('u'));
    press(&mut form, "roll⏎");
    assert_eq!((form.typed(APP), form.focus), ("3", Focus::Field(1)));
}

#[test]
fn passing_a_picker_by_takes_nothing_but_what_was_moved_to_is_taken() {
    let mut form = form(vec![picker(false), text(B)]);
    press(&mut form, "⇥");
    assert_eq!(form.typed(APP), "");
    press(&mut form, "⇤↓↓⇥");
    assert_eq!(form.typed(APP), "3");
    press(&mut form, "⇤nothing⇟");
    assert_eq!((form.typed(APP), form.focus), ("3", Focus::Field(0)), "what is not there is not taken");
}

#[test]
fn several_are_marked_and_marks_outlive_a_search() {
    let mut form = form(vec![picker(true)]);
    press(&mut form, "payr ");
    form.press(Key::ctrl('u'));
    press(&mut form, "  ");
    let pick = form.pick(APP).expect("it is one");
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
    let mut form = form(vec![text(A), text(B)]);
    press(&mut form, "⇥typed");
    form.relay(0, vec![text(B), Field::new(C, "", Input::choice(&["x", "y"], 0))]);
    assert_eq!((form.typed(B), form.focus), ("typed", Focus::Field(0)));
    if let Some(item) = form.get_mut(C) {
        item.input.key(Key::of(Code::Right));
    }
    form.relay(0, vec![Field::new(C, "", Input::choice(&["x", "z"], 0))]);
    assert_eq!((form.typed(C), form.focus), ("x", Focus::Next), "an answer to another question is none");
}

#[test]
fn a_paste_goes_into_the_field_in_focus_alone() {
    let mut form = form(vec![text(A), text(B)]);
    assert_eq!(form.paste("one\ntwo"), FormEvent::Changed(A));
    assert_eq!((form.typed(A), form.typed(B)), ("onetwo", ""));
    form.set_focus(Focus::Next);
    assert_eq!(form.paste("three"), FormEvent::Stay);
}
