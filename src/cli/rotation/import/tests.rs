use serde_json::{Value, json};

use super::*;
use crate::cli::doubles::{Ended, rotation, scene};
use crate::core::fault::Problem;
use crate::core::protocol::plan::Plan;

fn app(id: &str, label: &str) -> Value {
    json!({"id": id, "label": label, "clientId": id, "authMethod": "client_secret_basic", "status": "ACTIVE",
           "secrets": null, "rotation": null, "rotatable": true, "reason": null})
}

/// What the engine answers before anything is made: one rotation, and these apps in two pages.
fn there() -> Vec<Result<Reply, Refusal>> {
    let known = json!({"name": "payments", "secretPath": "/payments", "folder": {"path": "/payments"},
                       "current": {"createdAt": "2026-01-01T00:00:00Z", "version": 1}});
    let page = |apps: Value, next: Option<&str>| {
        Ok(Reply::Apps { apps: serde_json::from_value(apps).expect("apps"), next: next.map(Into::into) })
    };
    vec![
        Ok(Reply::Rotations { secret_rotations: vec![*rotation(known)] }),
        Ok(Reply::Secrets { secrets: Vec::new() }),
        page(json!([app("0oa1", "Payments"), app("0oa2", "HR Sync")]), Some("/api/v1/apps?after=1")),
        page(json!([app("0oa3", "Billing")]), None),
    ]
}

fn made(name: &str) -> Reply {
    Reply::Rotation { secret_rotation: rotation(json!({ "name": name })), plan: None }
}

const CSV: &str = "app,every\n0oa1,30\n0oa2,30\n0oa3,30\n";

/// Imports this text, the engine answering what it has with `there` and the rest with these.
fn import(text: &str, options: &str, rest: Vec<Result<Reply, Refusal>>) -> Ended {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    let line = format!("windlass rotation import {} --connection acme {options}", file.path().display());
    scene(there().into_iter().chain(rest)).run(&line)
}

/// The requests to create one.
fn creates(ended: &Ended) -> Vec<(&str, &str, bool)> {
    let mut bodies = Vec::new();
    for request in &ended.asked {
        if let Request::RotationCreate(body) = request {
            bodies.push((body.name.as_str(), body.secret_path.as_deref().unwrap_or("/"), body.dry_run));
        }
    }
    bodies
}

fn row<'a>(out: &'a str, name: &str) -> &'a str {
    out.lines().find(|line| line.split_whitespace().any(|word| word == name)).unwrap_or_else(|| panic!("{name}: {out}"))
}

#[test]
fn one_that_fails_holds_up_none_of_the_others_and_what_is_there_is_left_alone() {
    let no = Refusal::new(Kind::Conflict, "the app has two secrets", "say which may go");
    let ended = import(CSV, "", vec![Err(no), Ok(made("billing"))]);
    assert_eq!(ended.status(), 4, "{}", ended.err);
    assert_eq!(creates(&ended), [("hr-sync", "/hr-sync", false), ("billing", "/billing", false)]);
    assert!(row(&ended.out, "payments").contains("there"), "{}", ended.out);
    assert!(row(&ended.out, "hr-sync").contains("failed  the app has two secrets; say which may go"));
    assert!(row(&ended.out, "billing").contains("made"));
    assert!(ended.err.contains("1 of 3 were not made") && ended.err.contains("give the file again"), "{}", ended.err);
    assert_eq!(import(CSV, "", vec![Ok(made("hr-sync")), Ok(made("billing"))]).status(), 0);
}

#[test]
fn a_dry_run_asks_about_each_and_makes_none() {
    let blocked = Plan { blockers: vec![Problem::said("two secrets", "name one")], ..Plan::default() };
    let rest = vec![Ok(Reply::Plan { plan: Plan::default() }), Ok(Reply::Plan { plan: blocked })];
    let first = (crate::clock::test_now() + chrono::Duration::days(3)).date_naive();
    let ended = import(CSV, &format!("--first {first} --adopt --dry-run"), rest);
    assert_eq!(ended.status(), 4, "{}", ended.err);
    assert!(creates(&ended).iter().all(|(_, _, dry)| *dry) && creates(&ended).len() == 2, "{:?}", creates(&ended));
    assert!(row(&ended.out, "billing").contains("two secrets; name one"), "{}", ended.out);
    assert!(ended.err.contains("nothing was made"), "{}", ended.err);
}

#[test]
fn where_one_row_is_wrong_none_is_made_and_only_that_one_is_shown() {
    let ended = import("app,every\n0oa2,30\n0oa3,0\n", "", Vec::new());
    assert_eq!(ended.status(), 2, "{}", ended.err);
    assert!(creates(&ended).is_empty());
    assert!(row(&ended.out, "billing").contains("the interval is 1 to 3650 whole days"), "{}", ended.out);
    assert!(!ended.out.contains("hr-sync"), "{}", ended.out);
    let dry = import("app,every\n0oa2,30\n0oa3,0\n", "--dry-run", Vec::new());
    assert!(dry.status() == 2 && creates(&dry).is_empty() && dry.out.contains("hr-sync"), "{}", dry.out);
}

