//! Which engine is believed: one of the same user, one of root, and one of the user that root has named for it.
//!
//! Whoever can put a socket at a path may be asked for by mistake, and answers what it likes. The kernel says whose process
//! it is (SO_PEERCRED); what that user is to us is said by no one but root and ourselves.

use std::fs;
use std::path::{Path, PathBuf};

use nix::unistd::{User, geteuid};

use super::files::{Facts, Kind};

/// Where the directories of services are, which root makes.
const RUN: &str = "/run";

/// The users whose engines are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Believed {
    us: u32,
    unmapped: Option<u32>,
    /// Those that root has named.
    named: Vec<u32>,
}

impl Default for Believed {
    fn default() -> Self {
        Self::of(geteuid().as_raw(), super::unmapped())
    }
}

impl Believed {
    /// Those that this user believes: itself and root. `unmapped` as [`super::unmapped`] says.
    pub fn of(us: u32, unmapped: Option<u32>) -> Self {
        Self { us, unmapped, named: Vec::new() }
    }

    /// With a user that root has named.
    #[must_use]
    pub fn with(mut self, owner: Option<u32>) -> Self {
        self.named.extend(owner);
        self
    }

    /// Whether an engine of this user is believed. The number that stands in for users who are not known here is no one's,
    /// also where it is ours.
    pub fn holds(&self, uid: u32) -> bool {
        self.unmapped != Some(uid) && (uid == 0 || uid == self.us || self.named.contains(&uid))
    }
}

/// The user that a socket's path names, where it is one that only root could have made: `/run` is root's, so whoever owns
/// `/run/NAME` was given it by root, as systemd does for a service; and a socket in a directory of root's was put there by
/// root. What is deeper, such as `/run/user/1000`, says nothing about a service.
pub fn named_by(socket: &Path) -> Option<u32> {
    let parent = fs::canonicalize(socket.parent()?).ok()?;
    let beneath = parent.strip_prefix(RUN).ok()?;
    let facts = |path: &Path| fs::symlink_metadata(path).ok().map(|meta| Facts::of(&meta));
    let mut way: Vec<PathBuf> = vec!["/".into(), RUN.into()];
    way.extend(beneath.components().next().map(|first| Path::new(RUN).join(first)));
    let way: Vec<Facts> = way.iter().map(|path| facts(path)).collect::<Option<_>>()?;
    let direct = beneath.components().count() <= 1;
    let file = facts(&parent.join(socket.file_name()?)).filter(|_| direct);
    named(&way, file.as_ref(), super::unmapped())
}

/// The same, by what stands on the way: `/`, `/run`, the directory in it, and the socket where it is in that one itself.
fn named(way: &[Facts], socket: Option<&Facts>, unmapped: Option<u32>) -> Option<u32> {
    let roots = |facts: &Facts| facts.kind == Kind::Directory && facts.uid == 0 && facts.mode & 0o022 == 0;
    let known = |uid: u32| (unmapped != Some(uid)).then_some(uid);
    let (last, above) = way.split_last()?;
    if !above.iter().all(roots) {
        return None;
    }
    if above.len() == 2 && last.kind == Kind::Directory && last.uid != 0 {
        return known(last.uid);
    }
    // A link there may have been put by root too, and leads to where others are.
    socket.filter(|socket| roots(last) && socket.kind == Kind::File).and_then(|socket| known(socket.uid))
}

