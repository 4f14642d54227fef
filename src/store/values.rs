//! Which secret values a record holds: each of them gets a second copy in the ledger.
//!
//! Client ids are no secrets, and connections' tokens can be made anew at Okta: neither is kept there.

use uuid::Uuid;

use super::ledger::Held;
use crate::core::rotation::{OktaSecret, Rotation};
use crate::core::secret::{Credential, Secret, SecretVersion};

/// The values in a rotation.
pub fn of_rotation(rotation: &Rotation) -> impl Iterator<Item = Held> {
    rotation.secrets.iter().filter_map(|secret| {
        Some(Held {
            key: secret.key,
            value: secret.value.clone()?,
            rotation: Some((rotation.id, rotation.name.to_string())),
            app: Some((rotation.app.id.clone(), rotation.app.client_id.clone())),
            client_secret: Some(rotation.client_secret_key()),
            client_id: Some(rotation.client_id_key()),
            created_at: secret.created_at,
            published: secret.published.map(|published| (published.version, published.at)),
        })
    })
}

/// The values in a named secret.
pub fn of_secret(secret: &Secret) -> impl Iterator<Item = Held> {
    versions(secret).filter_map(|version| {
        Some(Held {
            key: version.okta_secret,
            value: version.value.clone()?,
            rotation: None,
            app: None,
            client_secret: Some(secret.key.clone()),
            client_id: None,
            created_at: version.created_at,
            published: Some((version.number, version.created_at)),
        })
    })
}

/// Keys of the values in a rotation.
pub fn keys_of_rotation(rotation: &Rotation) -> Box<[Uuid]> {
    rotation.secrets.iter().filter(|secret| secret.value.is_some()).map(|secret: &OktaSecret| secret.key).collect()
}

/// Keys of the values in a named secret.
pub fn keys_of_secret(secret: &Secret) -> Box<[Uuid]> {
    versions(secret).filter(|version| version.value.is_some()).map(|version| version.okta_secret).collect()
}

fn versions(secret: &Secret) -> impl Iterator<Item = &SecretVersion> {
    secret.versions.iter().filter(|_| secret.credential == Credential::ClientSecret)
}
