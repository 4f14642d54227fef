//! The form of a connection: an org and a credential, tested before anything is saved.
//!
//! Pure like the rest of [`super`]. The credential lives in the form's own field only; it goes out with the request, and
//! is forgotten with the form.

pub mod view;

mod fields;
#[cfg(test)]
mod tests;

use crate::core::secret::SecretValue;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::view::ConnectionView;
use crate::text;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{Focus, Form, FormEvent};
use crate::tui::forms::rotation;
use crate::tui::keys::key::Key;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose, Tone};
use crate::tui::overlays::Overlay;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is filled in.
    Filling,
    /// A file is being read.
    Reading,
    /// The org is being asked.
    Testing,
}

/// A connection while it is made or changed.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Its number: answers for another are late.
    pub number: u64,
    /// What is typed.
    pub form: Form,
    /// The connection that is changed; a new one where absent.
    pub edits: Option<Box<ConnectionView>>,
    /// How far it is.
    pub stage: Stage,
    /// Why it was not saved.
    pub refusal: Option<Refusal>,
}

impl Connect {
    fn call(&self, request: Request) -> Effect {
        Effect::call(Purpose::Connect(self.number), request)
    }

    /// Whether it could be saved though the test failed: the org could not be asked, or said no.
    pub fn can_save_untested(&self) -> bool {
        self.stage == Stage::Filling
            && self.refusal.as_ref().is_some_and(|refusal| {
                !matches!(refusal.error, Kind::Invalid | Kind::Conflict | Kind::Store) && refusal.fields.is_empty()
            })
    }
}

/// Opens one for a new connection.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let number = model.number();
    let form = Form::new(vec![fields::page(None, fields::Method::ApiToken)]);
    push(model, Connect { number, form, edits: None, stage: Stage::Filling, refusal: None })
}

/// Opens the connection under the cursor, to be changed.
pub fn edit(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.connection().cloned() else { return Vec::new() };
    let number = model.number();
    let mut form = Form::new(vec![fields::page(Some(&row), fields::Method::of(&row.method))]);
    // What is refused is opened for its credential, as a rule.
    let credential = form.here().items.iter().position(|item| matches!(item.input, Input::Secret(_)));
    if let Some(at) = credential.filter(|_| row.refused_since.is_some()) {
        form.set_focus(Focus::Field(at));
    }
    push(model, Connect { number, form, edits: Some(Box::new(row)), stage: Stage::Filling, refusal: None })
}

fn push(model: &mut Model, connect: Connect) -> Vec<Effect> {
    model.overlays.push(Overlay::Connect(Box::new(connect)));
    Vec::new()
}

/// A key was pressed while it is the topmost.
pub fn on_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(Overlay::Connect(connect)) = model.overlays.last_mut() else { return Vec::new() };
    if key.leaves() {
        let waits = connect.stage == Stage::Testing;
        model.overlays.pop();
        // Nobody waits for the wizard's first connection any more: without one there is nothing to go on with.
        if model.rows.connections.is_empty() && matches!(model.overlays.last(), Some(Overlay::Wizard(_))) {
            model.overlays.pop();
        }
        return if waits {
            vec![model.toast(Tone::Dim, "left while it was tested; the list tells whether it was saved")]
        } else {
            Vec::new()
        };
    }
    if connect.stage != Stage::Filling {
        return Vec::new();
    }
    // Saved untested only where a test has failed, and on a key of its own.
    if key == Key::ctrl('s') && connect.can_save_untested() {
        return submit(connect, true);
    }
    let event = connect.form.key(key);
    on_event(connect, event)
}

/// Something was pasted into it.
pub fn on_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    match model.overlays.last_mut() {
        Some(Overlay::Connect(connect)) if connect.stage == Stage::Filling => {
            let event = connect.form.paste(text);
            on_event(connect, event)
        }
        _ => Vec::new(),
    }
}

/// What was pasted into it, without brackets, paused at the end of a line.
pub fn on_line_end(model: &mut Model) -> Vec<Effect> {
    match model.overlays.last_mut() {
        Some(Overlay::Connect(connect)) if connect.stage == Stage::Filling => {
            let event = connect.form.line_end();
            on_event(connect, event)
        }
        _ => Vec::new(),
    }
}

