//! Finding an engine, or being one for the length of a command.
//!
//! A command never answers with an empty store where another one is meant: a socket that may not be opened, and a
//! service that does not answer, are said.

mod take;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::output::Output;
use super::process;
use super::settings::Settings;
use crate::api::client::{Remote, Unreached, connect, strange};
use crate::api::socket::credential_socket;
use crate::core::cause::Cause;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::{Engine, Handle, Options, Role, start};
use crate::store::{Lock, StoreError, lock_to_read};
use crate::trust::peer::{Believed, named_by, user_id};

pub use take::take;

/// Between two tries to reach an engine or to get the lock …
const AGAIN: Duration = Duration::from_millis(50);
/// … and how many of them: ten seconds.
const TRIES: u32 = 200;

/// The way to an engine that was found.
pub enum Attached {
    /// Another process's.
    Session(Arc<dyn Handle>),
    /// Our own, for this command only.
    OneShot(Arc<dyn Handle>, Engine),
}

impl Attached {
    /// The way in.
    pub fn handle(&self) -> Arc<dyn Handle> {
        match self {
            Self::Session(handle) | Self::OneShot(handle, _) => handle.clone(),
        }
    }
}

/// What was found: an engine, or the lock with which to be one.
pub enum Way {
    /// Another process's engine.
    Engine(Remote),
    /// There is none, and this process may be it.
    Lock(Lock),
}

/// Finds an engine, or becomes one: one that may change something, or one that leaves a damaged store as it lies.
pub async fn attach(settings: &Settings, output: &Output, acts: bool) -> Result<Attached, Refusal> {
    match find(settings, |busy| output.progress(format!("{busy}; waiting for it"))).await? {
        Way::Engine(remote) => {
            if let Some(warning) = warning(&remote) {
                output.warn(&warning);
            }
            warn_of_trouble(&remote, output).await?;
            Ok(Attached::Session(Arc::new(remote)))
        }
        Way::Lock(lock) => one_shot(settings, lock, output, acts),
    }
}

