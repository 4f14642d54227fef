//! The step that asks for a target, which is made once the rotation is: optional, and of a single new rotation.

use super::delivery::Delivery;
use super::field;
use super::wanted::Wanted;
use super::wizard::{DELIVER, DETAILS, REVIEW, Wizard};
use crate::core::secret::{Credential, SecretValue};
use crate::core::target::Keys;
use crate::engine::form::Form as Rules;
use crate::engine::form::target::asked::asked;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::command;
use crate::engine::request::{Reply, Request, TargetBody};
use crate::text::argv;
use crate::tui::forms::form::{FormEvent, Page};
use crate::tui::forms::target::{self, Stage as Step, TargetForm};
use crate::tui::msg::{Effect, Purpose};
use crate::tui::session::Session;

/// What follows from something in the step.
#[derive(Debug)]
pub enum Went {
    /// It stays.
    Stays(Vec<Effect>),
    /// To the step before it.
    Back,
    /// To the review.
    Next,
}

/// The step of a new rotation.
pub fn step(session: &mut Session, pages: &[Page]) -> Box<TargetForm> {
    let empty = |page: &Page| Page { title: page.title, fields: Vec::new(), next: page.next };
    Box::new(target::step(session, pages.iter().map(empty).collect(), DELIVER))
}

/// The step behind this one: what is changed, and several at once, have none for a target.
pub fn after(wizard: &Wizard, page: usize) -> usize {
    if page + 1 == DELIVER && !has_step(wizard) { REVIEW } else { page + 1 }
}

/// The step before the review.
pub fn before_review(wizard: &Wizard) -> usize {
    if has_step(wizard) { DELIVER } else { DETAILS }
}

fn has_step(wizard: &Wizard) -> bool {
    wizard.target.is_some() && !wizard.is_many()
}

/// The form of the step, where that is shown.
pub fn shown(wizard: &Wizard) -> Option<&TargetForm> {
    wizard.target.as_deref().filter(|_| wizard.form.page == DELIVER)
}

/// The same, to be changed.
pub fn shown_mut(wizard: &mut Wizard) -> Option<&mut TargetForm> {
    let shown = wizard.form.page == DELIVER;
    wizard.target.as_deref_mut().filter(|_| shown)
}

/// What follows from a key on it.
pub fn on_event(wizard: &mut Wizard, event: FormEvent) -> Went {
    let Some(form) = shown_mut(wizard) else { return Went::Stays(Vec::new()) };
    match event {
        FormEvent::Back => Went::Back,
        FormEvent::Next if !target::is_wanted(form) => {
            wizard.delivery = Delivery::None;
            Went::Next
        }
        FormEvent::Next => match target::template(form) {
            Some(effect) => Went::Stays(vec![effect]),
            None => checked(wizard, None),
        },
        other => Went::Stays(target::on_event(form, other)),
    }
}

/// The template was read, or was not.
pub fn file_read(wizard: &mut Wizard, result: Result<SecretValue, String>) -> Went {
    match (shown_mut(wizard).filter(|form| form.stage == Step::Reading), result) {
        (None, _) => Went::Stays(Vec::new()),
        (Some(_), Ok(text)) => checked(wizard, Some(text.expose().to_owned())),
        (Some(form), Err(why)) => {
            target::unread(form, why);
            Went::Stays(Vec::new())
        }
    }
}

/// On to the review, where what was typed holds as far as that is known before the rotation is there.
fn checked(wizard: &mut Wizard, template: Option<String>) -> Went {
    let names = wizard.mapping();
    let mapped =
        || Keys::from([(names.client_id, Credential::ClientId), (names.client_secret, Credential::ClientSecret)]);
    let Some(form) = shown_mut(wizard) else { return Went::Stays(Vec::new()) };
    let Some(body) = target::asked(form, template) else { return Went::Stays(Vec::new()) };
    let mut rules = Rules::default();
    let read = asked(&mut rules, &body, mapped);
    match (rules.done(), read) {
        (Err(refusal), _) => target::refused(form, refusal),
        (Ok(()), None) => {}
        (Ok(()), Some(read)) => {
            wizard.delivery = Delivery::Asked(body, read.destination.to_string());
            return Went::Next;
        }
    }
    Went::Stays(Vec::new())
}

/// What is made once the rotation is.
pub fn wanted(wizard: &Wizard) -> Option<Box<TargetBody>> {
    match &wizard.delivery {
        Delivery::Asked(body, _) if has_step(wizard) => Some(body.clone()),
        _ => None,
    }
}

/// The call that makes it for the rotation of this name. The wizard of this number may have been left by then: what was
/// agreed to is made all the same.
pub fn make(number: u64, body: TargetBody, rotation: String) -> Effect {
    let request = Request::TargetCreate(Box::new(TargetBody { rotation, ..body }));
    Effect::call(Purpose::Wizard(number, Wanted::Target), request)
}

/// It was made, or was not: then what was typed is shown, to be mended.
pub fn made(wizard: &mut Wizard, result: Result<Reply, Refusal>) -> Option<Box<TargetForm>> {
    let refusal = match result {
        Ok(Reply::Target { secret_sync }) => {
            wizard.delivery = Delivery::Made(secret_sync);
            return None;
        }
        Ok(_) => Refusal::new(Kind::Failed, "the answer is another one", "look at the list of its targets"),
        Err(refusal) => refusal,
    };
    wizard.delivery = Delivery::Refused(Box::new(refusal));
    mend(wizard)
}

/// What was typed for a target that was refused, as a form of its own.
pub fn mend(wizard: &Wizard) -> Option<Box<TargetForm>> {
    let Delivery::Refused(refusal) = &wizard.delivery else { return None };
    let rotation = wizard.orders.iter().find_map(|order| Some(order.made()?.name.clone()))?;
    Some(Box::new(target::mend(wizard.target.as_deref()?, rotation, refusal.as_ref().clone())))
}

/// What the review says of it.
pub fn sentence(wizard: &Wizard) -> Option<String> {
    let Delivery::Asked(body, place) = &wizard.delivery else { return None };
    wanted(wizard)?;
    let after = body.after.as_ref().filter(|after| !after.is_empty());
    let after = after.map(|after| format!(" After each delivery {} runs.", argv::join(after))).unwrap_or_default();
    let waits = if body.gates == Some(false) { "does not wait for that" } else { "waits for that" };
    Some(format!("It is delivered to {place}; the old secret {waits}.{after}"))
}

/// The command that makes it.
pub fn command(wizard: &Wizard) -> Option<String> {
    let body = TargetBody { rotation: wizard.form.typed(field::NAME).into(), ..*wanted(wizard)? };
    let template = wizard.target.as_deref().map(|form| form.form.typed(target::field::TEMPLATE));
    Some(command::target::create(&body, template.filter(|file| !file.is_empty())))
}
