//! The process at the other end, by what the kernel shows of it in `/proc`.
//!
//! It is read by process number, after the connection was made: a process that hands its socket on and ends could have its
//! number taken over meanwhile. So this is evidence, and decides nothing.

use std::fs;

use crate::core::consumer::Caller;

/// So many programs are read: the process itself, and those above it.
const MOST: usize = 7;

/// What is known of a process, of this user. A process of another container shows no more than its user.
pub fn caller(pid: Option<i32>, uid: u32, user: String) -> Caller {
    let pid = pid.filter(|pid| *pid > 0).map(i32::unsigned_abs);
    let group = pid.and_then(|pid| fs::read_to_string(format!("/proc/{pid}/cgroup")).ok());
    let own = pid.and_then(|pid| Some((pid, stat(pid)?.0)));
    let programs = std::iter::successors(own, |(pid, _)| above(*pid));
    Caller {
        uid,
        user,
        group: group.as_deref().map(group_of).unwrap_or_default(),
        programs: programs.take(MOST).map(|(_, name)| name).collect(),
        fetched_for: None,
    }
}

/// The process above one, and what the kernel calls it.
fn above(pid: u32) -> Option<(u32, String)> {
    let (_, parent) = stat(pid)?;
    let (name, _) = stat(parent)?;
    Some((parent, name))
}

/// What the kernel calls a process, and the number of the one above it (proc_pid_stat(5)).
fn stat(pid: u32) -> Option<(String, u32)> {
    if pid == 0 {
        return None;
    }
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name stands in parentheses, and may have any in it.
fn parse_stat(text: &str) -> Option<(String, u32)> {
    let (before, after) = text.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    Some((name.to_owned(), after.split_whitespace().nth(1)?.parse().ok()?))
}

/// The control group in systemd's hierarchy: of version 1 by its name, or of version 2 (cgroups(7)). In one that systemd does not
/// use everything is at the root.
fn group_of(text: &str) -> String {
    let of = |hierarchy: &str| {
        let group = text.lines().find_map(|line| line.split_once(':')?.1.strip_prefix(hierarchy));
        group.filter(|group| *group != "/")
    };
    of("name=systemd:").or_else(|| of(":")).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_group_and_by_what_started_it() {
        let own = caller(i32::try_from(std::process::id()).ok(), 7, "ann".into());
        assert_eq!((own.uid, own.user.as_str()), (7, "ann"));
        assert!(own.programs.len() > 1, "itself, and what started it: {own:?}");
        for unknown in [None, Some(0), Some(-1), Some(i32::MAX)] {
            let caller = caller(unknown, 7, "ann".into());
            assert_eq!(caller, Caller { uid: 7, user: "ann".into(), ..Caller::default() });
        }
    }

    #[test]
    fn a_name_with_parentheses_is_read_whole() {
        assert_eq!(parse_stat("12 (a) (b c) S 7 12 12"), Some(("a) (b c".into(), 7)));
        assert_eq!(parse_stat("12 (a S 7"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn the_group_is_that_of_systemd_in_both_versions() {
        let v2 = "0::/system.slice/pay.service\n";
        let v1 = "12:pids:/elsewhere\n1:name=systemd:/system.slice/pay.service\n0::/system.slice/other.service\n";
        let colon = "0::/system.slice/a:b.service\n";
        assert_eq!(group_of(v2), "/system.slice/pay.service");
        assert_eq!(group_of(v1), "/system.slice/pay.service");
        assert_eq!(group_of(colon), "/system.slice/a:b.service");
        assert_eq!(group_of("9:name=systemd:/\n0::/system.slice/pay.service\n"), "/system.slice/pay.service");
        assert_eq!(group_of("9:name=systemd:/\n4:memory:/x\n0::/\n"), "");
    }
}
