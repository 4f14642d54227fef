//! Every look that can be had on this terminal: the themes, which one is worn at first, and where another is written
//! down for good.

use crate::tui::theme::{BadTheme, Depth, Glyphs, Look, Surroundings, Theme, Themes};

/// See the module.
#[derive(Clone, Debug)]
pub struct Looks {
    /// The themes that can be chosen.
    pub themes: Themes,
    /// What the terminal shows.
    pub around: Surroundings,
    /// The name of the theme that is worn at first.
    pub worn: String,
    /// Files that could not be used.
    pub refused: Vec<BadTheme>,
    /// The config file, as it is told to a person.
    pub config: String,
}

impl Default for Looks {
    /// The built-in themes on a terminal with the usual sixteen colours.
    fn default() -> Self {
        let around = Surroundings { depth: Depth::Sixteen, glyphs: Glyphs::Unicode };
        let (themes, worn) = (Themes::built_in(), around.theme().to_owned());
        Self { themes, around, worn, refused: Vec::new(), config: String::new() }
    }
}

impl Looks {
    /// The look of a theme; where there is none of that name, that of the one which fits the terminal.
    pub fn look(&self, name: &str) -> Look {
        let theme = self.themes.get(name).or_else(|| self.themes.get(self.around.theme()));
        theme.map_or_else(|| Look::new(&Theme::default(), self.around), |theme| Look::new(theme, self.around))
    }
}
