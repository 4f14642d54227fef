//! What stands below everything, as it is said.

use super::*;
use crate::tui::fixture::model;
use crate::tui::theme::Looks;

#[test]
fn what_a_banner_says_is_not_said_again_at_length() {
    let mut model = model(80, 24);
    let look = Looks::default().look("dark");
    let fault = model.session.rows.faults()[0].fault.clone().expect("it is refused");
    model.session.refused("okta-prod", &fault.problem);
    let said = lines(&model.scene(&look));
    assert!(said[0].1.starts_with("okta-prod: token refused ("), "{said:?}");
    assert_eq!(said[1], (Tone::Bad, "okta-prod: refused, as said above".to_owned()));
    model.session.toast(Tone::Good, "okta-prod works");
    assert_eq!(lines(&model.scene(&look))[1].1, "okta-prod works", "only the latest, and whole");
}
