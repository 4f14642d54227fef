//! What an engine is run for, and how it is run.

use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;

use crate::clock::Clock;
use crate::net::Network;
use crate::store::{KeySource, Lock};

/// How an engine is run.
pub struct Options {
    /// What it is run for.
    pub role: Role,
    /// The data directory, locked.
    pub lock: Lock,
    /// Where the sealing key comes from.
    pub keys: KeySource,
    /// A new store may begin where one was and is gone.
    pub new_store: bool,
    /// How Okta is reached.
    pub network: Network,
    /// The time.
    pub clock: Clock,
    /// The zone of a time of day that names none.
    pub zone: Tz,
    /// From one drift check of a rotation to the next; `None` for never.
    pub drift_every: Option<Duration>,
    /// Whatever would change something is refused, whoever asks, and nothing runs on its own.
    pub read_only: bool,
    /// Whether anything may be changed by what it is run for; where not, a damaged store is left as it lies.
    pub acts: bool,
    /// Where systemd fetches credentials, from an engine that others reach.
    pub credential_socket: PathBuf,
}

/// What an engine is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// For a service manager: everything runs on its own.
    Serve,
    /// Does all that is due, and ends.
    Once,
    /// For a terminal UI that found no engine: everything runs on its own, for as long as it is open.
    Ui,
    /// For one command: nothing runs on its own but what the command asks for.
    OneShot,
}

impl Role {
    /// The word for it in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Once => "once",
            Self::Ui => "ui",
            Self::OneShot => "one-shot",
        }
    }

    /// Whether it runs until it is asked to stop.
    pub fn stays(self) -> bool {
        matches!(self, Self::Serve | Self::Ui)
    }

    /// Whether due times run by themselves.
    pub fn schedules(self) -> bool {
        !matches!(self, Self::OneShot)
    }
}
