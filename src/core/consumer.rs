//! Consumers: who fetches a secret, by which name, and whether all of them have its successor.
//!
//! A name is a claim. What the kernel says of the process stands beside it, as evidence; nothing here decides by that who
//! may read. How the process is found out is no business of this module.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::name::Slug;

mod unit;

/// The process that fetched, by the kernel's word. It is read by process number after the connection was made, so it is
/// evidence, and no proof.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// Its Unix user's number.
    pub uid: u32,
    /// Its Unix user, by name where it has one.
    pub user: String,
    /// Its control group: of systemd's hierarchy, `/system.slice/payroll.service`. Empty where none is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Its program and those that started it, the nearest first, as the kernel calls them (at most 15 bytes each).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<String>,
    /// The unit that a service manager fetched for, as that named it at the credential socket: `pay@3.service`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_for: Option<String>,
}

/// What fetches or starts on behalf of others: the program behind it is the one that asks.
const WRAPPERS: [&str; 18] = [
    "windlass", "curl", "wget", "socat", "nc", "xargs", "sudo", "doas", "su", "runuser", "setpriv", "env", "nice",
    "ionice", "timeout", "flock", "setsid", "nohup",
];

/// The most consumers that are known of one version by name. What comes after these is known as [`OTHERS`], so that no
/// number of callers makes a record too large.
const MOST: usize = 200;

/// All consumers of a version beyond the ones that are known by name.
pub const OTHERS: &str = "(others)";

impl Caller {
    /// What the consumer is called: as it calls itself; else by its systemd unit, be that the one that a service manager
    /// fetched for or the one that it runs in; else by its user and the program that asks.
    ///
    /// `payroll.service`, `pay@.service` (of `pay@3.service`), `alice/pay.service` (of her own manager), `alice/deploy.sh`.
    pub fn name(&self, claimed: Option<&Slug>) -> String {
        if let Some(claimed) = claimed {
            return claimed.to_string();
        }
        let user = plain(&self.user);
        if let Some(unit) = self.unit_of_manager() {
            // Root's manager is the system's, as far as the kernel says.
            return if self.uid == 0 { unit } else { format!("{user}/{unit}") };
        }
        match unit::of(&self.group) {
            Some(unit) if unit.own_manager => format!("{user}/{}", unit.name),
            Some(unit) => unit.name,
            None => match self.parent() {
                Some(parent) => format!("{user}/{parent}"),
                None => user,
            },
        }
    }

    /// Its systemd unit, where that says who it is: `pay@3.service` as `pay@.service`.
    pub fn unit(&self) -> Option<String> {
        self.unit_of_manager().or_else(|| unit::of(&self.group).map(|unit| unit.name))
    }

    fn unit_of_manager(&self) -> Option<String> {
        self.fetched_for.as_deref().map(unit::folded)
    }

    /// The program that asks, those left out that only pass on.
    pub fn parent(&self) -> Option<String> {
        self.programs.iter().find(|name| !WRAPPERS.contains(&name.as_str())).map(|name| plain(name))
    }
}

/// A name in which nothing shows as something else.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "._@+-".contains(c) { c } else { '_' }).take(64).collect()
}

/// What a consumer fetched of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fetches {
    /// Its name, see [`Caller::name`].
    pub consumer: String,
    /// It gave the name itself.
    #[serde(default)]
    pub claimed: bool,
    /// The process that was the last to fetch.
    pub caller: Caller,
    /// When it fetched first.
    pub first: DateTime<Utc>,
    /// When it fetched last; a second fetch within a minute is not noted.
    pub last: DateTime<Utc>,
    /// How often, of those within a minute one.
    pub count: u64,
}

/// A consumer that no old secret waits for any more, until it fetches again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dismissed {
    /// Its name.
    pub consumer: String,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
}

/// The name by which a fetch of a version is noted.
pub fn known_as(of_version: &[Fetches], claimed: Option<&Slug>, caller: &Caller) -> String {
    let name = caller.name(claimed);
    let full = of_version.len() >= MOST && !of_version.iter().any(|known| known.consumer == name);
    if full { OTHERS.to_owned() } else { name }
}

/// Notes that a consumer fetched a version; whether there is something to be written: its first fetch, or the first one in
/// a minute.
pub fn note(of_version: &mut Vec<Fetches>, claimed: Option<&Slug>, caller: &Caller, now: DateTime<Utc>) -> bool {
    let name = known_as(of_version, claimed, caller);
    let Some(known) = of_version.iter_mut().find(|known| known.consumer == name) else {
        let (caller, claimed) = (caller.clone(), claimed.is_some());
        of_version.push(Fetches { consumer: name, claimed, caller, first: now, last: now, count: 1 });
        return true;
    };
    // A clock that was set back changes nothing.
    if minute(known.last) >= minute(now) {
        return false;
    }
    known.last = now;
    known.count += 1;
    known.claimed = claimed.is_some();
    known.caller.clone_from(caller);
    true
}

/// The minute of an instant: what happens again within it is not written again.
pub fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests;
