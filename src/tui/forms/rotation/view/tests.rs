//! Pictures of every step of the wizard as it is usually seen, of a few on the smallest terminal; what must be seen in every
//! size and look is asserted.

mod deliver;

use ratatui::layout::Rect;
use serde_json::json;

use super::*;
use crate::core::fault::Problem;
use crate::core::protocol::plan::step::{Deletion, PlanStep, Test, Whose};
use crate::core::protocol::plan::{Plan, PlannedSecret};
use crate::core::rotation::Status;
use crate::engine::events::{Event, Level};
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::request::Reply;
use crate::tui::fixture::org::{
    answer, app, app_with, asking_for_apps, at_apps, calls, choose, go_to, key, only, to_review, well, wizard,
};
use crate::tui::fixture::{connection, id, now, press, rotation, rows, send, view_of, with};
use crate::tui::forms::rotation::field;
use crate::tui::forms::rotation::wizard::NAMES;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::Msg;
use crate::tui::picture::styled_snapshot;
use crate::tui::screen;
use crate::tui::screen::Memory;
use crate::tui::theme::{Depth, Glyphs, TerminalCaps, Themes};

const SIZES: [(u16, u16); 4] = [USUAL, (60, 20), (120, 40), SMALL];
const USUAL: (u16, u16) = (80, 24);
const SMALL: (u16, u16) = (40, 10);

fn dressed(model: &Model, theme: &str, depth: Depth, glyphs: Glyphs) -> String {
    let (columns, lines) = model.size;
    let mut frame = Buffer::empty(Rect::new(0, 0, columns, lines));
    let look = Look::new(Themes::built_in().get(theme).expect("built in"), TerminalCaps { depth, glyphs });
    screen::draw(model, &look, &mut Memory::default(), &mut frame);
    if glyphs == Glyphs::Ascii {
        assert!(frame.content.iter().all(|cell| cell.symbol().is_ascii()));
    }
    styled_snapshot(&frame)
}

fn picture(model: &Model) -> String {
    dressed(model, "dark", Depth::Sixteen, Glyphs::Unicode)
}

/// Pictures in these sizes; and in every size and look what must be seen in all of them: what is filled in, and how to leave.
fn sizes(name: &str, model: &mut Model, pictured: &[(u16, u16)]) {
    for (columns, lines) in SIZES {
        send(model, Msg::Resize(columns, lines));
        let shown = picture(model);
        let plain = dressed(model, "mono", Depth::None, Glyphs::Ascii);
        let light = dressed(model, "light", Depth::True, Glyphs::Unicode);
        let title = if wizard(model).edits.is_some() { "Edit hr-sync" } else { "New rotation" };
        for shown in [&shown, &plain, &light] {
            assert!(shown.contains(title) && shown.contains("Esc leaves"), "{name} {columns}x{lines}:\n{shown}");
        }
        if pictured.contains(&(columns, lines)) {
            insta::assert_snapshot!(format!("{name}-{columns}x{lines}"), shown);
        }
    }
    send(model, Msg::Resize(80, 24));
}

fn some() -> Vec<AppRow> {
    vec![
        app_with(1, "Orders", 0, &json!({"clientId": "0oc1", "secrets": 1})),
        app_with(
            2,
            "Invoices & Reminders 東京",
            0,
            &json!({"secrets": 2, "rotatable": false, "reason": "two secrets"}),
        ),
        app_with(
            3,
            "Mobile",
            0,
            &json!({"authMethod": "none", "rotatable": false, "reason": "it is a public client and has no secret"}),
        ),
        app(4, "Stock", 0),
        app_with(5, "HR Sync", 0, &json!({"id": "0oaa3", "clientId": "0oac3"})),
    ]
}

fn plan() -> Plan {
    let secret = PlannedSecret {
        id: "ocs10".into(),
        status: Status::Active,
        created_at: Some("2026-01-01T00:00:00Z".parse().expect("valid")),
        whose: "original".into(),
    };
    Plan {
        secrets: vec![secret],
        steps: vec![
            PlanStep::Issue,
            PlanStep::PublishNew {
                test: Test { verify: crate::core::rotation::Verify::Introspect, method: None, shown: false },
            },
            PlanStep::StaysActive {
                secret_id: "ocs10".into(),
                whose: Whose::Original,
                off_at: "2026-11-30T20:15:00Z".parse().ok(),
                if_fetched: true,
                held_by: None,
                deletion: Deletion { at: "2026-12-01T20:15:00Z".parse().ok(), soak_seconds: 86_400, held_by: None },
            },
        ],
        ..Plan::default()
    }
}

