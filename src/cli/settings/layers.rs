//! The system's config file below the user's: what the user's says holds, key by key, and what it leaves out is the
//! system's.

use std::path::Path;

use super::config::{Config, Defaults, Drift, EngineConfig, NetworkConfig, NotifyConfig, UiConfig};
use super::sound::Found;
use crate::engine::refusal::{Kind, Refusal};
use crate::trust::files::{Unsafe, check};

/// The system's config file.
pub const SYSTEM: &str = "/etc/windlass/config.toml";

/// What both files say together, and which keys stand in which.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// What holds.
    pub config: Config,
    /// One of them that was left out, for others could have written it.
    pub left_out: Option<LeftOut>,
    system: Found,
    user: Found,
}

impl Layers {
    /// Reads both; the user's must be there where someone `named` it. What a file says decides whom we trust and what is
    /// run, so one that no one but us and root can have written is read, and no other. What is wrong in one of them is kept
    /// for whoever needs it.
    pub fn read(system: &Path, user: Option<&Path>, named: bool) -> Self {
        // The user may have named the system's own, which is then read once.
        let below = if user == Some(system) { None } else { Some(system) };
        let mut left_out = None;
        let mut read = |path: Option<&Path>, named: bool| {
            let Some(path) = path else { return Found::default() };
            if let Err(found) = check(path) {
                let written = Found::read(path, named);
                let unsure = written.unread.is_some() || written.known("environment", "").is_err();
                let environment = unsure || says(written.written(), "defaults", "environment");
                left_out = Some(LeftOut { why: unsafe_file(path, &found), environment });
                return Found::default();
            }
            Found::read(path, named)
        };
        let (system, user) = (read(below, false), read(user, named));
        let config = over(user.config.clone(), system.config.clone(), user.written());
        Self { config, left_out, system, user }
    }

    /// Refuses where something is wrong in one of these parts, or a file could not be read.
    pub fn needs(&self, sections: &[&str]) -> Result<(), Refusal> {
        self.user.needs(sections).and_then(|()| self.system.needs(sections))
    }

    /// The environment that is meant where a command names none.
    pub fn environment(&self) -> Result<String, Refusal> {
        self.known("environment", "or name the environment with --environment; nothing was read or changed")?;
        Ok(self.config.defaults.environment.clone())
    }

    /// The time zone that is meant where a command names none, where a file names one.
    pub fn time_zone(&self) -> Result<Option<String>, Refusal> {
        self.known("time_zone", "or name the time zone with --time-zone; nothing was changed")?;
        Ok(self.config.defaults.time_zone.clone())
    }

    /// What the user's file says holds, whatever is wrong with the system's.
    fn known(&self, key: &str, hint: &str) -> Result<(), Refusal> {
        self.user.known(key, hint)?;
        if says(self.user.written(), "defaults", key) { Ok(()) } else { self.system.known(key, hint) }
    }

    /// The files in which something is wrong, or that could not be read: the user's first.
    pub fn faulty(&self) -> impl Iterator<Item = &Found> {
        [&self.user, &self.system].into_iter().filter(|found| found.unread.is_some() || !found.faults.is_empty())
    }

    /// What is wrong, each in a sentence.
    pub fn reported(&self) -> Vec<String> {
        let of = |found: &Found| {
            let path = found.path.display().to_string();
            let unread = found.unread.iter().map(ToString::to_string);
            let faults = found.faults.iter().map(|it| format!("{path}, line {}: {}; {}", it.line, it.message, it.hint));
            unread.chain(faults).collect::<Vec<_>>()
        };
        self.faulty().flat_map(of).collect()
    }

    /// The same in one line, for whoever continues without it; nothing where all is well.
    pub fn in_short(&self) -> Option<String> {
        let reported = self.reported();
        let first = reported.first()?;
        let unread = self.faulty().next().is_some_and(|found| found.unread.is_some());
        let rest = if unread { "the defaults hold" } else { "that is left out, and the rest holds" };
        Some(match reported.len() - 1 {
            0 => format!("{first}; {rest}"),
            more => format!("{first}; {rest}; `windlass doctor` lists {more} more"),
        })
    }

