//! The engine of this process ends, and another is started that outlives it.
//!
//! Whoever ends this process meanwhile, by a signal or by leaving in a hurry, waits for this as for an engine of ours:
//! what was asked for is finished, or known to have failed, when the process ends.

use std::io;
use std::sync::{Arc, mpsc};

use crate::engine::refusal::{Kind, Refusal};
use crate::tui::run::link::CurrentEngine;
use crate::tui::{Connector, LocalEngine};

/// Does it, and reports what came of it.
pub async fn hand_over(connector: Arc<dyn Connector>, current: &CurrentEngine) -> Result<(), Refusal> {
    let (working, over) = mpsc::channel::<()>();
    let wait = move || {
        // Nothing is ever sent: this ends with the work.
        let _ = over.recv();
    };
    let ending = "another engine is started for the background; Ctrl-C ends at once, and leaves none there";
    let waiting = LocalEngine { ending, ..LocalEngine::new(Vec::new(), wait) };
    let Some(own) = current.set(None, Some(waiting)) else {
        current.set(None, None);
        return Err(Refusal::new(
            Kind::Conflict,
            "this session is not the engine any more",
            "look who is, and try again",
        ));
    };
    let work = move || {
        let _working = working;
        own.stop();
        // A runtime of its own: the loop's may hang in a write that no one reads.
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| broken(&error))?;
        runtime.block_on(connector.leave_behind())
    };
    let done = tokio::task::spawn_blocking(work).await;
    current.set(None, None);
    done.unwrap_or_else(|error| Err(broken(&io::Error::other(error))))
}

fn broken(error: &io::Error) -> Refusal {
    Refusal::new(Kind::Failed, format!("no engine could be started: {error}"), "`windlass serve` starts one by hand")
}

#[cfg(test)]
mod tests;
