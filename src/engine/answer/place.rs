//! Where secrets are read: who has a place, and which folder is free instead.

use std::fmt;

use chrono::Timelike;
use uuid::Uuid;

use crate::core::bulk::free_folder;
use crate::core::cause::{RequestCause, TakenName};
use crate::core::name::{SecretPath, Slug};
use crate::core::remedy::{Automatic, InRequest};
use crate::core::rotation::Rotation;
use crate::core::schedule::Schedule;
use crate::core::secret::SecretKey;
use crate::engine::body::{RotateAt, RotationBody, command};
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::state::records::Model;

/// Whose a place is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// This rotation maps its credentials there.
    Rotation(Slug),
    /// A secret is there that no rotation keeps current.
    Plain,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rotation(name) => write!(f, "of the rotation {name}"),
            Self::Plain => f.write_str("kept current by no rotation"),
        }
    }
}

/// Who has a place, where it is taken; `but` is the rotation that asks.
pub fn holder(model: &Model, key: &SecretKey, but: Option<Uuid>) -> Option<Holder> {
    let maps = |rotation: &&Rotation| {
        Some(rotation.id) != but && (rotation.client_id_key() == *key || rotation.client_secret_key() == *key)
    };
    if let Some(rotation) = model.rotations.values().find(maps) {
        return Some(Holder::Rotation(rotation.name.clone()));
    }
    let plain = model.secrets.get(key).filter(|secret| secret.rotation.is_none() || secret.rotation != but);
    plain.map(|_| Holder::Plain)
}

/// The places of a rotation that others have, by the API's names of the fields.
pub fn taken(model: &Model, rotation: &Rotation) -> Vec<(&'static str, SecretKey, Holder)> {
    [
        ("secretsMapping.clientId", rotation.client_id_key()),
        ("secretsMapping.clientSecret", rotation.client_secret_key()),
    ]
    .into_iter()
    .filter_map(|(field, key)| holder(model, &key, Some(rotation.id)).map(|by| (field, key, by)))
    .collect()
}

/// A new rotation whose places others have: which folder is free, and the same command with it.
pub fn clash(
    model: &Model,
    taken: &[(&'static str, SecretKey, Holder)],
    draft: &Rotation,
    body: &RotationBody,
) -> Refusal {
    let free = free_folder(draft.path.as_str(), draft.name.as_str(), |path| {
        path.parse::<SecretPath>().is_ok_and(|path| self::taken(model, &Rotation { path, ..draft.clone() }).is_empty())
    });
    let elsewhere = free.as_ref().map_or(InRequest::OtherNames, |path| InRequest::OwnFolder {
        path: path.clone(),
        command: in_folder(path, draft, body),
    });
    let mut refusal = refused(taken, elsewhere);
    let field = free.iter().map(|path| FieldFault { field: "secretPath".into(), message: format!("{path} is free") });
    refusal.fields.extend(field);
    Refusal { free_path: free, ..refusal }
}

/// New names of a rotation that others have.
pub fn not_renamed(taken: &[(&'static str, SecretKey, Holder)]) -> Refusal {
    refused(taken, InRequest::OtherNames)
}

fn refused(taken: &[(&'static str, SecretKey, Holder)], elsewhere: InRequest) -> Refusal {
    let name = |(_, key, by): &(_, SecretKey, Holder)| TakenName {
        name: key.name.to_string(),
        rotation: match by {
            Holder::Rotation(name) => Some(name.to_string()),
            Holder::Plain => None,
        },
    };
    let (environment, path) =
        taken.first().map(|(_, key, _)| (key.environment.to_string(), key.path.to_string())).unwrap_or_default();
    let cause = RequestCause::PlacesTaken { environment, path, names: taken.iter().map(name).collect() };
    let fault = |(field, key, by): &(&str, SecretKey, Holder)| FieldFault {
        field: (*field).into(),
        message: format!("{key} is taken ({by})"),
    };
    let fields = taken.iter().map(fault).collect();
    let refusal = Refusal { fields, ..Refusal::because(Kind::Conflict, cause) };
    let refusal = refusal.and(Automatic::NothingChanged).and(elsewhere);
    // Room can be made where nothing but plain secrets is in the way.
    if taken.iter().any(|(_, _, by)| *by != Holder::Plain) { refusal } else { refusal.and(deletion(taken)) }
}

/// The commands that delete the secrets.
fn deletion(taken: &[(&'static str, SecretKey, Holder)]) -> InRequest {
    let delete = |(_, key, _): &(_, SecretKey, _)| {
        let mut command = format!("windlass secret delete {} --environment {}", key.name, key.environment);
        command::option(&mut command, "path", Some(key.path.as_str()).filter(|path| *path != "/"));
        command
    };
    InRequest::DeletePlain(taken.iter().map(delete).collect())
}

/// The same command with another folder.
fn in_folder(path: &str, draft: &Rotation, body: &RotationBody) -> String {
    let Schedule { interval_days, at, zone, .. } = &draft.schedule;
    let (hours, minutes) = (at.hour().into(), at.minute().into());
    // A command's defaults are this machine's, and a request's are not.
    let body = RotationBody {
        rotation_interval: Some((*interval_days).into()),
        rotate_at: Some(RotateAt { hours, minutes, time_zone: Some(zone.name().into()) }),
        secret_path: Some(path.into()),
        ..body.clone()
    };
    command::create(&body, &body.connection_id)
}
