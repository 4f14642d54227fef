//! A rotation, or several, while they are made or changed: what is known of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::ahead::Ahead;
use super::delivery::Delivery;
use super::field;
use super::order::Order;
use super::wanted::Wanted;
use crate::engine::events::Event;
use crate::engine::refusal::Refusal;
use crate::engine::request::{MappingBody, Request};
use crate::engine::view::{AppRow, RotationView};
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{FieldKey, Form, Page};
use crate::tui::forms::target::TargetForm;
use crate::tui::msg::{Effect, Purpose};

/// The steps, in order.
pub const BEHAVIOUR: usize = 0;

/// The app, or several.
pub const APPLICATION: usize = 1;

/// Where consumers read.
pub const NAMES: usize = 2;

/// What the rotation is called.
pub const DETAILS: usize = 3;

/// Where it is delivered to: of a single new one, and not needed.
pub const DELIVER: usize = 4;

/// Everything once more.
pub const REVIEW: usize = 5;

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
    /// The target that is asked for with a new one.
    pub target: Option<Box<TargetForm>>,
    /// What becomes of that.
    pub delivery: Delivery,
    /// The rotation that is changed; a new one where absent.
    pub edits: Option<Box<RotationView>>,
    /// How far it is.
    pub stage: Stage,
    /// What is to be made, from the review on.
    pub orders: Vec<Order>,
    /// Why the change was not saved.
    pub refusal: Option<Refusal>,
    /// What is asked of the engine about a change while it is typed.
    pub ahead: Ahead,
    /// The first line of the review that is shown.
    pub scroll: usize,
    /// The end of the review was on the screen, as it is now.
    pub read: bool,
    /// The review that is read: what an earlier one asked for is of other orders.
    pub round: u64,
    /// The connection whose apps fill the picker.
    pub apps_of: Option<Uuid>,
    /// Apps that were looked at, with their secrets.
    pub looked: BTreeMap<String, Result<AppRow, Refusal>>,
    /// The app that is being looked at.
    pub looking: Option<String>,
    /// The apps whose method has to be named, as Okta does not show it.
    pub unnamed: BTreeSet<String>,
    /// Since when it is being made.
    pub began: DateTime<Utc>,
    /// Someone wants to continue once the app was looked at.
    pub hurries: bool,
    /// When the app was looked at: its secrets' ages are shown as of then.
    pub seen_at: Option<DateTime<Utc>>,
    /// The fields that someone has typed into: the others follow what they depend on.
    pub touched: BTreeSet<FieldKey>,
}

impl Wizard {
    /// With these pages.
    pub fn of(number: u64, pages: Vec<Page>, edits: Option<Box<RotationView>>) -> Self {
        Self {
            number,
            form: Form::new(pages),
            target: None,
            delivery: Delivery::default(),
            edits,
            stage: Stage::Filling,
            orders: Vec::new(),
            refusal: None,
            ahead: Ahead::default(),
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
        self.form.typed(field::CONNECTION).parse().ok()
    }

    /// The apps that were chosen, by their ids or as they were typed.
    pub fn apps(&self) -> Vec<String> {
        match self.form.pick(field::APP) {
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
        self.form.pick(field::APP).map_or(0, |pick| match pick.marks.len() {
            0 => usize::from(pick.chosen.is_some()),
            marked => marked,
        })
    }

    /// The app that was chosen, where it is one.
    pub fn single(&self) -> Option<&str> {
        let pick = self.form.pick(field::APP)?;
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
        let pick = self.form.pick(field::APP);
        let row = pick.and_then(|pick| pick.taken());
        let looked = self.app().map(|app| app.label.clone());
        looked.or(row.map(|row| row.name.clone())).unwrap_or_default()
    }

    /// The app that was chosen, where it was looked at.
    pub fn app(&self) -> Option<&AppRow> {
        self.looked.get(self.single()?)?.as_ref().ok()
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

    /// A call whose answer comes back to it.
    pub fn call(&self, wanted: Wanted, request: Request) -> Effect {
        Effect::call(Purpose::Wizard(self.number, wanted), request)
    }

    /// Takes in what the engine reports: the steps of what is being made.
    pub fn hear(&mut self, event: &Event) {
        for order in self.orders.iter_mut().filter(|order| order.is_under_way()) {
            if event.rotation.as_deref() == Some(order.body.name.as_str()) {
                order.steps.push((event.level, event.say()));
            }
        }
    }

    /// What is kept of it when it is left: everything but what is secret.
    pub fn draft(mut self) -> Self {
        for item in self.form.pages.iter_mut().flat_map(|page| &mut page.fields) {
            if let Input::Secret(secret) = &mut item.input {
                secret.clear();
            }
        }
        self.orders.clear();
        self
    }

    /// The two names as they were typed.
    pub fn mapping(&self) -> MappingBody {
        MappingBody {
            client_id: self.form.typed(field::CLIENT_ID_NAME).into(),
            client_secret: self.form.typed(field::CLIENT_SECRET_NAME).into(),
        }
    }
}
