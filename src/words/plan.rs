//! A plan in sentences.

use serde::{Serialize, Serializer};

use super::sentence::{Sentence, say};
use super::voice::{self, Voice};
use crate::core::fault::Problem;
use crate::core::protocol::plan::step::{Deletion, LastUse, PlanStep, Test, Wait, Whose};
use crate::core::protocol::plan::{Cut, Plan, PlannedSecret};
use crate::core::rotation::Verify;
use crate::core::rotation::hold::Hold;
use crate::text::names;
use crate::text::when::span;

impl Plan {
    /// Its steps as a reader takes them.
    pub fn sentences(&self, voice: &dyn Voice) -> Vec<String> {
        self.steps.iter().map(|step| step.say().by(voice)).collect()
    }
}

impl PlanStep {
    /// In a sentence.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Issue => say!("make a new secret, keep it sealed here, then give it to Okta"),
            Self::PublishNew { test } => match test.verify {
                Verify::Listed => {
                    say!("publish it under the mapped names once Okta lists it ACTIVE: that it works is not tested")
                }
                Verify::Token => {
                    say!("test that it authenticates at the token endpoint, then publish it under the mapped names")
                }
                _ => say!("test that it authenticates{}, then publish it under the mapped names", by(*test)),
            },
            Self::PublishClientId { client_id, is_app_id } => {
                let whose = if *is_app_id { "which is the app id" } else { "as given" };
                say!("publish the client id {}, {}: Okta does not show the app's own", client_id, whose)
            }
            Self::Adopt { secret_id, test } if test.verify == Verify::Listed => say!(
                "publish {}, which the app has already, untested under the mapped names as version 1; nothing is changed at \
                 Okta",
                id(secret_id)
            ),
            Self::Adopt { secret_id, test } => say!(
                "test that {}, which the app has already, authenticates{}, then publish it under the mapped names as version \
                 1; nothing is changed at Okta",
                id(secret_id),
                by(*test)
            ),
            Self::LeaveOther { secret_id, rotation } => say!(
                "leave {}, the app's other secret, as it is; it has to go before the first rotation: `windlass rotation \
                 retire {} --now`",
                id(secret_id),
                rotation
            ),
            Self::PublishAgain { secret_id, test } if test.verify == Verify::Listed => {
                say!("publish {} again as a new version: that it works is not tested", id(secret_id))
            }
            Self::PublishAgain { secret_id, test } => {
                say!("test that {} authenticates{}, then publish it again as a new version", id(secret_id), by(*test))
            }
            Self::KeepRolledBack { secret_id } => {
                say!("keep {}, current until then, and start nothing by itself until you resume it", id(secret_id))
            }
            Self::PublishUntested { secret_id } => {
                say!("publish {} without a successful test: consumers fail if it does not work", id(secret_id))
            }
            Self::CanRollBack { secret_id, rotation } => {
                say!("`windlass rotation rollback {}` goes back to {} as long as it is there", rotation, id(secret_id))
            }
            Self::DeactivateNow { secret_id } => {
                say!("deactivate {} now: consumers that still use it are refused from then on", id(secret_id))
            }
            Self::DeleteNow { secret_id } => say!("delete {} at Okta now: this cannot be undone", id(secret_id)),
            Self::ActivateNow { secret_id } => say!("reactivate {}", id(secret_id)),
            Self::DeactivateOnPublish { secret_id, targets, deletion } => {
                let deletion = deletion.map_or_else(Sentence::default, |at| say!("; delete it {}", when(at)));
                let at = if targets.is_empty() {
                    say!("at once")
                } else {
                    say!(
                        "once the new one is delivered to {}, a minute after it is published at the latest",
                        names(targets)
                    )
                };
                say!(
                    "deactivate {}, current until then, {}: consumers that have not fetched the new one by then are refused{}",
                    id(secret_id),
                    at,
                    deletion
                )
            }
            Self::DeactivateAt { secret_id, at, held_by, deletion } => {
                let held =
                    held_by.map_or_else(Sentence::default, |by| say!(" or later, for it is held {}", by.until()));
                say!("deactivate {} at {}{}, and delete it {}", id(secret_id), *at, held, when(*deletion))
            }
            Self::Earlier { than } => say!("that is earlier than planned: the date was {}", *than),
            Self::KeptUntilFetched => {
                say!("until its consumers have fetched the current secret, it is kept all the same")
            }
            Self::NotFetched => {
                say!("note that not all of its consumers have fetched the current secret, as far as windlass knows")
            }
            Self::StaysActive { secret_id, whose, off_at, if_fetched, held_by, deletion } => {
                let rest = match (off_at, held_by) {
                    (Some(at), _) => {
                        let reached = if *if_fetched { " if its consumers have fetched the new one" } else { "" };
                        say!(" until {}, is deactivated then{}, and is deleted {}", *at, reached, when(*deletion))
                    }
                    (None, Some(Hold::NoDate)) => say!(" {}", Hold::NoDate.until()),
                    (None, Some(by)) => {
                        say!(", held {}; it is deactivated after that, and is deleted {}", by.until(), when(*deletion))
                    }
                    (None, None) => Sentence::default(),
                };
                say!("{}, {}, stays ACTIVE{}", id(secret_id), whose.word(), rest)
            }
            Self::Delete { secret_id, deletion } => {
                say!("delete {}, which is off, {}; until then it can be reactivated", id(secret_id), when(*deletion))
            }
            Self::KeepUndated { secret_id } => say!("keep {} as it is until you give it a date", id(secret_id)),
            Self::RotateNext { first, at, due, waits_for } if waits_for.is_empty() => {
                debug_assert!(at <= due, "a rotation that starts late waits for something");
                say!("rotate {} at {}", which(*first), *at)
            }
            Self::RotateNext { first, at, due, waits_for } => {
                let waits = waits_for.iter().map(|wait| Sentence::text(wait.words()));
                let waits = Sentence::join(waits, " and ");
                say!("rotate {} at {}: due {}, it waits until {}", which(*first), *at, *due, waits)
            }
            Self::RotateOnceGone { first, held_by } => {
                say!("rotate {} once the old secret has gone, which is held {}", which(*first), held_by.until())
            }
            Self::Recovered { message } => say!("take note that {}", message),
            Self::Attention(problem) => say!("note that {}", problem.whole()),
            Self::Continue { secret_id: Some(secret_id), version } => {
                say!("continue with {}, published here as version {}, ACTIVE at Okta", id(secret_id), *version)
            }
            Self::Continue { secret_id: None, .. } => say!("continue without a published secret: none was"),
            Self::HoldRestored { secret_id, rotation } => say!(
                "keep {}, the old secret: it has no date from now on, and nothing rotates until it has gone; give it a date \
                 with `windlass rotation retire {} --at WHEN`, or `--now`",
                id(secret_id),
                rotation
            ),
            Self::ContinueOperation => say!("continue what was under way, after a check of what is there"),
            Self::ConfirmOthers { count } => say!("nothing starts before the other {} are confirmed as well", *count),
            Self::StandStill { host } => say!(
                "rotate, switch off and delete nothing from here any more; requests to act name {} instead. Secrets can be \
                 read, as they are now",
                host
            ),
            Self::CopyAsNewAs { host, at } => say!(
                "the copy on {} has to be no older than {}, when a rotation changed here last: `windlass rotation list` there \
                 shows it",
                host,
                *at
            ),
            Self::ContinueThere { host, rotation } => {
                say!("what is under way with {} continues only on {}, and only if its copy knows of it", rotation, host)
            }
            Self::CheckHost { host } => say!(
                "check first that no windlass runs on {} with a copy of this store: two that rotate the same apps take each \
                 other's secrets for foreign ones",
                host
            ),
            Self::Quarantine { host } => say!(
                "quarantine this store: `windlass confirm` then compares each rotation with Okta, for {} may have made \
                 secrets since. Once each is confirmed, due times run here again",
                host
            ),
            Self::Said { message } => Sentence::text(message),
        }
    }
}

