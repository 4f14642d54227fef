use std::io::Write;

use serde_json::{Value, json};

use crate::cli::doubles::{Ended, rotation, scene};
use crate::core::fault::Problem;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::PlanStep;
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::request::{Act, Mode, PauseTerms, Reply, Request, RotationBody, RotationPatch};

fn one(changes: Value) -> Reply {
    Reply::Rotation { secret_rotation: rotation(changes), plan: None }
}

fn created(line: &str) -> RotationBody {
    let ended = scene([Ok(one(json!({})))]).run(line);
    match ended.asked.into_iter().next() {
        Some(Request::RotationCreate(body)) => *body,
        other => panic!("{other:?}: {}", ended.err),
    }
}

fn cut() -> Plan {
    Plan { steps: vec![PlanStep::DeleteNow { secret_id: "ocs2".into() }], asks: true, ..Plan::default() }
}

fn needs_consent() -> Refusal {
    let mut refusal = Refusal::new(Kind::NeedsConsent, "the previous secret would go early", "say --yes");
    refusal.plan = Some(Box::new(cut()));
    refusal
}

#[test]
fn a_short_create_means_the_documented_defaults() {
    let body = created("windlass rotation create payments --connection acme --app 0oa1");
    let expected = json!({
        "name": "payments", "connectionId": "acme", "environment": "prod", "secretPath": "/",
        "isAutoRotationEnabled": true, "rotationInterval": 30,
        "rotateAt": {"hours": 0, "minutes": 0, "timeZone": "Europe/Berlin"}, "parameters": {"clientId": "0oa1"},
        "secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"},
        "verify": "introspect", "adopt": false, "dryRun": false,
    });
    let mut body = serde_json::to_value(body).expect("JSON");
    body.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    assert_eq!(body, expected);
}

#[test]
fn what_is_typed_reaches_the_engine_as_typed() {
    let body = created(
        "windlass rotation create payments --connection acme --app Label --every 1.5 --at 25:61 --time-zone Europe/Berln \
         --environment dev --path /a --description x --manual --client-id-name A --client-secret-name B --overlap 7d \
         --soak 24h --retire-unread --replace ocs1 --first 2026-13-01 --no-wait",
    );
    assert_eq!(body.rotation_interval.and_then(|every| every.as_f64()), Some(1.5), "refused there, by name");
    let at = body.rotate_at.expect("given");
    assert_eq!((at.hours, at.minutes, at.time_zone.as_deref()), (25, 61, Some("Europe/Berln")));
    assert_eq!((body.environment.as_deref(), body.secret_path.as_deref()), (Some("dev"), Some("/a")));
    assert_eq!((body.overlap_seconds, body.soak_seconds), (Some(604_800), Some(86_400)));
    assert_eq!((body.is_auto_rotation_enabled, body.retire_unread), (Some(false), Some(true)));
    assert_eq!(body.first_rotation_at.as_deref(), Some("2026-13-01"));
    assert_eq!((body.replace_secret_id.as_deref(), body.wait_seconds), (Some("ocs1"), Some(0)));
}

#[test]
fn a_request_file_is_taken_unchanged_but_for_the_connection() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let peers = json!({
        "name": "payments", "description": "", "projectId": "p", "connectionId": "c0ffee", "environment": "prod",
        "secretPath": "/", "isAutoRotationEnabled": true, "rotationInterval": 30, "unknownOfThePeer": [1],
        "rotateAtUtc": {"hours": 0, "minutes": 0}, "parameters": {"clientId": "0oa1"},
        "secretsMapping": {"clientId": "A", "clientSecret": "B"},
    });
    write!(file, "{peers}").expect("written");
    let path = file.path().display();
    let body = created(&format!("windlass rotation create --from-file {path}"));
    assert_eq!((body.name.as_str(), body.connection_id.as_str()), ("payments", "c0ffee"));
    assert!(body.rotate_at.is_none() && body.rotate_at_utc.is_some(), "no zone is slipped in");
    let body = created(&format!("windlass rotation create --from-file {path} --connection acme --dry-run"));
    assert_eq!((body.connection_id.as_str(), body.dry_run), ("acme", true));
}

