//! Decisions in sentences, for the history and the live log.

use super::sentence::{Sentence, say};
use crate::core::history::deed::{Deed, Edit, Next};
use crate::text::when::span;

impl Deed {
    /// In a sentence.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Paused { until, keeps } => {
                let until = until.map_or_else(|| say!("resumed"), |at| say!("{}", at));
                let keeps = keeps.as_ref().map(|id| say!("; {} stays as it is until then", id)).unwrap_or_default();
                say!("paused until {}{}", until, keeps)
            }
            Self::Resumed { next } => say!("resumed; {}", next.say()),
            Self::Skipped { at, next } => say!("{} is skipped; {}", *at, next.say()),
            Self::Unskipped { next } => say!("a skipped due time is back; {}", next.say()),
            Self::Postponed { at } => say!("rotates at {}, once the old secret has gone by itself", *at),
            Self::Edited { changes } => Sentence::join(changes.iter().map(Edit::say), ", "),
            Self::OldKept { secret_id } => say!("keep {} as it is until you give it a date", secret_id),
            Self::OldDeactivatedAt { secret_id, at } => say!("deactivate {} at {}", secret_id, *at),
            Self::OldDeletedAt { secret_id, at } => say!("delete {}, which is off already, at {}", secret_id, *at),
            Self::PublishUntested { secret_id } => say!("asked to publish {} without a successful test", secret_id),
            Self::Withdraw { secret_id } => say!("asked to withdraw {}", secret_id),
            Self::ConsumerDismissed { consumer } => {
                say!("{} is not waited for any more, until it fetches again", consumer)
            }
            Self::TargetCreated { target, place } => say!("the target {}, {}, was created", target, place),
            Self::TargetChanged { target } => say!("the target {} was changed", target),
            Self::TargetAdopted { target, place } => {
                say!("what is at {} may be overwritten by the target {}", place, target)
            }
            Self::TargetDeleted { target, place, purge } => {
                let what = if *purge { "what is ours there goes too" } else { "what is there stays" };
                say!("the target {}, {}, was deleted; {}", target, place, what)
            }
            Self::DeletionAsked => say!("deletion was asked for; it goes once its old secret is gone"),
            Self::DeletedByForce { left, kept_until, rotation_id } => {
                let left = left.iter().map(|id| Sentence::text(id.as_deref().unwrap_or("one whose id is not known")));
                let left = Sentence::join(left, ", ");
                let left = if left.is_empty() { say!("nothing of it") } else { left };
                say!(
                    "deleted by force; {} may still be at Okta, and the values are kept until {}: `windlass rotation \
                     credentials {} --reveal`",
                    left,
                    *kept_until,
                    rotation_id.to_string()
                )
            }
            Self::Confirmed { current, held } => {
                let current = current.as_ref().map(|id| say!("{} stays the published secret", id));
                let held = held.as_ref().map(|id| {
                    say!(
                        "{}, the old one, is held without a date until `windlass rotation retire NAME --at WHEN` gives it one",
                        id
                    )
                });
                let confirmed = say!("confirmed as it is at Okta");
                Sentence::join([Some(confirmed), current, held].into_iter().flatten(), "; ")
            }
            Self::RecoveryRead => say!("what was recovered in the store is read and confirmed"),
            Self::ConnectionCreated { name, url, untested } => {
                let untested = if *untested { ", untested" } else { "" };
                say!("the connection {} to {} was created{}", name, url, untested)
            }
            Self::ConnectionChanged { name, new_name, url, credential, description } => {
                let what = [
                    new_name.as_ref().map(|name| say!("renamed to {}", name)),
                    url.as_ref().map(|url| say!("its URL is {}", url)),
                    credential.then(|| say!("it has a new credential")),
                    description.then(|| say!("it has another description")),
                ];
                let what = Sentence::join(what.into_iter().flatten(), ", ");
                let what = if what.is_empty() { say!("nothing changed") } else { what };
                say!("the connection {} was changed: {}", name, what)
            }
            Self::ConnectionDeleted { name } => say!("the connection {} was deleted", name),
            Self::ConnectionReleased { name } => say!("rotations resume after a test of the connection {}", name),
            Self::SecretDeleted { key, version } => {
                let version = version.map(|number| say!("version {} of ", number)).unwrap_or_default();
                say!("{}the secret {} was deleted", version, key)
            }
            Self::StoreRetired { host } => say!("the store was retired: its rotations run on {}", host),
            Self::StoreBack { host } => say!("the store acts again; it was retired for {}", host),
        }
    }
}

