//! The form of a connection: an org or a server, and a credential, tested before anything is saved.
//!
//! Pure. The credential lives in the form's own field only, or as it was read from a file; it goes out with the request,
//! and is forgotten with the form.

pub mod view;

mod ask;
mod aws;
pub mod field;
mod fields;
mod infisical;
mod kubernetes;
mod okta;
#[cfg(test)]
mod tests;
mod vault;

use crate::core::secret::SecretValue;
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::request::Request;
use crate::engine::view::ConnectionView;
use crate::text;
use crate::tui::forms::connection::fields::Chosen;
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
    /// The files that are still to be read, and the fields that name them.
    unread: Vec<(FieldKey, String)>,
    /// What was read, for which field.
    read: Vec<(FieldKey, SecretValue)>,
}

impl Connect {
    fn call(&self, request: Request) -> Effect {
        Effect::call(Purpose::Connect(self.number), request)
    }

    fn chosen(&self) -> Chosen {
        Chosen::of(&self.form, self.edits.as_deref())
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
    open(number, None)
}

/// For a connection that is there, to be changed.
pub fn edit(number: u64, row: ConnectionView) -> Connect {
    let refused = row.refused_since.is_some();
    let mut connect = open(number, Some(Box::new(row)));
    // What is refused is opened for its credential, as a rule.
    let mut fields = connect.form.here().fields.iter();
    if let Some(at) = fields.position(|item| matches!(item.input, Input::Secret(_))).filter(|_| refused) {
        connect.form.set_focus(Focus::Field(at));
    }
    connect
}

fn open(number: u64, edits: Option<Box<ConnectionView>>) -> Connect {
    let form = Form::new(vec![fields::page(edits.as_deref(), Chosen::first(edits.as_deref()))]);
    let (unread, read) = (Vec::new(), Vec::new());
    Connect { number, form, edits, stage: Stage::Filling, refusal: None, unread, read }
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
        FormEvent::Changed(field::APP | field::METHOD) => {
            connect.refusal = None;
            let page = fields::page(connect.edits.as_deref(), connect.chosen());
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
    (connect.unread, connect.read) = (fields::files(connect), Vec::new());
    proceed(connect, untested)
}

/// Has the next file read; once none is left, the engine is asked.
fn proceed(connect: &mut Connect, untested: bool) -> Vec<Effect> {
    if let Some((_, path)) = connect.unread.first() {
        connect.stage = Stage::Reading;
        return vec![Effect::ReadFile { number: connect.number, path: path.clone(), untested }];
    }
    let request = fields::request(connect, untested);
    connect.read.clear();
    let Some(request) = request else {
        connect.stage = Stage::Filling;
        connect.refusal =
            Some(Refusal::new(Kind::Invalid, "nothing was changed", "change something, or leave with Esc"));
        return Vec::new();
    };
    connect.stage = Stage::Testing;
    vec![connect.call(request)]
}

/// A file was read, or was not.
pub fn file_read(connect: &mut Connect, untested: bool, result: Result<SecretValue, String>) -> Vec<Effect> {
    if connect.stage != Stage::Reading || connect.unread.is_empty() {
        return Vec::new();
    }
    let (key, _) = connect.unread.remove(0);
    match result {
        Ok(value) => {
            connect.read.push((key, value));
            proceed(connect, untested)
        }
        Err(why) => {
            (connect.stage, connect.unread) = (Stage::Filling, Vec::new());
            connect.read.clear();
            connect.form.show_errors(vec![(key, why)]);
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
    let (_, what) = connect.chosen().secret()?;
    Some(text::leftover(what, file))
}

/// Whether a field of a form holds nothing.
fn is_empty(form: &Form, key: FieldKey) -> bool {
    match form.get(key).map(|item| &item.input) {
        Some(Input::Secret(secret)) => secret.is_empty(),
        _ => form.typed(key).is_empty(),
    }
}
