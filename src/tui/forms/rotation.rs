//! The wizard: a rotation is made or changed in five steps, none of which acts before the last.
//!
//! It is pure like the rest of [`super`]: what it wants is in its effects, and answers come with the number of the wizard
//! that asked. What a field may hold is the engine's rule; it is asked for here as well, so that a fault is told while it
//! is typed.

pub mod view;

pub mod apps;
mod check;
pub mod edit;
mod fields;
mod keys;
mod many;
pub mod order;
#[cfg(test)]
mod tests;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::engine::events::Event;
use crate::engine::refusal::Refusal;
use crate::engine::request::Request;
use crate::engine::view::{AppRow, RotationView};
use crate::tui::forms::form::{Form, Page};
use crate::tui::forms::rotation::order::Order;
use crate::tui::keys::action::Action;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose, Tone};
use crate::tui::overlays::{Choice, Overlay, Question, Then};
use crate::tui::panes::Pane;

pub use crate::tui::forms::rotation::keys::{can_ask_again, obstacle, on_key, on_line_end, on_paste};
pub use crate::tui::forms::rotation::order::answered;

/// The steps, in order.
pub const BEHAVIOUR: usize = 0;
/// The app, or several.
pub const APPLICATION: usize = 1;
/// Where consumers read.
pub const NAMES: usize = 2;
/// What the rotation is called.
pub const DETAILS: usize = 3;
/// Everything once more.
pub const REVIEW: usize = 4;

/// What a call of the wizard is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A page of the apps of a connection.
    Apps(Uuid),
    /// One app with its secrets.
    App(String),
    /// What an order would do, by the review that asks and its place there.
    Plan(u64, usize),
    /// An order, done.
    Make(usize),
    /// A rotation, changed.
    Save,
    /// How it would be, by the change that is asked about.
    Ahead(u64),
}

/// What a new rotation has where nobody says otherwise, as the config has it.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The time zone, by its IANA name; the reader's where absent.
    pub time_zone: Option<String>,
    /// The environment.
    pub environment: String,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { time_zone: None, environment: "prod".into() }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Fields are filled in, or the review is read.
    Filling,
    /// It is being made.
    Working,
    /// What came of it is read.
    Done,
}

/// A rotation, or several, while they are made or changed.
#[derive(Clone, Debug)]
pub struct Wizard {
    /// Its number: answers for another are late.
    pub number: u64,
    /// What is typed.
    pub form: Form,
    /// The rotation that is changed; a new one where absent.
    pub edits: Option<Box<RotationView>>,
    /// How far it is.
    pub stage: Stage,
    /// What is to be made, from the review on.
    pub orders: Vec<Order>,
    /// Why the change was not saved.
    pub refusal: Option<Refusal>,
    /// What is asked of the engine about a change while it is typed.
    ahead: edit::Ahead,
    /// The first line of the review that is shown.
    pub scroll: usize,
    /// The end of the review was on the screen, as it is now.
    pub read: bool,
    /// The review that is read: what an earlier one asked for is of other orders.
    round: u64,
    /// The connection whose apps fill the picker.
    apps_of: Option<Uuid>,
    /// Apps that were looked at, with their secrets.
    looked: BTreeMap<String, Result<AppRow, Refusal>>,
    /// The app that is being looked at.
    looking: Option<String>,
    /// The apps whose method has to be named, as Okta does not show it.
    unnamed: BTreeSet<String>,
    /// Since when it is being made.
    began: DateTime<Utc>,
    /// Somebody wants to go on once the app was looked at.
    hurries: bool,
    /// When the app was looked at: its secrets' ages are told as of then.
    seen_at: Option<DateTime<Utc>>,
    /// The fields that somebody has typed into: the others follow what they depend on.
    touched: BTreeSet<&'static str>,
}

impl Wizard {
    /// For a new rotation.
    pub fn new(model: &Model, number: u64) -> Self {
        Self::of(number, fields::pages(model, None), None)
    }

