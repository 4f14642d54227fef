//! How the terminal UI looks: the config file's words, the user's own themes, and what the environment says.
//!
//! A theme that was chosen on the screen is used at the next start too: see [`chosen`].
//!
//! A name in the config that no theme has, and a theme file that is broken, are reported on the screen, and the theme
//! that was there without them stays.

use std::path::Path;

use super::settings::Settings;
use super::settings::config::values::GlyphSet;
use crate::text::sanitize;
use crate::tui::keys::action::Action;
use crate::tui::msg::Msg;
use crate::tui::run::Options;
use crate::tui::run::events::Sender;
use crate::tui::theme::Tone;
use crate::tui::theme::{Depth, Glyphs, Looks, TerminalCaps, Themes};

pub mod chosen;

/// The directory of the user's own themes, beside the config file.
pub const THEMES: &str = "themes";

/// All themes on this terminal, and what is wrong with the name that the config gives. The environment is looked up by
/// `env`.
pub fn of(settings: &Settings, env: &dyn Fn(&str) -> Option<String>) -> (Looks, Option<String>) {
    let glyphs = match settings.found.config.ui.glyphs {
        _ if settings.ascii => Some(Glyphs::Ascii),
        GlyphSet::Auto => None,
        GlyphSet::Unicode => Some(Glyphs::Unicode),
        GlyphSet::Ascii => Some(Glyphs::Ascii),
    };
    let mut caps = TerminalCaps::of(env, glyphs);
    if settings.colourless {
        caps.depth = Depth::None;
    }
    let mut themes = Themes::built_in();
    let config = settings.config.as_deref();
    let refused = config.map(|file| themes.add_dir(&file.with_file_name(THEMES))).unwrap_or_default();
    let named = settings.found.config.ui.theme.clone();
    let broken = |name: &String| refused.iter().any(|bad| bad.theme == *name);
    let missing = named.as_ref().filter(|name| themes.get(name).is_none() && !broken(name));
    let missing = missing.map(|name| unknown(name, &themes, settings));
    let chosen = chosen::theme(settings).filter(|name| themes.get(name).is_some());
    let active = chosen.or(named).filter(|name| themes.get(name).is_some()).unwrap_or_else(|| caps.theme().to_owned());
    let config = config.map_or_else(|| "a config file (--config)".into(), |file| reported(file, env));
    (Looks { themes, caps, active, refused, config }, missing)
}

/// Says on the screen what could not be used. The list of themes says it for as long as one reads.
pub fn tell_refused(options: &Options, sender: &Sender) {
    if let Some(text) = refused(&options.looks, &options.preferences.bindings.way_to(Action::Theme)) {
        // Fails only where the UI is over.
        sender.send(Msg::Toast(Tone::Warn, text.into()));
    }
}

fn refused(looks: &Looks, key: &str) -> Option<String> {
    let first = looks.refused.first()?;
    Some(match looks.refused.len() - 1 {
        0 => first.to_string(),
        more => format!("{first}; {key} lists {more} more"),
    })
}

fn unknown(name: &str, themes: &Themes, settings: &Settings) -> String {
    let (file, line) = settings.found.place("ui", "theme").unwrap_or((Path::new("the config file"), 1));
    let place = file.display();
    let near = themes.nearest(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("{place}, line {line}: there is no theme `{}`{near}", sanitize(name, 100))
}

/// A path as an operator writes it.
fn reported(path: &Path, env: &dyn Fn(&str) -> Option<String>) -> String {
    let home = env("HOME").filter(|home| home.len() > 1);
    let short = home.and_then(|home| Some(Path::new("~").join(path.strip_prefix(home).ok()?)));
    sanitize(&short.as_deref().unwrap_or(path).display().to_string(), 200)
}

#[cfg(test)]
mod tests;
