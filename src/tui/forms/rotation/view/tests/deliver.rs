//! The step that asks for a target, and what became of it.

use super::*;
use crate::tui::forms::rotation::wizard::DELIVER;

#[test]
fn a_target_is_asked_for() {
    let mut model = at_apps(80, 24, some());
    choose(&mut model, "ord", app(1, "Orders", 1));
    go_to(&mut model, DELIVER);
    sizes("deliver-off", &mut model, &[USUAL, SMALL]);
    press(&mut model, " ⇥⇥run/pay/okta.env");
    sizes("deliver-file", &mut model, &[USUAL, (120, 40), SMALL]);
    key(&mut model, Code::PageDown);
    assert!(picture(&model).contains("is the absolute path of a file"));
    key(&mut model, Code::Home);
    press(&mut model, "/");
    let (purpose, _) = to_review(&mut model);
    answer(&mut model, purpose, Reply::Plan { plan: plan() });
    sizes("deliver-review", &mut model, &[USUAL]);
}
