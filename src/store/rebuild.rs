//! Putting records together again from what was rescued: what the damaged store still gives, a backup, the ledger.
//!
//! Pure: nothing here touches a file. The result is only ever loaded under quarantine, so when in doubt a value is kept
//! rather than dropped, and nothing here decides what happens to a secret at Okta.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Loaded;
use super::ledger::Held;
use super::values;
use crate::core::connection::Connection;
use crate::core::rotation::{OktaSecret, Origin, Previous, Published, Rotation, Status, WhyKept};
use crate::core::secret::{Credential, Secret, SecretKey, SecretValue, SecretVersion};

/// Records from one place, as far as they could be read.
#[derive(Clone, Default)]
pub struct Rescued {
    /// The records.
    pub loaded: Loaded,
    /// The number of the commit that they are of.
    pub sequence: u64,
    /// Whether none is missing.
    pub whole: bool,
}

/// What to rebuild from.
pub struct Sources {
    /// From the damaged store.
    pub store: Option<Rescued>,
    /// From the best backup.
    pub backup: Option<Rescued>,
    /// From the ledger.
    pub held: Vec<Held>,
    /// Whether the ledger is whole: then a value that it does not hold is not wanted any more.
    pub ledger_whole: bool,
}

/// Puts the records together. The quarantine is left to the caller.
pub fn rebuild(sources: Sources) -> Loaded {
    let Sources { store, backup, mut held, ledger_whole } = sources;
    let all: Vec<Rescued> = [store, backup].into_iter().flatten().collect();
    if !ledger_whole {
        held.extend(all.iter().flat_map(|rescued| values_of(&rescued.loaded)).collect::<Vec<_>>());
    }
    let mut records = Records::of(all);
    // The records' own values too: a rotation's named secret may be what is missing.
    held.extend(records.rotations.values().flat_map(values::of_rotation).collect::<Vec<_>>());
    let mut seen = BTreeSet::new();
    held.retain(|held| seen.insert(held.key));
    held.sort_by_key(|held| (held.published.map(|(version, _)| version), held.created_at, held.key));
    records.leave_nothing_hanging();
    for held in held {
        records.take_in(&held);
    }
    Loaded {
        connections: records.connections.into_values().collect(),
        rotations: records.rotations.into_values().collect(),
        secrets: records.secrets.into_values().collect(),
        quarantine: None,
        recovered: Vec::new(),
        retired: None,
    }
}

fn values_of(loaded: &Loaded) -> Vec<Held> {
    let rotations = loaded.rotations.iter().flat_map(values::of_rotation);
    rotations.chain(loaded.secrets.iter().flat_map(values::of_secret)).collect()
}

#[derive(Default)]
struct Records {
    connections: BTreeMap<Uuid, Connection>,
    rotations: BTreeMap<Uuid, Rotation>,
    secrets: BTreeMap<SecretKey, Secret>,
}

impl Records {
    /// The newest source, if it is whole; else the newer records over those of the older source.
    fn of(mut all: Vec<Rescued>) -> Self {
        // Of two that are equally new the damaged store comes last, which has seen what came after the backup.
        all.sort_by_key(|rescued| rescued.sequence);
        let mut records = Self::default();
        for Rescued { loaded, whole, .. } in all {
            if whole {
                records = Self::default();
            }
            records.connections.extend(loaded.connections.into_iter().map(|it| (it.id, it)));
            records.rotations.extend(loaded.rotations.into_iter().map(|it| (it.id, it)));
            records.secrets.extend(loaded.secrets.into_iter().map(|it| (it.key.clone(), it)));
        }
        records
    }

    /// A secret whose rotation is lost is a plain one.
    fn leave_nothing_hanging(&mut self) {
        for secret in self.secrets.values_mut() {
            if secret.rotation.is_some_and(|rotation| !self.rotations.contains_key(&rotation)) {
                secret.rotation = None;
            }
        }
    }

    /// Finds a place for a value, if it has none.
    fn take_in(&mut self, held: &Held) {
        let named = self.is_named(held.key);
        let rotation = match (&held.rotation, &held.client_secret) {
            (Some((id, _)), _) => self.rotations.get_mut(id),
            // Held for a named secret alone.
            (None, Some(name)) => self.rotations.values_mut().find(|rotation| rotation.client_secret_key() == *name),
            (None, None) => None,
        };
        match rotation {
            Some(rotation) => {
                attach(rotation, held);
                let rotation = rotation.clone();
                if let Some((version, _)) = held.published {
                    self.publish(held, version, rotation.client_secret_key(), Some(&rotation));
                }
            }
            None if named => {}
            None => match (held.published, &held.client_secret) {
                (Some((version, _)), Some(name)) => self.publish(held, version, name.clone(), None),
                _ => self.keep_apart(held),
            },
        }
    }

