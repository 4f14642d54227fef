//! Whether the consumers of an old secret have its successor.
//!
//! Every consumer that fetched the old one has to have fetched the new one, or to have been dismissed; none drops out by
//! time. Of an old secret whose consumers are not known by name (it was published before they had names, or by others than
//! windlass) one fetch of the new one is enough, as of one that no consumer has fetched.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::consumer::Fetches;
use super::rotation::Rotation;
use super::secret::{Secret, SecretVersion};

/// A consumer, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer<'a> {
    /// What it fetched of the newest version that it fetched.
    pub fetches: &'a Fetches,
    /// That version.
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
    /// The current secret was fetched, by whomever, or delivered to a target that the old one waits for.
    pub fetched: bool,
}

impl<'a> Reach<'a> {
    /// Of a rotation, by its named client secret. A consumer uses the newest version that it fetched: one that went on from the
    /// current secret before that was published again has to fetch it once more.
    pub fn of(rotation: &Rotation, secret: &'a Secret) -> Self {
        let previous = rotation.previous.map(|previous| previous.key);
        let stands = |version: &SecretVersion, name: &str| match Some(version.okta_secret) {
            key if key == rotation.current => Stands::Current,
            key if key != previous => Stands::Gone,
            _ if secret.dismissed.iter().any(|dismissed| dismissed.consumer == name) => Stands::Dismissed,
            _ => Stands::Missing,
        };
        let mut consumers: BTreeMap<&str, Consumer<'a>> = BTreeMap::new();
        for version in &secret.versions {
            for fetches in &version.fetches {
                let name = fetches.consumer.as_str();
                let stands = stands(version, name);
                let newer = consumers.get(name).is_none_or(|known| known.version < version.number);
                if newer {
                    consumers.insert(name, Consumer { fetches, version: version.number, stands });
                }
            }
        }
        let mut consumers: Vec<_> = consumers.into_values().collect();
        consumers.sort_by_key(|consumer| consumer.stands);
        let current = secret.versions.iter().filter(|version| Some(version.okta_secret) == rotation.current);
        let fetched = current.max_by_key(|it| it.number).is_some_and(|it| it.fetched_at.is_some());
        Self { consumers, fetched: fetched || rotation.delivered() }
    }

    /// Whether the old secret waits for no consumer: none is missing, and one has the current secret, unless all that could
    /// were dismissed.
    pub fn reached(&self) -> bool {
        let has_or_need_not = |consumer: &Consumer<'_>| matches!(consumer.stands, Stands::Current | Stands::Dismissed);
        self.missing().next().is_none() && (self.fetched || self.consumers.iter().any(has_or_need_not))
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
}

#[cfg(test)]
mod tests;