#[test]
fn a_request_file_that_is_none_is_refused_with_the_place() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    write!(file, "{{\n\"name\": 5}}").expect("written");
    let Ended { done, err, asked, .. } =
        scene([]).run(&format!("windlass rotation create --from-file {}", file.path().display()));
    assert_eq!((done.expect_err("refused").status(), asked.len()), (2, 0));
    assert!(err.contains("line 2"), "{err}");
}

#[test]
fn creation_prints_the_terms_for_people_and_the_row_as_data() {
    let plan = Plan { asks: false, ..Plan::question(vec!["ocs1, the app's original secret, stays".into()]) };
    let reply = || Reply::Rotation { secret_rotation: rotation(json!({})), plan: Some(plan.clone()) };
    let line = "windlass rotation create payments --connection acme --app 0oa1";
    let human = scene([Ok(reply())]).run(line);
    assert!(human.err.contains("1. ocs1, the app's original secret, stays"), "{}", human.err);
    assert_eq!(
        human.out,
        "NAME      APP       CONNECTION  STATE  NEXT  AGE  OLD SECRET\npayments  Payments  acme        OK     -     -    none\n"
    );
    let json = scene([Ok(reply())]).run(&format!("{line} --json"));
    assert_eq!(json.err, "");
    let object: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(object["secretRotation"]["name"], "payments");
    assert_eq!(object["plan"]["steps"][0], "ocs1, the app's original secret, stays");
    assert_eq!(json.out.lines().count(), 1);
}

#[test]
fn a_dry_run_is_data_and_exits_4_where_something_is_in_the_way() {
    let free = Plan { steps: vec![PlanStep::Issue], ..Plan::default() };
    let ended = scene([Ok(Reply::Plan { plan: free })]).run("windlass rotation rotate payments --dry-run");
    assert_eq!((ended.status(), ended.err.as_str()), (0, ""));
    assert_eq!(ended.out, "what follows:\n  1. make a new secret, keep it sealed here, then give it to Okta\n");
    let blocker = Problem::said("two secrets", "say --replace ocs1");
    let stuck = Plan { blockers: vec![blocker], ..Plan::default() };
    let ended = scene([Ok(Reply::Plan { plan: stuck })]).run("windlass rotation rotate payments --dry-run --json");
    assert_eq!(ended.status(), 4);
    let plan: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(plan["plan"]["blockers"][0]["message"], "two secrets");
    assert!(ended.err.contains("\"code\":\"conflict\""), "{}", ended.err);
}

#[test]
fn rotate_without_a_terminal_prints_the_plan_and_exits_4() {
    let ended = scene([Err(needs_consent())]).run("windlass rotation rotate payments");
    assert_eq!((ended.status(), ended.out.as_str()), (4, ""));
    assert!(ended.err.contains("delete ocs2 at Okta now"), "{}", ended.err);
    assert!(ended.err.contains("--yes"), "{}", ended.err);
    let ended = scene([Err(needs_consent())]).run("windlass rotation rotate payments --json");
    assert_eq!(ended.status(), 4);
    assert!(ended.out.starts_with("{\"plan\":{"), "{}", ended.out);
    assert!(ended.err.starts_with("{\"error\":{\"code\":\"needs-consent\""), "{}", ended.err);
}

#[test]
fn where_the_names_are_taken_a_free_folder_is_proposed_and_used_once_agreed_to() {
    let taken = || {
        let hint = "its own folder /hr is free: `windlass rotation create hr --path /hr`";
        let refusal = Refusal::new(Kind::Conflict, "prod:/ already has OKTA_CLIENT_ID", hint);
        Err(Refusal { free_path: Some("/hr".into()), ..refusal })
    };
    let line = "windlass rotation create hr --connection acme --app 0oa1";
    for (answer, status, asked) in [("y\n", 0, 2), ("\n", 4, 1), ("n\n", 4, 1)] {
        let mut asking = scene([taken(), Ok(one(json!({})))]);
        asking.answers = vec![answer];
        let ended = asking.run(line);
        assert_eq!((ended.status(), ended.asked.len()), (status, asked), "{answer:?}: {}", ended.err);
        assert!(ended.err.contains("--path /hr? [y/N]"), "{}", ended.err);
        let Some(Request::RotationCreate(body)) = ended.asked.last() else { panic!("{:?}", ended.asked) };
        assert_eq!(body.secret_path.as_deref() == Some("/hr"), status == 0);
    }
    let ended = scene([taken()]).run(line);
    assert_eq!((ended.status(), ended.asked.len()), (4, 1), "there is no terminal to ask on");
    assert!(ended.err.contains("`windlass rotation create hr --path /hr`"), "{}", ended.err);
    let mut asking = scene([taken()]);
    asking.answers = vec!["y\n"];
    assert_eq!(asking.run(&format!("{line} --json")).status(), 4, "a program is not asked");
}

