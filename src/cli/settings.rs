//! Where everything is and how it is set: options, then the environment, then the user's config file, then the system's,
//! then the defaults.
//!
//! Pure but for reading the config file: the environment is an argument, so that precedence can be tested.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::Global;
use super::output::Color;
use crate::clock::Clock;
use crate::engine::refusal::{Kind, Refusal};
use crate::store::{Begin, KeySource, StoreError, check, is_fresh};

pub mod config;
pub mod keys;
pub mod layers;
pub mod sound;
pub mod zone;

use layers::{Layers, LeftOut, SYSTEM};

/// The service's socket, looked at where no one named a data directory.
const SERVICE_SOCKET: &str = "/run/windlass/windlass.sock";
/// The socket's name in the data directory.
const SOCKET: &str = "windlass.sock";

/// What the commands need to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the store is.
    pub data_dir: PathBuf,
    /// Someone named it, so that no other engine's store will do.
    pub data_dir_named: bool,
    /// The socket that someone named.
    pub socket: Option<PathBuf>,
    /// Where the sealing key comes from.
    pub keys: KeySource,
    /// The time.
    pub clock: Clock,
    /// The zone of whoever types and reads.
    pub zone: Tz,
    /// The machine's zone, by its IANA name.
    pub machine_zone: String,
    /// Why that may be another one.
    pub zone_doubt: Option<String>,
    /// Refuse any command that changes state.
    pub read_only: bool,
    /// What was found in the config files: what they say stands in its `config`.
    pub found: Layers,
    /// Begin a new store where one was and is gone.
    pub new_store: bool,
    /// The config file, or where it would be.
    pub config: Option<PathBuf>,
    /// Someone named it.
    pub config_named: bool,
    /// No lines and arrows, whatever the config says.
    pub ascii: bool,
    /// No colours, whatever the terminal shows.
    pub colourless: bool,
}

/// Looks a variable of the environment up.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

impl Settings {
    /// Puts everything together. What is wrong in a config file is kept for whoever needs that part of it. Fails where one
    /// is not to be believed, or where there is no place for the data.
    pub fn resolve(global: &Global, env: Env) -> Result<Self, Refusal> {
        let (settings, left_out) = Self::look(global, env)?;
        left_out.map_or(Ok(settings), |left_out| Err(left_out.why))
    }

