//! The history in sentences, and as JSON: what a step, an attempt or a decision came to as a sentence in the current
//! voice, and as data beside it.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::sentence::{Sentence, say};
use super::{voice, written};
use crate::core::history::ending::{Ending, Left, OfApp, Publication, What};
use crate::core::history::noted::{Listed, Noted};
use crate::core::history::{Actor, Entry, Outcome, Step, StepOutcome, Trigger};
use crate::core::name::Slug;
use crate::core::rotation::LastAttempt;

impl Noted {
    /// In a sentence.
    pub fn say(&self) -> Sentence {
        match self {
            Self::App { label, status, method } => say!("{} is {}, {}", label, status, method),
            Self::Secrets { secrets } if secrets.is_empty() => say!("no secrets"),
            Self::Secrets { secrets } => Sentence::join(secrets.iter().map(Listed::say), ", "),
            Self::Because { cause } => cause.say(),
            Self::Created { secret_id } => say!("Okta created {}", secret_id),
            Self::Activated { secret_id } => say!("{} is ACTIVE", secret_id),
            Self::Deactivated { secret_id } => say!("{} is INACTIVE", secret_id),
            Self::Deleted { secret_id } => say!("Okta deleted {}", secret_id),
            Self::Authenticates => say!("the new secret authenticates"),
            Self::NotAccepted => say!("Okta does not accept the new secret (yet)"),
            Self::ControlAuthenticates => say!("a secret known to work still authenticates"),
            Self::ControlNotAccepted => say!("not even a secret known to work authenticates"),
            Self::ListedOnly { secret_id } => {
                say!("{} was not tested: all that is known is that Okta lists it ACTIVE", secret_id)
            }
            Self::PublishedUntested { secret_id } => say!("{} is published without a test, as requested", secret_id),
            Self::Removed { secret_id } => say!("{} was removed outside windlass before it was published", secret_id),
            Self::Left { why } => say!("{}", why.word()),
            Self::TargetFound { found } => found.say(),
            Self::TargetWritten { version, remote } if remote.is_empty() => say!("version {} was written", *version),
            Self::TargetWritten { version, remote } => say!("version {} was written, there as {}", *version, remote),
            Self::CommandRan => say!("the command ended well"),
            Self::Said { message } => written::read(message),
        }
    }
}

impl Listed {
    fn say(&self) -> Sentence {
        say!("{} {}", &self.secret_id, if self.active { "ACTIVE" } else { "INACTIVE" })
    }
}

impl Left {
    fn word(self) -> &'static str {
        match self {
            Self::Paused => "the rotation is paused",
            Self::Held => "it is held on request",
            Self::Behind => "a target does not have the current secret",
        }
    }
}

impl OfApp {
    fn say(&self, what: &'static str) -> Sentence {
        let original = if self.original { " (the app's original secret)" } else { "" };
        say!("{} {}{}", &self.secret_id, what, original)
    }
}

impl Ending {
    /// In a sentence.
    pub fn say(&self) -> Sentence {
        let besides = self.also_deleted.iter().map(|secret| secret.say("was deleted at Okta"));
        Sentence::join(std::iter::once(self.what.say()).chain(besides), "; ")
    }
}

