//! What holds of a config file in which something is wrong: every other key of it.
//!
//! A typo in a colour must not keep a consumer from its secret. So a key that is wrong is left out and said, and whoever
//! needs it refuses by itself: [`Found::needs`] for a part of the file, [`Found::known`] for the one key that decides
//! which secret is read. That one is never guessed: a file that may have named another environment is no "prod".

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::config::fault::{ConfigFault, line};
use super::config::{Config, LARGEST, SECTIONS, Section};
use crate::engine::refusal::{Kind, Refusal};
use crate::file::{self, Links};
use crate::text::sanitize;
use crate::tui::keys::action::Action;

/// As many faults are reported at the most. A file with more has more than typos in it.
const MOST: usize = 40;

/// What `[drift]` was called; it is read for a release more.
const FORMERLY_DRIFT: &str = "look";

/// A config file as it was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What does not hold, in order.
    pub faults: Vec<ConfigFault>,
    /// Why nothing of it could be read.
    pub unread: Option<Refusal>,
    /// Where it is, or would be.
    pub path: PathBuf,
    /// Its keys that hold.
    written: toml::Table,
    /// The lines, from 1, of those keys, by table and key.
    lines: BTreeMap<(String, String), usize>,
    /// The keys of `[defaults]` that may have another value than they have here, by the fault that hides it.
    doubts: Vec<(&'static str, ConfigFault)>,
}

impl Found {
    /// Reads a file; one that no one named may be absent.
    pub fn read(path: &Path, named: bool) -> Self {
        let found = match read_file(path, named) {
            Ok(bytes) => Self::of(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !named => Self::default(),
            Err(error) => {
                let message = format!("the config file {} cannot be read: {error}", path.display());
                let hint = "name another with --config; nothing was changed";
                Self { unread: Some(Refusal::new(Kind::Invalid, message, hint)), ..Self::default() }
            }
        };
        Self { path: path.to_owned(), ..found }
    }

    /// What holds of a text.
    fn of(bytes: &[u8]) -> Self {
        let mut faults = Vec::new();
        let lossy = String::from_utf8_lossy(bytes);
        let mut text = lossy.clone().into_owned();
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            faults.push(ConfigFault::new(&text, at, "this is no UTF-8", "write the file as UTF-8"));
            let torn = line_of(&text, at);
            blank(&mut text, torn);
        }
        faults.extend(syntax(&mut text));
        while let Err(fault) = Config::parse(&text) {
            let range = Some(entry(&text, fault.at)).filter(|range| !is_blank(&text[range.clone()]));
            let range = range.unwrap_or_else(|| line_of(&text, fault.at));
            if faults.len() >= MOST || is_blank(&text[range.clone()]) {
                text.clear();
            } else {
                blank(&mut text, range);
            }
            if faults.len() < MOST {
                faults.push(fault);
            }
        }
        for fault in &mut faults {
            fault.section = section(&lossy, fault);
        }
        faults.sort_by_key(|fault| fault.line);
        let mut written: toml::Table = toml::from_str(&text).unwrap_or_default();
        if let Some(drift) = written.remove(FORMERLY_DRIFT) {
            written.insert("drift".into(), drift);
        }
        let lines = lines(&text);
        let holds = |key: &str| lines.contains_key(&("defaults".to_owned(), key.to_owned()));
        let doubt = |key: &&'static str| {
            let at = if holds(key) { None } else { mention(&lossy, key) }?;
            let nearest = faults.iter().min_by_key(|fault| fault.line.abs_diff(at))?;
            Some((*key, nearest.clone()))
        };
        let doubts = ["environment", "time_zone"].iter().filter_map(doubt).collect();
        Self { faults, written, lines, doubts, ..Self::default() }
    }

    /// What is written in it and holds.
    pub fn written(&self) -> &toml::Table {
        &self.written
    }

    /// The line, from 1, of a key that holds; `None` where it is not written.
    pub fn line(&self, table: &str, key: &str) -> Option<usize> {
        self.lines.get(&(table.to_owned(), key.to_owned())).copied()
    }

    /// Refuses where something is wrong in one of these parts, or nothing could be read.
    pub fn needs(&self, sections: &[&str]) -> Result<(), Refusal> {
        if let Some(refusal) = &self.unread {
            return Err(refusal.clone());
        }
        let fault = self.faults.iter().find(|fault| sections.contains(&fault.section.as_str()));
        fault.map_or(Ok(()), |fault| Err(self.refusal(fault, "nothing was changed")))
    }

    /// Refuses where a key of `[defaults]` may have another value than it has here.
    pub fn known(&self, key: &str, hint: &str) -> Result<(), Refusal> {
        if let Some(refusal) = &self.unread {
            return Err(refusal.clone().hinting(format!("correct that, {hint}")));
        }
        let doubt = self.doubts.iter().find(|(known, _)| *known == key);
        doubt.map_or(Ok(()), |(_, fault)| Err(self.refusal(fault, hint)))
    }

    fn refusal(&self, fault: &ConfigFault, then: &str) -> Refusal {
        let message = format!("{}, line {}: {}", self.path.display(), fault.line, fault.message);
        Refusal::new(Kind::Invalid, message, format!("{}; {then}", fault.hint))
    }
}

