//! What lies over the panes: a stack, the topmost of which hears the keys.
//!
//! An overlay takes a key and says what follows from it ([`Step`]); it never acts itself and knows no rows.

pub mod leave;
pub mod palette;
pub mod themes;
pub mod view;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::core::secret::SecretValue;
use crate::engine::view::ComingRow;
use crate::text::typed::When;
use crate::tui::acts::batch::{Target, Verb};
use crate::tui::acts::planned::{PlanBox, Planned};
use crate::tui::forms::connection::Connect;
use crate::tui::forms::rotation::Wizard;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::msg::Tone;
use crate::tui::overlays::palette::Palette;
use crate::tui::overlays::themes::Chooser;
use crate::tui::widgets::text_input::TextInput;

/// An overlay.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The keys of this place, and the rest.
    Help {
        /// The first line that is shown.
        scroll: usize,
    },
    /// Actions by name.
    Palette(Palette),
    /// A question, or a menu.
    Ask(Question),
    /// What an act would do, with or without the question whether to do it.
    Plan(PlanBox),
    /// A deletion, which wants the name typed.
    Delete(DeleteForm),
    /// A date that is being typed.
    Date(DateForm),
    /// What became of a batch, by its number.
    Batch {
        /// The batch.
        number: u64,
        /// The first item that is shown.
        scroll: usize,
    },
    /// What is coming; `None` until the engine told.
    Upcoming {
        /// The due times.
        rows: Option<Vec<ComingRow>>,
        /// The first that is shown.
        scroll: usize,
    },
    /// A value, for a while.
    Reveal(Reveal),
    /// An engine is being left behind.
    Leaving,
    /// The themes, one of which is tried on.
    Themes(Chooser),
    /// A rotation that is made or changed.
    Wizard(Box<Wizard>),
    /// A connection that is made or changed.
    Connect(Box<Connect>),
}

/// What follows from a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Nothing, or only something in the overlay.
    Stay,
    /// It closes.
    Close,
    /// It closes, and this is done.
    Then(Then),
}

/// What a choice leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// To nothing.
    Nothing,
    /// An action of the table.
    Do(Action),
    /// Acts on rows.
    Act(Vec<(Target, Verb)>),
    /// A date is asked for, until when these pause, or on which their old secrets go.
    Date(Dated, Vec<Target>),
    /// What an act would do is shown, and asked for.
    Plan(Planned, Vec<Target>),
    /// A text is copied: what it is, and the text.
    Copy(&'static str, String),
    /// The secret value of a row is shown for a while.
    Reveal(Uuid),
    /// The secret value of a row is copied, after a warning.
    CopyValue(Uuid),
    /// The secret value of a row is written into a private file.
    SaveValue(Uuid),
    /// A row is gone to.
    Go(Uuid),
    /// An action on the marked rows that are shown: those that a filter hides are left out.
    OnShown(Action),
    /// What the filter hides is shown again.
    ShowMarked,
    /// The marks are taken away.
    Unmark,
    /// What was planned is done in the way that cuts nobody off.
    Safely(Planned, Vec<(Target, Verb, bool)>),
    /// A theme is kept.
    ApplyTheme(String),
    /// The draft of a rotation is gone on with.
    Draft,
    /// A rotation is begun anew.
    Fresh,
    /// An engine is left behind, then the end.
    LeaveBehind,
    /// The end.
    Quit,
}

/// A question with its answers: in a row for few words, as a menu for many.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What it is about.
    pub title: String,
    /// What there is to know first.
    pub text: Vec<(Tone, String)>,
    /// The answers.
    pub choices: Vec<Choice>,
    /// The one that Enter takes.
    pub at: usize,
    /// Answers below each other.
    pub menu: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its key.
    pub key: char,
    /// What it says.
    pub label: String,
    /// What it leads to.
    pub then: Then,
    /// Why it cannot be chosen.
    pub obstacle: Option<String>,
}

impl Choice {
    /// An answer that can be chosen.
    pub fn new(key: char, label: impl Into<String>, then: Then) -> Self {
        Self { key, label: label.into(), then, obstacle: None }
    }

    /// The same, but not where there is an obstacle.
    #[must_use]
    pub fn unless(self, obstacle: Option<String>) -> Self {
        Self { obstacle, ..self }
    }
}

