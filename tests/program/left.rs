//! What a session put outside of itself: taken back, however it ends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::sys::signal::Signal;

use crate::pty::Pty;
use crate::world::{World, files};

/// A blank for the clipboard, as OSC 52 has it.
const BLANK: &[u8] = b"\x1b]52;c;IA==\x07";

/// Opens the UI, saves the client secret into a file and copies it.
async fn with_copies(world: &World) -> Pty {
    let mut ui = Pty::open(world, true);
    ui.until("payments").await;
    ui.keys("y");
    ui.until("THE VALUE").await;
    ui.keys("f");
    ui.until("until you leave windlass").await;
    ui.keys("y");
    ui.until("THE VALUE").await;
    ui.keys("v");
    let value = world.ok(&["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod", "--peek"]).await;
    ui.until(&STANDARD.encode(value.trim())).await;
    ui
}

/// The files that hold the value.
fn saved(world: &World) -> Vec<std::path::PathBuf> {
    files(&world.path("")).into_iter().filter(|path| path.extension().is_some_and(|it| it == "secret")).collect()
}

#[tokio::test]
async fn a_copied_value_and_its_file_go_with_the_session_however_it_ends() {
    let world = World::connected().await;
    world.create(&[]).await;
    for end in ["q", "SIGTERM", "SIGINT", "hang-up"] {
        let mut ui = with_copies(&world).await;
        assert_eq!(saved(&world).len(), 1, "{end}: a file of the value");
        assert!(!ui.written().windows(BLANK.len()).any(|part| part == BLANK), "{end}: too early");
        match end {
            "q" => ui.keys("q"),
            "SIGTERM" => ui.signal(Signal::SIGTERM),
            "SIGINT" => ui.signal(Signal::SIGINT),
            _ => {
                ui.signal(Signal::SIGHUP);
                ui.hang_up();
            }
        }
        ui.ended().await;
        assert_eq!(saved(&world), [""; 0].map(std::path::PathBuf::from), "{end}: it is gone");
        if end != "hang-up" {
            let all = ui.all().await;
            assert!(all.windows(BLANK.len()).any(|part| part == BLANK), "{end}: the clipboard is blank");
            assert!(ui.is_as_it_was(), "{end}");
        }
    }
}
