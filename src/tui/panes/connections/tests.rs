use crate::tui::fixture::{model, press};
use crate::tui::picture::picture;

#[test]
fn the_list_is_seen() {
    let mut model = model(80, 24);
    press(&mut model, "2");
    insta::assert_snapshot!("connections", picture(&model));
}
