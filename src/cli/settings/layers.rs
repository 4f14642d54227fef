//! The system's config file below the user's: what the user's says holds, key by key, and what it leaves out is the
//! system's.

use std::path::Path;

use super::config::Config;
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
                let environment = unsure || written.line("defaults", "environment").is_some();
                left_out = Some(LeftOut { why: unsafe_file(path, &found), environment });
                return Found::default();
            }
            Found::read(path, named)
        };
        let (system, user) = (read(below, false), read(user, named));
        let config = Config::of(&over(user.written(), system.written().clone()));
        let mut layers = Self { config, left_out, system, user };
        layers.resolve();
        layers
    }

    /// Paths are relative to the file that names them.
    fn resolve(&mut self) {
        let beside = |table: &str, key: &str| Some(self.place(table, key)?.0.parent()?.to_owned());
        let (authority, program) = (beside("network", "ca_file"), beside("notify", "command"));
        let ca_file = &mut self.config.network.ca_file;
        if let (Some(file), Some(dir)) = (ca_file.as_mut(), authority) {
            *file = dir.join(&file);
        }
        let command = self.config.notify.command.as_mut().and_then(|command| command.first_mut());
        // What is no bare name is a path; an absolute one stays as it is. TOML is UTF-8, and so is what comes of it.
        if let (Some(named), Some(dir)) = (command.filter(|named| named.contains('/')), program) {
            *named = dir.join(&*named).to_string_lossy().into_owned();
        }
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
        if self.user.line("defaults", key).is_some() { Ok(()) } else { self.system.known(key, hint) }
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
        let system = || self.system.line(table, key).map(|_| Layer::System);
        self.user.line(table, key).map(|_| Layer::User).or_else(system)
    }

    /// The file that a key comes from, and its line there, from 1; `None` where it has its default.
    pub fn place(&self, table: &str, key: &str) -> Option<(&Path, usize)> {
        [&self.user, &self.system].into_iter().find_map(|found| Some((found.path.as_path(), found.line(table, key)?)))
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

/// One over the other, key by key.
fn over(above: &toml::Table, mut below: toml::Table) -> toml::Table {
    for (name, value) in above {
        match (below.get_mut(name), value) {
            (Some(toml::Value::Table(keys)), toml::Value::Table(over)) => keys.extend(over.clone()),
            _ => drop(below.insert(name.clone(), value.clone())),
        }
    }
    below
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;
    use crate::engine::request::ActKind;
    use crate::tui::keys::action::Action;

    const SYSTEM_TEXT: &str = "[network]\nca_file = \"ca.pem\"\nconnect_timeout = \"7s\"\ncall_timeout = \"9s\"\n\
        [defaults]\ntime_zone = \"Europe/Berlin\"\nenvironment = \"dev\"\n[drift]\nevery = \"off\"\n\
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

        fn read(&self) -> Layers {
            let at = |name: &str| self.0.path().join(name);
            Layers::read(&at("system.toml"), Some(&at("user.toml")), true)
        }
    }

    #[test]
    fn what_the_user_leaves_out_is_the_systems_all_of_it() {
        let both = Both::of(SYSTEM_TEXT, "");
        let read = both.read().config;
        let alone = Layers::read(&both.0.path().join("none"), Some(&both.0.path().join("system.toml")), true).config;
        assert_eq!(read, alone);
        assert_eq!(alone.network.ca_file, Some(both.0.path().join("ca.pem")), "beside the file that names it");
        let default = Config::default();
        for ((table, key, one), (.., other)) in read.rows().zip(default.rows()) {
            assert_ne!(one, other, "this test does not change {table}.{key}");
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
        let keys =
            |action| read.config.keys.rows.iter().find(|(known, _)| *known == action).map(|(_, keys)| keys.len());
        assert_eq!((keys(Action::Act(ActKind::Rotate)), keys(Action::Retry)), (Some(1), Some(0)));
        assert_eq!(read.from("network", "call_timeout"), Some(Layer::User));
        assert_eq!(read.from("network", "connect_timeout"), Some(Layer::System));
        assert_eq!(read.from("network", "other"), None);
        let place = |table, key| read.place(table, key).map(|(path, line)| (path.file_name(), line));
        let line = 1 + SYSTEM_TEXT.lines().take_while(|line| !line.starts_with("rotate")).count();
        assert_eq!(place("keys", "rotate"), Some((Some("system.toml".as_ref()), line)));
        assert_eq!(place("network", "call_timeout"), Some((Some("user.toml".as_ref()), 2)));
    }

    #[test]
    fn the_notify_command_is_a_name_or_a_path_beside_the_file() {
        let command = |program: &str| {
            let both = Both::of(&format!("[notify]\ncommand = [{program:?}, \"./x\"]\n"), "");
            (both.read().config.notify.command.expect("a command"), both)
        };
        assert_eq!(command("page").0, ["page", "./x"]);
        assert_eq!(command("/usr/bin/page").0[0], "/usr/bin/page");
        let (read, both) = command("hooks/page");
        assert_eq!(Path::new(&read[0]), both.0.path().join("hooks/page"));
    }

    #[test]
    fn either_is_left_out_and_said_where_others_could_have_written_it() {
        for name in ["system.toml", "user.toml"] {
            let both = Both::of("", "");
            let path = both.0.path().join(name);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o606)).expect("set");
            let refusal = both.read().left_out.expect("everyone writes to it").why;
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
