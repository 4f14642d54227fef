//! Pictures of the form of a connection.

use ratatui::layout::Rect;

use super::*;
use crate::engine::refusal::{Kind, Refusal};
use crate::tui::fixture::org::{key, only};
use crate::tui::fixture::{connection, id, model, press, send, view_of};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::Msg;
use crate::tui::overlays::Overlay;
use crate::tui::picture::styled_snapshot;
use crate::tui::screen;
use crate::tui::screen::Memory;
use crate::tui::theme::Look;
use crate::tui::theme::{Depth, Glyphs, TerminalCaps, Themes};

const SIZES: [(u16, u16); 4] = [(80, 24), (60, 20), (120, 40), (40, 10)];
const TOKEN: &str = "00aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStT";
const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByq\nGSM49AgEGCCqGSM\n-----END PRIVATE KEY-----\n";

fn dressed(model: &Model, theme: &str, depth: Depth, glyphs: Glyphs) -> String {
    let (columns, lines) = model.size;
    let mut frame = Buffer::empty(Rect::new(0, 0, columns, lines));
    let look = Look::new(Themes::built_in().get(theme).expect("built in"), TerminalCaps { depth, glyphs });
    screen::draw(model, &look, &mut Memory::default(), &mut frame);
    styled_snapshot(&frame)
}

fn picture(model: &Model) -> String {
    let shown = dressed(model, "dark", Depth::Sixteen, Glyphs::Unicode);
    assert!(!shown.contains("aAbBcC") && !shown.contains("MIGH") && !shown.contains("BEGIN"), "{shown}");
    shown
}

/// A picture in the usual size; and in every size and look what must be seen in all of them.
fn sizes(name: &str, model: &mut Model) {
    for (columns, lines) in SIZES {
        send(model, Msg::Resize(columns, lines));
        let shown = picture(model);
        let plain = dressed(model, "mono", Depth::None, Glyphs::Ascii);
        let light = dressed(model, "light", Depth::True, Glyphs::Unicode);
        for shown in [&shown, &plain, &light] {
            assert!(
                shown.contains("New connection") && shown.contains("Esc leaves"),
                "{name} {columns}x{lines}:\n{shown}"
            );
        }
        if (columns, lines) == SIZES[0] {
            insta::assert_snapshot!(name, shown);
        }
    }
    send(model, Msg::Resize(80, 24));
}

fn opened() -> Model {
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(Vec::new(), vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "2n");
    model
}

#[test]
fn a_token() {
    let mut model = opened();
    insta::assert_snapshot!("empty-no-colour", dressed(&model, "mono", Depth::None, Glyphs::Unicode));
    sizes("empty", &mut model);
    send(&mut model, Msg::Resize(40, 10));
    insta::assert_snapshot!("empty-40x10", picture(&model));
    send(&mut model, Msg::Resize(80, 24));
    press(&mut model, "⇥Bad Name⇥https://acme-admin.okta.com⇥⇥⇥⇥⇥⏎");
    sizes("faults", &mut model);
    let mut model = opened();
    press(&mut model, "⇥acme⇥https://acme.okta.com⇥⇥");
    send(&mut model, Msg::Paste(TOKEN.into()));
    insta::assert_snapshot!("token-pasted", picture(&model));
    let (purpose, _) = only(key(&mut model, Code::PageDown));
    sizes("testing", &mut model);
    let refusal = Refusal::new(
        Kind::Refused,
        "https://acme.okta.com refuses the token (401, E0000011: Invalid token provided)",
        "check that all of it was copied, or make a new one at Okta; nothing was saved",
    );
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    sizes("refused", &mut model);
}

#[test]
fn a_service_app() {
    let mut model = opened();
    press(&mut model, "⇥acme⇥https://acme.okta.com⇥→⇥0oa1service⇥");
    send(&mut model, Msg::Paste(PEM.into()));
    sizes("service-app", &mut model);
}

#[test]
fn every_app_has_fields_of_its_own() {
    let apps = [
        ("vault-app-role", "→⇥⇥⇥→⇥"),
        ("vault-kubernetes", "→⇥⇥⇥→→⇥"),
        ("kubernetes", "→→⇥⇥⇥→→⇥"),
        ("aws", "→→→⇥⇥⇥"),
        ("infisical", "→→→→"),
    ];
    for (name, keys) in apps {
        let mut model = opened();
        press(&mut model, keys);
        sizes(name, &mut model);
    }
}

#[test]
fn an_edit() {
    let mut model = opened();
    press(&mut model, "⎋");
    model.connections.list.jump(id(1000));
    model.settle();
    press(&mut model, "e");
    insta::assert_snapshot!("edit", picture(&model));
    key(&mut model, Code::PageDown);
    insta::assert_snapshot!("edit-nothing-changed", picture(&model));
}

#[test]
fn the_field_in_focus_is_seen_in_every_size_and_without_colours() {
    for (columns, lines) in SIZES.into_iter().chain([(40, 12), (52, 16), (79, 10)]) {
        for method in ["", "⇥⇥⇥→⇤⇤⇤"] {
            let mut model = opened();
            press(&mut model, method);
            send(&mut model, Msg::Resize(columns, lines));
            for _ in 0..10 {
                let shown = dressed(&model, "mono", Depth::None, Glyphs::Ascii);
                let Some(Overlay::Connect(connect)) = model.overlays.last() else { panic!("it is open") };
                let wanted = match connect.form.field() {
                    Some(item) => format!("> {}", item.key.label),
                    None => "Test and save ]".into(),
                };
                assert!(shown.contains(&wanted), "{columns}x{lines}: no {wanted:?} in\n{shown}");
                assert!(shown.contains("Esc leaves"), "{shown}");
                send(&mut model, Msg::Key(Key::of(Code::Tab)));
            }
        }
    }
}
