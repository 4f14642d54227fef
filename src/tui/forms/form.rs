//! A form: pages of fields, the focus, and the faults beside them. The one language in which everything is filled in.
//!
//! Enter and Tab continue, Shift-Tab goes back, PgDn and PgUp turn the pages. A field is checked when it is left, a page
//! when it is turned; all its faults are shown then, and the focus stands on the first. A form neither knows what its
//! fields mean nor acts: its owner checks the values and does what follows.

pub mod view;

pub mod input;
pub mod pick;
pub mod secret;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::engine::refusal::FieldFault;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::pick::Pick;
use crate::tui::keys::key::{Code, Key};

/// Names a field, for programs and for readers. Code refers to the constant, never to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldKey {
    /// Its name in the API: by that, what the engine finds wrong comes to the field.
    pub api_name: &'static str,
    /// Its name on the screen.
    pub label: &'static str,
}

impl FieldKey {
    /// A field with its two names.
    pub const fn new(api_name: &'static str, label: &'static str) -> Self {
        Self { api_name, label }
    }
}

/// A field with what stands around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Which it is.
    pub key: FieldKey,
    /// What it is for, in a sentence.
    pub help: Cow<'static, str>,
    /// What is typed or chosen.
    pub input: Input,
    /// What is wrong with it.
    pub fault: Option<String>,
    /// Why it cannot be changed: it is shown, and the focus passes it by.
    pub locked: Option<Locked>,
}

/// Why a field cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locked {
    /// For this reason, which stands beside its value; none where it is empty.
    Fixed(String),
    /// Each of many has its own: that is said instead of a value.
    OfEach(&'static str),
}

impl Field {
    /// A field that can be filled in.
    pub fn new(key: FieldKey, help: impl Into<Cow<'static, str>>, input: Input) -> Self {
        Self { key, help: help.into(), input, fault: None, locked: None }
    }

    /// The same, shown only.
    #[must_use]
    pub fn locked(self, why: impl Into<String>) -> Self {
        Self { locked: Some(Locked::Fixed(why.into())), ..self }
    }
}

/// A step of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What it is about.
    pub title: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What its last button says.
    pub next: &'static str,
}

/// What hears the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A field, by its place.
    Field(usize),
    /// The button that continues.
    Next,
    /// The button that goes back.
    Back,
}

/// What follows from a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormEvent {
    /// Nothing.
    Stay,
    /// A field has another value.
    Changed(FieldKey),
    /// A field was left, and is to be checked.
    Left(FieldKey),
    /// On to the next page, where this one holds.
    Next,
    /// To the page before.
    Back,
    /// Out of the form.
    Leave,
}

/// A form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Its pages.
    pub pages: Vec<Page>,
    /// The one that is shown.
    pub page: usize,
    /// What hears the keys.
    pub focus: Focus,
}

impl Form {
    /// At the first field that can be changed.
    pub fn new(pages: Vec<Page>) -> Self {
        let mut form = Self { pages, page: 0, focus: Focus::Next };
        form.open(0);
        form
    }

    /// The page that is shown.
    pub fn here(&self) -> &Page {
        &self.pages[self.page]
    }

    /// The field that hears the keys.
    pub fn field(&self) -> Option<&Field> {
        match self.focus {
            Focus::Field(at) => self.here().fields.get(at),
            Focus::Next | Focus::Back => None,
        }
    }

    fn field_mut(&mut self) -> Option<&mut Field> {
        match self.focus {
            Focus::Field(at) => self.pages[self.page].fields.get_mut(at),
            Focus::Next | Focus::Back => None,
        }
    }

    /// A field, on any page.
    pub fn get(&self, key: FieldKey) -> Option<&Field> {
        self.pages.iter().flat_map(|page| &page.fields).find(|item| item.key == key)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, key: FieldKey) -> Option<&mut Field> {
        self.pages.iter_mut().flat_map(|page| &mut page.fields).find(|item| item.key == key)
    }

    /// What is typed into a field, without white space around it; nothing where there is no such field.
    pub fn typed(&self, key: FieldKey) -> &str {
        self.get(key).map_or("", |item| item.input.typed())
    }