impl Question {
    /// Something to be read and put away.
    pub fn note(title: impl Into<String>, text: Vec<(Tone, String)>) -> Self {
        Self { title: title.into(), text, choices: vec![Choice::new('q', "Close", Then::Nothing)], at: 0, menu: false }
    }

    /// Whether it asks nothing.
    pub fn is_note(&self) -> bool {
        matches!(self.choices.as_slice(), [only] if only.then == Then::Nothing)
    }

    fn key(&mut self, key: Key) -> Step {
        let last = self.choices.len().saturating_sub(1);
        let chosen = match (key.code, key.typed()) {
            (Code::Enter, _) => Some(self.at),
            (Code::Up | Code::Left | Code::BackTab, _) => {
                self.at = self.at.checked_sub(1).unwrap_or(last);
                None
            }
            (Code::Down | Code::Right | Code::Tab, _) => {
                self.at = if self.at >= last { 0 } else { self.at + 1 };
                None
            }
            (_, Some(typed)) => {
                let found = self.choices.iter().position(|choice| choice.key == typed);
                if found.is_none() {
                    match typed {
                        // Yes to what is asked, whatever key it has of its own.
                        'y' if self.choices.iter().any(|choice| choice.then == Then::Quit) => {
                            return Step::Then(Then::Quit);
                        }
                        'n' | 'q' => return Step::Close,
                        'j' => self.at = (self.at + 1).min(last),
                        'k' => self.at = self.at.saturating_sub(1),
                        _ => {}
                    }
                }
                found
            }
            _ => None,
        };
        match chosen.and_then(|index| self.choices.get(index)) {
            Some(choice) if choice.obstacle.is_none() => match choice.then.clone() {
                Then::Nothing => Step::Close,
                then => Step::Then(then),
            },
            _ => Step::Stay,
        }
    }
}

/// A deletion, before it is asked for.
#[derive(Clone, Debug)]
pub struct DeleteForm {
    /// What is deleted.
    pub target: Target,
    /// Whether it is a connection: those have no switches.
    pub connection: bool,
    /// The name, as far as it is typed.
    pub typed: TextInput,
    /// The mapped secrets go too.
    pub secrets: bool,
    /// The Okta secrets go too.
    pub revoke: bool,
    /// Nothing is settled at Okta; `None` where that is not offered.
    pub force: Option<bool>,
    /// The old secret whose successor no consumer has fetched: its id, and the version of that.
    pub unread: Option<(String, u32)>,
    /// Which part hears the keys: 0 the name, 1, 2 and 5 the switches, 3 Cancel, 4 Delete.
    pub at: usize,
}

impl DeleteForm {
    /// Nothing typed, all switches off. One is only there for a deletion that is stuck.
    pub fn new(target: Target, connection: bool, stuck: bool) -> Self {
        let force = stuck.then_some(false);
        let typed = TextInput::default();
        Self { target, connection, typed, secrets: false, revoke: false, force, unread: None, at: 0 }
    }

    /// Whether the name stands there.
    pub fn matches(&self) -> bool {
        self.typed.text().trim() == self.target.name
    }

    fn key(&mut self, key: Key) -> Step {
        let parts: &[usize] = match (self.connection, self.force) {
            (true, _) => &[0, 3, 4],
            (false, None) => &[0, 1, 2, 3, 4],
            (false, Some(_)) => &[0, 1, 2, 5, 3, 4],
        };
        let place = parts.iter().position(|part| *part == self.at).unwrap_or(0);
        match key.code {
            Code::BackTab | Code::Up => self.at = parts[(place + parts.len() - 1) % parts.len()],
            Code::Enter if self.at == 3 => return Step::Close,
            Code::Enter if self.at == 4 && self.matches() => {
                let verb = if self.connection {
                    Verb::DeleteConnection
                } else {
                    Verb::Delete { secrets: self.secrets, revoke: self.revoke, force: self.force == Some(true) }
                };
                return Step::Then(Then::Act(vec![(self.target.clone(), verb)]));
            }
            Code::Tab | Code::Down | Code::Enter => self.at = parts[(place + 1) % parts.len()],
            Code::Char(' ') if self.at == 1 => self.secrets = !self.secrets || self.revoke,
            Code::Char(' ') if self.at == 2 => {
                self.revoke = !self.revoke;
                // The values that Okta refuses from then on are of no use under their names.
                self.secrets |= self.revoke;
                self.force = self.force.map(|force| force && !self.revoke);
            }
            Code::Char(' ') if self.at == 5 => {
                self.force = self.force.map(|force| !force);
                // What is left at Okta as it is cannot be revoked.
                self.revoke &= self.force != Some(true);
            }
            _ if self.at == 0 => drop(self.typed.key(key)),
            _ => {}
        }
        Step::Stay
    }
}

