//! The machine's time zone by its name, as the environment and the system's files say it.
//!
//! `TZ` comes first, then `/etc/localtime`: a link into the zone files names the zone, and a plain copy of one is found by
//! comparing it with them. Where none of that names a zone, UTC is taken, and that is said.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::core::schedule::zone::{fixed, named, offset};
use crate::file::{self, Links};
use crate::text::sanitize;

/// Where the zone files are.
const FILES: [&str; 3] = ["usr/share/zoneinfo", "usr/lib/zoneinfo", "usr/share/lib/zoneinfo"];

/// The largest file that is compared, and that a name is read from.
const LARGEST: u64 = 256 << 10;

/// A zone's name, and what is not known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The name in the tz database; UTC where there is no other.
    pub name: String,
    /// Why it may be another one, in a sentence.
    pub doubt: Option<String>,
}

/// The machine's zone. `root` is the directory that the system's files are found from.
pub fn machine(variable: Option<OsString>, root: &Path) -> Machine {
    let system = of_system(root);
    let Some(variable) = variable.filter(|value| !value.is_empty()) else { return system };
    let text = variable.to_string_lossy();
    if let Some(zone) = of_variable(text.trim_start_matches(':'), root) {
        return Machine { name: zone.name().into(), doubt: None };
    }
    let doubt = format!("TZ is {:?}, which names no time zone", sanitize(&text, 80));
    Machine { doubt: Some(doubt), ..system }
}

/// A zone as `TZ` may say it: a name, the path of a zone file, or in POSIX's way where no summer time is in it.
fn of_variable(text: &str, root: &Path) -> Option<Tz> {
    let path = Path::new(text);
    if path.is_absolute() {
        return within(path).or_else(|| of_file(path, root));
    }
    let name = ["posix/", "right/"].into_iter().find_map(|tree| text.strip_prefix(tree)).unwrap_or(text);
    named(name).ok().or_else(|| fixed(posix(text)?))
}

/// The minutes that POSIX's form says: `<+02>-2`, `UTC-2`. There the sign is always POSIX's own, after UTC and GMT too.
fn posix(text: &str) -> Option<i32> {
    let at = text
        .strip_prefix('<')
        .map_or_else(|| text.find(|c: char| !c.is_ascii_alphabetic()), |quoted| quoted.find('>').map(|end| end + 2))?;
    let minutes = text.get(at..).filter(|rest| !rest.is_empty())?;
    let signed = if minutes.starts_with(['+', '-']) { minutes.to_owned() } else { format!("+{minutes}") };
    offset(&signed).map(|minutes| -minutes)
}

fn of_system(root: &Path) -> Machine {
    let found = |zone: Tz| Machine { name: zone.name().into(), doubt: None };
    let localtime = root.join("etc/localtime");
    let link = std::fs::read_link(&localtime).ok();
    if let Some(zone) = link.and_then(|to| within(&to)).or_else(|| within(&localtime.canonicalize().ok()?)) {
        return found(zone);
    }
    let written = written(root);
    if !localtime.exists() {
        // Without the file it is UTC, as the C library has it; what else names a zone is meant for whoever has no such file.
        return written.map_or_else(|| found(Tz::UTC), found);
    }
    match of_file(&localtime, root).or(written) {
        Some(zone) => found(zone),
        None => Machine {
            name: Tz::UTC.name().into(),
            doubt: Some(
                "/etc/localtime is like none of the zone files, so that the machine's time zone is not known".into(),
            ),
        },
    }
}

/// The zone that a path within the zone files names.
fn within(path: &Path) -> Option<Tz> {
    let parts: Vec<&str> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect();
    let at = parts.iter().rposition(|part| part.starts_with("zoneinfo"))?;
    let name = parts[at + 1..].join("/");
    let name = name.strip_prefix("posix/").or(name.strip_prefix("right/")).unwrap_or(&name);
    name.parse().ok()
}

/// The zone that `/etc/timezone` names, or OpenWrt's and musl's `/etc/TZ`.
fn written(root: &Path) -> Option<Tz> {
    let name = |file: &str| {
        let text = file::read_text(&root.join(file), Links::Followed, LARGEST).ok()?;
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
        of_variable(line, root)
    };
    name("etc/timezone").or_else(|| name("etc/TZ"))
}

/// The zone whose file has the same content. Several names may have one file: the one that `/etc/timezone` names, UTC, and
/// those that the tz database lists by country come first.
fn of_file(path: &Path, root: &Path) -> Option<Tz> {
    let read = |path: &Path| file::read(path, Links::Followed, LARGEST).ok();
    let content = read(path).filter(|content| content.starts_with(b"TZif"))?;
    let dirs: Vec<PathBuf> = FILES.iter().map(|dir| root.join(dir)).filter(|dir| dir.is_dir()).collect();
    let same = |zone: &Tz| {
        let place = |dir: &PathBuf| dir.join(zone.name());
        let alike = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|meta| meta.len() == content.len() as u64);
        dirs.iter().map(place).filter(alike).any(|path| read(&path).as_ref() == Some(&content))
    };
    if let Some(zone) = written(root).filter(same) {
        return Some(zone);
    }
    let table = |dir: &PathBuf| file::read_text(&dir.join("zone1970.tab"), Links::Followed, LARGEST).ok();
    let listed: Vec<String> = dirs.iter().filter_map(table).collect();
    let canonical = |zone: &Tz| {
        listed.iter().flat_map(|text| text.lines()).any(|line| line.split('\t').nth(2) == Some(zone.name()))
    };
    let of_continent = |zone: &Tz| {
        ["Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/"]
            .iter()
            .any(|it| zone.name().starts_with(it))
    };
    let rank = |zone: &Tz| (*zone != Tz::UTC, !canonical(zone), !of_continent(zone), zone.name());
    TZ_VARIANTS.iter().copied().filter(same).min_by_key(rank)
}

#[cfg(test)]
mod tests;
