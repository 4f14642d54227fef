//! Who is at the other end of a connection, by the kernel's word.

use crate::core::cause::CallCause;
use crate::core::remedy::InCall;
use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use nix::unistd::{Uid, User};
use tokio::net::UnixStream;
use tokio::task::spawn_blocking;

use crate::core::consumer::Caller;
use crate::core::history::{Actor, Via, claimed};
use crate::engine::refusal::{Kind, Refusal};
use crate::trust::peer::Believed;
use crate::trust::process;

/// What the kernel writes where there was no login.
const NO_LOGIN: u32 = u32::MAX;

/// The process at the other end.
#[derive(Clone, Debug)]
pub struct Peer {
    pid: Option<i32>,
    uid: u32,
    user: String,
    login_user: Option<String>,
}

impl Peer {
    /// The peer, acting through a frontend. By whom `sudo` was called is its own claim, which is taken from root alone:
    /// others could blame their acts on anyone.
    pub fn actor(&self, via: Via, sudo: Option<&str>) -> Actor {
        let sudo_user = sudo.filter(|_| self.uid == 0).and_then(claimed);
        Actor { user: self.user.clone(), login_user: self.login_user.clone(), sudo_user, via }
    }

    /// Its user's number.
    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// Its user's name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The peer as a consumer: looked up when it fetches, which few peers do.
    pub fn caller(&self) -> Caller {
        process::caller(self.pid, self.uid, self.user.clone())
    }
}

/// Who may come in.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Whether the socket is its group's too: then the kernel has checked who may connect, and whoever could is let in.
    shared: bool,
    /// The engine's own user, and root.
    owners: Believed,
}

impl Admission {
    /// By the mode of the socket's file; a socket without one is private.
    pub fn at(mode: Option<u32>) -> Self {
        Self { shared: mode.is_some_and(|mode| mode & 0o020 != 0), owners: Believed::default() }
    }

    /// Refuses other users at a private socket. Its mode keeps them out already; this holds where that was loosened.
    pub fn check(&self, peer: &Peer) -> Result<(), Refusal> {
        if self.shared || self.owners.holds(peer.uid) {
            return Ok(());
        }
        let cause = CallCause::NotYourEngine { user: peer.user.clone() };
        Err(Refusal::because(Kind::Refused, cause).and(InCall::AskOwner))
    }
}

/// Names of users by number. Looking one up may ask a directory server, so each is asked for once, off this thread.
#[derive(Debug, Default)]
pub struct Users {
    known: Mutex<HashMap<u32, String>>,
}

impl Users {
    /// Who is at the other end.
    ///
    /// The login is read by process number after the connection was made. A process that hands its socket on and ends
    /// could have its number taken over meanwhile, so the login is evidence for the history and decides nothing.
    pub async fn peer(&self, stream: &UnixStream) -> io::Result<Peer> {
        let credentials = stream.peer_cred()?;
        let login = credentials.pid().and_then(login_uid);
        let user = self.name(credentials.uid()).await;
        let login_user = match login {
            Some(uid) => Some(self.name(uid).await),
            None => None,
        };
        Ok(Peer { pid: credentials.pid(), uid: credentials.uid(), user, login_user })
    }

    async fn name(&self, uid: u32) -> String {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&uid).cloned();
        if let Some(name) = known {
            return name;
        }
        let found = spawn_blocking(move || User::from_uid(Uid::from_raw(uid))).await;
        match found {
            Ok(Ok(Some(user))) => {
                self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(uid, user.name.clone());
                user.name
            }
            // Not remembered: a directory server that is down now may know the name later.
            _ => uid.to_string(),
        }
    }
}

fn login_uid(pid: i32) -> Option<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/loginuid")).ok()?;
    parse_login(&text)
}

fn parse_login(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|uid| *uid != NO_LOGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(uid: u32) -> Peer {
        Peer { pid: None, uid, user: uid.to_string(), login_user: None }
    }

    #[test]
    fn a_private_socket_is_for_its_user_and_root_and_a_shared_one_for_whoever_could_connect() {
        let geteuid = nix::unistd::geteuid;
        let (own, other) = (geteuid().as_raw(), geteuid().as_raw() + 1);
        for mode in [None, Some(0o140_600), Some(0o140_640)] {
            assert!(Admission::at(mode).check(&peer(own)).is_ok());
            assert!(Admission::at(mode).check(&peer(0)).is_ok());
            let refusal = Admission::at(mode).check(&peer(other)).expect_err("another user");
            assert_eq!(refusal.status_code, 403);
        }
        assert!(Admission::at(Some(0o140_660)).check(&peer(other)).is_ok());
        // Where the kernel has no user to name, for ourselves either, that is not us.
        let boxed = Admission { owners: Believed::of(65_534, Some(65_534)), ..Admission::at(None) };
        assert!(boxed.check(&peer(65_534)).is_err());
    }

    #[test]
    fn by_whom_sudo_was_called_is_taken_from_root_alone() {
        let of = |uid, sudo| peer(uid).actor(Via::Cli, sudo).sudo_user;
        assert_eq!(of(0, Some("ann")).as_deref(), Some("ann"));
        assert_eq!(of(1000, Some("ann")), None);
        assert_eq!(of(0, Some("ann\u{1b}[2J")), None);
        assert_eq!(of(0, None), None);
    }

    #[test]
    fn the_kernels_word_for_no_login_is_none() {
        assert_eq!(parse_login("4294967295"), None);
        assert_eq!(parse_login("1000\n"), Some(1000));
        assert_eq!(parse_login(""), None);
    }
}
