//! The form of a target: where a rotation's credentials are delivered to, and how.
//!
//! Pure. What is wrong with a field is the engine's to say: its faults come back to their fields.

mod aws;
pub mod field;
mod fields;
pub mod view;

use crate::core::secret::SecretValue;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::view::TargetView;
use crate::tui::forms::form::{Focus, Form, FormEvent};
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
    let servers = session.rows.connections.values().filter(|row| !row.is_okta());
    let mut connections: Vec<_> = servers.map(|row| (row.app.clone(), row.name.clone())).collect();
    connections.sort_unstable();
    let form = Form::new(vec![fields::page(edits.as_ref(), &connections, fields::first(edits.as_ref()))]);
    TargetForm {
        number: session.number(),
        rotation,
        connections,
        before: form.clone(),
        form,
        edits: edits.map(Box::new),
        stage: Stage::Filling,
        refusal: None,
    }
}

/// What a key or a paste changed in its fields.
pub fn on_event(target: &mut TargetForm, event: FormEvent) -> Vec<Effect> {
    match event {
        FormEvent::Changed(field::KIND | field::FORMAT) => {
            let page = fields::page(target.edits.as_deref(), &target.connections, fields::shape(&target.form));
            target.form.relay(0, page.fields);
        }
        FormEvent::Changed(_) => target.refusal = None,
        FormEvent::Next => return submit(target),
        FormEvent::Stay | FormEvent::Left(_) | FormEvent::Back | FormEvent::Leave => {}
    }
    Vec::new()
}

fn submit(target: &mut TargetForm) -> Vec<Effect> {
    let file = target.form.typed(field::TEMPLATE).to_owned();
    if !file.is_empty() {
        target.stage = Stage::Reading;
        return vec![Effect::ReadFile { number: target.number, path: file, untested: false }];
    }
    send(target, None)
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
            target.stage = Stage::Filling;
            target.form.show_errors(vec![(field::TEMPLATE, why)]);
            Vec::new()
        }
    }
}

/// It was not saved: everything typed is kept, and what is wrong with a field is shown beside it.
pub fn refused(target: &mut TargetForm, refusal: Refusal) {
    target.stage = Stage::Filling;
    if target.form.show_refusal(&refusal.fields) > 0 || refusal.fields.is_empty() {
        target.form.set_focus(Focus::Next);
        target.refusal = Some(refusal);
    }
}
