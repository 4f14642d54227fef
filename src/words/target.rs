//! Targets in words: how they stand, what stands at their places, and what a delivery would do.

use super::sentence::{Sentence, say};
use crate::core::target::Stand;
use crate::core::target::found::Found;
use crate::engine::view::{RotationView, TargetPlanView, TargetView, TargetsView};
use crate::text::names;

/// So many that do not have the current secret are named.
const NAMED: usize = 3;

impl RotationView {
    /// `2/3`: so many of its consumers and targets have the current secret; `None` where all of them have it.
    pub fn reach(&self) -> Option<String> {
        let (consumers, targets) = (&self.consumers, &self.targets);
        let lacking = !consumers.missing.is_empty() || targets.behind + targets.attention > 0;
        lacking.then(|| format!("{}/{}", consumers.have + targets.confirmed, consumers.of + targets.total))
    }
}

impl TargetsView {
    /// `2 of 3 have version 13; file does not: …`. Nothing where there are none.
    pub fn say(&self, version: u32) -> Sentence {
        let lacking = self.worst_first().into_iter().filter(|target| target.stands != Stand::Confirmed);
        let lacking = lacking.take(NAMED).map(|target| {
            let name = target.name.as_str();
            match &target.fault {
                _ if target.stands == Stand::Leaving => say!("{} is being deleted", name),
                Some(fault) => say!("{} does not: {}", name, fault.problem.what()),
                None => say!("{} is being delivered to", name),
            }
        });
        Sentence::join([self.have(version)].into_iter().chain(lacking), "; ")
    }

    /// `2 of 3 have version 13`.
    pub fn have(&self, version: u32) -> Sentence {
        match (self.confirmed, self.total) {
            (_, 0) => Sentence::default(),
            (1, 1) => say!("it has version {}", version),
            (0, 1) => say!("it does not have version {} yet", version),
            (have, of) if have == of => say!("all {} have version {}", of, version),
            (0, of) => say!("none of {} has version {}", of, version),
            (1, of) => say!("1 of {} has version {}", of, version),
            (have, of) => say!("{} of {} have version {}", have, of, version),
        }
    }

    /// Those that need something stand first, the others by name.
    pub fn worst_first(&self) -> Vec<&TargetView> {
        let mut list: Vec<&TargetView> = self.list.iter().collect();
        list.sort_by_key(|target| {
            let rank = match target.stands {
                Stand::Attention => 0,
                _ if target.fault.is_some() => 1,
                Stand::Behind => 2,
                Stand::Leaving => 3,
                Stand::Confirmed => 4,
            };
            (rank, target.name.as_str())
        });
        list
    }
}

impl TargetView {
    /// How it stands, in a word or two.
    pub fn stands(&self) -> &'static str {
        match self.stands {
            Stand::Confirmed => "has it",
            Stand::Behind if self.fault.is_some() => "FAILING",
            Stand::Behind => "behind",
            Stand::Attention => "ATTENTION",
            Stand::Leaving => "being deleted",
        }
    }
}

impl TargetView {
    /// The lines of a unit's file with which systemd fetches the credentials at this socket.
    pub fn unit_lines(&self, socket: &str) -> Vec<String> {
        self.keys.keys().map(|key| format!("LoadCredential={key}:{socket}")).collect()
    }
}

impl TargetPlanView {
    /// What is there, and what a delivery would do, in sentences.
    pub fn steps(&self) -> Vec<Sentence> {
        let place = format!("{} {}", self.destination, self.place);
        let mut steps = Vec::new();
        // What units get is there as soon as it is published.
        let found = self.found.as_ref().filter(|_| self.destination != "credential");
        steps.extend(found.map(|found| say!("{}: {}", &place, found.say())));
        let then = if self.fault.is_some() && self.seen.is_some() { ", once it is adopted" } else { "" };
        let named: Vec<&str> = self.writes.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
        let under = if named.is_empty() { String::new() } else { format!(", under {}", named.join(" and ")) };
        match self.version {
            None => steps.push(say!("nothing is published yet; it is delivered to after the first rotation")),
            Some(version) if self.destination == "credential" => {
                steps.push(say!("version {} would be handed to each unit of {} that starts", version, &self.place));
            }
            Some(version) if self.writes.is_empty() && self.found == Some(Found::Current { tidy: true }) => {
                steps.push(say!("nothing would be written: it has version {}", version));
            }
            Some(version) => steps.push(say!("version {} would be written to {}{}{}", version, &place, under, then)),
        }
        if !self.removes.is_empty() {
            steps.push(say!("{} would be taken away there: it came from this target", names(&self.removes)));
        }
        if !self.after.is_empty() {
            steps.push(say!("then `{}` would run", self.after.join(" ")));
        }
        let waits = if self.gates { "the old secret waits for it" } else { "the old secret does not wait for it" };
        steps.push(say!("{}", waits));
        steps
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
                say!(
                    "it has the current credentials, and its owner, its mode, its mark or a former name is to be put right"
                )
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
