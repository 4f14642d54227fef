//! The store for an engine that stays. A terminal UI that is the engine makes way for it when it is asked.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{AGAIN, TRIES, believing};
use crate::api::client::connect;
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::core::cause::Cause;
use crate::core::fault::Problem;
use crate::engine::Handle;
use crate::engine::refusal::Refusal;
use crate::engine::request::{Reply, Request};
use crate::store::{Lock, StoreError, lock};

/// How many tries more an engine gets that has agreed to end: the call in flight may take half a minute.
const AGREED: u32 = 800;

/// So many tries lie between two times that whoever holds the store is asked: it may only be starting.
const ASK_AGAIN: u32 = 20;

/// How long an engine may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// What came of asking.
enum Asked {
    /// It ends.
    Agreed,
    /// It does not.
    Refused(Refusal),
    /// Whoever holds the store is not reached.
    Silent,
}

/// The lock on the store. Waits for a command to end; where this one `stays`, a terminal UI's engine is asked to make way.
pub async fn take(settings: &Settings, output: &Output, stays: bool) -> Result<Lock, Refusal> {
    let (mut tries, mut most, mut refused) = (0, TRIES, None);
    loop {
        tries += 1;
        settings.expect_store()?;
        let error = match lock(&settings.data_dir) {
            Err(error @ StoreError::Busy { .. }) => error,
            done => return Ok(done?),
        };
        if tries >= most {
            return Err(in_the_way(error, refused));
        }
        if tries == 1 {
            output.progress(format!("{error}; waiting for it"));
        }
        if stays && most == TRIES && tries % ASK_AGAIN == 1 {
            match ask(settings, &error).await {
                Asked::Agreed => {
                    most = tries + AGREED;
                    output.talk(format!("{error}; it makes way, once the call in flight is over"));
                }
                Asked::Refused(refusal) => refused = Some(refusal),
                Asked::Silent => {}
            }
        }
        sleep(AGAIN).await;
    }
}

/// Asks whoever holds the store, and no one else: another engine that answers on one of our sockets has another store.
async fn ask(settings: &Settings, busy: &StoreError) -> Asked {
    let StoreError::Busy { pid: Some(pid), .. } = busy else { return Asked::Silent };
    for path in settings.sockets() {
        let Ok(remote) = connect(&path) else { continue };
        let remote = believing(settings, remote);
        let Ok(Ok(Reply::Engine { engine })) = timeout(ANSWER, remote.call(Request::Engine)).await else { continue };
        if engine.pid != *pid {
            continue;
        }
        return match timeout(ANSWER, remote.call(Request::Yield)).await {
            Ok(Ok(_)) => Asked::Agreed,
            Ok(Err(refusal)) => Asked::Refused(refusal),
            Err(_) => Asked::Silent,
        };
    }
    Asked::Silent
}

/// The store stays another's: with the reason, where that was said.
fn in_the_way(busy: StoreError, refused: Option<Refusal>) -> Refusal {
    let busy = Refusal::from(busy);
    match refused {
        Some(refusal) => {
            let cause = Cause::Words(format!("{busy}: {refusal}"));
            Refusal { problem: Problem { cause, ..refusal.problem }, ..busy }
        }
        None => busy,
    }
}