/// The review of one app, asked for.
fn reviewing() -> (Model, crate::tui::msg::Purpose) {
    let mut model = at_apps(80, 24, some());
    choose(&mut model, "ord", app(1, "Orders", 1));
    let (purpose, _) = to_review(&mut model);
    (model, purpose)
}

/// One app, being made.
fn creating() -> (Model, crate::tui::msg::Purpose) {
    let (mut model, purpose) = reviewing();
    answer(&mut model, purpose, Reply::Plan { plan: plan() });
    let (purpose, _) = only(press(&mut model, "⇥⏎"));
    let step = |cursor: &str, level: Level, message: &str| {
        let event = json!({"cursor": cursor, "at": now(), "kind": "step", "level": level, "rotation": "orders",
                           "connection": null, "attempt": null, "message": message, "rows": {}});
        serde_json::from_value::<Event>(event).expect("an event")
    };
    let steps = vec![
        step("1", Level::Info, "the app Orders is ACTIVE and has one secret"),
        step("2", Level::Info, "ocs7 was made at Okta; it is sealed here"),
        step(
            "3",
            Level::Warn,
            "invalid_client: the secret is not known there yet; tried again at 2026-11-23T20:15:08Z",
        ),
    ];
    send(&mut model, Msg::Events(steps));
    (model, purpose)
}

/// Three apps, marked, at the review; what each of their plans is for.
fn several() -> (Model, Vec<crate::tui::msg::Purpose>) {
    let mut model = at_apps(80, 24, vec![app(1, "Orders", 0), app(2, "Orders", 0), app(3, "Stock of the west", 0)]);
    press(&mut model, "   ");
    let asked = calls(go_to(&mut model, REVIEW));
    (model, asked.into_iter().map(|(purpose, _)| purpose).collect())
}

#[test]
fn behaviour() {
    let mut model = well(80, 24);
    press(&mut model, "n");
    sizes("behaviour", &mut model, &[USUAL, SMALL]);
    press(&mut model, "⇥⌫⌫0⇥⌫⌫⌫⌫⌫25:70⇥");
    insta::assert_snapshot!("behaviour-faults", picture(&model));
    press(&mut model, "new");
    sizes("behaviour-zones", &mut model, &[USUAL]);
}

#[test]
fn application() {
    let (mut model, purpose) = asking_for_apps(80, 24);
    assert!(picture(&model).contains("asking Okta; an id can be typed meanwhile"));
    let effects = answer(&mut model, purpose, Reply::Apps { apps: some(), next: Some("p2".into()) });
    insta::assert_snapshot!("apps-coming", picture(&model));
    let (purpose, _) = only(effects);
    let refusal = Refusal::new(
        Kind::Refused,
        "Okta refuses to list apps (403, E0000006)",
        "give the token's user a role that may see them",
    );
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    sizes("apps-failed", &mut model, &[USUAL]);
    let mut model = at_apps(80, 24, Vec::new());
    assert!(picture(&model).contains("this org shows no apps"));
    press(&mut model, "0oaXYZ");
    insta::assert_snapshot!("apps-an-id", picture(&model));
    let mut model = at_apps(80, 24, some());
    sizes("apps", &mut model, &[USUAL, SMALL]);
    insta::assert_snapshot!("apps-ascii", dressed(&model, "mono", Depth::None, Glyphs::Ascii));
    press(&mut model, "mob");
    assert!(picture(&model).contains("1 of 5"));
    press(&mut model, "⏎");
    insta::assert_snapshot!("apps-in-the-way", picture(&model));
    let mut model = at_apps(80, 24, some());
    press(&mut model, "    ");
    sizes("apps-marked", &mut model, &[USUAL]);
}

#[test]
fn secrets_of_the_app() {
    let mut model = at_apps(80, 24, some());
    press(&mut model, "ord⏎");
    assert!(picture(&model).contains("asking Okta what secrets it has"));
    let mut model = at_apps(80, 24, some());
    choose(&mut model, "ord", app(1, "Orders", 1));
    sizes("app-one-secret", &mut model, &[USUAL]);
    let mut model = at_apps(80, 24, some());
    choose(&mut model, "inv", app(2, "Invoices & Reminders 東京", 2));
    sizes("app-two-secrets", &mut model, &[USUAL, SMALL]);
    key(&mut model, Code::Right);
    press(&mut model, "⇥⇥ocs9⇥");
    sizes("app-delete-one", &mut model, &[USUAL]);
    let mut model = at_apps(80, 24, some());
    let mut hidden = app(1, "Orders", 1);
    hidden.listed[0].readable = false;
    choose(&mut model, "ord", hidden);
    press(&mut model, "⇤");
    key(&mut model, Code::Right);
    press(&mut model, "⇥s3cr3t-of-many-letters");
    let shown = picture(&model);
    assert!(!shown.contains("s3cr3t"), "{shown}");
    insta::assert_snapshot!("app-hidden-value", shown);
}

