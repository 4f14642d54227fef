//! What must work even where the UI's own thread hangs in a write that no one reads: signals, and the end.
//!
//! A thread with a small runtime of its own. A signal is passed to the loop first; where that does not end within a
//! moment, the engine is stopped and the process ends from here.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::tui::msg::Msg;
use crate::tui::run::events::{LoopEvent, Sender};
use crate::tui::run::left::{End, Left};
use crate::tui::run::link::CurrentEngine;
use crate::tui::run::terminal;

/// How long the loop may take to hear that it is to end.
const STOP_TIMEOUT: Duration = Duration::from_millis(400);

/// Listens to signals until the process ends. `ended` tells that the loop is over.
pub fn watch(
    sender: Sender,
    current: Arc<CurrentEngine>,
    left: Left,
    ended: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || runtime.block_on(listen(sender, current, left, ended)))?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the second signal: whoever sends it waits for nothing more")]
async fn listen(sender: Sender, current: Arc<CurrentEngine>, left: Left, ended: watch::Receiver<bool>) {
    let kinds = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit()];
    for kind in kinds {
        let Ok(mut stop) = signal(kind) else { continue };
        let (sender, current, left, mut ended) = (sender.clone(), current.clone(), left.clone(), ended.clone());
        tokio::spawn(async move {
            while stop.recv().await.is_some() {
                if *ended.borrow() {
                    // The second signal, while the engine finishes its last call: that loses nothing, the next start
                    // only has more to look up.
                    std::process::exit(130);
                }
                sender.send(Msg::Stop);
                if tokio::time::timeout(STOP_TIMEOUT, ended.wait_for(|ended| *ended)).await.is_err() {
                    end(&current, &left);
                }
            }
        });
    }
    let others = [
        (SignalKind::window_change(), LoopEvent::Resized),
        (SignalKind::from_raw(nix::sys::signal::Signal::SIGCONT as i32), LoopEvent::Continued),
        (SignalKind::from_raw(nix::sys::signal::Signal::SIGTSTP as i32), LoopEvent::Suspend),
    ];
    for (kind, event) in others {
        let Ok(mut signal) = signal(kind) else { continue };
        let sender = sender.clone();
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                sender.send_event(event.clone());
            }
        });
    }
    std::future::pending::<()>().await;
}

/// The loop hangs: ends without it.
#[expect(clippy::disallowed_methods, reason = "the terminal, the clipboard and the engine were given back")]
fn end(current: &CurrentEngine, left: &Left) -> ! {
    // What it returns would be for the terminal, which takes nothing.
    let _ = left.take_back(End::AtOnce);
    if let Some(own) = current.take_own() {
        own.stop();
    }
    terminal::give_modes_back();
    std::process::exit(130)
}
