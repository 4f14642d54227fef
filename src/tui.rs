//! The terminal UI: a frontend of [`crate::engine::Handle`] that shows everything at once and acts on keys.
//!
//! One region of the screen is one file: what it knows, how that changes and how it is drawn stand side by side, in `panes`,
//! `forms`, `acts` and `overlays`. `model` holds them all, `update` changes it, pure, and `screen` draws it, and remembers
//! nothing but scroll offsets. [`run`] is the loop between the two and the terminal. How an engine is found, or started, is
//! the caller's business ([`Connector`]): this ring knows neither sockets nor stores, and runs on the far side of a handle
//! wherever that is.
//!
//! Nothing here may query the terminal, draw without a change, or put a secret value on the screen that no one asked for.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

mod actions;
mod acts;
pub mod demo;
mod filling;
#[cfg(test)]
mod fixture;
mod forms;
#[cfg(test)]
mod fuzz;
mod input;
pub mod keys;
mod model;
pub mod msg;
mod navigation;
mod obstacle;
mod overlays;
mod panes;
#[cfg(test)]
mod picture;
mod planning;
mod reply;
mod row_acts;
mod rows;
pub mod run;
mod scene;
mod screen;
mod selection;
pub mod session;
mod target_acts;
mod target_filling;
pub mod theme;
mod update;
mod ways;
mod widgets;

use crate::engine::refusal::{Kind, Refusal};
use crate::engine::{Fell, Handle};
use crate::words::sentence::Sentence;

/// Finds the engine that a UI is attached to.
pub trait Connector: Send + Sync {
    /// Finds one that runs; where `start` allows it and there is none, starts one in this process.
    fn connect(&self, start: bool) -> BoxFuture<'_, Result<Connected, Refusal>>;

    /// Starts an engine that outlives this process, and waits until it answers. The engine of this process has ended.
    /// Only where a process can be an engine is there one to leave behind.
    fn leave_behind(&self) -> BoxFuture<'_, Result<(), Refusal>> {
        let hint = "`windlass serve` starts one by hand";
        let refusal = Refusal::new(Kind::Conflict, "no engine can be left behind here", hint);
        std::future::ready(Err(refusal)).boxed()
    }
}

/// An engine that was found.
pub struct Connected {
    /// The way in.
    pub handle: Arc<dyn Handle>,
    /// The engine itself, where it is in this process.
    pub own: Option<LocalEngine>,
    /// What to read about an engine of another process.
    pub notes: Vec<Sentence>,
}

/// An engine of this process, which ends with the UI.
pub struct LocalEngine {
    /// What to read about its start.
    pub notes: Vec<Sentence>,
    /// What is printed while its end takes a while.
    pub ending: &'static str,
    /// Whether it ended by a fault of its own.
    pub fell: Fell,
    stop: Box<dyn FnOnce() + Send>,
}

impl LocalEngine {
    /// One that is stopped in this way, which may take a while.
    pub fn new(notes: Vec<Sentence>, stop: impl FnOnce() + Send + 'static) -> Self {
        let ending = "the call in flight finishes; Ctrl-C ends at once, and the next start looks it up";
        Self { notes, ending, fell: Fell::default(), stop: Box::new(stop) }
    }

    /// The same, with a word about how it ended.
    #[must_use]
    pub fn that_may_fall(self, fell: Fell) -> Self {
        Self { fell, ..self }
    }

    /// Stops it: the call in flight finishes, and everything is written down.
    pub fn stop(self) {
        (self.stop)();
    }
}
