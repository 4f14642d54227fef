//! The engine: it alone does rotations. Store, clock, scheduler, Okta clients, and core's effects.
//!
//! It runs on its own thread with its own current-thread runtime, which it shares with no terminal and no socket: a
//! frontend that stalls delays no call to Okta. Frontends reach it through [`Handle`], whose two implementations (the
//! engine in this process, and the client of another process's socket) they cannot tell apart.
//!
//! Secret values occur only in the replies to get, credentials and export.

use std::pin::Pin;

use futures_util::Stream;
use futures_util::future::BoxFuture;

pub mod act;
mod answer;
mod body;
pub mod bulk;
mod dispatch;
pub mod events;
pub mod foreseen;
pub mod form;
mod local;
pub mod patience;
pub mod refusal;
pub mod request;
mod role;
mod state;
mod thread;
pub mod view;
mod work;

use events::Event;
use refusal::Refusal;
use request::{Reply, Request};

#[cfg(test)]
pub use answer::apps::recorded as recorded_apps;
pub use local::{Engine, Fell, Local, start};
pub use role::{Options, Role};

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