impl Whose {
    fn word(self) -> &'static str {
        match self {
            Self::Current => "current until then",
            Self::Previous => "the previous one",
            Self::Original => "the app's original secret",
        }
    }
}

impl Wait {
    fn words(self) -> &'static str {
        match self {
            Self::Pause => "the pause is over",
            Self::OldSecret => "the old secret is deleted",
        }
    }
}

impl LastUse {
    /// Of a secret, by its id.
    pub fn say(&self, secret_id: &str) -> Sentence {
        match self {
            Self::Published { version, fetched_at: Some(at) } => {
                say!("{} is version {}, last fetched at {}", secret_id, *version, *at)
            }
            Self::Published { version, fetched_at: None } => {
                say!("{} is version {}, not fetched from windlass so far", secret_id, *version)
            }
            Self::Unpublished => say!("{} was never published", secret_id),
            Self::Unknown => say!("{} was there before windlass, which does not know who uses it", secret_id),
            Self::Said { message } => Sentence::text(message),
        }
    }
}

impl Cut {
    /// Who has not fetched what takes its place: the begin of a sentence.
    pub fn not_fetched(&self) -> Sentence {
        let version = self.unread.unwrap_or_default();
        match self.missing.as_slice() {
            [] => say!("No consumer has fetched version {}", version),
            [one] => say!("{} has not fetched version {}", one, version),
            many => say!("{} have not fetched version {}", names(many), version),
        }
    }

