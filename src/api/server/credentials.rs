//! The socket where systemd fetches the credentials of units (`LoadCredential=` in systemd.exec(5)).
//!
//! A service manager names the unit and the credential in the address that it connects from, which anyone can choose: it is
//! believed from root, and from the engine's own user for its own units. The answer is the value alone. **A refusal is never
//! empty**: with an empty credential the unit would start. It is more than systemd takes, with which the unit fails
//! (243/CREDENTIALS).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, Interest, Ready};
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::exchange::Service;
use super::place::Bound;
use super::write_timeout::WriteTimeout;
use super::{CLOSE_TIMEOUT, GRACE};
use crate::api::HandleFactory;
use crate::core::secret::SecretValue;
use crate::core::target::unit::is_unit;
use crate::engine::request::Asks;
use crate::trust::peer::Believed;

/// Answered at once; more wait until systemd is let in.
const MAX_UNITS: usize = 64;

/// How long the engine may take to put a fetch on disk, well below the 90 s in which a unit has to start.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a service manager may leave an answer unread.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest credential that systemd takes.
const MAX_CREDENTIAL: usize = 1 << 20;

/// What a refusal is made of.
static NOTHING: [u8; 16 << 10] = [0; 16 << 10];

/// Serves the socket until the server stops.
pub async fn serve(socket: Bound, engine: Arc<dyn HandleFactory>, service: Arc<Service>) -> io::Result<()> {
    let mut socket = socket.listen()?;
    let places = Arc::new(Semaphore::new(MAX_UNITS));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            // Whoever is let in has to be answered, so there is a place first.
            let place = places.clone().acquire_owned().await;
            socket.next().await.map(|stream| (place, stream))
        };
        tokio::select! {
            () = service.stopped() => break,
            Some(_) = connections.join_next() => {}
            accepted = next => {
                let (place, stream) = accepted?;
                let (engine, service) = (engine.clone(), service.clone());
                connections.spawn(async move {
                    answer(stream, &*engine, &service).await;
                    drop(place);
                });
            }
        }
    }
    // A unit whose manager is not let in any more fails as it should: its connection breaks.
    socket.end();
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(GRACE + CLOSE_TIMEOUT, all).await;
    Ok(())
}

/// Answers one, whatever happens.
async fn answer(stream: UnixStream, engine: &dyn HandleFactory, service: &Service) {
    // One that hung up gets nothing, and what it asked for counts as fetched by no one.
    if stream.ready(Interest::WRITABLE).await.is_ok_and(Ready::is_write_closed) {
        return;
    }
    let value = async { engine.hand_out(asks(&stream, service).await).await };
    let late = async {
        tokio::select! {
            () = sleep(ANSWER_TIMEOUT) => tracing::warn!("a unit got no credential: the engine did not answer in time"),
            () = async { service.stopped().await; sleep(GRACE).await } => {}
        }
    };
    let value = tokio::select! {
        value = value => value,
        () = late => None,
    };
    // It may hang up or not read, and there is no one else to hear of it.
    let _ = write(WriteTimeout::new(stream, READ_TIMEOUT), value).await;
}

async fn write(mut stream: WriteTimeout<UnixStream>, value: Option<SecretValue>) -> io::Result<()> {
    if let Some(value) = value {
        stream.write_all(value.expose().as_bytes()).await?;
    } else {
        for _ in 0..MAX_CREDENTIAL / NOTHING.len() {
            stream.write_all(&NOTHING).await?;
        }
        stream.write_all(&NOTHING[..1]).await?;
    }
    stream.shutdown().await
}

/// What is asked for, and by whom.
async fn asks(stream: &UnixStream, service: &Service) -> Asks {
    let Ok(peer) = service.peer(stream).await else { return Asks::Nameless };
    if !Believed::default().holds(peer.uid()) {
        return Asks::Stranger { user: peer.user().to_owned() };
    }
    // What `accept` says of it has lost the name.
    match stream.peer_addr().ok().and_then(|address| named(address.as_abstract_name()?)) {
        Some((unit, credential)) => {
            let mut caller = peer.caller();
            caller.fetched_for = Some(unit.clone());
            Asks::Unit { unit, credential, caller }
        }
        None => Asks::Nameless,
    }
}

/// The unit and the credential that an address names: a number in hexadecimal digits, `/unit/`, the unit, `/`, the credential.
fn named(address: &[u8]) -> Option<(String, String)> {
    let (number, rest) = std::str::from_utf8(address).ok()?.split_once("/unit/")?;
    let (unit, credential) = rest.split_once('/')?;
    let digits = (1..=16).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_hexdigit());
    let named = digits && is_unit(unit) && !credential.is_empty() && !credential.contains('/');
    named.then(|| (unit.to_owned(), credential.to_owned()))
}

#[cfg(test)]
mod tests;
