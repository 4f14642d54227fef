use chrono_tz::Europe::Berlin;
use serde_json::{Value, json};
use strum::VariantNames as _;

use super::*;
use crate::core::cause::{Cause, NetworkCause, RotationCause, VerifyCause};
use crate::core::history::deed::Deed;
use crate::core::target::found::Found;
use crate::words::voice::Page;

fn at() -> DateTime<Utc> {
    "2026-12-01T01:30:00Z".parse().expect("valid")
}

fn id() -> String {
    "ocs1".into()
}

fn of_app(original: bool) -> OfApp {
    OfApp { secret_id: id(), original }
}

/// One of everything that an attempt comes to, with its words.
fn endings() -> Vec<(What, &'static str)> {
    let published = |how, untested| What::Published { secret_id: id(), how, untested };
    vec![
        (What::UnderWay, "under way"),
        (Cause::from(RotationCause::BeingDeleted).into(), "the rotation is being deleted"),
        (published(Publication::New, false), "published ocs1"),
        (published(Publication::Adopted, true), "published ocs1, which the app had already; it was not tested"),
        (published(Publication::Again, false), "published ocs1 again; auto-rotation is off until you resume it"),
        (What::Deactivated { secret: of_app(false) }, "ocs1 was deactivated"),
        (What::Inactive { secret_id: id() }, "ocs1 is INACTIVE"),
        (What::Soaks { secret_id: id() }, "ocs1 is INACTIVE until it is deleted on its date"),
        (What::NotYet { secret_id: id() }, "ocs1 is ACTIVE until its date"),
        (What::Deleted { secret: of_app(true) }, "ocs1 is deleted at Okta (the app's original secret)"),
        (What::NothingToRetire, "nothing to retire"),
        (What::Left { secret_id: id(), why: Left::Paused }, "ocs1 is left as it is, because the rotation is paused"),
        (What::Overruled { by: "ana".into(), secret_id: id() }, "ana decided otherwise about ocs1"),
        (What::RollsBack { by: "ana".into() }, "ana asked to roll back"),
        (
            What::ClockWasAhead { due: at() },
            "not due before 2026-12-01 02:30 CET: this machine's clock was ahead when it was begun",
        ),
        (What::Revoked { except: None }, "revoked"),
        (
            What::RotationDeleted { stays: Some(id()) },
            "the rotation is deleted; ocs1 stays ACTIVE at Okta, and no longer rotates",
        ),
        (
            What::Delivered { target: "pay".into(), place: "file /run/okta".into(), version: 3, restored: false },
            "version 3 was delivered to pay, file /run/okta",
        ),
        (
            What::Delivered { target: "pay".into(), place: "file /run/okta".into(), version: 3, restored: true },
            "version 3 was delivered to pay again, over what others had written to file /run/okta",
        ),
        (
            What::NotDelivered { target: "pay".into(), cause: NetworkCause::TimedOut.into() },
            "pay needs attention: Okta did not answer in time",
        ),
        (What::Decided { deed: Deed::Withdraw { secret_id: id() } }, "asked to withdraw ocs1"),
        (What::Said { message: "until 2026-12-01T01:30:00Z".into() }, "until 2026-12-01 02:30 CET"),
    ]
}

/// One of everything that a step comes to, with its words.
fn notes() -> Vec<(Noted, &'static str)> {
    let listed = |secret_id: &str, active| Listed { secret_id: secret_id.into(), active };
    vec![
        (
            Noted::App { label: "Payments".into(), status: "ACTIVE".into(), method: "client_secret_post".into() },
            "Payments is ACTIVE, client_secret_post",
        ),
        (Noted::Secrets { secrets: Vec::new() }, "no secrets"),
        (Noted::Secrets { secrets: vec![listed("ocs1", true), listed("ocs2", false)] }, "ocs1 ACTIVE, ocs2 INACTIVE"),
        (Cause::from(NetworkCause::TimedOut).into(), "Okta did not answer in time"),
        (Noted::Created { secret_id: id() }, "Okta created ocs1"),
        (Noted::Activated { secret_id: id() }, "ocs1 is ACTIVE"),
        (Noted::Deactivated { secret_id: id() }, "ocs1 is INACTIVE"),
        (Noted::Deleted { secret_id: id() }, "Okta deleted ocs1"),
        (Noted::Authenticates, "the new secret authenticates"),
        (Noted::NotAccepted, "Okta does not accept the new secret (yet)"),
        (Noted::ControlAuthenticates, "a secret known to work still authenticates"),
        (Noted::ControlNotAccepted, "not even a secret known to work authenticates"),
        (Noted::ListedOnly { secret_id: id() }, "ocs1 was not tested: all that is known is that Okta lists it ACTIVE"),
        (Noted::PublishedUntested { secret_id: id() }, "ocs1 is published without a test, as requested"),
        (Noted::Removed { secret_id: id() }, "ocs1 was removed outside windlass before it was published"),
        (Noted::Left { why: Left::Held }, "it is held on request"),
        (Noted::TargetFound { found: Found::Behind { version: Some(2) } }, "it has version 2"),
        (
            Noted::TargetFound { found: Found::Foreign { keys: vec!["A".into()] } },
            "it has a value that is not from this rotation, under A",
        ),
        (Noted::TargetWritten { version: 3, remote: "7".into() }, "version 3 was written, there as 7"),
        (Noted::CommandRan, "the command ended well"),
        (Noted::said("as it was written"), "as it was written"),
    ]
}