    /// Who used the secret last.
    pub fn readers(&self) -> Option<Sentence> {
        self.last_use.as_ref().map(|last| last.say(&self.secret_id))
    }
}

impl Hold {
    /// What it waits for, after "held" or "stays".
    pub fn until(self) -> Sentence {
        match self {
            Self::Paused => say!("while auto-rotation is off"),
            Self::Behind => say!("until its targets have the new one"),
            Self::Unread => say!("until its consumers have fetched the new one"),
            Self::NoDate => say!("until you give it a date with `windlass rotation retire NAME --at WHEN`"),
            Self::Attention => say!("until what needs attention is settled"),
        }
    }
}

fn when(deletion: Deletion) -> Sentence {
    match deletion {
        Deletion { at: Some(at), .. } => say!("at {}", at),
        Deletion { held_by: Some(by), soak_seconds, .. } => say!("{} later, held {}", span(soak_seconds), by.until()),
        Deletion { soak_seconds, .. } => say!("{} later", span(soak_seconds)),
    }
}

fn by(test: Test) -> Sentence {
    match test.method {
        Some(method) if test.shown => say!(" by {}, the app's method as Okta shows it", method.as_str()),
        Some(method) => say!(" by {}, as named, for Okta does not show the app's method", method.as_str()),
        None => Sentence::default(),
    }
}

fn which(first: bool) -> &'static str {
    if first { "for the first time" } else { "next" }
}

fn id(secret_id: &str) -> &str {
    if secret_id.is_empty() { "a secret without an id" } else { secret_id }
}

/// A plan as JSON has it: the steps as sentences in the current voice, and as data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlanJson<'a> {
    secrets: &'a [PlannedSecret],
    steps: Vec<String>,
    actions: &'a [PlanStep],
    blockers: &'a [Problem],
    asks: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    cuts: &'a [Cut],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { secrets, steps, blockers, asks, cuts, next_rotation_at } = self;
        let said = self.sentences(voice::current());
        let (asks, next_rotation_at) = (*asks, *next_rotation_at);
        PlanJson { secrets, steps: said, actions: steps, blockers, asks, cuts, next_rotation_at }.serialize(serializer)
    }
}

/// A cut as JSON has it: who used the secret last as a sentence, and as data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CutJson<'a> {
    secret_id: &'a str,
    deletes: bool,
    unread: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    missing: &'a [String],
    readers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_use: Option<&'a LastUse>,
    rotates_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Serialize for Cut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { secret_id, deletes, unread, missing, last_use, rotates_at } = self;
        let readers = self.readers().map(|readers| readers.by(voice::current()));
        let (last_use, deletes, unread, rotates_at) = (last_use.as_ref(), *deletes, *unread, *rotates_at);
        CutJson { secret_id, deletes, unread, missing, readers, last_use, rotates_at }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
