//! What the pages take from the program: the README's picture, drawn by the real view, and the keys in docs/screen.md, from
//! the one table of actions. They are made anew by
//!
//! ```sh
//! WRITE_PICTURE=1 cargo test --lib the_picture_in_the_readme
//! WRITE_KEYS=1 cargo test --lib the_keys_on_the_page
//! ```
//!
//! and without that the tests say when they are no longer what the program shows and does.

use std::path::Path;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::fixture::{model, press};
use crate::tui::keys::action::TABLE;
use crate::tui::keys::bindings::Bindings;
use crate::tui::keys::help;
use crate::tui::keys::help::places;
use crate::tui::picture::svg::svg;
use crate::tui::screen::{Memory, draw};
use crate::tui::theme::{DEFAULT_THEME, Depth, Glyphs, Look, TerminalCaps, Themes};

#[test]
fn the_picture_in_the_readme_is_what_the_program_shows() {
    let mut model = model(120, 32);
    press(&mut model, "jj");
    let themes = Themes::built_in();
    let caps = TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Unicode };
    let look = Look::new(themes.get(DEFAULT_THEME).expect("built in"), caps);
    let mut frame = Buffer::empty(Rect::new(0, 0, model.size.0, model.size.1));
    draw(&model, &look, &mut Memory::default(), &mut frame);
    let made = svg(&frame, "windlass: rotations by urgency, a refused connection, and what comes next for hr-sync");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/screen.svg");
    if std::env::var_os("WRITE_PICTURE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        std::fs::write(&path, &made).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "packaging/screen.svg is of another screen: WRITE_PICTURE=1 cargo test --lib the_picture_in");
}

/// Before and after the keys on the page.
const AROUND: [&str; 2] =
    ["<!-- keys: WRITE_KEYS=1 cargo test --lib the_keys_on_the_page -->\n", "<!-- end of keys -->"];

/// A row for each place, so that the table stays low.
fn table() -> String {
    let mut table = "| where | keys |\n|---|---|\n".to_owned();
    for (place, name) in places() {
        let lines = help::lines(TABLE.iter().filter(|row| row.place == place), &Bindings::default());
        let each = lines.iter().map(|line| {
            let keys: Vec<String> = line.keys.iter().map(|key| format!("`{key}`")).collect();
            format!("{} {}", keys.join(" "), line.name)
        });
        table.extend(["| ", name, " | ", &each.collect::<Vec<_>>().join(" · "), " |\n"]);
    }
    table
}

#[test]
fn the_keys_on_the_page_are_those_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screen.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(AROUND[0]).expect("where the keys begin");
    let (kept, after) = rest.split_once(AROUND[1]).expect("where the keys end");
    if std::env::var_os("WRITE_KEYS").is_some() {
        std::fs::write(&path, [before, AROUND[0], &table(), AROUND[1], after].concat()).expect("written");
    } else {
        assert!(kept == table(), "docs/screen.md has other keys: WRITE_KEYS=1 cargo test --lib the_keys_on_the_page");
    }
}
