//! Whom to believe: a file by its owner and its mode, an engine by the user that it runs as.
//!
//! The rules are functions of facts, so that they can be tested for any user; what is asked of the system stands beside
//! them. Nothing here knows what a file is for, or what is sent to an engine.

pub mod command;
pub mod files;
pub mod peer;
pub mod process;

/// The user that stands in for all users that this process's user namespace does not map. It is no one in particular, so
/// it is never believed. `None` where every user is mapped: then the number is a user like any other.
pub fn unmapped() -> Option<u32> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    of_map(&read("/proc/self/uid_map"), &read("/proc/sys/kernel/overflowuid"))
}

/// What a user namespace whose map covers every number maps: all but the one that means "no user".
const ALL: u64 = u32::MAX as u64;

/// What the kernel calls them where no one has set another number.
const OVERFLOW: u32 = 65_534;

fn of_map(map: &str, overflow: &str) -> Option<u32> {
    let counts = map.lines().filter_map(|line| line.split_whitespace().nth(2)?.parse::<u64>().ok());
    (counts.sum::<u64>() < ALL).then(|| overflow.trim().parse().unwrap_or(OVERFLOW))
}

/// A user as an operator knows it: the name, where there is one, and the number.
pub fn user(uid: u32) -> String {
    let known = nix::unistd::User::from_uid(uid.into()).ok().flatten();
    known.map_or_else(|| format!("uid {uid}"), |user| format!("{} (uid {uid})", crate::text::sanitize(&user.name, 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_that_maps_some_users_has_a_number_for_all_others() {
        assert_eq!(of_map("         0          0 4294967295\n", "65534\n"), None);
        assert_eq!(of_map("0 1000 1\n", "65534\n"), Some(65_534));
        assert_eq!(of_map("0 1000 1\n1 100000 65536\n", "99\n"), Some(99));
        assert_eq!(of_map("0 0 65534\n65534 65534 4294901761\n", "65534\n"), None, "in two parts");
        assert_eq!(of_map("", ""), Some(OVERFLOW), "where it is not known it is not believed");
    }
}
