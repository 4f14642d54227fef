//! The form of a connection: an org and a credential, tested before anything is saved.
//!
//! Pure. The credential lives in the form's own field only; it goes out with the request, and
//! is forgotten with the form.

pub mod view;

pub mod field;
mod fields;
#[cfg(test)]
mod tests;

use crate::core::secret::SecretValue;
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::request::Request;
use crate::engine::view::ConnectionView;
use crate::text;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{FieldKey, Focus, Form, FormEvent};
use crate::tui::keys::key::Key;
use crate::tui::msg::{Effect, Purpose};

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

/// For a new connection.
pub fn new(number: u64) -> Connect {
    let form = Form::new(vec![fields::page(None, fields::Method::ApiToken)]);
    Connect { number, form, edits: None, stage: Stage::Filling, refusal: None }
}

/// For a connection that is there, to be changed.
pub fn edit(number: u64, row: ConnectionView) -> Connect {
    let mut form = Form::new(vec![fields::page(Some(&row), fields::Method::of(&row.method))]);
    // What is refused is opened for its credential, as a rule.
    let credential = form.here().fields.iter().position(|item| matches!(item.input, Input::Secret(_)));
    if let Some(at) = credential.filter(|_| row.refused_since.is_some()) {
        form.set_focus(Focus::Field(at));
    }
    Connect { number, form, edits: Some(Box::new(row)), stage: Stage::Filling, refusal: None }
}

/// A key was pressed that does not leave it.
pub fn on_key(connect: &mut Connect, key: Key) -> Vec<Effect> {
    if connect.stage != Stage::Filling {
        return Vec::new();
    }
    // Saved untested only where a test has failed, and on a key of its own.
    if key == Key::ctrl('s') && connect.can_save_untested() {
        return submit(connect, true);
    }
    let event = connect.form.press(key);
    on_event(connect, event)
}

/// Something was pasted into it.
pub fn on_paste(connect: &mut Connect, text: &str) -> Vec<Effect> {
    if connect.stage != Stage::Filling {
        return Vec::new();
    }
    let event = connect.form.paste(text);
    on_event(connect, event)
}

/// What was pasted into it, without brackets, paused at the end of a line.
pub fn on_line_end(connect: &mut Connect) -> Vec<Effect> {
    if connect.stage != Stage::Filling {
        return Vec::new();
    }
    let event = connect.form.line_end();
    on_event(connect, event)
}

fn on_event(connect: &mut Connect, event: FormEvent) -> Vec<Effect> {
    match event {
        FormEvent::Changed(field::METHOD) => {
            let method = fields::Method::at(connect.form.choice(field::METHOD));
            let page = fields::page(connect.edits.as_deref(), method);
            connect.form.relay(0, page.fields);
        }
        FormEvent::Changed(_) => connect.refusal = None,
        FormEvent::Left(key) => {
            let fault = fields::fault(connect, key);
            connect.form.fault(key, fault);
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
    let file = connect.form.typed(field::FILE).to_owned();
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
pub fn file_read(connect: &mut Connect, untested: bool, result: Result<SecretValue, String>) -> Vec<Effect> {
    match result {
        Ok(value) => send(connect, Some(value), untested),
        Err(why) => {
            connect.stage = Stage::Filling;
            connect.form.show_errors(vec![(field::FILE, why)]);
            Vec::new()
        }
    }
}

/// It was not saved: everything typed is kept, and what is wrong with a field is shown beside it.
pub fn refused(connect: &mut Connect, refusal: Refusal) {
    connect.stage = Stage::Filling;
    let faults: Vec<_> = (refusal.fields.iter())
        .map(|fault| FieldFault { field: fields::home(&fault.field).to_owned(), message: fault.message.clone() })
        .collect();
    if connect.form.show_refusal(&faults) > 0 || faults.is_empty() {
        connect.form.set_focus(Focus::Next);
        connect.refusal = Some(refusal);
    }
}

/// Where the credential was read from a file: that it is still there.
pub fn leftover(connect: &Connect) -> Option<String> {
    let file = Some(connect.form.typed(field::FILE)).filter(|file| !file.is_empty())?;
    let what = match fields::Method::at(connect.form.choice(field::METHOD)) {
        fields::Method::ApiToken => "token",
        fields::Method::ServiceApp => "private key",
    };
    Some(text::leftover(what, file))
}

/// Whether a field of a form holds nothing.
fn is_empty(form: &Form, key: FieldKey) -> bool {
    match form.get(key).map(|item| &item.input) {
        Some(Input::Secret(secret)) => secret.is_empty(),
        _ => form.typed(key).is_empty(),
    }
}
