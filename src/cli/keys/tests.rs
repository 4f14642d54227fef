use serde_json::Value;

use super::*;
use crate::cli::doubles::{Ended, scene};
use crate::engine::request::ActKind;

/// Runs `windlass keys` with this config.
fn keys(config: &str, options: &str) -> Ended {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("config.toml");
    std::fs::write(&file, config).expect("written");
    scene([]).run(&format!("windlass --config {} {options} keys", file.display()))
}

#[test]
fn every_action_is_listed_with_its_place_and_what_was_rebound_is_marked() {
    let ended = keys("[keys]\nrotate = [\"F5\", \"r\"]\nconfirm = [\"C\"]\nretry = []\n", "");
    assert_eq!(ended.status(), 0, "{}", ended.err);
    let line = |action: &str| ended.out.lines().find(|line| line.split_whitespace().any(|word| word == action));
    let rotate = line("rotate").expect("listed");
    assert!(rotate.starts_with("on a rotation") && rotate.contains("F5 r") && rotate.contains("(rebound; was r)"));
    assert!(line("confirm").expect("listed").contains("(rebound; was none)"));
    assert!(line("retry").expect("listed").contains("(rebound; was R)"));
    assert!(!line("pause").expect("listed").contains("rebound"));
    assert_eq!(ended.out.lines().count(), crate::tui::keys::action::TABLE.len() + 1);
}

#[test]
fn it_is_reported_to_programs_too_and_asks_no_engine() {
    let ended = keys("[keys]\nhelp = [\"?\"]\n", "--json");
    let reported: Value = serde_json::from_str(&ended.out).expect("JSON");
    let rows = reported["keys"].as_array().expect("rows");
    let help = rows.iter().find(|row| row["action"] == "help").expect("listed");
    assert_eq!((&help["keys"], &help["rebound"]), (&serde_json::json!(["?"]), &Value::Bool(true)));
    assert_eq!(help["defaultKeys"], serde_json::json!(["?", "F1"]));
    assert_eq!(help["place"], "everywhere");
    assert!(ended.asked.is_empty());
}

#[test]
fn two_actions_with_one_key_are_refused_with_both_names_and_the_line() {
    let ended = keys("[keys]\n\nrotate = [\"d\"]\nhelp = [\":\"]\n", "");
    assert_eq!(ended.status(), 2);
    assert!(ended.err.contains("line 3: the key d is both `rotate` and `delete`"), "{}", ended.err);
    assert!(ended.err.contains("line 4: the key : is both `palette` and `help`"), "{}", ended.err);
    assert!(ended.out.is_empty());
}

#[test]
fn the_ui_starts_with_the_keys_that_hold_and_says_which_do_not() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "[keys]\nrotate = [\"d\"]\npause = [\"F5\"]\nhelp = [\":\"]\nretyr = [\"x\"]\n")
        .expect("written");
    let settings = crate::cli::doubles::settings(&crate::cli::Global { config: Some(file), ..Default::default() });
    let (bindings, left_out) = bindings_that_hold(&settings);
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert!(left_out[0].contains("line 2: the key d is both `rotate` and `delete`"), "{left_out:?}");
    assert!(
        !bindings.is_changed(Action::Act(ActKind::Rotate)) && !bindings.is_changed(Action::Help),
        "their own again"
    );
    assert!(bindings.is_changed(Action::Pause), "what is sound holds");
    assert!(settings.found.reported()[0].contains("line 5: there is no action `retyr`; did you mean `retry`?"));
    assert_eq!(keys("[keys]\nretyr = [\"x\"]\n", "").status(), 2, "a command that lists the keys refuses it");
}