#[test]
fn a_store_that_takes_nothing_more_ends_it() {
    let full = Refusal::new(Kind::Store, "the disk is full", "make room");
    let ended = import(CSV, "", vec![Err(full)]);
    assert_eq!((ended.status(), creates(&ended).len()), (7, 1));
    assert!(row(&ended.out, "billing").contains("not tried"), "{}", ended.out);
}

#[test]
fn programs_read_one_object() {
    let ended = import(CSV, "--json", vec![Ok(made("hr-sync")), Ok(made("billing"))]);
    let reported: Value = serde_json::from_str(&ended.out).expect("JSON");
    let outcomes: Vec<&str> =
        reported["import"].as_array().expect("rows").iter().filter_map(|it| it["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["there", "made", "made"]);
    assert_eq!(reported["import"][1]["secretPath"], "/hr-sync");
    assert_eq!(
        (&reported["import"][1]["appId"], &reported["import"][1]["appLabel"]),
        (&json!("0oa2"), &json!("HR Sync"))
    );
}

#[test]
fn read_only_looks_and_makes_nothing() {
    let ended = import(CSV, "--read-only", Vec::new());
    assert_eq!((ended.status(), ended.asked.len()), (5, 0), "{}", ended.err);
    let plan = || Ok(Reply::Plan { plan: Plan::default() });
    assert_eq!(import(CSV, "--read-only --dry-run", vec![plan(), plan()]).status(), 0);
}

#[test]
fn how_long_the_rest_may_take_goes_by_what_was_done() {
    let seconds = chrono::Duration::seconds;
    assert_eq!(left(seconds(0), 0, 60), "");
    assert_eq!(left(seconds(90), 10, 30), ", about 3 min");
    assert_eq!(left(seconds(50), 50, 60), ", less than a minute");
}

#[test]
fn a_row_that_meets_what_passes_by_itself_waits_and_is_made() {
    let limited = || Err(Refusal::new(Kind::Unavailable, "Okta's rate limit is used up", "it resets by itself"));
    let not_there = || Err(Refusal::new(Kind::Unknown, "there is no rotation named so", ""));
    let rest = vec![
        limited(),
        not_there(),
        limited(),
        not_there(),
        Ok(made("hr-sync")),
        limited(),
        not_there(),
        Ok(made("billing")),
    ];
    let ended = import(CSV, "", rest);
    assert_eq!(ended.status(), 0, "{} {}", ended.out, ended.err);
    assert_eq!(creates(&ended).len(), 5);
    assert!(
        row(&ended.out, "hr-sync").contains("made") && row(&ended.out, "billing").contains("made"),
        "{}",
        ended.out
    );
    let said = "hr-sync waits: Okta's rate limit is used up; it is retried automatically";
    assert_eq!(ended.err.matches(said).count(), 1, "said once: {}", ended.err);
}

#[test]
fn a_dry_run_and_the_list_of_apps_wait_as_well() {
    let limited = || Err(Refusal::new(Kind::Unavailable, "Okta's rate limit is used up", "it resets by itself"));
    let plan = || Ok(Reply::Plan { plan: Plan::default() });
    let ended = import(CSV, "--dry-run", vec![limited(), plan(), plan()]);
    assert_eq!((ended.status(), creates(&ended).len()), (0, 3), "{}", ended.err);
    let mut script = there();
    script.insert(2, limited());
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), CSV).expect("written");
    let line = format!("windlass rotation import {} --connection acme --dry-run", file.path().display());
    let ended = scene(script.into_iter().chain([plan(), plan()])).run(&line);
    assert_eq!(ended.status(), 0, "{}", ended.err);
    assert!(ended.err.contains("the list of apps of acme waits"), "{}", ended.err);
}

#[test]
fn what_is_begun_continues_by_itself_and_is_asked_after_once_the_others_are_made() {
    let undone = || Err(Refusal::new(Kind::Unavailable, "hr-sync is not done yet", "it continues automatically"));
    let rest = vec![undone(), Ok(made("hr-sync")), Ok(made("billing")), Ok(made("hr-sync")), Ok(made("hr-sync"))];
    let ended = import(CSV, "", rest);
    assert_eq!(ended.status(), 0, "{} {}", ended.out, ended.err);
    let names: Vec<&str> = creates(&ended).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["hr-sync", "billing", "hr-sync"], "it holds up none of the others");
}

#[test]
fn an_org_that_stays_away_is_given_up_after_a_while_and_its_other_rows_are_not_tried() {
    let away = || Err(Refusal::new(Kind::Unavailable, "acme.okta.com cannot be reached", "try again"));
    let ended = import(CSV, "", (0..200).map(|_| away()).collect());
    assert_eq!(ended.status(), 6, "{}", ended.err);
    assert!(creates(&ended).iter().all(|(name, ..)| *name == "hr-sync"), "{:?}", creates(&ended));
    assert!(creates(&ended).len() < 40, "{}", creates(&ended).len());
    assert!(row(&ended.out, "hr-sync").contains("cannot be reached"), "{}", ended.out);
    assert!(row(&ended.out, "billing").contains("was not tried; give the file again"), "{}", ended.out);
}