    /// Whether a switch is on.
    pub fn is_on(&self, key: FieldKey) -> bool {
        matches!(self.get(key), Some(Field { input: Input::Toggle(true), .. }))
    }

    /// Which of a few holds.
    pub fn choice(&self, key: FieldKey) -> usize {
        match self.get(key).map(|item| &item.input) {
            Some(Input::Choice { at, .. }) => *at,
            _ => 0,
        }
    }

    /// A picker.
    pub fn pick(&self, key: FieldKey) -> Option<&Pick> {
        match &self.get(key)?.input {
            Input::Pick(pick) => Some(pick),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn pick_mut(&mut self, key: FieldKey) -> Option<&mut Pick> {
        match &mut self.get_mut(key)?.input {
            Input::Pick(pick) => Some(pick),
            _ => None,
        }
    }

    /// Puts other fields onto a page; those that are there already keep what is typed into them.
    pub fn relay(&mut self, page: usize, items: Vec<Field>) {
        self.relay_after(page, 0, items);
    }

    /// The same behind so many fields, which stay as they are. What is typed is moved, not copied: it may be a secret, or
    /// a picker of thousands.
    pub fn relay_after(&mut self, page: usize, stay: usize, items: Vec<Field>) {
        let focused = (page == self.page).then(|| self.field().map(|item| item.key)).flatten();
        let stay = stay.min(self.pages[page].fields.len());
        let mut old = self.pages[page].fields.split_off(stay);
        let kept = |item: Field| match old.iter().position(|old| old.key == item.key) {
            Some(at) if old[at].input.is_like(&item.input) => {
                let old = old.swap_remove(at);
                Field { input: old.input, fault: old.fault, ..item }
            }
            _ => item,
        };
        let items: Vec<Field> = items.into_iter().map(kept).collect();
        self.pages[page].fields.extend(items);
        if page == self.page && matches!(self.focus, Focus::Field(_)) {
            let at = self.pages[page].fields.iter().position(|item| Some(item.key) == focused);
            self.focus = at.map_or(Focus::Next, Focus::Field);
        }
    }

    /// Shows a page, at its first field that can be changed.
    pub fn open(&mut self, page: usize) {
        self.page = page.min(self.pages.len().saturating_sub(1));
        let first = self.here().fields.iter().position(|item| item.locked.is_none());
        self.set_focus(first.map_or(Focus::Next, Focus::Field));
    }

    /// The field that the API calls so.
    pub fn key(&self, api_name: &str) -> Option<FieldKey> {
        let mut fields = self.pages.iter().flat_map(|page| &page.fields);
        fields.find(|field| field.key.api_name == api_name).map(|field| field.key)
    }

    /// Shows what the engine found wrong beside its fields, and goes to the first. How many belong to none.
    pub fn show_refusal(&mut self, faults: &[FieldFault]) -> usize {
        let known: Vec<_> = faults.iter().filter_map(|it| Some((self.key(&it.field)?, it.message.clone()))).collect();
        let unmatched = faults.len() - known.len();
        self.show_errors(known);
        unmatched
    }

    /// Shows faults beside their fields, and goes to the first.
    pub fn show_errors(&mut self, faults: Vec<(FieldKey, String)>) {
        for field in self.pages.iter_mut().flat_map(|page| &mut page.fields) {
            field.fault = None;
        }
        for (key, fault) in faults {
            self.fault(key, Some(fault));
        }
        let faulty = |page: &Page| page.fields.iter().position(|item| item.fault.is_some());
        let first = self.pages.iter().enumerate().find_map(|(page, it)| Some((page, faulty(it)?)));
        if let Some((page, at)) = first {
            self.page = page;
            self.set_focus(Focus::Field(at));
        }
    }

    /// Shows what is wrong with one field, or that nothing is.
    pub fn fault(&mut self, key: FieldKey, fault: Option<String>) {
        if let Some(item) = self.get_mut(key) {
            item.fault = fault;
        }
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> FormEvent {
        if key.leaves() {
            return FormEvent::Leave;
        }
        let picking = matches!(self.field(), Some(Field { input: Input::Pick(_), .. }));
        match key.code {
            Code::PageDown => return self.leave_for(FormEvent::Next),
            Code::PageUp => return self.leave_for(FormEvent::Back),
            Code::Tab => return self.go(1),
            Code::BackTab => return self.go(-1),
            Code::Down if !picking => return self.go(1),
            Code::Up if !picking => return self.go(-1),
            Code::Enter => {
                return match self.focus {
                    Focus::Next => FormEvent::Next,
                    Focus::Back => FormEvent::Back,
                    Focus::Field(_) => self.enter(),
                };
            }
            Code::Left | Code::Right if !matches!(self.focus, Focus::Field(_)) && self.pages.len() > 1 => {
                let to = if self.focus == Focus::Next { Focus::Back } else { Focus::Next };
                self.set_focus(to);
                return FormEvent::Stay;
            }
            _ => {}
        }
        let Some(item) = self.field_mut() else { return FormEvent::Stay };
        let barred = match &item.input {
            Input::Pick(pick) if pick.several && key.typed() == Some(' ') => pick.barred(),
            _ => None,
        };
        if item.input.key(key) {
            // What cannot be marked says why.
            item.fault = barred;
            return FormEvent::Changed(item.key);
        }
        FormEvent::Stay
    }

    /// Takes a paste.
    pub fn paste(&mut self, text: &str) -> FormEvent {
        let Some(item) = self.field_mut() else { return FormEvent::Stay };
        item.input.paste(text);
        item.fault = None;
        FormEvent::Changed(item.key)
    }

    /// Text that came at once paused at the end of a line. From one field it leads to the next, as Enter does; on a button it
    /// does nothing: nothing is agreed to by a paste.
    pub fn line_end(&mut self) -> FormEvent {
        match self.field().map(|item| &item.input) {
            None | Some(Input::Choice { .. } | Input::Toggle(_)) => FormEvent::Stay,
            Some(_) => self.enter(),
        }
    }

    /// Enter takes what a picker's cursor stands on, and continues. A key that has not come to its end continues with a line.
    fn enter(&mut self) -> FormEvent {
        if let Some(Field { key, input: Input::Secret(secret), .. }) = self.field_mut()
            && secret.is_open()
        {
            secret.paste("\n");
            return FormEvent::Changed(*key);
        }
        if let Some(Field { input: Input::Pick(pick), fault, .. }) = self.field_mut()
            && pick.marks.is_empty()
            && let Err(why) = pick.take()
        {
            *fault = Some(why);
            return FormEvent::Stay;
        }
        self.go(1)
    }

    fn go(&mut self, by: isize) -> FormEvent {
        let items = &self.here().fields;
        let mut stops: Vec<Focus> = (items.iter().enumerate())
            .filter(|(_, item)| item.locked.is_none())
            .map(|(at, _)| Focus::Field(at))
            .collect();
        stops.push(Focus::Next);
        // A form of one page has nowhere to go back to, and no button for it.
        if self.pages.len() > 1 {
            stops.push(Focus::Back);
        }
        let at = stops.iter().position(|stop| *stop == self.focus).unwrap_or(0);
        let to = at.cast_signed().saturating_add(by).rem_euclid(stops.len().cast_signed()).cast_unsigned();
        let to = stops[to];
        match self.left() {
            Ok(event) => {
                self.set_focus(to);
                event
            }
            Err(()) => FormEvent::Stay,
        }
    }

    /// Leaves the field for another page; where a picker's row cannot be taken it stays.
    fn leave_for(&mut self, event: FormEvent) -> FormEvent {
        match self.left() {
            Ok(_) => event,
            Err(()) => FormEvent::Stay,
        }
    }

    fn left(&mut self) -> Result<FormEvent, ()> {
        let Some(item) = self.field_mut() else { return Ok(FormEvent::Stay) };
        if let Input::Pick(pick) = &mut item.input
            && let Err(why) = pick.blur()
        {
            item.fault = Some(why);
            return Err(());
        }
        Ok(FormEvent::Left(item.key))
    }

    /// Moves the focus.
    pub fn set_focus(&mut self, to: Focus) {
        self.focus = to;
        if let Some(Field { input: Input::Pick(pick), .. }) = self.field_mut() {
            pick.focus();
        }
    }
}
