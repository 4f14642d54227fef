//! What must work even where the UI's own thread hangs in a write that nobody reads: signals, and the end.
//!
//! A thread with a small runtime of its own. A signal is passed to the loop first; where that does not end within a
//! moment, the engine is stopped and the process ends from here.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::tui::msg::Msg;
use crate::tui::run::left::{End, Left};
use crate::tui::run::link::Slot;
use crate::tui::run::{Feed, Happening, terminal};

/// How long the loop may take to hear that it is to end.
const A_MOMENT: Duration = Duration::from_millis(400);

/// Listens to signals until the process ends. `ended` tells that the loop is over.
pub fn watch(feed: Feed, slot: Arc<Slot>, left: Left, ended: watch::Receiver<bool>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(listen(feed, slot, left, ended)))?;
    Ok(())
}

async fn listen(feed: Feed, slot: Arc<Slot>, left: Left, ended: watch::Receiver<bool>) {
    let kinds = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit()];
    for kind in kinds {
        let Ok(mut stop) = signal(kind) else { continue };
        let (feed, slot, left, mut ended) = (feed.clone(), slot.clone(), left.clone(), ended.clone());
        tokio::spawn(async move {
            while stop.recv().await.is_some() {
                if *ended.borrow() {
                    // The second signal, while the engine finishes its last call: that loses nothing, the next start
                    // only has more to look up.
                    std::process::exit(130);
                }
                feed.send(Happening::Msg(Msg::Stop));
                if tokio::time::timeout(A_MOMENT, ended.wait_for(|ended| *ended)).await.is_err() {
                    end(&slot, &left);
                }
            }
        });
    }
    let others = [
        (SignalKind::window_change(), Happening::Resized),
        (SignalKind::from_raw(nix::sys::signal::Signal::SIGCONT as i32), Happening::Continued),
        (SignalKind::from_raw(nix::sys::signal::Signal::SIGTSTP as i32), Happening::Suspend),
    ];
    for (kind, happening) in others {
        let Ok(mut signal) = signal(kind) else { continue };
        let feed = feed.clone();
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                feed.send(happening.clone());
            }
        });
    }
    std::future::pending::<()>().await;
}

/// The loop hangs: ends without it.
fn end(slot: &Slot, left: &Left) -> ! {
    // What it returns would be for the terminal, which takes nothing.
    let _ = left.take_back(End::AtOnce);
    if let Some(own) = slot.take_own() {
        own.stop();
    }
    terminal::give_modes_back();
    std::process::exit(130)
}