/// A file up to a bound. A pipe is waited for only where someone named it.
fn read_file(path: &Path, named: bool) -> io::Result<Vec<u8>> {
    if named {
        return Ok(file::input::take(path, LARGEST)?.bytes.to_vec());
    }
    Ok(file::read(path, Links::Followed, LARGEST)?.to_vec())
}

/// Takes out what is no TOML, line by line, and each table by itself: one that is torn takes no other with it.
fn syntax(text: &mut String) -> Vec<ConfigFault> {
    let mut faults = Vec::new();
    if DeTable::parse(text).is_ok() {
        return faults;
    }
    for table in tables(text) {
        while faults.len() < MOST
            && let Err(error) = DeTable::parse(&text[table.clone()])
        {
            let at = (table.start + error.span().map_or(0, |span| span.start)).min(table.end.saturating_sub(1));
            faults.push(ConfigFault::of(text, at, error.message()));
            // Where the line is taken out already, or is only where the end was missed, all of the table goes.
            let here = line_of(text, at);
            let all = is_blank(&text[here.clone()]) || is_header(&text[here.clone()]);
            let rest = here.end.min(table.end)..table.end;
            blank(text, if all { rest.start.min(table.start)..table.end } else { here });
        }
    }
    faults
}

/// The stretches from one table's name to the next one's.
fn tables(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_header(line) && at > 0 {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).filter(|range| !range.is_empty()).collect()
}

fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim();
    let name = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    name.map(str::trim).is_some_and(|name| !name.is_empty() && plain(name))
}

/// The lines of all keys, by their tables and names.
fn lines(text: &str) -> BTreeMap<(String, String), usize> {
    let Ok(document) = DeTable::parse(text) else { return BTreeMap::new() };
    let tables =
        document.get_ref().iter().filter_map(|(name, value)| Some((name.get_ref(), value.get_ref().as_table()?)));
    let place = |name: &str, key: &str| (current(name).to_owned(), key.to_owned());
    let keys = tables.flat_map(|(name, table)| table.iter().map(move |(key, _)| (name, key)));
    keys.map(|(name, key)| (place(name, key.get_ref()), line(text, key.span().start))).collect()
}

/// Where a key with its value stands, by a place in it; a table that nothing is called is taken whole.
fn entry(text: &str, at: usize) -> Range<usize> {
    let here = line_of(text, at);
    if is_header(&text[here.clone()]) {
        return tables(text).into_iter().find(|table| table.contains(&at)).unwrap_or(here);
    }
    let Ok(document) = DeTable::parse(text) else { return here };
    let mut found = None;
    for (key, value) in document.get_ref() {
        let whole = key.span().start..value.span().end;
        match value.get_ref() {
            DeValue::Table(table) => {
                for (key, value) in table {
                    let whole = key.span().start..value.span().end;
                    found = found.or(whole.contains(&at).then_some(whole));
                }
                // A table in a line, `ui = { … }`.
                found = found.or(Some(whole).filter(|whole| whole.contains(&at)));
            }
            _ => found = found.or(whole.contains(&at).then_some(whole)),
        }
    }
    found.unwrap_or(here)
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |after| at + after);
    start..end
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Puts blanks in the place of a stretch: what stands behind it keeps its line and its place.
fn blank(text: &mut String, range: Range<usize>) {
    let blanks: String =
        text.as_bytes()[range.clone()].iter().map(|byte| if *byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &blanks);
}

/// What a table is called now.
fn current(table: &str) -> &str {
    if table == FORMERLY_DRIFT { "drift" } else { table }
}

/// The part of the file that a fault concerns, by its name; by the nearest where it is misspelt, nothing where there is none.
fn section(text: &str, fault: &ConfigFault) -> String {
    let before = text.split_inclusive('\n').take(fault.line);
    let header = before.filter(|line| is_header(line)).last();
    let named = header
        .map(|line| line.split('#').next().unwrap_or_default().trim_matches(&['[', ']', ' ', '\t', '\n', '\r'][..]));
    if let Some(name) = named {
        return near(current(name), SECTIONS.iter().map(|section| section.name)).unwrap_or_default().to_owned();
    }
    let key = key_of(text.lines().nth(fault.line.saturating_sub(1)).unwrap_or_default());
    let first = current(key.split('.').next().unwrap_or_default());
    let of = |section: &Section| {
        let named = near(first, [section.name]).or_else(|| near(&key, section.rows.iter().map(|row| row.key)));
        named.map(|_| section.name)
    };
    let action = || Action::called(&key).is_ok().then_some("keys");
    SECTIONS.iter().find_map(of).or_else(action).unwrap_or_default().to_owned()
}

/// The one of these that is like a name.
fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let like = |known: &&str| strsim::jaro_winkler(&name.to_lowercase(), known) > 0.84;
    known.into_iter().find(like)
}

/// The line, from 1, in which something like a key has a value.
fn mention(text: &str, key: &str) -> Option<usize> {
    let named = |line: &str| {
        let typed = key_of(line);
        near(typed.rsplit('.').next().unwrap_or_default(), [key]).is_some()
    };
    text.lines().position(named).map(|index| index + 1)
}

/// The key that a line begins with, as far as one can tell.
fn key_of(line: &str) -> String {
    let key = line.trim_start_matches(['{', '[', ' ', '\t']).split(['=', ':', '#', ' ', '\t']).next();
    sanitize(key.unwrap_or_default().trim_matches(['"', '\'']), 60)
}

#[cfg(test)]
mod tests;