    /// The same for whoever only looks, and can do without a config file that is not to be believed; it is to be said.
    pub fn look(global: &Global, env: Env) -> Result<(Self, Option<LeftOut>), Refusal> {
        // A variable that is set to nothing is as good as not set.
        let env = |name: &str| env(name).filter(|value| !value.is_empty());
        let place = |option: &Option<PathBuf>, variable: &str| {
            let place = option.clone().or_else(|| env(variable).map(PathBuf::from));
            place.map(|place| std::path::absolute(&place).unwrap_or(place))
        };
        let config_home = xdg(&env, "XDG_CONFIG_HOME", ".config").map(|home| home.join("windlass"));
        let data_dir = place(&global.data_dir, "WINDLASS_DATA_DIR");
        let data_dir_named = data_dir.is_some();
        let own_data = || xdg(&env, "XDG_DATA_HOME", ".local/share").map(|home| home.join("windlass"));
        let data_dir = data_dir.or_else(own_data).ok_or_else(homeless)?;
        let named = place(&global.config, "WINDLASS_CONFIG");
        let config_named = named.is_some();
        let config_file = named.or_else(|| config_home.as_ref().map(|home| home.join("config.toml")));
        let found = Layers::read(Path::new(SYSTEM), config_file.as_deref(), config_named);
        let left_out = found.left_out.clone();
        let keys = KeySource {
            credentials: env("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            named: place(&global.key_file, "WINDLASS_KEY_FILE"),
            own: config_home.unwrap_or_else(|| data_dir.clone()).join("master.key"),
        };
        let machine = zone::machine(env("TZ"), Path::new("/"));
        let settings = Self {
            socket: place(&global.socket, "WINDLASS_SOCKET"),
            keys,
            clock: clock(env("WINDLASS_CLOCK"))?,
            zone: machine.name.parse().unwrap_or(Tz::UTC),
            machine_zone: machine.name,
            zone_doubt: machine.doubt,
            read_only: global.read_only,
            found,
            new_store: global.new_store,
            config: config_file,
            config_named,
            ascii: global.ascii,
            colourless: global.color == Color::Never,
            data_dir,
            data_dir_named,
        };
        Ok((settings, left_out))
    }

    /// The environment where none is given. Refused where the config file may have named another.
    pub fn environment(&self) -> Result<String, Refusal> {
        self.found.environment()
    }

    /// The time zone of a new rotation where none is given.
    pub fn time_zone(&self) -> Result<String, Refusal> {
        Ok(self.found.time_zone()?.unwrap_or_else(|| self.machine_zone.clone()))
    }

    /// What is to be said of that, where it is the machine's and is not known for sure.
    pub fn zone_note(&self) -> Option<String> {
        let doubt = self.zone_doubt.as_ref().filter(|_| matches!(self.found.time_zone(), Ok(None)))?;
        Some(format!(
            "{doubt}; {} is taken: name another with --time-zone, or in the config ([defaults] time_zone)",
            self.machine_zone
        ))
    }

    /// The same with what the config file says by now.
    #[must_use]
    pub fn again(&self) -> Self {
        let found = Layers::read(Path::new(SYSTEM), self.config.as_deref(), self.config_named);
        Self { found, ..self.clone() }
    }

    /// What an engine of this process needs of the config file.
    pub fn for_an_engine(&self) -> Result<(), Refusal> {
        self.found.needs(&["network", "drift", "notify"])
    }

    /// The socket that an engine of ours listens on.
    pub fn own_socket(&self) -> PathBuf {
        self.socket.clone().unwrap_or_else(|| self.data_dir.join(SOCKET))
    }

    /// Where to look for an engine, in order.
    pub fn sockets(&self) -> Vec<PathBuf> {
        let service = (!self.data_dir_named).then(|| PathBuf::from(SERVICE_SOCKET));
        let named = self.socket.clone();
        named.into_iter().chain([self.data_dir.join(SOCKET)]).chain(service).collect()
    }

    /// Refuses where a store was kept in the data directory and none is there. Nothing is made for that, and an engine that
    /// runs was looked for before.
    pub fn expect_store(&self) -> Result<(), StoreError> {
        check(&self.data_dir, &self.keys, Begin { new: self.new_store, read_only: self.read_only })
    }

    /// Whether anything was ever kept in the data directory: backups alone are enough. What cannot be looked at may be one,
    /// and is said by whoever opens it.
    pub fn has_store(&self) -> bool {
        !is_fresh(&self.data_dir)
    }
}

/// A base directory of the XDG specification, which has relative values ignored.
fn xdg(env: &dyn Fn(&str) -> Option<OsString>, variable: &str, fallback: &str) -> Option<PathBuf> {
    let absolute = |value: OsString| Some(PathBuf::from(value)).filter(|path| path.is_absolute());
    env(variable).and_then(absolute).or_else(|| {
        let home = env("HOME").and_then(absolute).or_else(|| {
            let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten()?;
            Some(user.dir).filter(|dir| dir.is_absolute() && dir.as_path() != Path::new("/"))
        });
        Some(home?.join(fallback))
    })
}

fn homeless() -> Refusal {
    let hint = "name a data directory with --data-dir or WINDLASS_DATA_DIR; nothing was changed";
    Refusal::new(Kind::Invalid, "there is no home directory to keep the store in", hint)
}

pub fn clock(variable: Option<OsString>) -> Result<Clock, Refusal> {
    let Some(text) = variable else { return Ok(Clock::System) };
    text.to_string_lossy().parse().map_err(|error| {
        Refusal::new(Kind::Invalid, format!("WINDLASS_CLOCK: {error}"), "unset it to use the machine's clock")
    })
}

#[cfg(test)]
pub mod fixture;
#[cfg(test)]
mod tests;
