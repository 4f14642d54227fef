use ratatui::layout::Rect;

use super::*;
use crate::tui::fixture::{model, press};
use crate::tui::picture::styled_snapshot;
use crate::tui::screen;
use crate::tui::screen::Memory;
use crate::tui::theme::{Depth, Glyphs, Looks, TerminalCaps};

/// The whole screen with the list open after these keys, in the theme under the cursor.
fn picture(looks: &Looks, columns: u16, lines: u16, keys: &str) -> String {
    let mut model = model(columns, lines);
    model.themes = looks.into();
    press(&mut model, "T");
    press(&mut model, keys);
    let Some(crate::tui::overlays::Overlay::Themes(chooser)) = model.overlays.last() else { panic!("no list") };
    let look = looks.look(chooser.name().expect("one"));
    let mut frame = Buffer::empty(Rect::new(0, 0, columns, lines));
    screen::draw(&model, &look, &mut Memory::default(), &mut frame);
    styled_snapshot(&frame)
}

/// The built-in themes, and so many of one's own; a few files are broken.
fn looks(own: usize, depth: Depth, glyphs: Glyphs) -> Looks {
    let mut looks = Looks { caps: TerminalCaps { depth, glyphs }, ..Looks::default() };
    looks.config = "~/.config/windlass/config.toml".into();
    for number in 0..own {
        looks.themes.add(&format!("own-{number:02}"), "inherits = \"dark\"").expect("sound");
    }
    if own > 0 {
        for name in ["a", "b", "c", "d"] {
            looks.refused.extend(looks.themes.add(name, "[roles]\nkey = \"blurple\"").err());
        }
    }
    looks
}

#[test]
fn the_list_is_seen_at_every_size() {
    let looks = looks(0, Depth::Sixteen, Glyphs::Unicode);
    for (columns, lines) in [(120, 40), (40, 10)] {
        insta::assert_snapshot!(format!("themes-{columns}x{lines}"), picture(&looks, columns, lines, "j"));
    }
}

#[test]
fn without_colours_it_says_so() {
    let looks = looks(0, Depth::None, Glyphs::Ascii);
    insta::assert_snapshot!("themes-no-colour-ascii", picture(&looks, 80, 24, "j"));
}

#[test]
fn the_cursor_is_seen_in_a_long_list_and_what_is_refused_is_reported() {
    let looks = looks(30, Depth::Sixteen, Glyphs::Unicode);
    let shown = picture(&looks, 80, 24, "G");
    assert!(shown.contains("own-29") && shown.contains("and 1 more file is refused"), "{shown}");
    insta::assert_snapshot!("themes-many", shown);
    let small = picture(&looks, 40, 10, "G");
    assert!(small.contains("own-29"), "{small}");
}
