//! Every look that can be had on this terminal: the themes, which one is active at first, and where another is written
//! down for good.

use crate::tui::theme::{BadTheme, Depth, Glyphs, Look, TerminalCaps, Theme, Themes};

/// The themes, and which of them is active at first.
#[derive(Clone, Debug)]
pub struct Looks {
    /// The themes that can be chosen.
    pub themes: Themes,
    /// What the terminal shows.
    pub caps: TerminalCaps,
    /// The name of the theme that is active at first.
    pub active: String,
    /// Files that could not be used.
    pub refused: Vec<BadTheme>,
    /// The config file, as it is named to an operator.
    pub config: String,
}

impl Default for Looks {
    /// The built-in themes on a terminal with the usual sixteen colours.
    fn default() -> Self {
        let caps = TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Unicode };
        let (themes, active) = (Themes::built_in(), caps.theme().to_owned());
        Self { themes, caps, active, refused: Vec::new(), config: String::new() }
    }
}

impl Looks {
    /// The look of a theme; where there is none of that name, that of the one which fits the terminal.
    pub fn look(&self, name: &str) -> Look {
        let theme = self.themes.get(name).or_else(|| self.themes.get(self.caps.theme()));
        theme.map_or_else(|| Look::new(&Theme::default(), self.caps), |theme| Look::new(theme, self.caps))
    }
}