#[test]
fn rotate_on_a_terminal_asks_and_continues_with_consent() {
    let mut asking = scene([Err(needs_consent()), Ok(one(json!({})))]);
    asking.answers = vec!["y\n"];
    let ended = asking.run("windlass rotation rotate payments --wait=5m");
    assert_eq!(ended.status(), 0, "{}", ended.err);
    assert!(ended.err.contains("[y/N]") && ended.err.contains("delete ocs2"), "{}", ended.err);
    let terms: Vec<(bool, Option<u64>)> = ended
        .asked
        .iter()
        .map(|request| match request {
            Request::Act { act: Act::Rotate(terms), mode, .. } => (*mode == Mode::Agreed, terms.wait_seconds),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(terms, [(false, Some(300)), (true, Some(300))]);
}

#[test]
fn the_drift_check_answers_to_its_former_name() {
    for command in ["check", "look"] {
        let ended = scene([Ok(one(json!({})))]).run(&format!("windlass rotation {command} payments"));
        assert!(
            matches!(&ended.asked[..], [Request::Act { id, act: Act::Check(_), .. }] if id == "payments"),
            "{command}: {:?}",
            ended.asked
        );
    }
}

#[test]
fn the_default_answer_is_no() {
    for answer in ["\n", "n\n", "yess\n"] {
        let mut asking = scene([Err(needs_consent())]);
        asking.answers = vec![answer];
        let ended = asking.run("windlass rotation rotate payments");
        assert_eq!((ended.status(), ended.asked.len()), (4, 1), "{answer:?}");
        assert_eq!(ended.err.matches("delete ocs2").count(), 1, "the plan is shown once: {}", ended.err);
    }
}

#[test]
fn what_the_engine_says_of_the_attempt_decides_the_exit_status_and_not_what_the_row_shows_by_then() {
    let attention = json!({"cause": "two secrets", "next": "say --replace", "since": "2026-01-01T00:00:00Z"});
    let rows = [
        json!({}),
        json!({"phase": "observing", "state": "OK"}),
        json!({"phase": "retiring"}),
        json!({"phase": "waiting", "state": "FAILING"}),
        json!({"phase": "waiting", "state": "ATTENTION", "attention": attention}),
        json!({"rotationStatus": "failed", "state": "ATTENTION", "attention": attention}),
    ];
    let create = "create payments --connection acme --app 0oa1";
    let commands =
        [create, "rotate payments", "retire payments --now", "rollback payments", "resolve payments --withdraw"];
    for command in commands {
        for changes in &rows {
            let ended = scene([Ok(one(changes.clone()))]).run(&format!("windlass rotation {command}"));
            assert_eq!(ended.status(), 0, "{command}, {changes}: {}", ended.err);
            assert!(ended.out.contains("payments"), "the row is data in any case");
        }
        for (kind, status) in [(Kind::Failed, 1), (Kind::Conflict, 4), (Kind::Refused, 5), (Kind::Unavailable, 6)] {
            let ended = scene([Err(Refusal::new(kind, "x", "y"))]).run(&format!("windlass rotation {command}"));
            assert_eq!(ended.status(), status, "{command}: {}", ended.err);
        }
    }
}

#[test]
fn an_update_completes_what_the_api_changes_together() {
    let ended = scene([Ok(one(json!({}))), Ok(one(json!({})))])
        .run("windlass rotation update payments --time-zone UTC --client-id-name ID --auto --retire-unread=false");
    let Some(Request::RotationUpdate { patch, .. }) = ended.asked.last() else { panic!("{:?}", ended.asked) };
    let patch: &RotationPatch = patch;
    let at = patch.rotate_at.as_ref().expect("given");
    assert_eq!((at.hours, at.minutes, at.time_zone.as_deref()), (2, 30, Some("UTC")));
    let mapping = patch.secrets_mapping.as_ref().expect("given");
    assert_eq!((mapping.client_id.as_str(), mapping.client_secret.as_str()), ("ID", "OKTA_CLIENT_SECRET"));
    assert_eq!((patch.is_auto_rotation_enabled, patch.retire_unread), (Some(true), Some(false)));
    assert!(patch.rotation_interval.is_none() && patch.overlap_seconds.is_none());
}

#[test]
fn deleting_says_what_becomes_of_the_secrets_before_it_asks() {
    let ended = scene([Ok(one(json!({})))]).run("windlass rotation delete payments");
    assert_eq!((ended.status(), ended.asked.len()), (4, 1), "nothing but a look");
    assert!(
        ended.err.contains("keep OKTA_CLIENT_ID and OKTA_CLIENT_SECRET in prod:/ as plain secrets"),
        "{}",
        ended.err
    );
    let mut asking = scene([Ok(one(json!({}))), Ok(one(json!({})))]);
    asking.answers = vec!["yes\n"];
    let ended = asking.run("windlass rotation delete payments --revoke-credentials");
    assert!(ended.err.contains("cannot be undone"), "{}", ended.err);
    let Some(Request::Act { act: Act::Delete(terms), .. }) = ended.asked.last() else { panic!("{:?}", ended.asked) };
    assert!(terms.revoke_generated_credentials, "the engine deletes the mapped secrets with them");
    assert!(ended.err.contains("delete OKTA_CLIENT_ID and OKTA_CLIENT_SECRET"), "{}", ended.err);
}

#[test]
fn all_bad_fields_are_shown_at_once_beside_their_options() {
    let fault = |field: &str, message: &str| FieldFault { field: field.into(), message: message.into() };
    let refusal =
        Refusal::invalid(vec![fault("rotationInterval", "whole days"), fault("rotateAt.timeZone", "no such zone")]);
    let ended = scene([Err(refusal)]).run("windlass rotation create x --connection a --app b --every 0");
    assert_eq!(ended.status(), 2);
    assert!(ended.err.contains("--every (rotationInterval): whole days"), "{}", ended.err);
    assert!(ended.err.contains("--time-zone (rotateAt.timeZone): no such zone"), "{}", ended.err);
}

#[test]
fn lists_are_worst_first_and_say_what_becomes_of_the_old_secret() {
    let previous =
        json!({"secretId": "ocs1", "status": "ACTIVE", "deactivateAt": null, "deleteAt": null, "heldBy": "noDate"});
    let rows = vec![
        *rotation(json!({"name": "well"})),
        *rotation(json!({"name": "bad", "state": "ATTENTION", "previous": previous})),
    ];
    let reply = Reply::Rotations { secret_rotations: rows };
    let ended = scene([Ok(reply.clone())]).run("windlass rotation list");
    let names: Vec<&str> = ended.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["NAME", "bad", "well"]);
    assert!(ended.out.contains("held (no date)"), "{}", ended.out);
    let ended = scene([Ok(reply.clone())]).run("windlass rotation list --json");
    assert_eq!(ended.out, format!("{}\n", serde_json::to_string(&reply).expect("JSON")), "exactly the API's answer");
}

#[test]
fn a_list_shows_how_many_consumers_have_the_current_secret_where_one_is_missing() {
    let previous = |held: Value| {
        json!({"secretId": "ocs1", "status": "ACTIVE", "deactivateAt": null, "deleteAt": null, "heldBy": held,
            "goesOffAt": held.is_null().then_some("2999-12-31T00:00:00Z")})
    };
    let missing = json!({"consumer": "web", "claimed": true, "uid": 1, "user": "web", "version": 1, "fetches": 1,
        "firstFetchedAt": "2026-01-01T00:00:00Z", "lastFetchedAt": "2026-01-01T00:00:00Z", "stands": "missing"});
    let consumers = json!({"have": 2, "of": 3, "reached": false, "missing": [missing]});
    let rows = vec![
        *rotation(json!({"name": "held", "previous": previous(json!("unread")), "consumers": consumers})),
        *rotation(json!({"name": "on", "previous": previous(Value::Null), "consumers": consumers})),
        *rotation(json!({"name": "unnamed", "previous": previous(json!("unread"))})),
    ];
    let ended = scene([Ok(Reply::Rotations { secret_rotations: rows })]).run("windlass rotation list");
    let old: Vec<&str> = ended.out.lines().skip(1).map(str::trim_end).collect();
    assert!(old[0].ends_with("held (2/3 have the new one)"), "{}", ended.out);
    assert!(old[1].contains("on ") && old[1].ends_with("(2/3 have the new one)"), "{}", ended.out);
    assert!(old[2].ends_with("held (not fetched by all)"), "{}", ended.out);
}

#[test]
fn upcoming_asks_for_five_where_no_one_says_how_many() {
    let asked =
        |line: &str| match scene([Ok(Reply::Upcoming { upcoming: vec![], events: vec![] })]).run(line).asked.pop() {
            Some(Request::Upcoming(query)) => (query.count, query.days, query.from.map(|from| from.to_rfc3339())),
            other => panic!("{other:?}"),
        };
    assert_eq!(asked("windlass rotation upcoming"), (Some(5), None, None));
    assert_eq!(asked("windlass rotation upcoming --days 7"), (None, Some(7), None));
    let from = asked("windlass rotation upcoming --count 2 --from 2026-11-25T01:00:00+01:00");
    assert_eq!(from, (Some(2), None, Some("2026-11-25T00:00:00+00:00".into())));
}

#[test]
fn a_pause_until_a_date_means_its_first_instant_here() {
    let ended = scene([Ok(one(json!({})))]).run("windlass rotation pause payments --until 2026-12-24");
    let Some(Request::Act { act: Act::Pause(PauseTerms { until }), .. }) = ended.asked.last() else {
        panic!("{:?}", ended.asked)
    };
    assert_eq!(until.map(|until| until.to_rfc3339()).as_deref(), Some("2026-12-23T23:00:00+00:00"));
}

#[test]
fn credentials_stay_off_terminals() {
    let mut on_terminal = scene([]);
    on_terminal.terminal = true;
    let ended = on_terminal.run("windlass rotation credentials payments");
    assert_eq!((ended.status(), ended.asked.len()), (2, 0));
    assert!(ended.err.contains("--reveal"), "{}", ended.err);
}

#[test]
fn an_update_of_nothing_is_refused_before_the_engine_is_asked() {
    let ended = scene([]).run("windlass rotation update payments");
    assert_eq!((ended.status(), ended.asked.len()), (2, 0));
    assert!(ended.err.contains("nothing to change"), "{}", ended.err);
}

#[test]
fn a_request_body_that_does_not_fit_is_reported_by_its_field() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"{\"name\":\"x\"}").expect("written");
    let ended = scene([]).run(&format!("windlass rotation create --from-file {}", file.path().display()));
    assert_eq!((ended.status(), ended.asked.len()), (2, 0));
    assert!(ended.err.contains("parameters: is missing"), "{}", ended.err);
}

#[test]
fn what_no_consumer_can_do_without_wants_the_name_and_not_a_y() {
    let cuts =
        json!([{"secretId": "ocs2", "deletes": true, "unread": 3, "readers": "ocs2 is version 2, last fetched today"}]);
    let plan = || {
        let plan =
            json!({"secrets": [], "steps": ["delete ocs2 now"], "blockers": [], "asks": true, "cuts": cuts.clone()});
        let plan = serde_json::from_value(plan).expect("a plan");
        Refusal { plan: Some(Box::new(plan)), ..needs_consent() }
    };
    for (answer, status) in [("y", 4), ("yes", 4), ("payment", 4), ("payments", 0)] {
        let mut asking = scene([Err(plan()), Ok(one(json!({})))]);
        asking.answers = vec![answer];
        let ended = asking.run("windlass rotation rotate payments");
        assert_eq!(ended.status(), status, "{answer}: {}", ended.err);
        let first = ended.err.lines().next().unwrap_or_default();
        assert!(first.contains("No consumer has fetched version 3") && first.contains("DELETES ocs2"), "{}", ended.err);
        assert!(ended.err.contains("Type payments"), "{}", ended.err);
    }
}
