//! Who is called through each connection, and the places of each.

use std::rc::Rc;

use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Shared;
use super::caller::Caller;
use crate::core::cause::ConnectionCause;
use crate::core::connection::{App, Connection};
use crate::core::fault::Fault;
use crate::core::remedy::{OnConnection, OnMachine};
use crate::delivery::server::Server;
use crate::okta::Client;

/// Operations of one connection that are under way at the same time. Those of people do not wait for a place.
///
/// A place keeps an operation's list and the call that it decided close together in time, however many are due.
const AT_ONCE: usize = 8;

impl Shared {
    /// Who is called through a connection; made anew after it was changed.
    pub fn caller(&self, connection: Uuid) -> Result<Caller, Fault> {
        if let Some(caller) = self.callers.borrow().get(&connection) {
            return Ok(caller.clone());
        }
        let model = self.model.borrow();
        let Some(found) = model.connections.get(&connection) else {
            return Err(Fault::precondition(ConnectionCause::ConnectionGone).and(OnMachine::Report));
        };
        let caller = Caller::new(found, &self.network, self.clock)?;
        self.callers.borrow_mut().insert(connection, caller.clone());
        Ok(caller)
    }

    /// The client of an org.
    pub fn client(&self, connection: Uuid) -> Result<Client, Fault> {
        match self.caller(connection)? {
            Caller::Okta(client) => Ok(client),
            Caller::Server(_) => Err(self.other_app(connection, App::Okta.as_str())),
        }
    }

    /// The server of a connection that leads to an app.
    pub fn server(&self, connection: Uuid, app: App) -> Result<Server, Fault> {
        match self.caller(connection)? {
            Caller::Server(server) if server.app() == app => Ok(server),
            _ => Err(self.other_app(connection, app.as_str())),
        }
    }

    /// How soon the credential of a connection has to be used, so that it does not end.
    pub fn use_within(&self, connection: Uuid) -> Option<std::time::Duration> {
        let leads_to = self.model.borrow().connections.get(&connection)?.auth.app();
        self.server(connection, leads_to).ok()?.use_within()
    }

    /// A connection leads to something else than is needed.
    fn other_app(&self, connection: Uuid, needed: &str) -> Fault {
        let model = self.model.borrow();
        let app = model.connections.get(&connection).map(|known| known.auth.app().as_str()).unwrap_or_default();
        let cause = ConnectionCause::OtherApp { app: app.to_owned(), needed: needed.to_owned() };
        Fault::precondition(cause).and(OnConnection::ListConnections)
    }

    /// One that belongs to no connection yet.
    pub fn trial(&self, connection: &Connection) -> Result<Caller, Fault> {
        Caller::new(connection, &self.network, self.clock)
    }

    /// Takes one over, or forgets it: the connection was changed.
    pub fn renew_caller(&self, connection: Uuid, caller: Option<Caller>) {
        let mut callers = self.callers.borrow_mut();
        match caller {
            Some(caller) => callers.insert(connection, caller),
            None => callers.remove(&connection),
        };
    }

    /// No further call goes out. Whoever waits for a place continues without one, and comes no further than that.
    pub fn halt(&self) {
        self.stopping.set(true);
        self.callers.borrow().values().for_each(Caller::halt);
        self.places.borrow().values().for_each(|places| places.close());
        self.stir();
    }

    /// How many operations and deliveries have a call out, or an answer that is being dealt with.
    pub fn calls_out(&self) -> usize {
        let waiting: usize = self.callers.borrow().values().map(Caller::waiting).sum();
        (self.delivering.borrow().len() + self.driven.borrow().len()).saturating_sub(waiting)
    }

    /// The places of a connection.
    pub fn places(&self, connection: Uuid) -> Rc<Semaphore> {
        let mut places = self.places.borrow_mut();
        places.entry(connection).or_insert_with(|| Rc::new(Semaphore::new(AT_ONCE))).clone()
    }
}
