use super::*;
use crate::tui::fixture::{id, model, press, send};
use crate::tui::msg::Msg;
use crate::tui::overlays::Overlay;
use crate::tui::picture::picture;

#[test]
fn what_became_of_each_stands_in_one_summary() {
    let mut model = model(80, 24);
    press(&mut model, "  pp");
    let refusal = Refusal::new(Kind::Unknown, "there is no such rotation", "it was deleted meanwhile");
    let Some(&Overlay::Batch { number, .. }) = model.overlays.last() else { panic!("no summary") };
    send(&mut model, Msg::Replied(Purpose::Act { batch: number, id: id(2) }, Err(refusal)));
    insta::assert_snapshot!("results", picture(&model));
}
