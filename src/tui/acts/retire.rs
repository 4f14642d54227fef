//! What can be decided about old secrets, and how one stands after that.

use chrono::{DateTime, Utc};

use crate::core::protocol::retire::Hold;
use crate::core::rotation::Status;
use crate::engine::view::RotationView;
use crate::tui::actions;
use crate::tui::acts::batch::Verb;
use crate::tui::acts::planned::Planned;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Tone};
use crate::tui::overlays::{Choice, Dated, Overlay, Question, Then};

/// The menu.
pub fn menu(model: &mut Model) -> Vec<Effect> {
    let targets = actions::targets(model);
    let rows: Vec<&RotationView> = targets.iter().filter_map(|target| model.rows.rotations.get(&target.id)).collect();
    let with_old = rows.iter().filter(|row| row.previous.is_some()).count();
    let none = (with_old == 0).then(|| match rows.as_slice() {
        [only] => format!("{} has no old secret", only.name),
        _ => "none of them has an old secret".to_owned(),
    });
    let off = rows.iter().all(|row| row.previous.as_ref().is_none_or(|it| it.status == Status::Inactive));
    let is_off = none.clone().or_else(|| off.then(|| "it is off already".to_owned()));
    let text = match rows.as_slice() {
        [only] if only.previous.is_some() => left(only, |at| model.day_time(at)),
        [only] => format!("{} has no old secret; its current one is all there is", only.name),
        many => format!("{with_old} of {} have an old secret", many.len()),
    };
    let hold = Then::Act(targets.iter().map(|target| (target.clone(), Verb::Hold)).collect());
    let plan = |what| Then::Plan(what, targets.clone());
    let choices = vec![
        Choice::new('h', "keep it until I say otherwise", hold).unless(none.clone()),
        Choice::new('d', "off on a date …", Then::Date(Dated::Retire, targets.clone())).unless(none.clone()),
        Choice::new('n', "off now …", plan(Planned::RetireNow)).unless(is_off),
        Choice::new('b', "back to it: publish it again …", plan(Planned::RollBack)).unless(none),
        Choice::new('l', "the current one leaked: rotate, and switch it off at once …", plan(Planned::Replace)),
    ];
    let title = format!("Old secret of {}", actions::called(&targets));
    let question = Question { title, text: vec![(Tone::Dim, text)], choices, at: 0, menu: true };
    model.overlays.push(Overlay::Ask(question));
    Vec::new()
}

/// How the old secret stands, in a sentence.
pub fn left(row: &RotationView, when: impl Fn(DateTime<Utc>) -> String) -> String {
    let Some(previous) = &row.previous else { return "the old secret is gone".into() };
    let id = previous.secret_id.as_deref().unwrap_or("the old secret");
    let off = previous.status == Status::Inactive;
    let is = if off { "off" } else { "on" };
    match (previous.goes_at(), previous.holds()) {
        (Some(at), _) if off => format!("{id} is off, and is deleted {}", when(at)),
        (Some(at), _) => format!("{id} is on until {}", when(at)),
        (None, None | Some(Hold::NoDate)) => format!("{id} is {is}, and is kept until o gives it a date"),
        (None, Some(Hold::Paused)) => format!("{id} is {is}, and is held while auto-rotation is off"),
        (None, Some(Hold::Unread)) => format!("{id} is {is}, and is held until the current one is fetched"),
        (None, Some(Hold::Attention)) => format!("{id} is {is}, and is held until what needs attention is settled"),
    }
}

#[cfg(test)]
mod tests;
