//! The system's config file below the user's: what the user's says holds, key by key, and what it leaves out is the
//! system's.

use std::path::Path;

use super::config::{Config, Defaults, EngineConfig, Look, NetworkConfig, NotifyConfig, UiConfig};
use crate::engine::refusal::{Kind, Refusal};
use crate::trust::files::{Unsafe, check};

/// The system's config file.
pub const SYSTEM: &str = "/etc/windlass/config.toml";

/// What both files say together, and which keys stand in which.
#[derive(Clone, Debug)]
pub struct Layers {
    /// What holds.
    pub config: Config,
    /// One of them that was left out, for others could have written it.
    pub left_out: Option<LeftOut>,
    system: toml::Table,
    user: toml::Table,
}

impl Layers {
    /// Reads both; the user's must be there where somebody `named` it. What a file says decides whom we trust and what is
    /// run, so one that nobody but us and root can have written is read, and no other.
    pub fn read(system: &Path, user: Option<&Path>, named: bool) -> Result<Self, Refusal> {
        // The user may have named the system's own, which is then read once.
        let below = if user == Some(system) { None } else { Some(system) };
        let mut left_out = None;
        let mut read = |path: Option<&Path>, named: bool| {
            let Some(path) = path else { return Ok((Config::default(), toml::Table::new())) };
            if let Err(found) = check(path) {
                let written = Config::read(path, named).map(|(_, text)| table(&text));
                let environment = written.map_or(true, |written| says(&written, "defaults", "environment"));
                left_out = Some(LeftOut { why: unsafe_file(path, &found), environment });
                return Ok((Config::default(), toml::Table::new()));
            }
            Config::read(path, named).map(|(config, text)| (config, table(&text)))
        };
        let (below, system) = read(below, false)?;
        let (above, user) = read(user, named)?;
        Ok(Self { config: over(above, below, &user), left_out, system, user })
    }

    /// Which file a key comes from: the user's, the system's, or none.
    pub fn from(&self, table: &str, key: &str) -> Option<Layer> {
        match (says(&self.user, table, key), says(&self.system, table, key)) {
            (true, _) => Some(Layer::User),
            (false, true) => Some(Layer::System),
            (false, false) => None,
        }
    }
}

fn unsafe_file(path: &Path, found: &Unsafe) -> Refusal {
    let message = format!("the config file {} is not used: {}", path.display(), found.of(path));
    Refusal::new(Kind::Invalid, message, format!("{}; nothing was changed", found.fix))
}

/// A config file that is not used.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Why.
    pub why: Refusal,
    /// It may name the environment that secrets are read from: who needs one cannot do without the file.
    pub environment: bool,
}

/// A config file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The user's own, or the one that was named.
    User,
    /// The system's.
    System,
}

fn table(text: &str) -> toml::Table {
    // It was read before, so it can be.
    toml::from_str(text).unwrap_or_default()
}

fn says(written: &toml::Table, table: &str, key: &str) -> bool {
    written.get(table).and_then(toml::Value::as_table).is_some_and(|table| table.contains_key(key))
}

