//! The picture in the README, drawn by the real view. It is made anew by
//!
//! ```sh
//! WRITE_PICTURE=1 cargo test --lib the_picture_in_the_readme
//! ```
//!
//! and without that the test says when it no longer shows what the program shows.

use std::path::Path;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::svg::svg;
use crate::tui::fixture::{model, press};
use crate::tui::look::{DEFAULT_THEME, Depth, Glyphs, Look, Surroundings, Themes};
use crate::tui::view::{Memory, draw};

#[test]
fn the_picture_in_the_readme_is_what_the_program_shows() {
    let mut model = model(120, 32);
    press(&mut model, "jj");
    let themes = Themes::built_in();
    let around = Surroundings { depth: Depth::Sixteen, glyphs: Glyphs::Unicode };
    let look = Look::new(themes.get(DEFAULT_THEME).expect("built in"), around);
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