/// A user by name or number.
pub fn user_id(named: &str) -> Option<u32> {
    let named = named.trim();
    named.parse().ok().or_else(|| User::from_name(named).ok().flatten().map(|user| user.uid.as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: u32 = 1000;
    const SERVICE: u32 = 990;
    const NOBODY: u32 = 65_534;

    #[test]
    fn an_engine_is_believed_by_its_user() {
        let of = |us, unmapped, named: &[u32]| Believed { named: named.to_vec(), ..Believed::of(us, unmapped) };
        for (believed, uid, expected, why) in [
            (of(ADA, None, &[]), ADA, true, "the same user"),
            (of(ADA, None, &[]), 0, true, "root can do as it likes anyway"),
            (of(ADA, None, &[]), SERVICE, false, "another user"),
            (of(ADA, None, &[SERVICE]), SERVICE, true, "an operator, and the service that root named"),
            (of(ADA, None, &[SERVICE]), 1001, false, "another than the one named"),
            (of(0, None, &[]), ADA, false, "`sudo windlass` with the user's own engine"),
            (of(0, None, &[]), 0, true, "root"),
            (of(0, None, &[SERVICE]), SERVICE, true, "root, and the service"),
            (of(ADA, Some(NOBODY), &[]), NOBODY, false, "whoever is not mapped"),
            (of(NOBODY, Some(NOBODY), &[]), NOBODY, false, "which we are ourselves"),
            (of(NOBODY, Some(NOBODY), &[NOBODY]), NOBODY, false, "and which has no name"),
            (of(NOBODY, None, &[]), NOBODY, true, "a user like any other where all are mapped"),
        ] {
            assert_eq!(believed.holds(uid), expected, "{why}");
        }
    }

    fn dir(uid: u32, mode: u32) -> Facts {
        Facts { kind: Kind::Directory, uid, gid: 0, mode }
    }

    #[test]
    fn a_path_names_a_user_only_where_root_alone_could_have_made_it() {
        let socket = |uid| Facts { kind: Kind::File, uid, gid: 0, mode: 0o660 };
        let root = dir(0, 0o755);
        let link = Facts { kind: Kind::Link, ..socket(SERVICE) };
        for (way, socket, expected, why) in [
            ([root, root, dir(SERVICE, 0o755)], Some(socket(SERVICE)), Some(SERVICE), "RuntimeDirectory="),
            (
                [root, root, dir(SERVICE, 0o750)],
                Some(socket(ADA)),
                Some(SERVICE),
                "what others put there is not the owner's",
            ),
            ([root, root, dir(SERVICE, 0o750)], None, Some(SERVICE), "deeper in the service's own"),
            ([root, root, root], Some(socket(SERVICE)), Some(SERVICE), "root put the socket there"),
            ([root, root, root], Some(socket(0)), Some(0), "root's own"),
            ([root, root, root], None, None, "/run/user/1000: not in root's directory itself"),
            ([root, root, root], Some(link), None, "a link"),
            ([root, root, dir(0, 0o775)], Some(socket(SERVICE)), None, "a group can put sockets there"),
            ([root, root, dir(0, 0o1777)], Some(socket(ADA)), None, "/run/lock: everybody can"),
            ([root, dir(0, 0o1777), dir(ADA, 0o755)], Some(socket(ADA)), None, "everybody can make directories"),
            ([root, dir(ADA, 0o755), dir(ADA, 0o755)], Some(socket(ADA)), None, "/run is not root's"),
            ([dir(0, 0o777), root, dir(ADA, 0o755)], Some(socket(ADA)), None, "/run can be replaced"),
            ([root, root, dir(NOBODY, 0o755)], Some(socket(NOBODY)), None, "whoever is not mapped"),
            ([dir(NOBODY, 0o755), root, dir(ADA, 0o755)], Some(socket(ADA)), None, "who made that is not known"),
        ] {
            assert_eq!(named(&way, socket.as_ref(), Some(NOBODY)), expected, "{why}");
        }
        assert_eq!(named(&[root, root], Some(&socket(SERVICE)), None), Some(SERVICE), "in /run itself");
        assert_eq!(named(&[root, root], None, None), None);
    }

    #[test]
    fn a_socket_elsewhere_names_no_one() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(named_by(&dir.path().join("windlass.sock")), None);
        assert_eq!(named_by(Path::new("/nonexistent/windlass.sock")), None);
        assert_eq!(user_id(" 990 "), Some(990));
        assert_eq!(user_id("root"), Some(0));
        assert_eq!(user_id("no such user"), None);
    }
}
