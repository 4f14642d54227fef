//! The themes that can be chosen: those that come with the program, and the user's own files.
//!
//! A file is another's text: it is read up to a size, named by a plain name or not at all, and one that is broken changes
//! nothing. Nothing here follows what a file says to another file.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::file::{Links, read_text};
use crate::trust::files::{Unsafe, check};
use crate::tui::theme::file::{BUILT_IN, BadTheme, Theme};

/// The largest file that is read, and how many are.
const LARGEST: u64 = 64 * 1024;
const MOST: usize = 200;

/// The longest name.
const LONGEST_NAME: usize = 64;

/// Where a theme comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It comes with the program.
    BuiltIn,
    /// It is a file of the user's.
    Own,
    /// It is a file of the user's with the name of a built-in one.
    InPlace,
}

/// The themes that can be chosen.
#[derive(Clone, Debug)]
pub struct Themes {
    themes: BTreeMap<String, (Theme, Origin)>,
}

impl Default for Themes {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Themes {
    /// Those that come with the program.
    pub fn built_in() -> Self {
        let themes = BUILT_IN.iter().filter_map(|(name, text)| Theme::parse(name, text).ok());
        Self { themes: themes.map(|theme| (theme.name().to_owned(), (theme, Origin::BuiltIn))).collect() }
    }

    /// Adds a theme, or puts it in the place of one of the same name. A broken one changes nothing.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), BadTheme> {
        if !is_plain(name) {
            return Err(BadTheme::new(name, None, "a theme's name is up to 64 letters, digits, dots, - and _"));
        }
        let theme = Theme::parse(name, text)?;
        let built_in = BUILT_IN.iter().any(|(known, _)| *known == name);
        self.themes.insert(name.to_owned(), (theme, if built_in { Origin::InPlace } else { Origin::Own }));
        Ok(())
    }

    /// Adds the `*.toml` files of a directory; one that is not there holds none. Says what it could not use.
    pub fn add_dir(&mut self, dir: &Path) -> Vec<BadTheme> {
        if let Err(found) = check(dir) {
            return vec![not_used(&dir.display().to_string(), &found)];
        }
        let entries = match std::fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => return vec![unreadable(&dir.display().to_string(), &error)],
        };
        let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let mut bad = Vec::new();
        for path in paths.iter().take(MOST) {
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let added = check(path)
                .map_err(|found| not_used(&name, &found))
                .and_then(|()| read(path).map_err(|error| unreadable(&name, &error)))
                .and_then(|text| self.add(&name, &text));
            bad.extend(added.err());
        }
        if let Some(first) = paths.get(MOST) {
            let name = first.file_stem().unwrap_or_default().to_string_lossy();
            let reason = format!("neither this file nor those after it are read: there are more than {MOST}");
            bad.push(BadTheme::new(&name, None, &reason));
        }
        bad
    }

    /// A theme by its name.
    pub fn get(&self, name: &str) -> Option<&Theme> {
        self.themes.get(name).map(|(theme, _)| theme)
    }

    /// All names with where they come from: the built-in ones first, the others in order.
    pub fn all(&self) -> impl Iterator<Item = (&str, Origin)> {
        let built_in = BUILT_IN.iter().filter_map(|(name, _)| self.themes.get_key_value(*name));
        let own = self.themes.iter().filter(|(_, (_, origin))| *origin == Origin::Own);
        built_in.chain(own).map(|(name, (_, origin))| (name.as_str(), *origin))
    }

    /// The name that is most like this one.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let like = |known: &str| strsim::jaro_winkler(known, name);
        self.themes.keys().map(String::as_str).max_by(|a, b| like(a).total_cmp(&like(b)))
    }
}

/// Whether a name can be shown anywhere, and written into a config file as it is.
fn is_plain(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whole: a command that puts something right is of no use without its end.
fn not_used(theme: &str, found: &Unsafe) -> BadTheme {
    BadTheme { reason: format!("is not used: {found}; {}", found.fix), ..BadTheme::new(theme, None, "") }
}

fn unreadable(theme: &str, error: &io::Error) -> BadTheme {
    BadTheme::new(theme, None, &format!("cannot be read: {error}"))
}

fn read(path: &Path) -> io::Result<String> {
    Ok(read_text(path, Links::Followed, LARGEST)?)
}

#[cfg(test)]
mod tests;
