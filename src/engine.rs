//! The engine: it alone does rotations. Store, clock, scheduler, Okta clients, and core's effects.
//!
//! It runs on its own thread with its own current-thread runtime, which it shares with no terminal and no socket: a face
//! that stalls delays no call to Okta. Faces reach it through [`Handle`], whose two implementations (the engine in this
//! process, and the client of another process's socket) they cannot tell apart.
//!
//! Secret values occur only in the replies to get, credentials and export.

use std::pin::Pin;

use futures_util::Stream;
use futures_util::future::BoxFuture;

mod about;
mod acks;
mod agenda;
mod apps;
pub mod bulk;
mod checkup;
mod confirm;
mod connections;
mod create;
mod credential;
mod deletion;
mod driver;
mod edited;
pub mod events;
pub mod foreseen;
pub mod form;
mod health;
mod local;
mod look;
mod mend;
mod model;
mod overdue;
mod past;
mod place;
mod publish;
pub mod refusal;
pub mod request;
mod resolve;
mod retire;
mod retire_store;
mod rollback;
mod rotate;
mod rotations;
mod run;
mod scheduler;
mod secrets;
mod shared;
mod unread;
mod unwoken;
mod upcoming;
pub mod view;
mod watch;
pub mod yielding;

use events::Event;
use refusal::Refusal;
use request::{Reply, Request};

#[cfg(test)]
pub use apps::recorded as recorded_apps;
pub use local::{Engine, Fell, Local, Options, Role, start};

/// The events from a cursor on, without end; it ends where the engine does.
pub type EventStream = Pin<Box<dyn Stream<Item = Event> + Send>>;

/// The way to an engine: call, view (a call as well), and events.
pub trait Handle: Send + Sync {
    /// Asks for something, and waits for the reply.
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>>;

    /// Follows the live log from a cursor; from now where there is none.
    fn events(&self, cursor: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>>;
}

#[cfg(test)]
mod tests;
