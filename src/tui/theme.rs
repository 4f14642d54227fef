//! How things look: roles become styles, glyphs become text. The one place that names colours.
//!
//! A view asks for what a thing *is* ([`Role`], [`Glyph`]) and never for a colour. What the terminal can show is found
//! out from the environment once, by [`TerminalCaps::of`]; nothing here asks the terminal, and nothing here draws.

mod file;
mod set;
mod setup;

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use crate::core::history::Outcome;
use crate::core::state::State;

mod depth;
mod glyphs;
mod role;

pub use crate::tui::theme::depth::Depth;
pub use crate::tui::theme::file::{BadTheme, Theme};
pub use crate::tui::theme::glyphs::{Glyph, Glyphs};
pub use crate::tui::theme::set::{Origin, Themes};
pub use crate::tui::theme::setup::Looks;
pub use role::{Role, Tone};

/// The theme where none is chosen.
pub const DEFAULT_THEME: &str = "dark";

/// The theme where the terminal shows no colours and none is chosen.
pub const COLOURLESS_THEME: &str = "mono";

/// What the environment says about the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalCaps {
    /// How many colours it shows.
    pub depth: Depth,
    /// Which signs it shows.
    pub glyphs: Glyphs,
}

impl TerminalCaps {
    /// From the environment, looked up by `env`. The signs are those that someone asked for, whatever the locale.
    pub fn of(env: &dyn Fn(&str) -> Option<String>, glyphs: Option<Glyphs>) -> Self {
        Self { depth: Depth::of(env), glyphs: glyphs.unwrap_or_else(|| Glyphs::of(env)) }
    }

    /// The name of the theme that fits where no one chose one.
    pub fn theme(&self) -> &'static str {
        if self.depth == Depth::None { COLOURLESS_THEME } else { DEFAULT_THEME }
    }
}

/// A theme as this terminal shows it: resolved once, asked for every cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    theme: String,
    styles: Vec<Style>,
    caps: TerminalCaps,
}

impl Look {
    /// Resolves a theme for a terminal.
    ///
    /// Whatever the theme says, the row under the cursor and the focused border stay visible: where taking colours away
    /// (or the theme itself) made them look like the rest, they are reversed, or bold.
    pub fn new(theme: &Theme, caps: TerminalCaps) -> Self {
        let mut styles: Vec<Style> = Role::ALL.iter().map(|role| caps.depth.style(theme.style(*role))).collect();
        let mut fix = |role: Role, plain: Role, modifier: Modifier| {
            if styles[role as usize] == styles[plain as usize] {
                styles[role as usize] = styles[role as usize].add_modifier(modifier);
            }
        };
        fix(Role::Selected, Role::Text, Modifier::REVERSED);
        fix(Role::SelectedAway, Role::Text, Modifier::UNDERLINED);
        fix(Role::BorderFocused, Role::Border, Modifier::BOLD);
        fix(Role::Match, Role::Text, Modifier::UNDERLINED);
        Self { theme: theme.name().to_owned(), styles, caps }
    }

    /// The theme's name.
    pub fn theme(&self) -> &str {
        &self.theme
    }

    /// How a thing of this kind is drawn. Parts that a theme leaves open keep what is drawn underneath.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// A sign.
    pub fn glyph(&self, glyph: Glyph) -> &'static str {
        self.caps.glyphs.text(glyph)
    }

    /// Which set of signs is in use.
    pub fn glyphs(&self) -> Glyphs {
        self.caps.glyphs
    }

    /// Whether anything is shown in a colour.
    pub fn has_colours(&self) -> bool {
        self.caps.depth != Depth::None
    }

    /// How a state is drawn.
    pub fn state(&self, state: State) -> Style {
        self.style(state.into())
    }

    /// The sign of a state: the same in both sets, and different for each.
    pub fn sign(&self, state: State) -> &'static str {
        match state {
            State::Attention => "!",
            State::Failing => "x",
            State::Waiting => "?",
            State::Rotating => ">",
            State::Due => "~",
            State::Ok => ".",
            State::Paused => "=",
        }
    }

    /// How an outcome is drawn, and its sign.
    pub fn outcome(&self, outcome: Outcome) -> (Style, &'static str) {
        let state = match outcome {
            Outcome::Success => State::Ok,
            Outcome::Failed => State::Failing,
            Outcome::Running => State::Rotating,
            Outcome::Attention => State::Attention,
        };
        (self.state(state), self.sign(state))
    }

    /// The last thing done to a frame: where the terminal shows only ASCII, nothing else is sent to it, so that a label
    /// in another script costs its own letters and not the alignment of the row.
    pub fn finish(&self, buffer: &mut Buffer) {
        if self.glyphs() == Glyphs::Unicode {
            return;
        }
        for cell in &mut buffer.content {
            if cell.symbol().is_ascii() {
                continue;
            }
            // A sign in a sentence stays what it says.
            let sign = Glyph::ALL.iter().find(|glyph| Glyphs::Unicode.text(**glyph) == cell.symbol());
            let unknown = if cell.symbol().width() > 1 { "??" } else { "?" };
            cell.set_symbol(sign.map_or(unknown, |sign| self.glyph(*sign)));
        }
    }
}

#[cfg(test)]
mod tests;