/// One over the other. Each struct is written out, so that a new key cannot be forgotten here.
fn over(above: Config, below: Config, written: &toml::Table) -> Config {
    macro_rules! of {
        ($table:ident . $key:ident) => {
            if says(written, stringify!($table), stringify!($key)) { above.$table.$key } else { below.$table.$key }
        };
    }
    let themed = says(written, "ui", "theme");
    Config {
        network: NetworkConfig {
            ca_file: of!(network.ca_file),
            connect_timeout: of!(network.connect_timeout),
            call_timeout: of!(network.call_timeout),
        },
        defaults: Defaults { time_zone: of!(defaults.time_zone), environment: of!(defaults.environment) },
        look: Look { every: of!(look.every) },
        ui: UiConfig {
            theme: of!(ui.theme),
            theme_line: if themed { above.ui.theme_line } else { below.ui.theme_line },
            theme_file: if themed { above.ui.theme_file } else { below.ui.theme_file },
            glyphs: of!(ui.glyphs),
        },
        keys: above.keys.over(below.keys),
        notify: NotifyConfig { command: of!(notify.command) },
        engine: EngineConfig { owner: of!(engine.owner) },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;
    use crate::tui::app::action::Action;

    const SYSTEM_TEXT: &str = "[network]\nca_file = \"ca.pem\"\nconnect_timeout = \"7s\"\ncall_timeout = \"9s\"\n\
        [defaults]\ntime_zone = \"Europe/Berlin\"\nenvironment = \"dev\"\n[look]\nevery = \"off\"\n\
        [ui]\ntheme = \"light\"\nglyphs = \"ascii\"\n[keys]\nrotate = [\"F5\"]\nretry = [\"F6\"]\n\
        [notify]\ncommand = [\"hooks/page\"]\n[engine]\nowner = \"windlass\"\n";

    struct Both(tempfile::TempDir);

    impl Both {
        fn of(system: &str, user: &str) -> Self {
            let both = Self(tempfile::tempdir().expect("a directory"));
            for (name, text) in [("system.toml", system), ("user.toml", user)] {
                fs::write(both.0.path().join(name), text).expect("written");
                fs::set_permissions(both.0.path().join(name), fs::Permissions::from_mode(0o600)).expect("set");
            }
            both
        }

        fn read(&self) -> Result<Layers, Refusal> {
            let at = |name: &str| self.0.path().join(name);
            Layers::read(&at("system.toml"), Some(&at("user.toml")), true)
        }
    }

    #[test]
    fn what_the_user_leaves_out_is_the_systems_all_of_it() {
        let both = Both::of(SYSTEM_TEXT, "");
        let read = both.read().expect("sound").config;
        let alone = Config::read(&both.0.path().join("system.toml"), true).expect("sound").0;
        // The keys' own words are not carried over; what was made of them is.
        assert_eq!(read.keys.rows, alone.keys.rows);
        assert_eq!(Config { keys: alone.keys.clone(), ..read }, alone);
        assert_eq!(alone.network.ca_file, Some(both.0.path().join("ca.pem")), "beside the file that names it");
        let written = table(SYSTEM_TEXT);
        let sample = table(
            &include_str!("sample.toml")
                .replace("# ca_file", "ca_file")
                .replace("# time_zone", "time_zone")
                .replace("# theme = ", "theme = ")
                .replace("# command", "command")
                .replace("# owner", "owner"),
        );
        for (section, keys) in sample.iter().filter(|(section, _)| *section != "keys") {
            for key in keys.as_table().expect("a table").keys() {
                assert!(says(&written, section, key), "this test does not know {section}.{key}");
            }
        }
    }

    #[test]
    fn the_users_word_holds_key_by_key_also_where_it_is_the_default() {
        let user = "[network]\ncall_timeout = \"30s\"\n[keys]\nretry = []\n[defaults]\nenvironment = \"prod\"\n";
        let read = Both::of(SYSTEM_TEXT, user).read().expect("sound");
        assert_eq!(read.config.network.call_timeout, Duration::from_secs(30));
        assert_eq!(read.config.network.connect_timeout, Duration::from_secs(7));
        assert_eq!(read.config.defaults.environment, "prod");
        assert_eq!(read.config.engine.owner.as_deref(), Some("windlass"));
        let keys = |action| read.config.keys.rows.iter().find(|row| row.action == action).map(|row| row.keys.len());
        assert_eq!((keys(Action::Rotate), keys(Action::Retry)), (Some(1), Some(0)));
        assert_eq!(read.from("network", "call_timeout"), Some(Layer::User));
        assert_eq!(read.from("network", "connect_timeout"), Some(Layer::System));
        assert_eq!(read.from("network", "other"), None);
    }

    #[test]
    fn either_is_left_out_and_said_where_others_could_have_written_it() {
        for name in ["system.toml", "user.toml"] {
            let both = Both::of("", "");
            let path = both.0.path().join(name);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o606)).expect("set");
            let refusal = both.read().expect("left out").left_out.expect("everybody writes to it").why;
            assert_eq!(refusal.error.exit_status(), 2);
            assert!(refusal.message.contains("everybody can write to it"), "{refusal:?}");
            assert!(refusal.hint.starts_with(&format!("chmod go-w {}", path.display())), "{refusal:?}");
        }
    }

    #[test]
    fn one_that_is_not_there_says_nothing_unless_it_was_named() {
        let both = Both::of("", "");
        let (nowhere, user) = (both.0.path().join("nowhere.toml"), both.0.path().join("user.toml"));
        assert_eq!(Layers::read(&nowhere, Some(&user), true).expect("sound").config, Config::default());
        assert_eq!(Layers::read(&nowhere, None, false).expect("sound").config, Config::default());
        assert!(Layers::read(&user, Some(&nowhere), true).is_err());
        assert!(Layers::read(&user, Some(&user), true).is_ok(), "the system's own may be named");
    }
}
