//! The clients of the connections' orgs, and the places of each.

use std::rc::Rc;

use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Shared;
use crate::core::cause::ConnectionCause;
use crate::core::connection::Connection;
use crate::core::fault::Fault;
use crate::core::remedy::OnMachine;
use crate::okta::Client;

/// Operations of one connection that are under way at the same time. Those of people do not wait for a place.
///
/// A place keeps an operation's list and the call that it decided close together in time, however many are due.
const AT_ONCE: usize = 8;

impl Shared {
    /// The client of a connection; made anew after the connection was changed.
    pub fn client(&self, connection: Uuid) -> Result<Client, Fault> {
        if let Some(client) = self.clients.borrow().get(&connection) {
            return Ok(client.clone());
        }
        let model = self.model.borrow();
        let Some(found) = model.connections.get(&connection) else {
            return Err(Fault::precondition(ConnectionCause::ConnectionGone).and(OnMachine::Report));
        };
        let client = Client::new(&found.url, &found.auth, &self.network, self.clock)?;
        self.clients.borrow_mut().insert(connection, client.clone());
        Ok(client)
    }

    /// A client that belongs to no connection yet.
    pub fn trial_client(&self, connection: &Connection) -> Result<Client, Fault> {
        Client::new(&connection.url, &connection.auth, &self.network, self.clock)
    }

    /// Takes a client over, or forgets it: the connection was changed.
    pub fn renew_client(&self, connection: Uuid, client: Option<Client>) {
        let mut clients = self.clients.borrow_mut();
        match client {
            Some(client) => clients.insert(connection, client),
            None => clients.remove(&connection),
        };
    }

    /// No further call goes out. Whoever waits for a place continues without one, and comes no further than that.
    pub fn halt(&self) {
        self.stopping.set(true);
        self.clients.borrow().values().for_each(Client::halt);
        self.places.borrow().values().for_each(|places| places.close());
        self.stir();
    }

    /// How many operations have a call out, or an answer that is being dealt with.
    pub fn calls_out(&self) -> usize {
        let waiting: usize = self.clients.borrow().values().map(Client::waiting).sum();
        self.driven.borrow().len().saturating_sub(waiting)
    }

    /// The places of a connection.
    pub fn places(&self, connection: Uuid) -> Rc<Semaphore> {
        let mut places = self.places.borrow_mut();
        places.entry(connection).or_insert_with(|| Rc::new(Semaphore::new(AT_ONCE))).clone()
    }
}
