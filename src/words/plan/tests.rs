use chrono_tz::Europe::Berlin;
use serde_json::{Value, json};

use super::*;
use crate::core::rotation::AuthMethod;
use crate::words::voice::{Page, Shell, speaking};

fn at(day: u32) -> chrono::DateTime<chrono::Utc> {
    format!("2026-12-{day:02}T01:30:00Z").parse().expect("valid")
}

fn secret_id() -> String {
    "ocs1".into()
}

fn deletion() -> Deletion {
    Deletion { at: Some(at(2)), soak_seconds: 86_400, held_by: None }
}

#[test]
fn steps_are_said_with_their_dates_on_the_readers_clock() {
    let test = Test { verify: Verify::ClientSecretPost, method: Some(AuthMethod::ClientSecretPost), shown: false };
    let stays = |off_at, held_by| PlanStep::StaysActive {
        secret_id: secret_id(),
        whose: Whose::Current,
        off_at,
        if_fetched: true,
        held_by,
        deletion: if off_at.is_some() { deletion() } else { Deletion { at: None, ..deletion() } },
    };
    for (step, said) in [
        (PlanStep::DeleteNow { secret_id: secret_id() }, "delete ocs1 at Okta now: this cannot be undone"),
        (
            PlanStep::PublishNew { test },
            "test that it authenticates by client_secret_post, as named, for Okta does not show the app's method, then \
             publish it under the mapped names",
        ),
        (
            stays(Some(at(1)), None),
            "ocs1, current until then, stays ACTIVE until 2026-12-01 02:30 CET, is deactivated then if its consumers have \
             fetched the new one, and is deleted at 2026-12-02 02:30 CET",
        ),
        (
            stays(None, Some(Hold::Unread)),
            "ocs1, current until then, stays ACTIVE, held until its consumers have fetched the new one; it is deactivated after \
             that, and is deleted 1d later",
        ),
        (
            stays(None, Some(Hold::NoDate)),
            "ocs1, current until then, stays ACTIVE until you give it a date with `windlass rotation retire NAME --at WHEN`",
        ),
        (
            PlanStep::DeactivateAt {
                secret_id: secret_id(),
                at: at(1),
                held_by: Some(Hold::Paused),
                deletion: deletion(),
            },
            "deactivate ocs1 at 2026-12-01 02:30 CET or later, for it is held while auto-rotation is off, and delete it at \
             2026-12-02 02:30 CET",
        ),
        (
            PlanStep::RotateNext { first: false, at: at(3), due: at(1), waits_for: vec![Wait::Pause, Wait::OldSecret] },
            "rotate next at 2026-12-03 02:30 CET: due 2026-12-01 02:30 CET, it waits until the pause is over and the old \
             secret is deleted",
        ),
        (
            PlanStep::RotateOnceGone { first: true, held_by: Hold::Attention },
            "rotate for the first time once the old secret has gone, which is held until what needs attention is settled",
        ),
    ] {
        assert_eq!(step.say().by(&Page(Berlin)), said);
    }
}

#[test]
fn json_has_the_steps_as_sentences_in_the_callers_words_and_as_data_that_is_read_back() {
    struct Loud;
    impl Voice for Loud {
        fn command(&self, words: &[String]) -> String {
            words.join(" ").to_uppercase()
        }
    }
    let left = PlanStep::LeaveOther { secret_id: secret_id(), rotation: "pay".into() };
    let last_use = Some(LastUse::Published { version: 2, fetched_at: Some(at(1)) });
    let cut =
        Cut { secret_id: secret_id(), deletes: true, unread: Some(3), missing: Vec::new(), last_use, rotates_at: None };
    let plan = Plan { steps: vec![left, PlanStep::Issue], cuts: vec![cut], asks: true, ..Plan::default() };
    let written = speaking(&Loud, || serde_json::to_value(&plan)).expect("JSON");
    let first = written["steps"][0].as_str().expect("a sentence");
    assert!(first.ends_with("before the first rotation: ROTATION RETIRE PAY --NOW"), "{first}");
    assert_eq!(
        written["actions"],
        json!([
            {"kind": "leaveOther", "secretId": "ocs1", "rotation": "pay"},
            {"kind": "issue"},
        ])
    );
    assert_eq!(written["cuts"][0]["readers"], "ocs1 is version 2, last fetched at 2026-12-01T01:30:00Z");
    assert_eq!(serde_json::from_value::<Plan>(written).expect("a plan"), plan);
}

#[test]
fn a_step_that_this_version_does_not_know_keeps_its_sentence() {
    let read = |value: Value| serde_json::from_value::<Plan>(value).expect("a plan");
    let older = json!({"secrets": [], "steps": ["make it"], "blockers": [], "asks": false});
    assert_eq!(read(older).steps, [PlanStep::Said { message: "make it".into() }]);
    let newer = json!({
        "secrets": [], "steps": ["make it", "polish it"], "blockers": [], "asks": false,
        "actions": [{"kind": "issue"}, {"kind": "polish", "how": ["well"]}],
    });
    let steps = read(newer).sentences(&Shell);
    assert_eq!(steps, ["make a new secret, keep it sealed here, then give it to Okta", "polish it"]);
}