impl Next {
    fn say(self) -> Sentence {
        match (self.at, self.held_by) {
            (Some(at), _) => say!("rotates next at {}", at),
            (None, Some(by)) => say!("its old secret is held {}, and the next rotation with it", by.until()),
            (None, None) => say!("nothing starts by itself"),
        }
    }
}

impl Edit {
    fn say(&self) -> Sentence {
        match self {
            Self::Name { before } => say!("renamed from {}", before),
            Self::Paused => say!("paused until resumed"),
            Self::Resumed { due } => say!("resumed, next due {}", *due),
            Self::Interval { days, before } => say!("every {} days instead of {}", *days, *before),
            Self::RotateAt { at, before } => say!("at {} instead of {}", at, before),
            Self::Overlap { seconds, before } => {
                say!("old secrets stay on for {} instead of {}", span(*seconds), span(*before))
            }
            Self::Soak { seconds, before } => say!("then off for {} instead of {}", span(*seconds), span(*before)),
            Self::RetireUnread { on } => {
                let only = if *on { "even where not all" } else { "only where all" };
                say!("old secrets go {} consumers have fetched the new one", only)
            }
            Self::Verify { way, before } => {
                say!("new secrets are tested by {} instead of {}", way.as_str(), before.as_str())
            }
            Self::Mapping { names: [id, secret], before: [old_id, old_secret] } => {
                say!("read as {} and {} instead of {} and {}", id, secret, old_id, old_secret)
            }
            Self::ClientId { id, before } => say!("the app's client id is {} instead of {}", id, before),
            Self::Description => say!("another description"),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use chrono_tz::Europe::Berlin;

    use strum::VariantNames as _;

    use super::*;
    use crate::core::history::Trigger;
    use crate::core::rotation::hold::Hold;
    use crate::words::voice::Page;

    fn all() -> Vec<(Deed, Trigger, &'static str, &'static str)> {
        let at: DateTime<Utc> = "2026-12-01T01:30:00Z".parse().expect("valid");
        let secret_id = || "ocs1".to_owned();
        let name = || "acme".to_owned();
        let host = || "b".to_owned();
        let held = Next { at: None, held_by: Some(Hold::NoDate) };
        let next = Next { at: Some(at), held_by: None };
        let settings = |deed, trigger, said| (deed, trigger, "settings", said);
        let connection = |deed, said| (deed, Trigger::Connection, "connection", said);
        let target = |deed, said| (deed, Trigger::Target, "settings", said);
        vec![
            settings(
                Deed::Paused { until: Some(at), keeps: Some(secret_id()) },
                Trigger::Pause,
                "paused until 2026-12-01 02:30 CET; ocs1 stays as it is until then",
            ),
            settings(
                Deed::Resumed { next: held },
                Trigger::Resume,
                "resumed; its old secret is held until you give it a date with `windlass rotation retire NAME --at WHEN`, \
                 and the next rotation with it",
            ),
            settings(
                Deed::Skipped { at, next },
                Trigger::Skip,
                "2026-12-01 02:30 CET is skipped; rotates next at 2026-12-01 02:30 CET",
            ),
            settings(
                Deed::Unskipped { next: Next { at: None, held_by: None } },
                Trigger::Skip,
                "a skipped due time is back; nothing starts by itself",
            ),
            settings(
                Deed::Postponed { at },
                Trigger::Edit,
                "rotates at 2026-12-01 02:30 CET, once the old secret has gone by itself",
            ),
            settings(
                Deed::Edited { changes: vec![Edit::Paused, Edit::Interval { days: 7, before: 30 }] },
                Trigger::Pause,
                "paused until resumed, every 7 days instead of 30",
            ),
            settings(
                Deed::Edited { changes: vec![Edit::Resumed { due: at }] },
                Trigger::Resume,
                "resumed, next due 2026-12-01 02:30 CET",
            ),
            settings(Deed::Edited { changes: vec![Edit::Description] }, Trigger::Edit, "another description"),
            settings(
                Deed::OldKept { secret_id: secret_id() },
                Trigger::Hold,
                "keep ocs1 as it is until you give it a date",
            ),
            settings(
                Deed::OldDeactivatedAt { secret_id: secret_id(), at },
                Trigger::Retire,
                "deactivate ocs1 at 2026-12-01 02:30 CET",
            ),
            settings(
                Deed::OldDeletedAt { secret_id: secret_id(), at },
                Trigger::Retire,
                "delete ocs1, which is off already, at 2026-12-01 02:30 CET",
            ),
            (
                Deed::PublishUntested { secret_id: secret_id() },
                Trigger::Resolve,
                "asked",
                "asked to publish ocs1 without a successful test",
            ),
            (Deed::Withdraw { secret_id: secret_id() }, Trigger::Resolve, "asked", "asked to withdraw ocs1"),
            settings(
                Deed::ConsumerDismissed { consumer: "payroll.service".into() },
                Trigger::Consumer,
                "payroll.service is not waited for any more, until it fetches again",
            ),
            settings(
                Deed::DeletionAsked,
                Trigger::Delete,
                "deletion was asked for; it goes once its old secret is gone",
            ),
            (
                Deed::DeletedByForce { left: vec![None], kept_until: at, rotation_id: uuid::Uuid::nil() },
                Trigger::Delete,
                "deleted",
                "deleted by force; one whose id is not known may still be at Okta, and the values are kept until 2026-12-01 \
                 02:30 CET: `windlass rotation credentials 00000000-0000-0000-0000-000000000000 --reveal`",
            ),
            (
                Deed::Confirmed { current: Some("ocs2".into()), held: None },
                Trigger::Confirm,
                "store",
                "confirmed as it is at Okta; ocs2 stays the published secret",
            ),
            target(
                Deed::TargetCreated { target: name(), place: "file /run/okta".into() },
                "the target acme, file /run/okta, was created",
            ),
            target(Deed::TargetChanged { target: name() }, "the target acme was changed"),
            target(
                Deed::TargetAdopted { target: name(), place: "file /run/okta".into() },
                "what is at file /run/okta may be overwritten by the target acme",
            ),
            target(
                Deed::TargetDeleted { target: name(), place: "file /run/okta".into(), purge: true },
                "the target acme, file /run/okta, was deleted; what is ours there goes too",
            ),
            (Deed::RecoveryRead, Trigger::Confirm, "confirm", "what was recovered in the store is read and confirmed"),
            connection(
                Deed::ConnectionCreated { name: name(), url: "https://acme.okta.com".into(), untested: true },
                "the connection acme to https://acme.okta.com was created, untested",
            ),
            connection(
                Deed::ConnectionChanged {
                    name: name(),
                    new_name: Some(host()),
                    url: None,
                    credential: true,
                    description: false,
                },
                "the connection acme was changed: renamed to b, it has a new credential",
            ),
            connection(Deed::ConnectionDeleted { name: name() }, "the connection acme was deleted"),
            connection(
                Deed::ConnectionReleased { name: name() },
                "rotations resume after a test of the connection acme",
            ),
            (
                Deed::SecretDeleted { key: "prod:/A".into(), version: Some(2) },
                Trigger::Secret,
                "secret",
                "version 2 of the secret prod:/A was deleted",
            ),
            (
                Deed::StoreRetired { host: host() },
                Trigger::Store,
                "store",
                "the store was retired: its rotations run on b",
            ),
            (Deed::StoreBack { host: host() }, Trigger::Store, "store", "the store acts again; it was retired for b"),
        ]
    }

    #[test]
    fn a_decision_is_said_by_whoever_reads_it_and_has_its_trigger_and_its_kind() {
        for (deed, trigger, event, said) in all() {
            assert_eq!(deed.kind(), (trigger, event), "{deed:?}");
            assert_eq!(deed.say().by(&Page(Berlin)), said);
            let written = serde_json::to_string(&deed).expect("JSON");
            assert_eq!(serde_json::from_str::<Deed>(&written).expect("read"), deed, "{written}");
        }
    }

    #[test]
    fn every_decision_has_its_words_above() {
        let all: Vec<String> = all().iter().map(|(deed, ..)| format!("{deed:?}")).collect();
        for name in Deed::VARIANTS {
            let is = |deed: &String| deed.split(|c: char| !c.is_alphanumeric()).next() == Some(name);
            assert!(all.iter().any(is), "{name} has no row above");
        }
    }
}
