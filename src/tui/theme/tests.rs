use std::collections::HashSet;

use ratatui::layout::Rect;
use ratatui::style::Color;

use super::*;

const STATES: [State; 7] =
    [State::Attention, State::Failing, State::Waiting, State::Rotating, State::Due, State::Ok, State::Paused];

const DEPTHS: [Depth; 4] = [Depth::None, Depth::Sixteen, Depth::Palette, Depth::True];

fn caps(vars: &[(&str, &str)]) -> TerminalCaps {
    let env = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    TerminalCaps::of(&env, None)
}

/// Every built-in theme at every depth.
fn looks() -> Vec<(String, Look)> {
    let themes = Themes::built_in();
    let mut looks = Vec::new();
    for (name, _) in themes.all() {
        for depth in DEPTHS {
            let look = Look::new(themes.get(name).expect("named"), TerminalCaps { depth, glyphs: Glyphs::Unicode });
            looks.push((format!("{name} at {depth:?}"), look));
        }
    }
    looks
}

#[test]
fn the_locale_decides_about_signs_unless_someone_did() {
    assert_eq!(caps(&[("LANG", "de_DE.UTF-8")]).glyphs, Glyphs::Unicode);
    assert_eq!(caps(&[("LANG", "en_US.utf8")]).glyphs, Glyphs::Unicode);
    assert_eq!(caps(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]).glyphs, Glyphs::Ascii);
    assert_eq!(caps(&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8"), ("LC_ALL", "")]).glyphs, Glyphs::Unicode);
    assert_eq!(caps(&[]).glyphs, Glyphs::Ascii);
    let env = |name: &str| (name == "LANG").then(|| "C.UTF-8".to_owned());
    assert_eq!(TerminalCaps::of(&env, Some(Glyphs::Ascii)).glyphs, Glyphs::Ascii);
    assert_eq!(TerminalCaps::of(&|_| None, Some(Glyphs::Unicode)).glyphs, Glyphs::Unicode);
}

#[test]
fn without_colours_the_theme_is_the_one_made_for_it() {
    assert_eq!(caps(&[("TERM", "xterm"), ("NO_COLOR", "1")]).theme(), COLOURLESS_THEME);
    assert_eq!(caps(&[("TERM", "xterm")]).theme(), DEFAULT_THEME);
}

#[test]
fn the_row_under_the_cursor_differs_from_text_in_every_theme_at_every_depth() {
    for (name, look) in looks() {
        for (role, plain) in [
            (Role::Selected, Role::Text),
            (Role::SelectedAway, Role::Text),
            (Role::Selected, Role::SelectedAway),
            (Role::BorderFocused, Role::Border),
            (Role::Match, Role::Text),
            (Role::Banner, Role::Text),
            (Role::Reveal, Role::Text),
        ] {
            assert_ne!(look.style(role), look.style(plain), "{name}: {role:?}");
        }
    }
}

#[test]
fn what_is_reversed_or_coloured_can_be_read() {
    for (name, look) in looks() {
        for role in Role::ALL {
            let style = look.style(*role);
            assert!(style.fg.is_none() || style.fg != style.bg, "{name}: {role:?} is written in its own ground");
            // Text on a ground of the theme's own says its own colour as well: the terminal's may be the same as that ground.
            assert!(style.bg.is_none_or(|bg| bg == Color::Reset) || style.fg.is_some(), "{name}: {role:?}");
        }
    }
}

#[test]
fn a_theme_that_hides_the_cursor_is_fixed() {
    let text = "[roles]\nselected = \"\"\nselected-away = \"\"\nborder-focused = \"\"\nmatch = \"\"";
    let theme = Theme::parse("flat", text).expect("sound");
    let look = Look::new(&theme, TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Unicode });
    assert!(look.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
    assert!(look.style(Role::BorderFocused).add_modifier.contains(Modifier::BOLD));
    let theme = Theme::parse("blue", "[roles]\nselected = \"white on blue\"").expect("sound");
    let look = Look::new(&theme, TerminalCaps { depth: Depth::None, glyphs: Glyphs::Unicode });
    assert!(look.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn states_differ_in_their_sign_and_not_in_colour_alone() {
    let (_, look) = looks().remove(0);
    let signs: HashSet<&str> = STATES.iter().map(|state| look.sign(*state)).collect();
    assert_eq!(signs.len(), STATES.len());
    assert!(signs.iter().all(|sign| sign.is_ascii() && sign.len() == 1));
}

#[test]
fn a_sign_is_one_column_wide_in_both_sets() {
    for glyph in Glyph::ALL {
        assert_eq!(Glyphs::Unicode.text(*glyph).width(), 1, "{glyph:?}");
        assert!(Glyphs::Ascii.text(*glyph).is_ascii() && Glyphs::Ascii.text(*glyph).len() == 1, "{glyph:?}");
    }
}

#[test]
fn an_ascii_terminal_is_sent_nothing_else_and_columns_stay() {
    let themes = Themes::built_in();
    let dark = themes.get("dark").expect("built in");
    let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
    buffer.set_string(0, 0, "Zürich 東京|", Style::new());
    let before = buffer.clone();
    Look::new(dark, TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Unicode }).finish(&mut buffer);
    assert_eq!(buffer, before);
    Look::new(dark, TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Ascii }).finish(&mut buffer);
    assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
    assert_eq!(buffer[(1, 0)].symbol(), "?");
    assert_eq!(buffer[(11, 0)].symbol(), "|");
    let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
    buffer.set_string(0, 0, "a · b … c → ×", Style::new());
    Look::new(dark, TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Ascii }).finish(&mut buffer);
    let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
    assert_eq!(text, "a - b ~ c > ", "a sign in a sentence is the same sign");
}

#[test]
fn the_active_theme_is_there_and_without_colours_none_is_shown() {
    let caps = TerminalCaps { depth: Depth::None, glyphs: Glyphs::Unicode };
    let looks = Looks { caps, ..Looks::default() };
    for (name, _) in looks.themes.all() {
        let look = looks.look(name);
        assert_eq!(look.theme(), name);
        assert!(Role::ALL.iter().all(|role| look.style(*role).fg.is_none() && look.style(*role).bg.is_none()));
    }
    assert_eq!(looks.look("gone").theme(), COLOURLESS_THEME, "one that is not there is the one that fits");
}