#[test]
fn names_and_details() {
    let mut model = at_apps(80, 24, some());
    choose(&mut model, "ord", app(1, "Orders", 1));
    go_to(&mut model, NAMES);
    insta::assert_snapshot!("names", picture(&model));
    press(&mut model, "⇥⌫⌫⌫⌫⌫⌫⌫/");
    key(&mut model, Code::PageDown);
    sizes("names-clash", &mut model, &[USUAL]);
    press(&mut model, "⇤orders⇥");
    go_to(&mut model, DETAILS);
    insta::assert_snapshot!("details", picture(&model));
    press(&mut model, "⌫⌫⌫⌫⌫⌫hr-sync⇥");
    assert!(picture(&model).contains("there is a rotation named hr-sync already"));
}

#[test]
fn reviews() {
    let (mut model, purpose) = reviewing();
    assert!(picture(&model).contains("asking Okta what is there"));
    answer(&mut model, purpose, Reply::Plan { plan: plan() });
    sizes("review", &mut model, &[USUAL, SMALL]);
    insta::assert_snapshot!("review-no-colour", dressed(&model, "mono", Depth::None, Glyphs::Unicode));
    let (mut model, purpose) = reviewing();
    let blocker = Problem::said("the app is INACTIVE", "activate it at Okta first");
    let plan = Plan { blockers: vec![blocker], steps: Vec::new(), ..plan() };
    answer(&mut model, purpose, Reply::Plan { plan });
    press(&mut model, "⇥⏎");
    insta::assert_snapshot!("review-blocked", picture(&model));
    let (mut model, purpose) = reviewing();
    let refusal = Refusal::new(
        Kind::Unavailable,
        "no engine answers at the moment",
        "nothing was changed; try again when it is back",
    );
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    insta::assert_snapshot!("review-refused", picture(&model));
    press(&mut model, "⇥⏎");
    assert!(picture(&model).contains("R asks again"), "and nothing is made");
    let (purpose, _) = only(press(&mut model, "R"));
    answer(&mut model, purpose, Reply::Plan { plan: self::plan() });
    assert!(wizard(&model).orders[0].plan.as_ref().is_some_and(Result::is_ok));
}

#[test]
fn creating_and_what_came_of_it() {
    let (mut model, purpose) = creating();
    sizes("creating", &mut model, &[USUAL]);
    let row = rotation(77, "orders", "Orders", "OK", 700, 0);
    answer(&mut model, purpose, Reply::Rotation { secret_rotation: Box::new(row), plan: None });
    sizes("created", &mut model, &[USUAL, SMALL]);
    let (mut model, purpose) = creating();
    let refusal = Refusal::new(
        Kind::Unavailable,
        "Okta did not answer in 30 s",
        "it is retried automatically; R asks now, and joins what was begun",
    );
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    sizes("create-failed", &mut model, &[USUAL]);
    let (mut model, purpose) = creating();
    let field = FieldFault { field: "name".into(), message: "there is a rotation named orders already".into() };
    let refusal = Refusal { fields: vec![field], ..Refusal::new(Kind::Conflict, "taken", "choose another") };
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    insta::assert_snapshot!("create-sent-home", picture(&model));
}

#[test]
fn several_at_once() {
    let (mut model, mut asked) = several();
    assert!(picture(&model).contains("asking Okta"));
    let last = asked.pop().expect("three");
    for purpose in asked {
        answer(&mut model, purpose, Reply::Plan { plan: plan() });
    }
    let refusal = Refusal::new(Kind::Conflict, "it has two secrets already", "take one over, or delete one");
    send(&mut model, Msg::Replied(last, Err(refusal)));
    sizes("several", &mut model, &[USUAL, SMALL]);
    let made = calls(press(&mut model, "⇥⏎"));
    sizes("several-creating", &mut model, &[USUAL]);
    let [(first, _), (second, _)] = <[_; 2]>::try_from(made).expect("the third is left out");
    let row = rotation(77, "orders", "Orders", "OK", 700, 0);
    answer(&mut model, first, Reply::Rotation { secret_rotation: Box::new(row), plan: None });
    let refusal = Refusal::new(Kind::Unavailable, "Okta did not answer in 30 s", "R tries again");
    send(&mut model, Msg::Replied(second, Err(refusal)));
    sizes("several-results", &mut model, &[USUAL]);
}

