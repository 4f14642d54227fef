//! While the store cannot be written: it is opened anew once that is possible, and the engine continues from what is on
//! disk.
//!
//! Until then nothing acts, and reading continues from memory, which holds what is on disk. A store that only stands in for
//! one that cannot be used is no success: it is put in place for reading, and the tries continue.

use chrono::{DateTime, Duration, Utc};

use super::scheduler;
use crate::engine::events::notice::Notice;
use crate::engine::state::Engine;
use crate::engine::state::journal::{Reopen, Reopened};
use crate::engine::state::records::taken_up;
use crate::store::{self, KeySource, Loaded, Lock, Purpose, StoreError};

/// How often it is tried.
const EVERY: Duration = Duration::minutes(1);

/// Opens the store anew, and writes to it: only what was written can be written.
pub fn reopen(lock: &Lock, keys: &KeySource, now: DateTime<Utc>) -> Result<Reopened, StoreError> {
    let lock = match lock.refused() {
        None => lock.clone(),
        Some(_) => store::lock(lock.dir())?,
    };
    let mut opened = store::open(lock, keys, now, Purpose::Act)?;
    if opened.stands_in.is_none() {
        opened.store.commit(vec![Vec::new()])?;
    }
    let store::Opened { store, loaded, notes, stands_in, .. } = opened;
    Ok(Reopened { store: store::Handle::start(store)?, loaded, notes, stands_in })
}

/// Waits until the store cannot be written, and opens it anew as soon as that is possible; without end.
pub async fn run(engine: &Engine, reopen: Reopen) {
    let mut failed = engine.store_failed.subscribe();
    while failed.wait_for(|failed| *failed).await.is_ok() && !engine.stopping.get() {
        engine.clock.sleep(EVERY).await;
        // What was driven has met the failed write by now and has ended.
        let (old, now, reopen) = (engine.change_store(None), engine.clock.now(), reopen.clone());
        let opened = tokio::task::spawn_blocking(move || {
            drop(old);
            reopen(now)
        });
        match opened.await {
            Ok(Ok(Reopened { store, loaded, notes, stands_in: None })) => {
                engine.change_store(Some(store));
                engine.store_failed.send_replace(false);
                go_on(engine, loaded, notes);
            }
            Ok(Ok(Reopened { store, stands_in: Some(error), .. })) => {
                engine.change_store(Some(store));
                engine.in_trouble(&error);
            }
            Ok(Err(error)) => engine.in_trouble(&error),
            Err(_) => {}
        }
    }
}

fn go_on(engine: &Engine, loaded: Loaded, notes: Vec<String>) {
    let model = taken_up(loaded, engine.clock);
    let trusted = model.trouble.is_none();
    *engine.model.borrow_mut() = model;
    for note in notes {
        engine.announce(Notice::StoreNote { message: note });
    }
    engine.announce(Notice::StoreReopened { quarantined: !trusted });
    scheduler::begin(engine);
}