impl What {
    fn say(&self) -> Sentence {
        match self {
            Self::UnderWay => say!("under way"),
            Self::Because { cause } => cause.say(),
            Self::Published { secret_id, how, untested } => {
                let how = match how {
                    Publication::New => "",
                    Publication::Adopted => ", which the app had already",
                    Publication::Again => " again; auto-rotation is off until you resume it",
                };
                say!("published {}{}{}", secret_id, how, if *untested { "; it was not tested" } else { "" })
            }
            Self::Deactivated { secret } => secret.say("was deactivated"),
            Self::Inactive { secret_id } => say!("{} is INACTIVE", secret_id),
            Self::Soaks { secret_id } => say!("{} is INACTIVE until it is deleted on its date", secret_id),
            Self::NotYet { secret_id } => say!("{} is ACTIVE until its date", secret_id),
            Self::Deleted { secret } => secret.say("is deleted at Okta"),
            Self::NothingToRetire => say!("nothing to retire"),
            Self::Left { secret_id, why } => say!("{} is left as it is, because {}", secret_id, why.word()),
            Self::Overruled { by, secret_id } => say!("{} decided otherwise about {}", by, secret_id),
            Self::RollsBack { by } => say!("{} asked to roll back", by),
            Self::ClockWasAhead { due } => {
                say!("not due before {}: this machine's clock was ahead when it was begun", *due)
            }
            Self::Revoked { except: None } => say!("revoked"),
            Self::Revoked { except: Some(id) } => {
                say!("revoked, except {}: it is the app's last ACTIVE secret, and Okta keeps it", id)
            }
            Self::RotationDeleted { stays: None } => say!("the rotation is deleted"),
            Self::RotationDeleted { stays: Some(id) } => {
                say!("the rotation is deleted; {} stays ACTIVE at Okta, and no longer rotates", id)
            }
            Self::Delivered { target, place, version, restored: false } => {
                say!("version {} was delivered to {}, {}", *version, target, place)
            }
            Self::Delivered { target, place, version, restored: true } => {
                say!(
                    "version {} was delivered to {} again, over what others had written to {}",
                    *version,
                    target,
                    place
                )
            }
            Self::NotDelivered { target, cause } => say!("{} needs attention: {}", target, cause.say()),
            Self::Decided { deed } => deed.say(),
            Self::Said { message } => written::read(message),
        }
    }

    fn is_data(&self) -> bool {
        !matches!(self, Self::Said { .. })
    }
}

impl Entry {
    /// What it came to, in a sentence.
    pub fn say(&self) -> Sentence {
        self.ending.say().about(self.rotation_name.as_ref().map(Slug::as_str), None)
    }

    /// The sentence for a shell.
    pub fn message(&self) -> String {
        self.say().to_string()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepJson<'a> {
    at: DateTime<Utc>,
    step: &'a str,
    outcome: StepOutcome,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    noted: Option<&'a Noted>,
    http_status: Option<u16>,
    duration_ms: Option<u64>,
    okta_request_id: Option<&'a str>,
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StepJson {
            at: self.at,
            step: &self.step,
            outcome: self.outcome,
            detail: self.noted.say().by(voice::current()),
            noted: Some(&self.noted).filter(|noted| !matches!(noted, Noted::Said { .. })),
            http_status: self.http_status,
            duration_ms: self.duration_ms,
            okta_request_id: self.okta_request_id.as_deref(),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryJson<'a> {
    id: Uuid,
    rotation_id: Option<Uuid>,
    rotation_name: Option<&'a Slug>,
    connection_id: Option<Uuid>,
    app_id: &'a str,
    trigger: Trigger,
    actor: &'a Actor,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    outcome: Outcome,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ending: Option<&'a Ending>,
    new_secret_id: Option<&'a str>,
    previous_secret_id: Option<&'a str>,
    steps: &'a [Step],
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        EntryJson {
            id: self.id,
            rotation_id: self.rotation_id,
            rotation_name: self.rotation_name.as_ref(),
            connection_id: self.connection_id,
            app_id: &self.app_id,
            trigger: self.trigger,
            actor: &self.actor,
            started_at: self.started_at,
            ended_at: self.ended_at,
            outcome: self.outcome,
            message: self.say().by(voice::current()),
            ending: Some(&self.ending).filter(|ending| ending.what.is_data()),
            new_secret_id: self.new_secret_id.as_deref(),
            previous_secret_id: self.previous_secret_id.as_deref(),
            steps: &self.steps,
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct LastAttemptJson<'a> {
    at: DateTime<Utc>,
    outcome: Outcome,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ending: Option<&'a Ending>,
    manual: bool,
    attempt: Option<Uuid>,
}

impl Serialize for LastAttempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { at, outcome, ending, manual, attempt } = self;
        let (at, outcome, message) = (*at, *outcome, ending.say().by(voice::current()));
        let ending = Some(ending).filter(|ending| ending.what.is_data());
        let (manual, attempt) = (*manual, *attempt);
        LastAttemptJson { at, outcome, message, ending, manual, attempt }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