    /// Which file a key comes from: the user's, the system's, or none.
    pub fn from(&self, table: &str, key: &str) -> Option<Layer> {
        match (says(self.user.written(), table, key), says(self.system.written(), table, key)) {
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
        drift: Drift { every: of!(drift.every) },
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
    use crate::cli::settings::fixture;
    use crate::engine::request::ActKind;
    use crate::tui::keys::action::Action;

    const SYSTEM_TEXT: &str = "[network]\nca_file = \"ca.pem\"\nconnect_timeout = \"7s\"\ncall_timeout = \"9s\"\n\
        [defaults]\ntime_zone = \"Europe/Berlin\"\nenvironment = \"dev\"\n[drift]\nevery = \"off\"\n\
        [ui]\ntheme = \"light\"\nglyphs = \"ascii\"\n[keys]\nrotate = [\"F5\"]\nretry = [\"F6\"]\n\
        [notify]\ncommand = [\"hooks/page\"]\n[engine]\nowner = \"windlass\"\n";

    fn table(text: &str) -> toml::Table {
        toml::from_str(text).expect("sound")
    }

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

        fn read(&self) -> Layers {
            let at = |name: &str| self.0.path().join(name);
            Layers::read(&at("system.toml"), Some(&at("user.toml")), true)
        }
    }

    #[test]
    fn what_the_user_leaves_out_is_the_systems_all_of_it() {
        let both = Both::of(SYSTEM_TEXT, "");
        let read = both.read().config;
        let alone = Found::read(&both.0.path().join("system.toml"), true).config;
        // The keys' own words are not carried over; what was made of them is.
        assert_eq!(read.keys.rows, alone.keys.rows);
        assert_eq!(Config { keys: alone.keys.clone(), ..read }, alone);
        assert_eq!(alone.network.ca_file, Some(both.0.path().join("ca.pem")), "beside the file that names it");
        let written = table(SYSTEM_TEXT);
        for (section, key) in fixture::keys() {
            assert!(says(&written, &section, &key), "this test does not know {section}.{key}");
        }
    }

    #[test]
    fn the_users_word_holds_key_by_key_also_where_it_is_the_default() {
        let user = "[network]\ncall_timeout = \"30s\"\n[keys]\nretry = []\n[defaults]\nenvironment = \"prod\"\n";
        let read = Both::of(SYSTEM_TEXT, user).read();
        assert_eq!(read.config.network.call_timeout, Duration::from_secs(30));
        assert_eq!(read.config.network.connect_timeout, Duration::from_secs(7));
        assert_eq!(read.config.defaults.environment, "prod");
        assert_eq!(read.config.engine.owner.as_deref(), Some("windlass"));
        let keys = |action| read.config.keys.rows.iter().find(|row| row.action == action).map(|row| row.keys.len());
        assert_eq!((keys(Action::Act(ActKind::Rotate)), keys(Action::Retry)), (Some(1), Some(0)));
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
            let refusal = both.read().left_out.expect("everybody writes to it").why;
            assert_eq!(refusal.error.exit_status(), 2);
            assert!(refusal.message().contains("everybody can write to it"), "{refusal:?}");
            assert!(refusal.hint().starts_with(&format!("chmod go-w {}", path.display())), "{refusal:?}");
        }
    }

    #[test]
    fn one_that_is_not_there_says_nothing_unless_it_was_named() {
        let both = Both::of("", "");
        let (nowhere, user) = (both.0.path().join("nowhere.toml"), both.0.path().join("user.toml"));
        assert_eq!(Layers::read(&nowhere, Some(&user), true).config, Config::default());
        assert_eq!(Layers::read(&nowhere, None, false).config, Config::default());
        assert!(Layers::read(&user, Some(&nowhere), true).needs(&[]).is_err());
        assert!(Layers::read(&user, Some(&user), true).needs(&[]).is_ok(), "the system's own may be named");
    }

    #[test]
    fn what_is_wrong_in_either_is_reported_and_the_environment_is_known_where_the_users_file_names_it() {
        let lost = "[defaults]\nenviroment = \"dev\"\n";
        for (system, user, known) in [
            (lost, "", false),
            ("", lost, false),
            (lost, "[defaults]\nenvironment = \"test\"\n", true),
            ("[defaults]\nenvironment = \"test\"\n", lost, false),
            ("[defaults]\nenvironment = \"test\"\n", "[ui]\ntheem = \"x\"\n", true),
        ] {
            let read = Both::of(system, user).read();
            assert_eq!(read.environment().ok(), known.then(|| "test".to_owned()), "{system} {user}");
            assert_eq!(read.reported().len(), 1, "{system} {user}");
        }
    }
}
