//! The form of a target: where a rotation's credentials are delivered to, and how.
//!
//! Pure. What is wrong with a field is the engine's to say: its faults come back to their fields.

mod aws;
pub mod field;
mod fields;
pub mod view;

use crate::core::secret::SecretValue;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Request, TargetBody};
use crate::engine::view::TargetView;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{Field, Focus, Form, FormEvent, Page};
use crate::tui::msg::{Effect, Purpose};
use crate::tui::session::Session;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is filled in.
    Filling,
    /// The template's file is being read.
    Reading,
    /// The engine was asked.
    Saving,
}

/// A target while it is made or changed.
#[derive(Clone, Debug)]
pub struct TargetForm {
    /// Its number: answers for another are late.
    pub number: u64,
    /// The rotation, by name.
    pub rotation: String,
    /// It is a step of something else, which goes on without a target as well.
    optional: bool,
    /// The connections to servers that secrets are delivered to: their apps and names.
    connections: Vec<(String, String)>,
    /// What is typed.
    pub form: Form,
    /// What stood there at first.
    before: Form,
    /// The target that is changed; a new one where absent.
    pub edits: Option<Box<TargetView>>,
    /// How far it is.
    pub stage: Stage,
    /// Why it was not saved.
    pub refusal: Option<Refusal>,
}

/// For a target of this rotation: a new one, or one that is there.
pub fn open(session: &mut Session, rotation: String, edits: Option<TargetView>) -> TargetForm {
    let connections = servers(session);
    let form = Form::new(vec![fields::page(edits.as_ref(), &connections, fields::first(edits.as_ref()))]);
    TargetForm {
        number: session.number(),
        rotation,
        optional: false,
        connections,
        before: form.clone(),
        form,
        edits: edits.map(Box::new),
        stage: Stage::Filling,
        refusal: None,
    }
}

fn servers(session: &Session) -> Vec<(String, String)> {
    let servers = session.rows.connections.values().filter(|row| !row.is_okta());
    let mut connections: Vec<_> = servers.map(|row| (row.app.clone(), row.name.clone())).collect();
    connections.sort_unstable();
    connections
}

/// As the step at this place among these of another form: a target that may be asked for, and need not be.
pub fn step(session: &mut Session, pages: Vec<Page>, at: usize) -> TargetForm {
    let mut form = Form::new(pages);
    form.open(at);
    let mut target = TargetForm { optional: true, form, ..open(session, String::new(), None) };
    lay(&mut target);
    target.form.open(at);
    target
}

/// The step is shown again: connections may have come or gone.
pub fn enter(target: &mut TargetForm, session: &Session) {
    (target.connections, target.stage) = (servers(session), Stage::Filling);
    lay(target);
    target.form.open(target.form.page);
}

/// Whether there is to be one.
pub fn is_wanted(target: &TargetForm) -> bool {
    !target.optional || target.form.is_on(field::WANTED)
}

/// What was typed in a step, as a form of its own, with why it was not taken: the rotation is there by now.
pub fn mend(step: &TargetForm, rotation: String, refusal: Refusal) -> TargetForm {
    let mut form = step.form.clone();
    let mut fields = std::mem::take(&mut form.pages[step.form.page].fields);
    fields.retain(|item| item.key != field::WANTED);
    let form = Form::new(vec![Page { title: "Target", fields, next: "Save" }]);
    let mut target = TargetForm { rotation, optional: false, form, ..step.clone() };
    refused(&mut target, refusal);
    target
}

/// The fields that what is chosen has.
fn lay(target: &mut TargetForm) {
    let form = &target.form;
    let mut fields = Vec::new();
    if target.optional {
        let help = "Off: consumers ask windlass for it. On: windlass also writes it to a file or a server, after each rotation.";
        fields.push(Field::new(field::WANTED, help, Input::Toggle(form.is_on(field::WANTED))));
    }
    if is_wanted(target) {
        fields.extend(fields::page(target.edits.as_deref(), &target.connections, fields::shape(form)).fields);
    }
    target.form.relay(form.page, fields);
}

/// What a key or a paste changed in its fields.
pub fn on_event(target: &mut TargetForm, event: FormEvent) -> Vec<Effect> {
    match event {
        FormEvent::Changed(field::KIND | field::FORMAT | field::WANTED) => lay(target),
        FormEvent::Changed(_) => target.refusal = None,
        FormEvent::Next => return submit(target),
        FormEvent::Stay | FormEvent::Left(_) | FormEvent::Back | FormEvent::Leave => {}
    }
    Vec::new()
}

fn submit(target: &mut TargetForm) -> Vec<Effect> {
    match template(target) {
        Some(effect) => vec![effect],
        None => send(target, None),
    }
}

/// The template is read first, where one is named.
pub fn template(target: &mut TargetForm) -> Option<Effect> {
    let path = Some(target.form.typed(field::TEMPLATE).to_owned()).filter(|path| !path.is_empty())?;
    target.stage = Stage::Reading;
    Some(Effect::ReadFile { number: target.number, path, untested: false })
}

/// What is asked for with a step; nothing where something that cannot be read is said beside its field.
pub fn asked(target: &mut TargetForm, template: Option<String>) -> Option<Box<TargetBody>> {
    (target.stage, target.refusal) = (Stage::Filling, None);
    match fields::request(target, template) {
        Ok(Some(Request::TargetCreate(body))) => Some(body),
        Ok(_) => None,
        Err(faults) => {
            target.form.show_errors(faults);
            None
        }
    }
}

fn send(target: &mut TargetForm, template: Option<String>) -> Vec<Effect> {
    (target.stage, target.refusal) = (Stage::Filling, None);
    match fields::request(target, template) {
        Err(faults) => target.form.show_errors(faults),
        Ok(None) => {
            let next = "change something, or leave with Esc";
            target.refusal = Some(Refusal::new(Kind::Invalid, "nothing was changed", next));
        }
        Ok(Some(request)) => {
            target.stage = Stage::Saving;
            return vec![Effect::call(Purpose::Target(target.number), request)];
        }
    }
    Vec::new()
}

/// The template was read, or was not.
pub fn file_read(target: &mut TargetForm, result: Result<SecretValue, String>) -> Vec<Effect> {
    match result {
        Ok(text) => send(target, Some(text.expose().to_owned())),
        Err(why) => {
            unread(target, why);
            Vec::new()
        }
    }
}

/// The template could not be read.
pub fn unread(target: &mut TargetForm, why: String) {
    target.stage = Stage::Filling;
    target.form.show_errors(vec![(field::TEMPLATE, why)]);
}

/// It was not saved: everything typed is kept, and what is wrong with a field is shown beside it.
pub fn refused(target: &mut TargetForm, refusal: Refusal) {
    target.stage = Stage::Filling;
    if target.form.show_refusal(&refusal.fields) > 0 || refusal.fields.is_empty() {
        target.form.set_focus(Focus::Next);
        target.refusal = Some(refusal);
    }
}
