//! Pictures of what lies over the panes.

use serde_json::json;

use crate::tui::fixture::{id, model, now, press};
use crate::tui::overlays::Overlay;
use crate::tui::picture::picture;

#[test]
fn overlays() {
    let mut model = model(80, 24);
    for (name, keys) in [
        ("help", "?"),
        ("palette", ":pa"),
        ("copy", "y"),
        ("pause", "p"),
        ("date", "pusoon⏎"),
        ("old", "o"),
        ("old-date", "od"),
        ("delete", "d"),
        ("remedy", "2⏎"),
        ("coming", "1w"),
        ("theme", "T"),
    ] {
        press(&mut model, keys);
        insta::assert_snapshot!(format!("overlay-{name}"), picture(&model));
        model.overlays.clear();
    }
}

#[test]
fn a_deletion_that_is_stuck_can_be_forced() {
    for (columns, lines) in [(80, 24), (40, 10)] {
        let mut model = model(columns, lines);
        model.session.rows.rotations.get_mut(&id(1)).expect("the first").deleting_since = Some(now());
        press(&mut model, "d⇥⇥⇥ ");
        insta::assert_snapshot!(format!("overlay-delete-stuck-{columns}x{lines}"), picture(&model));
    }
}

#[test]
fn a_menu_that_does_not_fit_shows_the_answer_that_is_chosen() {
    let mut model = model(40, 10);
    press(&mut model, "yjjjjjjjj");
    let shown = picture(&model);
    assert!(shown.contains("THE VALUE"), "{shown}");
    insta::assert_snapshot!("overlay-copy-40x10", shown);
    model.overlays.clear();
    press(&mut model, "d");
    insta::assert_snapshot!("overlay-delete-40x10", picture(&model));
}

#[test]
fn what_is_coming_is_read_at_any_width() {
    let row = |at: &str, rotation: &str, what: &str, secret: &str, if_fetched: bool, held: serde_json::Value| {
        json!({"at": at, "local": "02:30", "rotation": rotation, "what": what, "secretId": secret, "heldBy": held,
            "ifFetched": if_fetched})
    };
    let rows = json!([
        row("2026-11-24T21:15:00Z", "payments", "rotates", "ocs1", false, json!(null)),
        row(
            "2026-11-25T01:30:00Z",
            "a-rotation-with-a-long-name",
            "deactivated",
            "ocs7gTq3dNEEd5UD1w5d7",
            true,
            json!(null)
        ),
        row("2026-11-26T01:30:00Z", "billing", "deleted", "ocs3", false, json!(null)),
        row("2027-01-01T01:30:00Z", "warehouse", "held", "ocs4", false, json!("unread")),
    ]);
    for (columns, lines) in [(80, 24), (40, 10)] {
        let mut model = model(columns, lines);
        let rows = serde_json::from_value(rows.clone()).expect("rows");
        model.overlays.push(Overlay::Upcoming { rows: Some(rows), scroll: 0 });
        insta::assert_snapshot!(format!("overlay-coming-filled-{columns}x{lines}"), picture(&model));
    }
}
