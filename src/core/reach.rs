//! Whether the consumers of an old secret have its successor.
//!
//! Every consumer that fetched the old one has to have fetched the new one, or to have been dismissed; none drops out by
//! time. Of an old secret whose consumers are not known by name (it was published before they had names, or by others than
//! windlass) one fetch of the new one is enough, as of one that no consumer has fetched.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::consumer::Fetches;
use super::rotation::Rotation;
use super::secret::{Secret, SecretVersion};

/// A consumer, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer<'a> {
    /// What it fetched last, or of the newer secret.
    pub fetches: &'a Fetches,
    /// The version of that.
    pub version: u32,
    /// How it stands.
    pub stands: Stands,
}

/// How a consumer stands to the current secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stands {
    /// It fetched the old secret, and not the current one: the old one waits for it.
    Missing,
    /// It has the current one.
    Current,
    /// It has not, and was dismissed.
    Dismissed,
    /// It fetched neither of the two.
    Gone,
}

/// Who has the current secret of a rotation, and who has not.
#[derive(Clone, Debug, Default)]
pub struct Reach<'a> {
    /// All consumers that are known, those that are missing first, then by name.
    pub consumers: Vec<Consumer<'a>>,
    /// The current secret was fetched, by whomever.
    pub fetched: bool,
}

impl<'a> Reach<'a> {
    /// Of a rotation, by its named client secret.
    pub fn of(rotation: &Rotation, secret: &'a Secret) -> Self {
        let previous = rotation.previous.map(|previous| previous.key);
        let of = |key: Option<Uuid>| secret.versions.iter().filter(move |version| Some(version.okta_secret) == key);
        let fetched = of(rotation.current).any(|version| version.fetched_at.is_some());
        let mut consumers: BTreeMap<&str, Consumer<'a>> = BTreeMap::new();
        // What is the same secret at Okta is the same to a consumer, under whichever version. The most telling come last.
        let versions = |stands, of: Vec<&'a SecretVersion>| {
            of.into_iter().flat_map(move |version| version.fetches.iter().map(move |it| (stands, version.number, it)))
        };
        let others = secret.versions.iter().filter(|version| {
            let key = Some(version.okta_secret);
            key != rotation.current && key != previous
        });
        let all = versions(Stands::Gone, others.collect())
            .chain(versions(Stands::Missing, of(previous).collect()))
            .chain(versions(Stands::Current, of(rotation.current).collect()));
        for (stands, version, fetches) in all {
            let name = fetches.consumer.as_str();
            let dismissed = stands == Stands::Missing && secret.dismissed.iter().any(|it| it.consumer == name);
            let stands = if dismissed { Stands::Dismissed } else { stands };
            consumers.insert(name, Consumer { fetches, version, stands });
        }
        let mut consumers: Vec<_> = consumers.into_values().collect();
        consumers.sort_by_key(|consumer| consumer.stands);
        Self { consumers, fetched }
    }

    /// Whether the old secret waits for no consumer: none is missing, and one has the current secret, unless all that could
    /// were dismissed.
    pub fn reached(&self) -> bool {
        let dismissed = self.consumers.iter().any(|consumer| consumer.stands == Stands::Dismissed);
        self.missing().next().is_none() && (self.fetched || dismissed)
    }

    /// Those that the old secret waits for.
    pub fn missing(&self) -> impl Iterator<Item = &Consumer<'a>> {
        self.consumers.iter().filter(|consumer| consumer.stands == Stands::Missing)
    }

    /// How many have the current secret, of those that had the old one or have this one.
    pub fn count(&self) -> (usize, usize) {
        let are = |wanted: &[Stands]| self.consumers.iter().filter(|it| wanted.contains(&it.stands)).count();
        (are(&[Stands::Current]), are(&[Stands::Current, Stands::Missing]))
    }

    /// When a secret at Okta was fetched last, under whichever version.
    pub fn last_fetched(secret: &Secret, key: Uuid) -> Option<DateTime<Utc>> {
        secret.versions.iter().filter(|it| it.okta_secret == key).filter_map(|it| it.last_fetched_at).max()
    }
}

#[cfg(test)]
mod tests;