    fn is_named(&self, key: Uuid) -> bool {
        self.secrets.values().any(|secret| {
            secret.credential == Credential::ClientSecret
                && secret.versions.iter().any(|version| version.okta_secret == key && version.value.is_some())
        })
    }

    /// Makes a published value readable under its name, if it is newer than what is there.
    fn publish(&mut self, held: &Held, version: u32, name: SecretKey, rotation: Option<&Rotation>) {
        let owner = rotation.map(|rotation| rotation.id);
        if self.secrets.get(&name).is_some_and(|secret| secret.rotation != owner) {
            // Someone else's name by now.
            if !self.is_named(held.key) {
                self.keep_apart(held);
            }
            return;
        }
        let client_id = match rotation {
            Some(rotation) => Some((rotation.client_id_key(), rotation.app.client_id.clone())),
            None => held.client_id.clone().zip(held.app.as_ref().map(|(_, client_id)| client_id.clone())),
        };
        if !self.add(name, Credential::ClientSecret, owner, held, version, held.value.clone())
            && !self.is_named(held.key)
            && rotation.is_none()
        {
            // Older than what the name holds, and nowhere else.
            self.keep_apart(held);
        }
        if let Some((name, client_id)) = client_id
            && self.secrets.get(&name).is_none_or(|secret| secret.rotation == owner)
        {
            self.add(name, Credential::ClientId, owner, held, version, SecretValue::new(client_id));
        }
    }

    /// Adds a version, unless there is a newer one. Says whether it did.
    fn add(
        &mut self,
        name: SecretKey,
        credential: Credential,
        rotation: Option<Uuid>,
        held: &Held,
        number: u32,
        value: SecretValue,
    ) -> bool {
        let new = Secret { key: name.clone(), credential, rotation, versions: Vec::new(), dismissed: Vec::new() };
        let secret = self.secrets.entry(name).or_insert(new);
        if secret.credential != credential || secret.current().is_some_and(|current| current.number >= number) {
            return false;
        }
        secret.versions.push(SecretVersion {
            number,
            value: Some(value),
            created_at: held.published.map_or(held.created_at, |(_, at)| at),
            okta_secret: held.key,
            fetched_at: None,
            last_fetched_at: None,
            fetches: Vec::new(),
        });
        true
    }

    /// A value whose rotation is lost and which was never published, or whose name is taken: readable under a name of its
    /// own, so that no one gets it unasked.
    fn keep_apart(&mut self, held: &Held) {
        let short = &held.key.simple().to_string()[24..];
        let near = held.client_secret.clone().unwrap_or_else(|| SecretKey {
            environment: crate::core::name::Environment::default(),
            path: crate::core::name::SecretPath::default(),
            name: "OKTA_CLIENT_SECRET".parse().expect("a valid name"),
        });
        let apart = [format!("{}.recovered-{short}", near.name), format!("recovered-{}", held.key)];
        let Some(name) = apart.iter().find_map(|name| name.parse().ok()) else { return };
        self.add(SecretKey { name, ..near }, Credential::ClientSecret, None, held, 1, held.value.clone());
    }
}

/// Makes sure that a rotation has a value, and that what was published last is its current secret.
fn attach(rotation: &mut Rotation, held: &Held) {
    let published = held.published.map(|(version, at)| Published { at, version });
    match rotation.secrets.iter_mut().find(|secret| secret.key == held.key) {
        Some(secret) => {
            secret.value.get_or_insert_with(|| held.value.clone());
            if published.is_some_and(|new| secret.published.is_none_or(|known| known.version < new.version)) {
                secret.published = published;
                if secret.status == Status::Intended {
                    secret.status = Status::Active;
                }
            }
        }
        None => rotation.secrets.push(OktaSecret {
            key: held.key,
            value: Some(held.value.clone()),
            hash: Some(held.value.okta_hash()),
            okta_id: None,
            origin: Origin::Ours,
            status: if published.is_some() { Status::Active } else { Status::Intended },
            created_at: held.created_at,
            published,
            deactivated_at: None,
            deleted_at: None,
            retired_by: None,
            request_ids: Vec::new(),
            cut_out: None,
        }),
    }
    let version = |secret: &OktaSecret| secret.published.map(|published| published.version);
    let newest = rotation.secrets.iter().max_by_key(|secret| version(secret)).and_then(version);
    let Some(published) = published.filter(|published| newest == Some(published.version)) else { return };
    if rotation.current == Some(held.key) {
        return;
    }
    // The record is older than this publication: move on as it did then. An operator decides what becomes of the one
    // before.
    if let Some(before) = rotation.current.replace(held.key) {
        let mut previous = Previous::undated(before);
        previous.keep(published.at, WhyKept::Restored);
        rotation.previous = Some(previous);
    }
    rotation.last_rotated_at = Some(published.at);
    if rotation.operation.as_ref().is_some_and(|operation| operation.pending == Some(held.key)) {
        rotation.operation = None;
    }
}

#[cfg(test)]
mod tests;
