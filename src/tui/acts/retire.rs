//! What can be decided about old secrets, and how one stands after that.

use crate::core::rotation::Status;
use crate::engine::request::{Act, DismissTerms, RetireTerms, RollbackTerms, RotateTerms};
use crate::engine::view::{ConsumerView, RotationView};
use crate::text::when::relative;
use crate::tui::acts::task::{Target, Task, called};
use crate::tui::overlays::date::Dated;
use crate::tui::overlays::question::{Choice, Question, Then};
use crate::tui::session::Session;
use crate::tui::theme::Tone;

/// The menu.
pub fn menu(session: &Session, targets: &[Target]) -> Question {
    let rows: Vec<&RotationView> = targets.iter().filter_map(|target| session.rows.rotations.get(&target.id)).collect();
    let with_old = rows.iter().filter(|row| row.previous.is_some()).count();
    let none = (with_old == 0).then(|| match rows.as_slice() {
        [only] => format!("{} has no old secret", only.name),
        _ => "none of them has an old secret".to_owned(),
    });
    let off = rows.iter().all(|row| row.previous.as_ref().is_none_or(|it| it.status == Status::Inactive));
    let is_off = none.clone().or_else(|| off.then(|| "it is off already".to_owned()));
    let text = match rows.as_slice() {
        [only] if only.previous.is_some() => only.old_secret(),
        [only] => format!("{} has no old secret; its current one is all there is", only.name).into(),
        many => format!("{with_old} of {} have an old secret", many.len()).into(),
    };
    let hold = Then::Act(Task::each(targets, RetireTerms { hold: true, ..RetireTerms::default() }));
    let plan = |act: Act| Then::Plan(act, targets.to_vec());
    let off = RetireTerms { now: true, ..RetireTerms::default() };
    let leaked = RotateTerms { retire_now: true, ..RotateTerms::default() };
    let mut choices = vec![
        Choice::new('h', "keep it until I say otherwise", hold).unless(none.clone()),
        Choice::new('d', "off on a date …", Then::Date(Dated::Retire, targets.to_vec())).unless(none.clone()),
        Choice::new('n', "off now …", plan(off.into())).unless(is_off),
        Choice::new('b', "back to it: publish it again …", plan(RollbackTerms::default().into())).unless(none),
        Choice::new('l', "the current one leaked: rotate, and deactivate it at once …", plan(leaked.into())),
    ];
    if let ([only], [target]) = (rows.as_slice(), targets) {
        choices.extend(dismissals(only, target, session));
    }
    let title = format!("Old secret of {}", called(targets));
    Question { title, text: vec![(Tone::Dim, text)], choices, at: 0, menu: true }
}

/// The consumers of this one that are missing, whatever is marked in the list.
pub fn consumers(session: &Session, row: &RotationView) -> Question {
    let version = row.current.as_ref().map_or(0, |current| current.version);
    let target = Target { id: row.id, name: row.name.clone() };
    let text = "The old secret waits for those that are missing. One that is dismissed and fetches again is back.";
    Question {
        title: format!("Consumers of {}", row.name),
        text: vec![(Tone::Plain, row.consumers.say(version, session.now)), (Tone::Dim, text.into())],
        choices: dismissals(row, &target, session),
        at: 0,
        menu: true,
    }
}

/// The consumers that it waits for, to be waited for no longer.
fn dismissals(row: &RotationView, target: &Target, session: &Session) -> Vec<Choice> {
    let dismiss = |(key, missing): (char, &ConsumerView)| {
        let consumer = missing.consumer.clone();
        let last = relative(missing.last_fetched_at, session.now);
        let label = format!("wait no longer for {consumer}, which read version {}, {last}", missing.version);
        Choice::new(key, label, Then::Act(vec![Task::new(target.clone(), DismissTerms { consumer })]))
    };
    ('1'..='9').zip(&row.consumers.missing).map(dismiss).collect()
}

#[cfg(test)]
mod tests;