    fn of(number: u64, pages: Vec<Page>, edits: Option<Box<RotationView>>) -> Self {
        Self {
            number,
            form: Form::new(pages),
            edits,
            stage: Stage::Filling,
            orders: Vec::new(),
            refusal: None,
            ahead: edit::Ahead::default(),
            scroll: 0,
            read: false,
            round: 0,
            apps_of: None,
            looked: BTreeMap::new(),
            looking: None,
            unnamed: BTreeSet::new(),
            began: DateTime::UNIX_EPOCH,
            hurries: false,
            seen_at: None,
            touched: BTreeSet::new(),
        }
    }

    /// The connection that was chosen.
    pub fn connection(&self) -> Option<Uuid> {
        self.form.typed("connectionId").parse().ok()
    }

    /// The apps that were chosen, by their ids or as they were typed.
    pub fn apps(&self) -> Vec<String> {
        match self.form.pick("parameters.clientId") {
            Some(pick) if !pick.marks.is_empty() => {
                let marked = pick.rows().iter().filter(|row| pick.marks.contains(&row.key));
                marked.map(|row| row.key.clone()).collect()
            }
            Some(pick) => pick.chosen.clone().into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// How many were chosen. Cheaper than to name them, and asked for with every frame.
    pub fn count(&self) -> usize {
        self.form.pick("parameters.clientId").map_or(0, |pick| match pick.marks.len() {
            0 => usize::from(pick.chosen.is_some()),
            marked => marked,
        })
    }

    /// The app that was chosen, where it is one.
    pub fn single(&self) -> Option<&str> {
        let pick = self.form.pick("parameters.clientId")?;
        match pick.marks.len() {
            0 => pick.chosen.as_deref(),
            1 => pick.marks.first().map(String::as_str),
            _ => None,
        }
    }

    /// Whether several apps are to be rotated in the same way.
    pub fn is_many(&self) -> bool {
        self.count() > 1
    }

    /// The label of the app, as far as it is known.
    pub fn label(&self) -> String {
        let pick = self.form.pick("parameters.clientId");
        let row = pick.and_then(|pick| pick.taken());
        let looked = self.app().map(|app| app.label.clone());
        looked.or(row.map(|row| row.name.clone())).unwrap_or_default()
    }

    /// The app that was chosen, where it was looked at.
    pub fn app(&self) -> Option<&AppRow> {
        self.looked.get(self.single()?)?.as_ref().ok()
    }

    /// What came of looking at an app.
    pub fn look_at(&self, app: &str) -> Option<&Result<AppRow, Refusal>> {
        self.looked.get(app)
    }

    /// Whether the method of an app has to be named, as Okta does not show it.
    pub fn needs_method(&self, app: &str) -> bool {
        self.unnamed.contains(app)
    }

    /// How long the rest of several takes, by what those before took; unknown before a few are done.
    pub fn left(&self, now: DateTime<Utc>) -> Option<Duration> {
        let done = i32::try_from(self.orders.iter().filter(|order| order.outcome.is_some()).count()).ok()?;
        let open = i32::try_from(self.orders.iter().filter(|order| order.is_open()).count()).ok()?;
        (done >= 4).then(|| (now - self.began) / done * open)
    }

    fn call(&self, wanted: Wanted, request: Request) -> Effect {
        Effect::call(Purpose::Wizard(self.number, wanted), request)
    }

    /// Hears what the engine tells: the steps of what is being made.
    pub fn hear(&mut self, event: &Event) {
        for order in self.orders.iter_mut().filter(|order| order.is_under_way()) {
            if event.rotation.as_deref() == Some(order.body.name.as_str()) {
                order.steps.push((event.level, event.message()));
            }
        }
    }

    /// What is kept of it when it is left: everything but what is secret.
    fn draft(mut self) -> Self {
        for item in self.form.pages.iter_mut().flat_map(|page| &mut page.items) {
            if let crate::tui::forms::form::input::Input::Secret(secret) = &mut item.input {
                secret.clear();
            }
        }
        self.orders.clear();
        self
    }
}

/// Opens one for a new rotation, or asks whether to go on with the one that was left.
pub fn open(model: &mut Model) -> Vec<Effect> {
    if model.draft.is_none() {
        return begin(model);
    }
    let text = vec![(Tone::Plain, "A rotation was begun and left. Nothing of it was saved, here or at Okta.".into())];
    let choices = vec![
        Choice::new('c', "Continue draft", Then::Draft),
        Choice::new('n', "Begin anew", Then::Fresh),
        Choice::new('q', "Neither", Then::Nothing),
    ];
    model.overlays.push(Overlay::Ask(Question { title: "New rotation".into(), text, choices, at: 0, menu: false }));
    Vec::new()
}

/// Opens an empty one.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    model.draft = None;
    let number = model.number();
    let wizard = Wizard::new(model, number);
    // Without a connection there is nothing to choose from: that comes first.
    let first = model.rows.connections.is_empty();
    model.overlays.push(Overlay::Wizard(Box::new(wizard)));
    if first { crate::tui::forms::connection::open(model) } else { Vec::new() }
}

/// Goes on with the one that was left.
pub fn go_on(model: &mut Model) -> Vec<Effect> {
    let Some(mut wizard) = model.draft.take() else { return begin(model) };
    wizard.number = model.number();
    fields::connections(&mut wizard, model);
    // Its list of apps may have been left in the middle, and nobody waits for what was asked about one.
    (wizard.apps_of, wizard.looking, wizard.hurries) = (None, None, false);
    let effects = apps::load(&mut wizard, model);
    if wizard.form.page == REVIEW {
        // What it showed is made anew from what was typed.
        wizard.form.open(DETAILS);
    }
    model.overlays.push(Overlay::Wizard(wizard));
    effects
}

/// A connection was made while the wizard waited for it: it is the one that is meant.
pub fn connected(model: &mut Model, id: Uuid) -> Vec<Effect> {
    let Some(at) = model.overlays.iter().rposition(|overlay| matches!(overlay, Overlay::Wizard(_))) else {
        return Vec::new();
    };
    let Overlay::Wizard(mut wizard) = model.overlays.remove(at) else { return Vec::new() };
    fields::connections(&mut wizard, model);
    if let Some(pick) = wizard.form.pick_mut("connectionId") {
        pick.chosen = Some(id.to_string());
        pick.focus();
    }
    wizard.form.fault("connectionId", None);
    let effects = apps::load(&mut wizard, model);
    model.overlays.insert(at, Overlay::Wizard(wizard));
    effects
}

/// Opens the rotation under the cursor, to be changed.
pub fn edit(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.rotation().cloned() else { return Vec::new() };
    let number = model.number();
    let wizard = Wizard::of(number, fields::pages(model, Some(&row)), Some(Box::new(row)));
    model.overlays.push(Overlay::Wizard(Box::new(wizard)));
    Vec::new()
}

/// Puts it away. What was typed for a new rotation is kept for the session.
fn leave(model: &mut Model, wizard: Box<Wizard>) -> Vec<Effect> {
    match wizard.stage {
        Stage::Filling if wizard.edits.is_none() && !wizard.touched.is_empty() => {
            model.draft = Some(Box::new(wizard.draft()));
            let new = model.bindings.way_to(Action::New);
            vec![model.toast(Tone::Dim, format!("left; {new} goes on with what was typed (secrets are not kept)"))]
        }
        Stage::Working => vec![model.toast(Tone::Dim, "it goes on without being watched; the log tells")],
        _ => {
            let made = wizard.orders.iter().find_map(|order| Some(order.made()?.id));
            if let Some(id) = made.filter(|id| model.rows.rotations.contains_key(id)) {
                (model.focus, model.list, model.stale) = (Pane::Rotations, Pane::Rotations, true);
                model.rotations.jump(id);
            }
            Vec::new()
        }
    }
}