/// Finds an engine, or the lock; waits a while where another process holds it and is not to be reached yet.
pub async fn find(settings: &Settings, waits: impl Fn(&StoreError)) -> Result<Way, Refusal> {
    let mut busy = None;
    for _ in 0..TRIES {
        let silent = match reach(settings)? {
            Ok(remote) => return Ok(Way::Engine(remote)),
            Err(silent) => silent,
        };
        settings.expect_store()?;
        elsewhere(settings, silent)?;
        match lock_to_read(&settings.data_dir) {
            Ok(lock) => return Ok(Way::Lock(lock)),
            Err(error @ StoreError::Busy { .. }) => {
                if busy.is_none() {
                    waits(&error);
                }
                busy = Some(error);
            }
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(AGAIN).await;
    }
    let busy = busy.map(|busy| unanswering(settings, busy));
    Err(busy.unwrap_or_else(|| Refusal::new(Kind::Unavailable, "no engine answers", "try again")))
}

/// A process has the store for longer than a command takes, and listens nowhere that we look.
fn unanswering(settings: &Settings, busy: StoreError) -> Refusal {
    let pid = match busy {
        StoreError::Busy { pid, .. } => pid,
        _ => None,
    };
    let refusal = Refusal::from(busy);
    let Some(pid) = pid else { return refusal };
    let socket = settings.own_socket();
    let refusal =
        refusal.as_cause(|cause| Cause::Words(format!("{}, and nothing listens at {}", cause.say(), socket.display())));
    let hint = format!(
        "a long command: wait for it; an engine on another socket: name that with --socket; one whose socket was removed makes \
         another within half a minute: try again, or end it (`kill {pid}`) and start it anew. Nothing was changed"
    );
    refusal.hinting(hint)
}

/// Looks for an engine that listens, once. Where there is none it names another user's socket on which nothing answers.
pub fn reach(settings: &Settings) -> Result<Result<Remote, Option<PathBuf>>, Refusal> {
    let mut silent = None;
    for path in settings.sockets() {
        match connect(&path) {
            Ok(remote) => return Ok(Ok(believing(settings, remote))),
            Err(Unreached::Absent) => {}
            // One that a dead engine of ours left behind says nothing about another engine.
            Err(Unreached::Refused) if path.starts_with(&settings.data_dir) => {}
            Err(Unreached::Refused) => silent = Some(path),
            Err(Unreached::NotPermitted) => return Err(closed(&path)),
            Err(Unreached::TooLong(refusal)) => return Err(*refusal),
            Err(Unreached::Other(why)) => return Err(unreachable(&path, &why)),
        }
    }
    Ok(Err(silent))
}

/// The engine with those whom root, or the user's own config, has named for it. No one is looked up where it is ours.
fn believing(settings: &Settings, remote: Remote) -> Remote {
    let remote = remote.sudo_user(process::by_sudo());
    let believed = Believed::default();
    if remote.stranger().is_none() && remote.is_known() {
        return remote;
    }
    let named = named_by(remote.path());
    let owner = settings.found.config.engine.owner.as_deref().and_then(user_id);
    remote.believing(believed.with(named).with(owner))
}

/// What is to be said of an engine that is not believed.
pub fn warning(remote: &Remote) -> Option<String> {
    let uid = remote.stranger()?;
    Some(format!(
        "{}: what it says is shown as it is, but it gets no credential and no order, and no value is taken from it",
        strange(remote.path(), uid)
    ))
}

/// Starts an engine on a locked store.
pub fn engine(settings: &Settings, lock: Lock, role: Role, acts: bool) -> Result<Engine, Refusal> {
    let Settings { keys, new_store, clock, zone, read_only, found, .. } = settings.clone();
    let network = found.config.network();
    // A clock that is not the machine's is for trying things out, without drift checks.
    let drift_every = found.config.drift.every.0.filter(|_| clock == crate::clock::Clock::System);
    let socket = credential_socket(&settings.own_socket());
    let credential_socket = std::path::absolute(&socket).unwrap_or(socket);
    start(Options {
        role,
        lock,
        keys,
        new_store,
        network,
        clock,
        zone,
        drift_every,
        read_only,
        acts,
        credential_socket,
    })
}

fn one_shot(settings: &Settings, lock: Lock, output: &Output, acts: bool) -> Result<Attached, Refusal> {
    let engine = engine(settings, lock, Role::OneShot, acts)?;
    for note in &engine.notes {
        output.warn(note.say());
    }
    Ok(Attached::OneShot(Arc::new(engine.handle(process::actor())), engine))
}

/// Says that nothing moves, where the engine's store is quarantined or cannot be written: its rows look as always.
async fn warn_of_trouble(engine: &dyn Handle, output: &Output) -> Result<(), Refusal> {
    if let Reply::Engine { engine } = engine.call(Request::Engine).await?
        && let Some(trouble) = engine.trouble
    {
        output.warn(trouble.whole());
    }
    Ok(())
}

/// Refuses to begin a store where none is meant to begin: with `--read-only`, and where another engine was meant, one whose
/// socket someone named, or whose socket is there although no one answers.
fn elsewhere(settings: &Settings, silent: Option<PathBuf>) -> Result<(), Refusal> {
    if settings.has_store() {
        return Ok(());
    }
    let Some(socket) = settings.socket.clone().or(silent).filter(|_| !settings.data_dir_named) else {
        if settings.read_only {
            let message = format!("no engine answers, and there is no store in {}", settings.data_dir.display());
            let hint = "leave out --read-only to begin one, or name a store with --data-dir; none was made";
            return Err(Refusal::new(Kind::Unavailable, message, hint));
        }
        return Ok(());
    };
    let message = format!("no engine answers on {}", socket.display());
    let hint = format!(
        "start it again (`windlass serve`), or name a store with --data-dir; there is none in {} yet, and none was made",
        settings.data_dir.display()
    );
    Err(Refusal::new(Kind::Unavailable, message, hint))
}

fn closed(socket: &Path) -> Refusal {
    let message = format!("the engine's socket {} may not be opened by you", socket.display());
    let hint =
        "ask for membership of the socket's group, or name a store of your own with --data-dir; nothing was changed";
    Refusal::new(Kind::Refused, message, hint)
}

fn unreachable(socket: &Path, why: &str) -> Refusal {
    let message = format!("the engine's socket {} cannot be used: {why}", socket.display());
    Refusal::new(Kind::Unavailable, message, "name another with --socket, or try again; nothing was changed")
}

#[cfg(test)]
mod tests;
