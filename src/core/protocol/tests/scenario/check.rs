//! What must have come of a step.

use super::format::Step;
use super::words::day;
use crate::core::history::Outcome;
use crate::core::protocol::open::opening;
use crate::core::protocol::retire::hold;
use crate::core::protocol::tests::world::World;
use crate::core::rotation::Rotation;
use crate::core::rotation::hold::Hold;
use crate::core::state::state;

/// What was so before the step.
pub struct Before {
    calls: usize,
    entries: usize,
    drawn: u32,
}

impl Before {
    pub fn of(world: &World) -> Self {
        Self { calls: world.calls.len(), entries: world.disk.history.len(), drawn: world.drawn }
    }
}

/// Panics where something is not as expected.
pub fn compare(world: &World, step: &Step, before: &Before) {
    let calls = &world.calls[before.calls..];
    if let Some(expected) = &step.calls {
        assert_eq!(calls, expected.as_slice(), "the calls");
    }
    for never in &step.never {
        assert!(!calls.contains(&never.as_str()), "{never} was called: {calls:?}");
    }
    if let Some(expected) = &step.at_okta {
        let row = |id: &str, active: bool| format!("{id} {}", if active { "ACTIVE" } else { "INACTIVE" });
        let there: Vec<String> = world.okta.held.iter().map(|held| row(&held.id, held.active)).collect();
        assert_eq!(&there, expected, "at Okta; the calls: {calls:?}");
    }
    if let Some(expected) = &step.reported {
        says(
            "reported",
            world.reported.as_ref().map(|fault| format!("{}; {}", fault.message(), fault.hint())),
            expected,
        );
    }
    if let Some(expected) = &step.history {
        let entries = &world.disk.history[before.entries..];
        let rows: Vec<String> =
            entries.iter().map(|entry| format!("{}: {}", outcome(entry.outcome), entry.message())).collect();
        let same = rows.len() == expected.len() && rows.iter().zip(expected).all(|(row, words)| holds(row, words));
        assert!(same, "the history: {rows:?}, not {expected:?}");
    }
    if let Some(expected) = step.values_drawn {
        assert_eq!(world.drawn - before.drawn, expected, "values drawn; the calls: {calls:?}");
    }
    if let Some(expected) = &step.record {
        assert_eq!(if world.memory.is_some() { "there" } else { "gone" }, expected, "the record");
    }
    match &world.memory {
        Some(rotation) => of_the_rotation(world, rotation, step),
        None => assert!(step.state.is_none() && step.published.is_none(), "there is no rotation any more"),
    }
}

fn of_the_rotation(world: &World, rotation: &Rotation, step: &Step) {
    let now = world.now;
    let attention = rotation.attention.as_ref();
    if let Some(expected) = &step.state {
        let found = state(rotation, false, world.fetched, now).word();
        assert_eq!(found, expected, "the state; {attention:?}, {:?}, made {:?}", rotation.operation, world.calls);
        let said = expected != "ATTENTION" || step.attention.is_some();
        assert!(said, "ATTENTION comes with its cause: {attention:?}");
    }
    if let Some(expected) = &step.attention {
        says("attention", attention.map(|attention| attention.problem.message()), expected);
    }
    if let Some(expected) = &step.next {
        says("next", attention.map(|attention| attention.problem.hint()), expected);
    }
    if let Some(expected) = &step.waits {
        let fault = rotation.operation.as_ref().and_then(|operation| operation.fault.as_ref());
        says("waits", fault.map(crate::core::fault::Fault::message), expected);
    }
    let current = rotation.current_secret();
    if let Some(expected) = &step.published {
        says("published", current.and_then(|secret| secret.okta_id.clone()), expected);
    }
    if let Some(expected) = step.version {
        assert_eq!(current.and_then(|secret| secret.published).map(|it| it.version), Some(expected), "the version");
    }
    if let Some(expected) = &step.previous {
        says("previous", rotation.previous_secret().and_then(|secret| secret.okta_id.clone()), expected);
    }
    if let Some(expected) = &step.held {
        let found = match hold(rotation, world.fetched, now) {
            None => "nothing",
            Some(Hold::Paused) => "paused",
            Some(Hold::Unread) => "unread",
            Some(Hold::Behind) => "behind",
            Some(Hold::NoDate) => "no date",
            Some(Hold::Attention) => "attention",
        };
        assert_eq!(found, expected, "what holds the previous secret");
    }
    let previous = rotation.previous;
    if let Some(expected) = &step.off_on {
        says("off_on", previous.and_then(|previous| previous.deactivate_at).map(day), expected);
    }
    if let Some(expected) = &step.deleted_on {
        says("deleted_on", previous.and_then(|previous| previous.delete_at).map(day), expected);
    }
    if let Some(expected) = &step.due {
        says("due", Some(day(opening(rotation))), expected);
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failed => "failed",
        Outcome::Running => "running",
        Outcome::Attention => "attention",
    }
}

/// Whether a text has these words, of which `…` leaves some out.
fn holds(text: &str, words: &str) -> bool {
    let mut rest = text;
    words.split('…').map(str::trim).all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

fn says(what: &str, found: Option<String>, expected: &str) {
    match found {
        None => assert_eq!(expected, "none", "{what}"),
        Some(found) => assert!(expected != "none" && holds(&found, expected), "{what}: {found:?}, not {expected:?}"),
    }
}
