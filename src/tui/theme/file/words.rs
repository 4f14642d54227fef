//! The words of a style: `bold white on red`.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};

use crate::tui::theme::depth::named;

/// The terminal's own sixteen, by number. `grey` is taken as well as `gray`.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];

const MODIFIERS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

fn modifier(word: &str) -> Option<Modifier> {
    MODIFIERS.iter().find(|(name, _)| *name == word).map(|(_, modifier)| *modifier)
}

/// Whether a palette may not use the name.
pub fn is_taken(name: &str) -> bool {
    let usable = !name.is_empty() && !name.contains(char::is_whitespace);
    !usable || name == "on" || modifier(name).is_some() || color(name, &BTreeMap::new()).is_ok()
}

/// A colour.
pub fn color(word: &str, palette: &BTreeMap<String, Color>) -> Result<Color, String> {
    if let Some(color) = palette.get(word) {
        return Ok(*color);
    }
    if matches!(word, "default" | "reset") {
        return Ok(Color::Reset);
    }
    let plain = word.to_ascii_lowercase().replace("grey", "gray");
    if let Some(index) = NAMES.iter().position(|name| *name == plain) {
        return u8::try_from(index).ok().and_then(named).ok_or_else(|| not_a_color(word));
    }
    if let Ok(index) = word.parse::<u8>() {
        return Ok(named(index).unwrap_or(Color::Indexed(index)));
    }
    let digits =
        word.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| not_a_color(word))?;
    let [_, r, g, b] = value.to_be_bytes();
    Ok(Color::Rgb(r, g, b))
}

fn not_a_color(word: &str) -> String {
    format!("{word:?} is no colour (a name such as \"light-red\", 0 to 255, \"#rrggbb\" or \"default\")")
}

/// A style.
pub fn style(text: &str, palette: &BTreeMap<String, Color>) -> Result<Style, String> {
    let mut style = Style::new();
    let mut ground = false;
    for word in text.split_whitespace() {
        if word == "on" && !ground {
            ground = true;
        } else if ground {
            once(&mut style.bg, color(word, palette)?, text, "ground")?;
            ground = false;
        } else if let Some(modifier) = modifier(word) {
            style = style.add_modifier(modifier);
        } else {
            once(&mut style.fg, color(word, palette)?, text, "text")?;
        }
    }
    if ground {
        return Err(format!("{text:?} ends in \"on\" without a colour"));
    }
    Ok(style)
}

fn once(slot: &mut Option<Color>, color: Color, text: &str, part: &str) -> Result<(), String> {
    match slot.replace(color) {
        None => Ok(()),
        Some(_) => Err(format!("{text:?} names two colours for the {part}")),
    }
}
