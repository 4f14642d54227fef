use crate::words::written;
use serde_json::json;

use super::*;
use crate::engine::request::ActKind;
use crate::tui::fixture::{model, press, rows, send, view_of, with, with_one_missing, with_targets};
use crate::tui::keys::key::Key;
use crate::tui::model::Model;
use crate::tui::msg::Effect;
use crate::tui::msg::Msg;
use crate::tui::theme::Tone;

fn in_keys(text: &str, bindings: &Bindings) -> String {
    let now = "2026-11-24T12:00:00Z".parse().expect("valid");
    written::read(text).by(&Keys { bindings, can: |_| true, zone: Tz::UTC, now })
}

fn keys(text: &str) -> String {
    in_keys(text, &Bindings::default())
}

#[test]
fn commands_are_said_by_the_key_that_does_the_same_and_the_others_as_they_are() {
    let said = keys(
        "activate it at Okta, or go back with `windlass rotation rollback hr`; or `windlass retire-store --to HOST`",
    );
    assert_eq!(said, "activate it at Okta, or go back with u (roll back); or `windlass retire-store --to HOST`");
    assert_eq!(keys("`windlass rotation retire hr --now`, or not"), "o n (off now), or not");
    assert_eq!(keys("with `windlass connection update acme --token-file FILE`"), "with 2 e (edit the connection)");
    assert_eq!(keys("test it with `token`; an odd ` stays"), "test it with `token`; an odd ` stays");
    let rebound = Bindings::with([
        (Action::Act(ActKind::Rollback), vec!["F9".parse::<Key>().expect("a key")]),
        (Action::Old, vec![]),
    ]);
    let rebound = rebound.expect("no conflict");
    assert_eq!(in_keys("`windlass rotation rollback hr`", &rebound), "F9 (roll back)");
    assert_eq!(in_keys("`windlass rotation retire hr --hold`", &rebound), ": `old secret` h (keep it)");
}

#[test]
fn a_key_that_would_be_refused_now_is_not_named() {
    let text =
        "`windlass confirm`, or `windlass rotation rollback x`, or `windlass connection update x --token-file FILE`";
    let mut model = ready();
    let said = words(&model.session, &model.selection(), &written::read(text));
    assert_eq!(said, "`windlass confirm`, or u (roll back), or 2 e (edit the connection)", "no store is quarantined");
    model.session.preferences.read_only = true;
    assert_eq!(words(&model.session, &model.selection(), &written::read(text)), text);
}

/// A row for which every act is possible.
fn ready() -> Model {
    let mut model = model(100, 40);
    let pending = json!({"secretId": "ocsnew", "status": "ACTIVE", "createdAt": "2026-11-23T20:00:00Z"});
    let row = with(
        &with_targets(&with_one_missing(&rows()[0])),
        json!({"pending": pending, "skipped": 1, "pausedUntil": "2026-11-24T20:00:00Z"}),
    );
    let connections = model.session.rows.connections.values().cloned().collect();
    let view = view_of(vec![row], connections);
    send(&mut model, Msg::Linked { own: false, notes: Vec::new(), view });
    model
}

#[test]
fn every_key_that_is_named_does_something_in_that_state() {
    let commands = [
        "rotation rotate x",
        "rotation rotate x --retire-now",
        "rotation rollback x",
        "rotation retire x --now",
        "rotation retire x --at WHEN",
        "rotation retire x --hold",
        "rotation retire x",
        "rotation dismiss x --consumer payroll.service",
        "rotation resolve x --withdraw",
        "rotation resolve x --publish-unverified",
        "rotation pause x",
        "rotation resume x",
        "rotation resume x --now",
        "rotation skip x",
        "rotation skip x --undo",
        "rotation check x",
        "rotation update x --verify token",
        "rotation delete x",
        "rotation upcoming",
        "rotation create",
        "rotation list",
        "rotation show x",
        "target list x",
        "target show x/json",
        "target plan x/json",
        "target adopt x/json",
        "target deliver x/json",
        "target update x/json --gate false",
        "target update x/json --format yaml",
        "target create x file",
        "target delete x/json",
        "connection test x",
        "connection update x --token-file FILE",
        "connection show x",
        "connection create",
        "connection list",
        "history",
    ];
    for command in commands {
        let said = keys(&format!("`windlass {command}`"));
        let (named, _) = said.split_once(" (").unwrap_or_else(|| panic!("{command}: {said}"));
        let mut model = ready();
        for key in named.split(' ') {
            let before = (format!("{:?}", model.overlays), model.focus);
            let effects: Vec<Effect> = if key == "Enter" { press(&mut model, "⏎") } else { press(&mut model, key) };
            let after = (format!("{:?}", model.overlays), model.focus);
            // The pane may be the one that has the focus already.
            assert!(
                ["1", "2"].contains(&key) || before != after || !effects.is_empty(),
                "{command}: {key} of {named:?} does nothing"
            );
        }
        let warned = model.session.toasts.iter().find(|toast| matches!(toast.tone, Tone::Warn | Tone::Bad));
        assert!(warned.is_none(), "{command}: {named:?} is refused: {warned:?}");
    }
}

#[test]
fn what_is_advised_names_no_command_where_a_key_does_it() {
    // What has no key: it is for whoever runs the engine, or shows what no pane shows.
    let without = ["serve", "--data-dir", "retire-store", "connection apps", "rotation secrets", "secret "];
    let has_none = |command: &str| without.iter().any(|it| command.starts_with(&format!("windlass {it}")));
    let mut seen = 0;
    for remedy in crate::words::samples::remedies() {
        for command in remedy.say().commands().filter(|command| !has_none(command)) {
            seen += 1;
            let said = keys(&format!("`{command}`"));
            assert!(!said.contains("`windlass"), "{command}: {said}");
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn what_an_act_says_of_its_keys_leads_there() {
    for kind in ActKind::ALL {
        for way in kind.spec().ways {
            for name in way.actions {
                assert!(Action::called(name).is_ok(), "{kind}: {name} is no action");
            }
        }
        let own = kind.spec().key.map(|key| Action::called(key.action));
        assert!(own.is_none_or(|action| action == Ok(Action::Act(*kind))), "{kind}");
    }
}
