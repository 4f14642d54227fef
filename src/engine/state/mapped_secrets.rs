//! What publishing, erasing and leaving change in the named secrets. Each goes into the transaction of its step.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::core::rotation::Rotation;
use crate::core::secret::{Credential, Secret, SecretKey, SecretValue, SecretVersion};
use crate::engine::state::records::Model;
use crate::store::Change;

/// Versions that are kept of a secret; the history keeps the ids of all.
const KEPT: usize = 50;

/// Versions whose consumers stay known by name, though their values are erased.
const KNOWN: usize = 8;

/// A new version under both mapped names, from this Okta secret of the rotation.
pub fn publish(model: &Model, rotation: &Rotation, key: Uuid, now: DateTime<Utc>) -> Vec<Change> {
    let Some(secret) = rotation.secret(key) else { return Vec::new() };
    let (Some(value), Some(published)) = (secret.value.clone(), secret.published) else { return Vec::new() };
    let id = SecretValue::new(rotation.app.client_id.clone());
    let version = |value| SecretVersion {
        number: published.version,
        value: Some(value),
        created_at: now,
        okta_secret: key,
        fetched_at: None,
        last_fetched_at: None,
        fetches: Vec::new(),
    };
    vec![
        put(model, rotation, rotation.client_id_key(), Credential::ClientId, version(id)),
        put(model, rotation, rotation.client_secret_key(), Credential::ClientSecret, version(value)),
    ]
}

/// Another client id under the mapped name, in place of the one that was taken for it. It is no secret, and whoever reads
/// the current version needs the right one.
pub fn client_id(model: &Model, old: &Rotation, new: &Rotation, changes: &mut Vec<Change>) {
    if old.app.client_id == new.app.client_id {
        return;
    }
    let moved = changes.iter_mut().find_map(|change| match change {
        Change::PutSecret(secret) if secret.credential == Credential::ClientId => Some(secret.as_mut()),
        _ => None,
    });
    let right = |secret: &mut Secret| {
        if let Some(version) = secret.versions.iter_mut().max_by_key(|version| version.number) {
            version.value = Some(SecretValue::new(new.app.client_id.clone()));
        }
    };
    if let Some(secret) = moved {
        return right(secret);
    }
    let of = |secret: &&Secret| secret.rotation == Some(new.id) && secret.credential == Credential::ClientId;
    if let Some(mut secret) = model.secrets.values().find(of).cloned() {
        right(&mut secret);
        changes.push(Change::PutSecret(Box::new(secret)));
    }
}

fn put(model: &Model, rotation: &Rotation, key: SecretKey, credential: Credential, version: SecretVersion) -> Change {
    let known = model.secrets.get(&key).filter(|secret| secret.rotation == Some(rotation.id));
    let mut secret = known.cloned().unwrap_or_else(|| Secret {
        key,
        credential,
        rotation: None,
        versions: Vec::new(),
        dismissed: Vec::new(),
    });
    secret.rotation = Some(rotation.id);
    secret.versions.retain(|known| known.number != version.number);
    secret.versions.push(version);
    // The newest are never cut, and what still has a value neither.
    let surplus = secret.versions.len().saturating_sub(KEPT);
    let mut cut = 0;
    secret.versions.retain(|version| {
        let drop = cut < surplus && version.value.is_none();
        cut += usize::from(drop);
        !drop
    });
    forget_consumers(&mut secret);
    Change::PutSecret(Box::new(secret))
}

/// Who fetched what is long gone is not kept: a record must not grow with every rotation.
fn forget_consumers(secret: &mut Secret) {
    let old = secret.versions.len().saturating_sub(KNOWN);
    for version in secret.versions.iter_mut().take(old).filter(|version| version.value.is_none()) {
        version.fetches.clear();
    }
}

/// The values of all versions that came from an Okta secret are erased: a list came without it.
pub fn erase(model: &Model, so_far: &[Change], key: Uuid) -> Vec<Change> {
    let newer = |of: &SecretKey| {
        so_far.iter().rev().find_map(|change| match change {
            Change::PutSecret(secret) if secret.key == *of => Some(secret.as_ref()),
            _ => None,
        })
    };
    let mut changes = Vec::new();
    for secret in model.secrets.values() {
        let secret = newer(&secret.key).unwrap_or(secret);
        let wanted = |version: &SecretVersion| version.okta_secret == key && version.value.is_some();
        if secret.credential == Credential::ClientSecret && secret.versions.iter().any(wanted) {
            let mut erased = secret.clone();
            for version in erased.versions.iter_mut().filter(|version| version.okta_secret == key) {
                version.value = None;
            }
            changes.push(Change::PutSecret(Box::new(erased)));
        }
    }
    changes
}

/// The secrets of a rotation that goes become plain secrets.
pub fn detach(model: &Model, rotation: Uuid) -> Vec<Change> {
    let plain = |secret: &Secret| Change::PutSecret(Box::new(Secret { rotation: None, ..secret.clone() }));
    model.secrets.values().filter(|secret| secret.rotation == Some(rotation)).map(plain).collect()
}

/// The secrets of a rotation go with it.
pub fn drop_secrets(model: &Model, rotation: Uuid) -> Vec<Change> {
    let of = |secret: &&Secret| secret.rotation == Some(rotation);
    model.secrets.values().filter(of).map(|secret| Change::DropSecret(secret.key.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::consumer::{Caller, note};
    use crate::store::testing;

    #[test]
    fn consumers_are_forgotten_with_what_is_long_gone_and_never_with_what_may_be_in_use() {
        let rotation = testing::published(1, 12);
        let [_, mut secret] = testing::named(&rotation);
        for version in &mut secret.versions {
            note(&mut version.fetches, None, &Caller::default(), testing::at(1));
            // All are gone but the second one, which went back into use, and the newest.
            if ![2, 12].contains(&version.number) {
                version.value = None;
            }
        }
        forget_consumers(&mut secret);
        let known = secret.versions.iter().filter(|version| !version.fetches.is_empty());
        assert_eq!(known.map(|version| version.number).collect::<Vec<_>>(), [2, 5, 6, 7, 8, 9, 10, 11, 12]);
    }
}
