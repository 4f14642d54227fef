//! A stand-in for an Okta org: in memory, behind real HTTP on loopback, with Okta's states, limits, headers and texts.
//!
//! The demo and the tests run against it through the real client. It holds no real secret, keeps nothing, and answers
//! faults on demand (see [`faults`]). What Okta does is taken from its OpenAPI description 2026.06.3 and from recorded
//! exchanges; where neither says it, a comment says so.
//!
//! It may not know anything of the engine or the protocol: it is the other side.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

mod assertion;
mod control;
pub mod faults;
mod gate;
mod limits;
mod oauth;
pub mod org;
mod proof;
mod refusal;
mod routes;
mod seed;
pub mod service;

use org::{AppSummary, Org};

/// Tells the sandbox's time.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How a sandbox starts.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; loopback only.
    pub listen: SocketAddr,
    /// How many apps the org has.
    pub apps: usize,
    /// Its clock: the `Date` header, the instants of secrets and the rate windows follow it.
    pub now: Now,
    /// Calls a minute in Okta's `/api/v1/apps` limit; `None` for as many as one likes.
    pub per_minute: Option<u32>,
    /// The same seed makes the same ids, labels, secrets and token.
    pub seed: u64,
}

/// A running sandbox; ends when dropped.
pub struct Sandbox {
    address: SocketAddr,
    org: Arc<Org>,
    server: JoinHandle<()>,
}

/// Starts a sandbox on the current tokio runtime.
pub async fn start(options: Options) -> io::Result<Sandbox> {
    let loopback = match options.listen.ip() {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => address.is_loopback(),
    };
    if !loopback {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the sandbox listens on loopback only"));
    }
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let org = Arc::new(Org::new(options, format!("http://{address}")));
    let server = tokio::spawn(gate::serve(listener, org.clone()));
    Ok(Sandbox { address, org, server })
}

impl Sandbox {
    /// The org's URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An API token that it accepts.
    pub fn token(&self) -> &str {
        &self.org.token
    }

    /// The org itself, for looking and for foreign hands.
    pub fn org(&self) -> &Arc<Org> {
        &self.org
    }

    /// Its apps in a few words.
    pub fn apps(&self) -> Vec<AppSummary> {
        self.org.summaries()
    }

    /// Waits until the server ends, which it does not by itself.
    pub async fn stopped(mut self) {
        let _ = (&mut self.server).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[cfg(test)]
mod tests;
