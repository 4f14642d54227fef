//! Whether what a file says may be believed: as ssh asks of its own files.
//!
//! Whoever can write to a file, or to a directory on the way to it, decides what it says. So each of them belongs to the
//! user that reads or to root, and others cannot write to it. A directory with the sticky bit lets others add entries but
//! not replace ours; a link is as good as its owner; and a group that the user alone is in is the user.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Component, Path, PathBuf};

use nix::unistd::{Group, User, geteuid};

use crate::text::sanitize;

/// As many links are followed on the way to a file, as the kernel does.
const MOST_LINKS: usize = 40;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A device: what it says does not depend on who may write to it.
    Device,
    /// A file, a pipe or a socket.
    File,
}

/// What the system says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub kind: Kind,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Who may do what.
    pub mode: u32,
}

impl Facts {
    /// Of what was looked at.
    pub fn of(meta: &Metadata) -> Self {
        let kind = match meta.file_type() {
            kind if kind.is_symlink() => Kind::Link,
            kind if kind.is_dir() => Kind::Directory,
            kind if kind.is_char_device() || kind.is_block_device() => Kind::Device,
            _ => Kind::File,
        };
        Self { kind, uid: meta.uid(), gid: meta.gid(), mode: meta.mode() & 0o7777 }
    }
}

/// Who wants to believe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The user.
    pub uid: u32,
    /// The user that stands in for all who are not known here; see [`super::unmapped`].
    pub unmapped: Option<u32>,
    /// The group that this user alone is in, where there is one.
    pub own_group: Option<u32>,
}

/// Why it cannot be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It belongs to another user, who may be anyone where the user is not known here.
    Owner,
    /// The members of its group can write to it.
    Group,
    /// Everyone can.
    World,
}

/// What is wrong with it, if anything is.
pub fn flaw(facts: &Facts, reader: &Reader) -> Option<Flaw> {
    if reader.unmapped == Some(facts.uid) || !(facts.uid == 0 || facts.uid == reader.uid) {
        return Some(Flaw::Owner);
    }
    let sticky = facts.kind == Kind::Directory && facts.mode & 0o1000 != 0;
    if sticky || matches!(facts.kind, Kind::Link | Kind::Device) {
        return None;
    }
    if facts.mode & 0o002 != 0 {
        return Some(Flaw::World);
    }
    (facts.mode & 0o020 != 0 && reader.own_group != Some(facts.gid)).then_some(Flaw::Group)
}

/// A file that is not believed, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", sanitize(&path.display().to_string(), 300))]
pub struct Unsafe {
    /// The file, or the directory on the way to it.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
    /// The command that puts it right.
    pub fix: String,
}

impl Unsafe {
    /// What is wrong, in a sentence that names the file already: a directory on the way to it is named as well.
    pub fn of(&self, file: &Path) -> String {
        if self.path == file { self.why.clone() } else { self.to_string() }
    }

    fn new(path: &Path, facts: &Facts, flaw: Flaw) -> Self {
        let shown = sanitize(&path.display().to_string(), 300);
        let (why, fix) = match flaw {
            Flaw::Owner => {
                let us = geteuid();
                let name = User::from_uid(us).ok().flatten().map_or_else(|| us.to_string(), |user| user.name);
                let whose = super::user(facts.uid);
                let link = if facts.kind == Kind::Link { "-h " } else { "" };
                let or = if us.is_root() { "" } else { " or root" };
                (
                    format!("it belongs to {whose}, and only files of {name}{or} are used"),
                    format!("chown {link}{name} {shown}"),
                )
            }
            Flaw::Group => {
                let group = Group::from_gid(facts.gid.into()).ok().flatten();
                let group = group.map_or_else(|| facts.gid.to_string(), |group| sanitize(&group.name, 64));
                (format!("the group {group} can write to it"), format!("chmod g-w {shown}"))
            }
            Flaw::World => ("everybody can write to it".to_owned(), format!("chmod go-w {shown}")),
        };
        Self { path: path.to_owned(), why, fix }
    }
}

/// Refuses to make something as root in another user's directory: it would be root's, and in that user's way from then on.
/// What is to be made need not be there, nor the directories on the way to it.
pub fn for_making(path: &Path) -> Result<(), Unsafe> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let Some((dir, meta)) = path.ancestors().find_map(|dir| Some((dir, fs::metadata(dir).ok()?))) else {
        return Ok(());
    };
    let facts = Facts::of(&meta);
    if !(geteuid().is_root() && is_anothers(&facts, super::unmapped())) {
        return Ok(());
    }
    let uid = facts.uid;
    let name = User::from_uid(uid.into()).ok().flatten().map(|user| sanitize(&user.name, 64));
    let run_as = name.unwrap_or_else(|| format!("'#{uid}'"));
    Err(Unsafe {
        path: dir.to_owned(),
        why: format!("it belongs to {}, and this is root, whose files would be in that user's way", super::user(uid)),
        fix: format!(
            "run it as that user (`sudo -u {run_as} windlass …`), or as root with root's own home (`sudo -H windlass …`)"
        ),
    })
}

