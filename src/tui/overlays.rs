//! What lies over the panes: a stack, the topmost of which hears the keys.
//!
//! An overlay takes a key and says what follows from it ([`Step`]); it never acts itself and knows no rows.

pub mod date;
pub mod delete;
pub mod leave;
pub mod palette;
pub mod question;
pub mod seen;
pub mod targets;
pub mod themes;
pub mod view;

use date::DateForm;
use delete::DeleteForm;
use palette::Palette;
use question::{Question, Step, Then};
use targets::Targets;
use themes::Chooser;

use crate::engine::view::ComingRow;
use crate::tui::acts::copy::Reveal;
use crate::tui::acts::plan_box::PlanBox;
use crate::tui::forms::connection::Connect;
use crate::tui::forms::rotation::wizard::Wizard;
use crate::tui::forms::target::TargetForm;
use crate::tui::keys::key::{Code, Key};
use crate::tui::widgets::scroll::scroll;

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
    /// What is coming; `None` until the engine has answered.
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
    /// The targets of a rotation, or one of them.
    Targets(Targets),
    /// A target that is made or changed.
    TargetForm(Box<TargetForm>),
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
            // Their keys are taken where their effects are had: see [`crate::tui::filling`] and [`crate::tui::target_acts`].
            Self::Wizard(_) | Self::Connect(_) | Self::Targets(_) | Self::TargetForm(_) => Step::Stay,
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