#[test]
fn edits() {
    let mut model = well(80, 24);
    let row = with(&model.session.rows.rotations[&id(3)], json!({"secretPath": "/hr", "description": "ask Mira"}));
    model.session.rows.rotations.insert(id(3), row);
    model.rotations.list.jump(id(3));
    model.settle();
    press(&mut model, "e");
    sizes("edit", &mut model, &[USUAL]);
    go_to(&mut model, APPLICATION);
    assert!(picture(&model).contains("for another app, create another rotation"));
    go_to(&mut model, NAMES);
    insta::assert_snapshot!("edit-names", picture(&model));
    go_to(&mut model, REVIEW);
    insta::assert_snapshot!("edit-nothing-changed", picture(&model));
    press(&mut model, "⎋");
    model.rotations.list.jump(id(3));
    model.settle();
    let mut effects = press(&mut model, "e⌫⌫14⇥");
    let ahead = with(&model.session.rows.rotations[&id(3)], json!({"nextRotationAt": "2026-11-26T01:15:00Z"}));
    let (purpose, _) = only(effects.split_off(effects.len() - 1));
    answer(&mut model, purpose, Reply::Rotation { secret_rotation: Box::new(ahead), plan: None });
    go_to(&mut model, NAMES);
    press(&mut model, "_OLD⇥");
    go_to(&mut model, REVIEW);
    sizes("edit-changed", &mut model, &[USUAL]);
    let (purpose, _) = only(press(&mut model, "⇥⏎"));
    assert!(picture(&model).contains("saving"));
    let refusal = Refusal::new(Kind::Conflict, "someone changed it meanwhile", "look at it again; nothing was saved");
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    insta::assert_snapshot!("edit-refused", picture(&model));
}

/// What the focus is on and how to leave are seen in every size, in every field.
#[test]
fn the_field_in_focus_is_seen_in_every_size_and_without_colours() {
    for (columns, lines) in SIZES.into_iter().chain([(40, 12), (52, 16), (79, 10)]) {
        for step in [BEHAVIOUR, APPLICATION, NAMES, DETAILS] {
            let mut model = at_apps(80, 24, some());
            choose(&mut model, "inv", app(2, "Invoices", 2));
            key(&mut model, Code::Right);
            go_to_step(&mut model, step);
            send(&mut model, Msg::Resize(columns, lines));
            send(&mut model, Msg::Lost(Refusal::new(Kind::Unavailable, "gone", "wait")));
            for _ in 0..wizard(&model).form.here().fields.len() + 2 {
                let shown = dressed(&model, "mono", Depth::None, Glyphs::Ascii);
                assert!(shown.contains("Esc leaves") && shown.contains("The engine is gone"), "{shown}");
                let form = &wizard(&model).form;
                let wanted = match form.focus {
                    Focus::Field(at) => format!("> {}", form.here().fields[at].key.label),
                    Focus::Next => format!("[ {} ]", form.here().next),
                    Focus::Back => "[ Back ]".into(),
                };
                assert!(shown.contains(&wanted), "{columns}x{lines}: no {wanted:?} in\n{shown}");
                key(&mut model, Code::Tab);
            }
        }
    }
}

/// Back or on to a step, whatever is on the way.
fn go_to_step(model: &mut Model, step: usize) {
    if step == APPLICATION {
        return;
    }
    if step < APPLICATION {
        key(model, Code::PageUp);
        return;
    }
    let at = wizard(model).form.here().fields.iter().position(|item| item.key == field::TYPED_ID);
    while wizard(model).form.focus != Focus::Field(at.expect("asked for")) {
        key(model, Code::Tab);
    }
    press(model, "ocs20");
    go_to(model, step);
}

#[test]
fn an_engine_that_is_lost_leaves_what_was_typed_on_the_screen_and_says_so_below_it() {
    let mut model = at_apps(80, 24, some());
    choose(&mut model, "ord", app(1, "Orders", 1));
    go_to(&mut model, DETAILS);
    send(&mut model, Msg::Lost(Refusal::new(Kind::Unavailable, "gone", "wait")));
    sizes("lost", &mut model, &[USUAL]);
    send(
        &mut model,
        Msg::Linked { own: true, notes: Vec::new(), view: view_of(rows(), vec![connection(1000, "okta-prod", None)]) },
    );
    assert_eq!(wizard(&model).form.typed(field::NAME), "orders");
    send(&mut model, Msg::Key(Key::of(Code::Esc)));
    assert!(model.draft.is_some());
}
