//! The API: HTTP/1.1 on the engine's Unix socket, and the client of it. Both are faces on [`Handle`].
//!
//! [`server`] opens the door to an engine for other processes; [`client`] is a [`Handle`] on an engine behind such a
//! door. What a request looks like on the way is written down twice, in `routes` for reading and in
//! `client/encode` for writing, and the tests send every request through a real socket to hold the two together.
//!
//! This ring decides nothing: it checks that a request can be read, says who asks, and passes the engine's words on. It
//! may not know the store or Okta, print, or keep anything between two requests.

use std::sync::Arc;

use crate::core::history::Actor;
use crate::engine::{Handle, Local};

pub mod body;
pub mod client;
mod path;
mod query;
mod routes;
pub mod server;
pub mod socket;
mod spoken;
#[cfg(test)]
pub(crate) mod tests;

/// The largest request body, in bytes. The largest legitimate one, a connection with a private key, has a few thousand.
const MAX_BODY: usize = 256 << 10;

/// Says who a request comes through, from our own client. See [`crate::core::history::Via`].
const VIA: &str = "x-windlass-via";

/// Says who called `sudo`, from our own client run as root: the kernel tells the server no more than that it is root.
const SUDO: &str = "x-windlass-sudo-user";

/// Names a request in the answer and in the log.
const REQUEST_ID: &str = "x-request-id";

/// Who asks decides which handle is used, and only the server knows who asks.
pub trait Door: Send + Sync + 'static {
    /// A handle on the engine for somebody.
    fn open(&self, actor: Actor) -> Arc<dyn Handle>;
}

impl Door for Local {
    fn open(&self, actor: Actor) -> Arc<dyn Handle> {
        Arc::new(self.acting_as(actor))
    }
}