fn on_event(connect: &mut Connect, event: FormEvent) -> Vec<Effect> {
    match event {
        FormEvent::Changed("method") => {
            let method = fields::Method::at(connect.form.choice("method"));
            let page = fields::page(connect.edits.as_deref(), method);
            connect.form.relay(0, page.items);
        }
        FormEvent::Changed(_) => connect.refusal = None,
        FormEvent::Left(name) => {
            let fault = fields::fault(connect, name);
            connect.form.fault(name, fault);
        }
        FormEvent::Next => return submit(connect, false),
        FormEvent::Back => connect.form.open(0),
        FormEvent::Stay | FormEvent::Leave => {}
    }
    Vec::new()
}

fn submit(connect: &mut Connect, untested: bool) -> Vec<Effect> {
    connect.refusal = None;
    let faults = fields::faults(connect);
    if !faults.is_empty() {
        connect.form.show_errors(faults);
        return Vec::new();
    }
    let file = connect.form.typed("file").to_owned();
    if !file.is_empty() {
        connect.stage = Stage::Reading;
        return vec![Effect::ReadFile { number: connect.number, path: file, untested }];
    }
    send(connect, None, untested)
}

fn send(connect: &mut Connect, from_file: Option<SecretValue>, untested: bool) -> Vec<Effect> {
    let Some(request) = fields::request(connect, from_file, untested) else {
        connect.stage = Stage::Filling;
        connect.refusal =
            Some(Refusal::new(Kind::Invalid, "nothing was changed", "change something, or leave with Esc"));
        return Vec::new();
    };
    connect.stage = Stage::Testing;
    vec![connect.call(request)]
}

/// The file was read, or was not.
pub fn file_read(model: &mut Model, number: u64, untested: bool, result: Result<SecretValue, String>) -> Vec<Effect> {
    let Some(connect) = find(model, number) else { return Vec::new() };
    match result {
        Ok(value) => send(connect, Some(value), untested),
        Err(why) => {
            connect.stage = Stage::Filling;
            connect.form.show_errors(vec![("file".into(), why)]);
            Vec::new()
        }
    }
}

/// The engine answered.
pub fn answered(model: &mut Model, number: u64, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let form = find(model, number);
    let known = form.is_some();
    let leftover = form.and_then(|connect| leftover(connect));
    match result {
        Ok(Reply::Connection { app_connection, notes }) => {
            model.overlays.retain(|overlay| !matches!(overlay, Overlay::Connect(it) if it.number == number));
            let row = *app_connection;
            let (id, name) = (row.id, row.name.clone());
            // A new name or description says nothing of whether it works.
            let tested = match row.status.as_str() {
                "ok" => "works and is saved",
                "untested" => "is saved untested",
                _ => "is saved",
            };
            model.rows.connections.insert(id, row);
            model.stale = true;
            let mut effects = rotation::connected(model, id);
            model.connections.jump(id);
            effects.push(model.toast(Tone::Good, format!("{name} {tested}")));
            effects.extend(leftover.map(|leftover| model.toast(Tone::Warn, leftover)));
            effects.extend(notes.into_iter().map(|note| model.toast(Tone::Warn, note)).collect::<Vec<_>>());
            effects
        }
        Ok(_) => Vec::new(),
        Err(refusal) if !known => vec![model.toast(Tone::Bad, format!("{}; {}", refusal.message, refusal.hint))],
        Err(refusal) => {
            if let Some(connect) = find(model, number) {
                connect.stage = Stage::Filling;
                let faults = refusal.fields.iter().map(|it| (fields::home(&it.field).to_owned(), it.message.clone()));
                let unmatched = connect.form.show_errors(faults.collect());
                if refusal.fields.is_empty() || !unmatched.is_empty() {
                    connect.form.set_focus(Focus::Next);
                    connect.refusal = Some(refusal);
                }
            }
            Vec::new()
        }
    }
}

/// Where the credential was read from a file: that it is still there.
fn leftover(connect: &Connect) -> Option<String> {
    let file = Some(connect.form.typed("file")).filter(|file| !file.is_empty())?;
    let what = match fields::Method::at(connect.form.choice("method")) {
        fields::Method::ApiToken => "token",
        fields::Method::ServiceApp => "private key",
    };
    Some(text::leftover(what, file))
}

fn find(model: &mut Model, number: u64) -> Option<&mut Connect> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Connect(connect) if connect.number == number => Some(connect.as_mut()),
        _ => None,
    })
}

/// Whether a field of a form holds nothing.
fn is_empty(form: &Form, name: &str) -> bool {
    match form.get(name).map(|item| &item.input) {
        Some(Input::Secret(secret)) => secret.is_empty(),
        _ => form.typed(name).is_empty(),
    }
}
