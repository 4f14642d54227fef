//! What stands below everything, as it is said.

use super::*;
use crate::tui::fixture::model;
use crate::tui::model::Toast;

#[test]
fn what_a_banner_says_is_not_said_again_at_length() {
    let mut model = model(80, 24);
    let text = "okta-prod: token refused; make a new one".into();
    model.toasts.push_back(Toast { number: 1, tone: Tone::Bad, text });
    let said = lines(&model);
    assert!(said[0].1.starts_with("okta-prod: token refused ("), "{said:?}");
    assert_eq!(said[1], (Tone::Bad, "okta-prod: refused, as said above".to_owned()));
    model.toasts.push_back(Toast { number: 2, tone: Tone::Good, text: "okta-prod works".into() });
    assert_eq!(lines(&model)[1].1, "okta-prod works", "only the latest, and whole");
}