fn entry(ending: impl Into<Ending>, noted: Noted) -> Entry {
    let step = Step {
        at: at(),
        step: "create".into(),
        outcome: StepOutcome::Ok,
        noted,
        http_status: Some(201),
        duration_ms: Some(12),
        okta_request_id: Some("Xk2".into()),
    };
    let entry = Entry::act(Uuid::nil(), None, Trigger::Schedule, Actor::schedule(), at(), ending);
    Entry { rotation_name: Some("payments".parse().expect("a name")), steps: vec![step], ..entry }
}

fn written(entry: &Entry) -> Value {
    serde_json::to_value(entry).expect("JSON")
}

fn read(value: &Value) -> Entry {
    serde_json::from_value(value.clone()).expect("an entry")
}

/// The name of a variant.
fn name(debug: &str) -> String {
    debug.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

#[test]
fn everything_in_the_history_is_said_on_the_readers_clock_and_read_back_as_it_was() {
    let (endings, notes) = (endings(), notes());
    let named: Vec<String> = endings.iter().map(|(what, _)| name(&format!("{what:?}"))).collect();
    assert_eq!(What::VARIANTS.iter().find(|variant| !named.iter().any(|name| name == *variant)), None);
    let named: Vec<String> = notes.iter().map(|(noted, _)| name(&format!("{noted:?}"))).collect();
    assert_eq!(Noted::VARIANTS.iter().find(|variant| !named.iter().any(|name| name == *variant)), None);
    for (what, said) in endings {
        let entry = entry(what, Noted::Authenticates);
        assert_eq!(entry.say().by(&Page(Berlin)), said);
        assert_eq!(read(&written(&entry)), entry, "{entry:?}");
    }
    for (noted, said) in notes {
        let entry = entry(What::UnderWay, noted);
        assert_eq!(entry.steps[0].noted.say().by(&Page(Berlin)), said);
        assert_eq!(read(&written(&entry)), entry, "{entry:?}");
    }
}

#[test]
fn json_has_the_sentence_and_the_data_beside_it() {
    let what = What::Published { secret_id: "ocs2".into(), how: Publication::New, untested: false };
    let ending = Ending { what, also_deleted: vec![of_app(true)] };
    let json = written(&entry(ending, Noted::Created { secret_id: "ocs2".into() }));
    assert_eq!(json["message"], "published ocs2; ocs1 was deleted at Okta (the app's original secret)");
    let data = json!({
        "kind": "published", "secretId": "ocs2", "how": "new", "untested": false,
        "alsoDeleted": [{"secretId": "ocs1", "original": true}],
    });
    assert_eq!(json["ending"], data);
    assert_eq!(json["steps"][0]["detail"], "Okta created ocs2");
    assert_eq!(json["steps"][0]["noted"], json!({"kind": "created", "secretId": "ocs2"}));
}

#[test]
fn what_an_older_or_a_newer_version_wrote_is_read_by_its_sentence() {
    let mut json = written(&entry(What::Revoked { except: None }, Noted::Authenticates));
    json["ending"] = json!({"kind": "sung", "by": ["all"]});
    json["steps"][0]["noted"] = json!({"kind": "hummed"});
    let newer = read(&json);
    assert_eq!((newer.message().as_str(), &newer.ending), ("revoked", &Ending::said("revoked")));
    assert_eq!(newer.steps[0].noted, Noted::said("the new secret authenticates"));
    json.as_object_mut().expect("an object").remove("ending");
    json["steps"][0].as_object_mut().expect("an object").remove("noted");
    assert_eq!((&read(&json), written(&newer)), (&newer, json), "it is written as it was");
}

#[test]
fn how_the_last_attempt_ended_is_read_from_older_versions_too() {
    let ending = What::from(Cause::from(VerifyCause::NewRefused)).into();
    let last = LastAttempt { at: at(), outcome: Outcome::Failed, ending, manual: true, attempt: Some(Uuid::nil()) };
    let mut json = serde_json::to_value(&last).expect("JSON");
    let read = |json: &Value| serde_json::from_value::<LastAttempt>(json.clone()).expect("an attempt");
    assert_eq!(read(&json), last);
    json.as_object_mut().expect("an object").remove("ending");
    let said = "Okta refuses the new secret while another one of the app authenticates";
    assert_eq!((json["message"].as_str(), read(&json).ending), (Some(said), Ending::said(said)));
}
