//! The API: HTTP/1.1 on the engine's Unix socket, and the client of it. Both are frontends of [`Handle`]. Beside it stands a
//! socket where systemd fetches credentials.
//!
//! [`server`] opens an engine to other processes; [`client`] is a [`Handle`] on an engine behind such a socket. What a
//! request looks like on the way stands in one table, `routes`, by which the server reads it and the client writes it.
//!
//! This ring decides nothing: it checks that a request can be read, says who asks, and passes the engine's words on. It
//! may not know the store or Okta, print, or keep anything between two requests.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::core::history::Actor;
use crate::core::secret::SecretValue;
use crate::engine::request::Asks;
use crate::engine::{Handle, Local};

pub mod body;
mod call;
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

/// What a consumer calls itself.
const CONSUMER: &str = "x-windlass-consumer";

/// Names a request in the answer and in the log.
const REQUEST_ID: &str = "x-request-id";

/// Makes handles on an engine: who asks decides which one is used, and only the server knows who asks.
pub trait HandleFactory: Send + Sync + 'static {
    /// A handle for an actor.
    fn open(&self, actor: Actor) -> Arc<dyn Handle>;

    /// Asks for a credential as a service manager does; `None` where it is refused.
    fn hand_out(&self, asks: Asks) -> BoxFuture<'_, Option<SecretValue>>;
}

impl HandleFactory for Local {
    fn open(&self, actor: Actor) -> Arc<dyn Handle> {
        Arc::new(self.acting_as(actor))
    }

    fn hand_out(&self, asks: Asks) -> BoxFuture<'_, Option<SecretValue>> {
        Self::hand_out(self, asks).boxed()
    }
}
