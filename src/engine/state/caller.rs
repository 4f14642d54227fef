//! Who is called through a connection.

use crate::clock::Clock;
use crate::core::connection::Connection;
use crate::core::fault::Fault;
use crate::delivery::server::Server;
use crate::net::Network;
use crate::okta::Client;

/// Who is called through a connection. Clones share pace and logins.
#[derive(Clone)]
pub enum Caller {
    /// An Okta org.
    Okta(Client),
    /// A server that credentials are delivered to.
    Server(Server),
}

impl Caller {
    /// For a connection. Fails where its credential or the CA file cannot be used.
    pub fn new(connection: &Connection, network: &Network, clock: Clock) -> Result<Self, Fault> {
        let Connection { url, auth, ca, .. } = connection;
        let network = &Network { only: ca.clone(), ..network.clone() };
        match Server::new(url, auth, network, clock)? {
            Some(server) => Ok(Self::Server(server)),
            None => Client::new(url, auth, network, clock).map(Self::Okta),
        }
    }

    /// The org, where it is one.
    pub fn okta(&self) -> Option<&Client> {
        if let Self::Okta(client) = self { Some(client) } else { None }
    }

    /// No further call goes out: whoever waits for a turn waits for ever.
    pub fn halt(&self) {
        match self {
            Self::Okta(client) => client.halt(),
            Self::Server(server) => server.pace().halt(),
        }
    }

    /// How many calls wait for their turn.
    pub fn waiting(&self) -> usize {
        match self {
            Self::Okta(client) => client.waiting(),
            Self::Server(server) => server.pace().waiting(),
        }
    }
}
