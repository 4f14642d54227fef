//! Themes: files that say how each role looks.
//!
//! ```toml
//! inherits = "dark"          # a built-in theme to start from; optional
//!
//! [palette]                  # names for colours; optional
//! accent = "#7aa2f7"
//!
//! [roles]
//! key = "bold accent"
//! banner = "bold white on red"
//! ```
//!
//! A style is words in any order: a colour, `on` and a colour, `bold`, `dim`, `italic`, `underlined`, `reversed`. A colour
//! is a name of the palette, one of the terminal's sixteen, a number of the 256, or `#rrggbb`. A broken file is refused
//! whole, with the line and the reason; it never changes a theme that is there.

use std::collections::BTreeMap;

use ratatui::style::{Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use super::role::Role;
use crate::text::sanitize;

mod words;

/// The themes that come with the program, in the order in which they are offered.
pub(super) const BUILT_IN: [(&str, &str); 4] = [
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// As many characters of a reason, and of a name, are shown.
const LONGEST_REASON: usize = 160;
const LONGEST_NAME: usize = 64;

/// A theme file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("theme {theme}{}: {reason}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct BadTheme {
    /// The theme's name.
    pub theme: String,
    /// The line at fault, from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong with it.
    pub reason: String,
}

impl BadTheme {
    /// What a file says about itself is quoted in the reason: made harmless, and no longer than can be read.
    pub(super) fn new(theme: &str, line: Option<usize>, reason: &str) -> Self {
        let reason = sanitize(reason, LONGEST_REASON).replace("\\u{a}", "; ");
        Self { theme: sanitize(theme, LONGEST_NAME), line, reason }
    }
}

/// A theme: the styles that its file gives. The default one gives none, and is plain text with a cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Theme {
    name: String,
    styles: BTreeMap<&'static str, Style>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    palette: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<Spanned<String>, Spanned<String>>,
}

impl Theme {
    /// Reads a theme.
    pub fn parse(name: &str, text: &str) -> Result<Self, BadTheme> {
        let bad = |at: usize, reason: String| BadTheme::new(name, Some(line_of(text, at)), &reason);
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_of(text, span.start));
            BadTheme::new(name, line, error.message().trim())
        })?;
        let mut styles = match &file.inherits {
            Some(base) => built_in(base.get_ref()).ok_or_else(|| {
                let known = BUILT_IN.map(|(name, _)| name).join(", ");
                bad(
                    base.span().start,
                    format!("inherits {:?}, which is not built in; there are {known}", base.get_ref()),
                )
            })?,
            None => BTreeMap::new(),
        };
        let mut palette = BTreeMap::new();
        for (key, value) in &file.palette {
            if words::is_taken(key.get_ref()) {
                return Err(bad(key.span().start, format!("{:?} already means something", key.get_ref())));
            }
            let color = words::color(value.get_ref(), &BTreeMap::new());
            palette.insert(key.get_ref().clone(), color.map_err(|reason| bad(value.span().start, reason))?);
        }
        for (key, value) in &file.roles {
            let role = Role::ALL.iter().find(|role| role.name() == key.get_ref());
            let role = role.ok_or_else(|| bad(key.span().start, unknown(key.get_ref())))?;
            let style = words::style(value.get_ref(), &palette);
            styles.insert(role.name(), style.map_err(|reason| bad(value.span().start, reason))?);
        }
        Ok(Self { name: name.into(), styles })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the theme itself says how a role looks.
    pub fn names(&self, role: Role) -> bool {
        self.styles.contains_key(role.name())
    }

    /// How a role looks: as the theme says, else as its fallback does.
    pub fn style(&self, role: Role) -> Style {
        let mut next = Some(role);
        while let Some(role) = next {
            if let Some(style) = self.styles.get(role.name()) {
                return *style;
            }
            next = role.fallback();
        }
        match role {
            Role::Selected => Style::new().add_modifier(Modifier::REVERSED),
            _ => Style::new(),
        }
    }
}

fn built_in(name: &str) -> Option<BTreeMap<&'static str, Style>> {
    let (name, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    // A built-in theme inherits from none, so this goes one deep. That each is sound is tested.
    Theme::parse(name, text).ok().map(|theme| theme.styles)
}

fn unknown(key: &str) -> String {
    let near = Role::ALL.iter().map(|role| role.name()).max_by(|a, b| {
        let like = |name: &str| strsim::jaro_winkler(name, key);
        like(a).total_cmp(&like(b))
    });
    match near.filter(|near| strsim::jaro_winkler(near, key) > 0.8) {
        Some(near) => format!("there is no role {key:?}; did you mean {near:?}?"),
        None => format!("there is no role {key:?}"),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
