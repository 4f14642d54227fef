//! What stands at a target, in words.

use super::sentence::{Sentence, say};
use crate::core::target::Stand;
use crate::core::target::found::Found;
use crate::engine::view::TargetsView;

/// So many that are behind are named.
const NAMED: usize = 3;

impl TargetsView {
    /// `2 of 3 have version 13; file is behind: …`. Nothing where there are none.
    pub fn say(&self, version: u32) -> Sentence {
        let have = match (self.confirmed, self.total) {
            (_, 0) => return Sentence::default(),
            (have, of) if have == of => say!("{}", if of == 1 { "it has" } else { "all have" }),
            (have, of) => say!("{} of {} have", have, of),
        };
        let lack = self.list.iter().filter(|target| target.stands != Stand::Confirmed).take(NAMED).map(|target| {
            let name = target.name.as_str();
            match &target.fault {
                _ if target.stands == Stand::Leaving => say!("{} is being deleted", name),
                Some(fault) => say!("{} does not: {}", name, fault.problem.what()),
                None => say!("{} is being delivered to", name),
            }
        });
        Sentence::join([say!("{} version {}", have, version)].into_iter().chain(lack), "; ")
    }
}

impl Found {
    /// `absent`, `version 11, ours`, `a value that is not from this rotation, under OKTA_CLIENT_SECRET`.
    pub fn say(&self) -> Sentence {
        let under = |keys: &[String]| {
            let named: Vec<&str> = keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
            if named.is_empty() { String::new() } else { format!(", under {}", named.join(" and ")) }
        };
        match self {
            Self::Absent => say!("nothing is there yet"),
            Self::Current { tidy: true } => say!("it has the current credentials"),
            Self::Current { tidy: false } => {
                say!("it has the current credentials, and its owner, mode or mark is not right")
            }
            Self::Behind { version: Some(version) } => say!("it has version {}", *version),
            Self::Behind { version: None } => say!("it has what was delivered before"),
            Self::Adoptable { version: Some(version) } => say!("it has version {}, put there by others", *version),
            Self::Adoptable { version: None } => say!("it has values of this rotation, put there by others"),
            Self::Drifted { keys } if keys.is_empty() => say!("what was delivered is gone"),
            Self::Drifted { keys } => say!("what was delivered was changed by others{}", under(keys)),
            Self::Foreign { keys } => say!("it has a value that is not from this rotation{}", under(keys)),
            Self::Clash { target } => say!("it belongs to another target, {}", target),
            Self::Unknown => say!("what is there cannot be read"),
        }
    }
}
