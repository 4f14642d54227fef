//! What is continued: drafts, marks while Okta is asked again, and another connection in the middle.

use super::*;
use crate::engine::request::Request;
use crate::tui::msg::{Ask, Effect};

#[test]
fn a_draft_is_kept_without_secrets_and_continued() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", {
        let mut app = app(1, "Orders", 2);
        app.listed[0].readable = false;
        app
    });
    press(&mut model, "⇥⇥");
    assert_eq!(wizard(&model).form.field().map(|item| item.key), Some(field::ADOPT_VALUE));
    press(&mut model, "s3cret");
    press(&mut model, "⎋");
    assert!(model.overlays.is_empty());
    press(&mut model, "nc");
    let kept = wizard(&model);
    assert_eq!(kept.apps(), ["0oa1"]);
    let secret = kept.form.get(field::ADOPT_VALUE).map(|item| &item.input);
    assert!(matches!(secret, None | Some(crate::tui::forms::form::input::Input::Secret(_))));
    assert!(!format!("{secret:?}").contains("Secret(…)"), "{secret:?}");
}

#[test]
fn a_draft_keeps_what_was_chosen_for_the_apps_secret_and_a_connection_that_is_gone_is_reported() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 1));
    press(&mut model, "⇤");
    assert_eq!(wizard(&model).form.field().map(|item| item.key), Some(field::ADOPT));
    key(&mut model, Code::Right);
    key(&mut model, Code::PageDown);
    press(&mut model, "⎋nc");
    let (_, body) = to_review(&mut model);
    assert!(body.adopt, "what was chosen is kept");

    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 1));
    send(&mut model, Msg::View(view_of(rows(), vec![connection(7, "another", None)])));
    for _ in 0..4 {
        key(&mut model, Code::PageDown);
    }
    let form = &wizard(&model).form;
    assert_eq!((form.page, form.field().map(|item| item.key)), (BEHAVIOUR, Some(field::CONNECTION)));
}

#[test]
fn a_draft_that_was_left_at_the_review_or_while_okta_was_asked_can_be_continued() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 2));
    key(&mut model, Code::Right);
    press(&mut model, "⇥⇥ocs10");
    to_review(&mut model);
    press(&mut model, "⎋");
    // Its list of apps is too old to be shown again.
    model.session.now += chrono::Duration::hours(1);
    press(&mut model, "nc");
    assert_eq!(wizard(&model).form.page, DETAILS);
    let (_, body) = to_review(&mut model);
    assert_eq!(body.replace_secret_id.as_deref(), Some("ocs10"), "what was chosen is still meant");

    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    press(&mut model, "ord⏎⎋nc");
    let (_, request) = only(key(&mut model, Code::PageDown));
    assert!(matches!(request, Request::ConnectionApps { query, .. } if query.app.as_deref() == Some("0oa1")));
}

#[test]
fn what_cannot_be_marked_says_why() {
    let mut barred = app(1, "Mobile", 0);
    (barred.rotatable, barred.reason) = (false, Some("no client secret (none)".into()));
    let mut model = at_apps(vec![barred, app(2, "Stock", 0)]);
    press(&mut model, " ");
    let fault = wizard(&model).form.field().and_then(|item| item.fault.clone());
    assert!(fault.is_some_and(|fault| fault.contains("no client secret")));
    key(&mut model, Code::Down);
    press(&mut model, " ");
    assert_eq!((wizard(&model).count(), wizard(&model).form.field().and_then(|item| item.fault.clone())), (1, None));
}

#[test]
fn marks_outlive_asking_again_and_are_waited_for() {
    let mut model = at_apps(vec![app(1, "Orders", 0), app(2, "Stock", 0), app(3, "Gone", 0)]);
    press(&mut model, "   ");
    let (purpose, _) = only(send(&mut model, Msg::Key(Key::ctrl('r'))));
    let apps = vec![app(1, "Orders", 0)];
    let (purpose, _) = only(answer(&mut model, purpose, Reply::Apps { apps, next: Some("p2".into()) }));
    key(&mut model, Code::PageDown);
    assert_eq!(wizard(&model).form.page, APPLICATION, "nothing that was marked is left out unsaid");
    assert!(wizard(&model).form.get(field::APP).is_some_and(|item| item.fault.is_some()));
    answer(&mut model, purpose, Reply::Apps { apps: vec![app(2, "Stock", 0)], next: None });
    key(&mut model, Code::PageDown);
    assert_eq!((wizard(&model).form.page, wizard(&model).apps()), (NAMES, vec!["0oa1".into(), "0oa2".into()]));
}

#[test]
fn another_connection_has_other_apps_and_none_of_what_was_chosen_before() {
    let mut model = model(80, 24);
    let connections = vec![connection(1000, "okta-prod", None), connection(1001, "okta-dev", None)];
    send(&mut model, Msg::View(view_of(rows(), connections)));
    press(&mut model, "nprod⏎");
    let (purpose, _) = only(key(&mut model, Code::PageDown));
    answer(&mut model, purpose, Reply::Apps { apps: vec![app(1, "Orders", 0)], next: None });
    choose(&mut model, "ord", app(1, "Orders", 1));
    assert!(wizard(&model).form.get(field::ADOPT).is_some());
    key(&mut model, Code::PageUp);
    press(&mut model, "dev⏎");
    let (_, request) = only(key(&mut model, Code::PageDown));
    assert!(matches!(request, Request::ConnectionApps { id, .. } if id == self::id(1001).to_string()));
    assert_eq!((wizard(&model).count(), wizard(&model).form.get(field::ADOPT)), (0, None));
}

#[test]
fn one_of_several_that_meets_a_used_up_limit_is_asked_for_again_and_not_given_up() {
    let mut model = at_apps(vec![app(1, "Orders", 0), app(2, "Stock", 0)]);
    press(&mut model, "  ");
    let mut effects = Vec::new();
    while wizard(&model).form.page != REVIEW {
        effects = key(&mut model, Code::PageDown);
    }
    let refusal = Refusal::new(Kind::Unavailable, "Okta's rate limit is used up", "it resets by itself");
    let limited = || Err(Refusal { okta_error_code: Some("E0000047".into()), ..refusal.clone() });
    let later = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::CallLater(pause, purpose, Ask(Request::RotationCreate(body)))] => {
            assert!(!pause.is_zero());
            (purpose.clone(), body.clone())
        }
        other => panic!("{other:?}"),
    };
    for (purpose, _) in calls(effects) {
        let (purpose, body) = later(send(&mut model, Msg::Replied(purpose, limited())));
        assert!(body.dry_run);
        answer(&mut model, purpose, Reply::Plan { plan: Plan::default() });
    }
    assert!(wizard(&model).orders.iter().all(order::Order::is_open), "what a limit held up is not in the way");
    let asked = calls(press(&mut model, "⇥⏎"));
    assert_eq!(asked.len(), 2);
    for (purpose, _) in asked {
        let (_, body) = later(send(&mut model, Msg::Replied(purpose, limited())));
        assert!(!body.dry_run);
    }
    let waits = |order: &order::Order| order.is_under_way() && order.refusal().is_none() && !order.steps.is_empty();
    assert!(wizard(&model).orders.iter().all(waits));
}