/// Whether a directory is another user's than root's. Everyone may put something into a sticky one.
fn is_anothers(dir: &Facts, unmapped: Option<u32>) -> bool {
    dir.uid != 0 && unmapped != Some(dir.uid) && dir.mode & 0o1000 == 0
}

/// Checks a file, the directories on the way to it, and the links that lead there. What is not there, or cannot be looked
/// at, is left to whoever opens it.
pub fn check(path: &Path) -> Result<(), Unsafe> {
    check_for(path, None)
}

/// The same for a directory in which a file of another user's is kept: it may be that user's own, though none of those that
/// lead to it may.
pub fn check_dir(path: &Path, owner: Option<u32>) -> Result<(), Unsafe> {
    check_for(path, owner)
}

fn check_for(path: &Path, owner: Option<u32>) -> Result<(), Unsafe> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // What a shell hands over (`<(…)`, `/dev/stdin`) is an open file of ours, and has no way to it.
    if path.starts_with("/dev/fd") || path.starts_with("/proc") || path == Path::new("/dev/stdin") {
        return Ok(());
    }
    let mut reader = Reader { uid: geteuid().as_raw(), unmapped: super::unmapped(), own_group: None };
    let Some(way) = way(&path) else { return Ok(()) };
    let mut found = None;
    let last = way.len().saturating_sub(1);
    for (index, (at, meta)) in way.into_iter().enumerate() {
        let mut facts = Facts::of(&meta);
        if index == last && facts.kind == Kind::Directory && owner == Some(facts.uid) {
            facts.uid = reader.uid;
        }
        if found.is_some() && facts.kind == Kind::Directory && is_home(&meta) {
            // As with ssh: whoever can replace the user's home could replace the user's programs too.
            found = None;
        }
        let mut wrong = flaw(&facts, &reader);
        if wrong == Some(Flaw::Group) && reader.own_group.is_none() {
            // Looking groups up may ask a directory server, so it is done only where one matters.
            reader.own_group = own_group(facts.gid);
            wrong = flaw(&facts, &reader);
        }
        if let Some(flaw) = wrong.filter(|_| found.is_none()) {
            found = Some(Unsafe::new(&at, &facts, flaw));
        }
    }
    found.map_or(Ok(()), Err)
}

/// The directories, the links and the file that a path leads through, in order; none where one of them is not there.
fn way(path: &Path) -> Option<Vec<(PathBuf, Metadata)>> {
    let mut passed = Vec::new();
    let mut links = 0;
    let mut left: VecDeque<OsString> = parts(path);
    let mut at = PathBuf::from("/");
    passed.extend(fs::symlink_metadata(&at).ok().map(|meta| (at.clone(), meta)));
    while let Some(part) = left.pop_front() {
        if part == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&part);
        let meta = fs::symlink_metadata(&next).ok()?;
        let is_link = meta.is_symlink();
        passed.push((next.clone(), meta));
        if !is_link {
            at = next;
            continue;
        }
        links += 1;
        let target = fs::read_link(&next).ok().filter(|_| links <= MOST_LINKS)?;
        if target.is_absolute() {
            at = PathBuf::from("/");
        }
        for part in parts(&target).into_iter().rev() {
            left.push_front(part);
        }
    }
    Some(passed)
}

fn parts(path: &Path) -> VecDeque<OsString> {
    let named = |part: Component| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
    };
    path.components().filter_map(named).collect()
}

fn is_home(meta: &Metadata) -> bool {
    let home = User::from_uid(geteuid()).ok().flatten().map(|user| user.dir);
    home.filter(|home| home != Path::new("/"))
        .and_then(|home| fs::metadata(home).ok())
        .is_some_and(|home| (home.dev(), home.ino()) == (meta.dev(), meta.ino()))
}

/// The group, where it is the user's own: of the same number and name, and without other members, as far as this machine
/// tells.
fn own_group(gid: u32) -> Option<u32> {
    let user = User::from_uid(geteuid()).ok().flatten()?;
    let group = Group::from_gid(gid.into()).ok().flatten()?;
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let first = passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (name, group) = (fields.next()?, fields.nth(2)?);
        (group.parse() == Ok(gid)).then(|| name.to_owned())
    });
    let members: Vec<String> = group.mem.into_iter().chain(first).collect();
    is_own(user.uid.as_raw(), &user.name, gid, &group.name, &members).then_some(gid)
}

fn is_own(uid: u32, user: &str, gid: u32, group: &str, members: &[String]) -> bool {
    uid == gid && user == group && members.iter().all(|member| member == user)
}

#[cfg(test)]
mod tests;
