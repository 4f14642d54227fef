//! After the store could not be written: it is opened anew once that is possible, and the engine goes on from what is
//! on disk.
//!
//! Until then nothing acts, and reading goes on from memory, which holds what is on disk.

use chrono::Duration;

use super::events::Level;
use super::run::{begin, taken_up};
use super::shared::{About, Engine};

/// How often it is tried.
const EVERY: Duration = Duration::minutes(1);

/// Starts trying, on a task of its own.
pub fn begin_soon(engine: &Engine) {
    let Some(reopen) = engine.reopen.clone() else { return };
    let engine = engine.clone();
    tokio::task::spawn_local(async move {
        while !engine.stopping.get() {
            engine.clock.sleep(EVERY).await;
            // What was driven has met the failed write by now and has ended.
            let (old, now, reopen) = (engine.change_store(None), engine.clock.now(), reopen.clone());
            let opened = tokio::task::spawn_blocking(move || {
                drop(old);
                reopen(now)
            });
            let Ok(Ok((store, loaded))) = opened.await else { continue };
            engine.change_store(Some(store));
            let model = taken_up(loaded, engine.clock);
            let trusted = model.trouble.is_none();
            *engine.model.borrow_mut() = model;
            let (level, message) = if trusted {
                (Level::Info, "the store can be written again; what was under way goes on")
            } else {
                (Level::Error, "the store was opened again, and is quarantined")
            };
            engine.tell(level, "store", message, About::default());
            begin(&engine);
            return;
        }
    });
}