/// What a date is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    /// Paused until then.
    Pause,
    /// The old secret is switched off then.
    Retire,
}

/// A date and a time that are being typed.
#[derive(Clone, Debug)]
pub struct DateForm {
    /// What for.
    pub what: Dated,
    /// For whom.
    pub targets: Vec<Target>,
    /// What is typed.
    pub field: TextInput,
    /// What is wrong with it.
    pub fault: Option<String>,
}

impl DateForm {
    /// The instant that is typed, which is to come.
    pub fn read(&self, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
        let at = self.field.text().parse::<When>()?.ahead(now, zone);
        if at <= now {
            return Err("that is in the past".into());
        }
        // Ten years: more is a mistyped date.
        if at > now + Duration::days(3_650) { Err("that is more than ten years away".into()) } else { Ok(at) }
    }
}

/// A value, for a while.
#[derive(Clone, Debug)]
pub struct Reveal {
    /// Its number, which its timer has.
    pub number: u64,
    /// Whose.
    pub name: String,
    /// What: the name that it is published under, and its version.
    pub what: String,
    /// The value.
    pub value: SecretValue,
    /// When it is hidden again.
    pub until: DateTime<Utc>,
}

impl Overlay {
    /// Takes a key. Esc and its twins close every overlay.
    pub fn key(&mut self, key: Key) -> Step {
        if matches!(self, Self::Leaving) {
            // What was begun is finished outside: only the screen can be left sooner. Esc leads back, and here is nothing
            // to go back to.
            let hurries = key == Key::ctrl('c') || key == Key::char('q');
            return if hurries { Step::Then(Then::Quit) } else { Step::Stay };
        }
        if key.leaves() {
            return Step::Close;
        }
        match self {
            Self::Palette(palette) => palette.key(key),
            Self::Ask(question) => question.key(key),
            Self::Plan(plan) => plan.key(key),
            Self::Delete(form) => form.key(key),
            Self::Date(form) => {
                form.field.key(key);
                form.fault = None;
                Step::Stay
            }
            Self::Help { scroll: at } | Self::Batch { scroll: at, .. } | Self::Upcoming { scroll: at, .. } => {
                if matches!(key.code, Code::Enter | Code::Char('q' | '?')) {
                    return Step::Close;
                }
                scroll(at, key);
                Step::Stay
            }
            Self::Reveal(_) | Self::Leaving => Step::Close,
            Self::Themes(chooser) => chooser.key(key),
            // Their keys are taken where their effects are had: see `react`.
            Self::Wizard(_) | Self::Connect(_) => Step::Stay,
        }
    }

    /// Takes what was pasted, where it has a field.
    pub fn paste(&mut self, text: &str) {
        match self {
            Self::Palette(palette) => palette.paste(text),
            Self::Date(form) => form.field.paste(text),
            Self::Delete(form) if form.at == 0 => form.typed.paste(text),
            Self::Plan(plan) if plan.wanted().is_some() => plan.typed.paste(text),
            _ => {}
        }
    }
}

/// Scrolls a text. How far it may go is known where it is drawn, and held there.
pub fn scroll(at: &mut usize, key: Key) {
    *at = match (key.code, key.ctrl) {
        (Code::Down | Code::Char('j'), false) => *at + 1,
        (Code::Up | Code::Char('k'), false) => at.saturating_sub(1),
        (Code::PageDown, _) | (Code::Char('d' | 'f'), true) => *at + 10,
        (Code::PageUp, _) | (Code::Char('u'), true) => at.saturating_sub(10),
        (Code::Home | Code::Char('g'), false) => 0,
        (Code::End | Code::Char('G'), false) => usize::MAX / 2,
        _ => *at,
    };
}
