//! A folder of an environment in which each of our keys is a secret, beside those of others.
//!
//! Each secret carries a mark in its metadata: the id of the target. There is no condition that a write could name, so that what
//! is there is looked at once more right before it; the version that is answered says whether others came between, and the
//! look after it which value stands there.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Client, Said};
use crate::core::cause::{Cause, InfisicalCause, TargetCause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{Automatic, OnInfisical};
use crate::core::secret::{SecretValue, exposed};
use crate::core::target::destination::Folder as Named;
use crate::core::target::judge::{Marker, Seen};
use crate::core::target::{Document, Target};
use crate::delivery::Place;
use crate::delivery::call::not_understood;
use crate::text::url_segment;

/// The key of a secret's mark.
pub const MARK: &str = "windlass.dev/target";

/// A folder as a place.
pub struct Folder {
    client: Client,
    place: Named,
    target: Target,
    version: u32,
}

/// A secret.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(with = "exposed")]
    secret_value: SecretValue,
    version: u64,
    #[serde(default)]
    secret_value_hidden: bool,
    #[serde(default)]
    secret_metadata: Option<Vec<Meta>>,
}

/// A piece of metadata, which others may have as well.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    key: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    is_encrypted: bool,
}

#[derive(Deserialize)]
struct Read {
    secret: Stored,
}

/// What a write is answered with: one that waits for approval has no secret.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    secret: Option<Value>,
    #[serde(default)]
    approval: Option<Value>,
}

impl Stored {
    /// The target whose mark it carries.
    fn target(&self) -> Option<&str> {
        self.secret_metadata.iter().flatten().find(|it| it.key == MARK).map(|it| it.value.as_str())
    }

    /// Its metadata, with this mark in the place of the one that it carries, or without any.
    fn marked(&self, target: Option<String>) -> Vec<Meta> {
        let others = self.secret_metadata.iter().flatten().filter(|it| it.key != MARK).cloned();
        others.chain(target.map(mark)).collect()
    }
}

fn mark(target: String) -> Meta {
    Meta { key: MARK.into(), value: target, is_encrypted: false }
}

/// Whether it gives a value back as it is: it trims it, but for one line break at its end, and fills in references.
fn keeps(value: &str) -> bool {
    // What JavaScript's `trim` takes off, which is more than white space.
    let trimmed = value.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    !value.is_empty() && value.strip_suffix('\n').unwrap_or(value) == trimmed && !value.contains("${")
}

impl Folder {
    /// The place of a target that is to have this version.
    pub fn new(client: Client, place: &Named, target: &Target, version: u32) -> Self {
        Self { client, place: place.clone(), target: target.clone(), version }
    }

    fn path(key: &str) -> String {
        format!("api/v4/secrets/{}", url_segment(key))
    }

    /// A secret; `None` where it definitely is not there.
    async fn look(&self, key: &str) -> Result<Option<Stored>, Fault> {
        let Named { project, environment, path } = &self.place;
        let [project, environment, path] = [project, environment, path].map(|word| url_segment(word));
        let query = format!("projectId={project}&environment={environment}&secretPath={path}");
        let path = format!("{}?{query}&type=shared&viewSecretValue=true&expandSecretReferences=false", Self::path(key));
        let said = self.client.call(Method::GET, &path, None).await?;
        if said.status == StatusCode::NOT_FOUND && said.why.starts_with("Secret with name") {
            return Ok(None);
        }
        if !said.status.is_success() {
            return Err(self.declined(&said));
        }
        let stored = said.json::<Read>(&self.client.host())?.secret;
        if stored.secret_value_hidden {
            let fault = Fault::new(Code::Forbidden, InfisicalCause::ValuesHidden { key: key.to_owned() });
            return Err(fault.and(OnInfisical::GiveProjectRole).and(Automatic::TriesAgain));
        }
        Ok(Some(stored))
    }

    /// All that are there, under our names and under those that were ours.
    async fn look_at_all(&self) -> Result<BTreeMap<String, Stored>, Fault> {
        let mut found = BTreeMap::new();
        let former = self.target.former();
        for key in self.target.keys.keys().chain(&former) {
            if let Some(stored) = self.look(key).await? {
                found.insert(key.clone(), stored);
            }
        }
        Ok(found)
    }

    /// The same as they were seen, or else one has changed since.
    async fn look_again(&self, seen: &Seen) -> Result<BTreeMap<String, Stored>, Fault> {
        let found = self.look_at_all().await?;
        if seen.condition.as_ref() == Some(&versions(&found)) { Ok(found) } else { Err(changed()) }
    }

    fn seen(&self, found: &BTreeMap<String, Stored>) -> Seen {
        let own = self.target.id.to_string();
        let ours: Vec<&Stored> = self.target.keys.keys().filter_map(|key| found.get(key)).collect();
        let marks: BTreeSet<&str> = ours.iter().filter_map(|stored| stored.target()).collect();
        let marker = match marks.iter().find(|mark| **mark != own) {
            Some(other) => Marker::Other((*other).to_owned()),
            None if marks.is_empty() => Marker::None,
            None => Marker::Ours,
        };
        let value = |(key, stored): (&String, &Stored)| (key.clone(), stored.secret_value.clone());
        let (now, former): (Vec<_>, Vec<_>) = found.iter().partition(|(key, _)| self.target.keys.contains_key(*key));
        let former = former.into_iter().filter(|(_, stored)| stored.target().is_none_or(|it| it == own));
        Seen {
            values: now.into_iter().map(value).collect(),
            former: former.map(value).collect(),
            marker,
            exists: !found.is_empty(),
            tidy: ours.len() == self.target.keys.len() && ours.iter().all(|stored| stored.target() == Some(&own)),
            condition: Some(versions(found)),
            remote: ours.iter().map(|stored| stored.version.to_string()).collect::<Vec<_>>().join(","),
        }
    }

    /// One write. What waits for someone's approval is none.
    async fn write_one(&self, method: Method, key: &str, more: Value) -> Result<(), Fault> {
        let Named { project, environment, path } = &self.place;
        let mut body = json!({"projectId": project, "environment": environment, "secretPath": path, "type": "shared"});
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name.as_str()] = value.clone();
        }
        let removes = method == Method::DELETE;
        let creates = method == Method::POST;
        let said = self.client.call(method, &Self::path(key), Some(&body)).await?;
        match said.status {
            status if status.is_success() => {}
            // Someone made it, or took it away, since it was looked at.
            StatusCode::BAD_REQUEST if creates && said.why.contains("already exist") => return Err(changed()),
            StatusCode::NOT_FOUND if said.why.starts_with("Secret with name") => return Err(changed()),
            _ => return Err(self.declined(&said)),
        }
        match said.json(&self.client.host())? {
            Written { approval: Some(_), .. } => Err(self.waits(removes)),
            Written { secret: Some(_), .. } => Ok(()),
            Written { .. } => Err(not_understood(&self.client.host())),
        }
    }

    fn waits(&self, removes: bool) -> Fault {
        let version = Some(self.version).filter(|_| !removes);
        let cause = InfisicalCause::AwaitsApproval { place: self.target.destination.to_string(), version };
        Fault::precondition(cause).and(OnInfisical::ApproveChange)
    }

    fn declined(&self, said: &Said) -> Fault {
        let fault = if said.status != StatusCode::NOT_FOUND {
            return said.declined(&self.client.host());
        } else if said.why.starts_with("Folder with path") || said.why.starts_with("Environment with") {
            let Named { environment, path, .. } = self.place.clone();
            Fault::precondition(InfisicalCause::FolderMissing { environment, path }).and(OnInfisical::MakeFolder)
        } else {
            let cause = InfisicalCause::ProjectMissing { said: said.why.clone() };
            Fault::precondition(cause).and(OnInfisical::CheckProject)
        };
        Fault { http_status: Some(404), ..fault.and(Automatic::TriesAgain) }
    }
}

impl Place for Folder {
    async fn read(&self) -> Result<Seen, Fault> {
        Ok(self.seen(&self.look_at_all().await?))
    }

    async fn write(&self, document: &Document, seen: &Seen) -> Result<String, Fault> {
        let lost = document.iter().filter(|(_, value)| !keeps(value.expose()));
        let lost: Vec<String> = lost.map(|(key, _)| key.clone()).collect();
        if !lost.is_empty() {
            let fault = Fault::precondition(InfisicalCause::ValuesNotKept { keys: lost });
            return Err(fault.and(OnInfisical::DeliverElsewhere));
        }
        // Each try would be another request for someone to approve.
        let known = self.target.state.fault.as_ref().map(|fault| &fault.problem.cause);
        let waits = |version: &Option<u32>| *version == Some(self.version);
        if matches!(known, Some(Cause::Infisical(InfisicalCause::AwaitsApproval { version, .. })) if waits(version)) {
            return Err(self.waits(false));
        }
        let found = self.look_again(seen).await?;
        let own = || Some(self.target.id.to_string());
        for (key, value) in document {
            match found.get(key) {
                None => {
                    let more = json!({"secretValue": value.expose(), "secretMetadata": own().map(mark).as_slice()});
                    self.write_one(Method::POST, key, more).await?;
                }
                Some(stored) if stored.secret_value == *value && stored.target() == own().as_deref() => {}
                Some(stored) => {
                    let mut more = json!({"secretMetadata": stored.marked(own())});
                    if stored.secret_value != *value {
                        more["secretValue"] = value.expose().into();
                    }
                    self.write_one(Method::PATCH, key, more).await?;
                }
            }
        }
        for key in seen.former.keys() {
            self.write_one(Method::DELETE, key, Value::Null).await?;
        }
        Ok(String::new())
    }

    async fn strip(&self, seen: &Seen, purge: bool) -> Result<(), Fault> {
        let found = self.look_again(seen).await?;
        let own = self.target.id.to_string();
        for (key, stored) in &found {
            if purge && (seen.values.contains_key(key) || seen.former.contains_key(key)) {
                self.write_one(Method::DELETE, key, Value::Null).await?;
            } else if stored.target() == Some(&own) {
                self.write_one(Method::PATCH, key, json!({"secretMetadata": stored.marked(None)})).await?;
            }
        }
        Ok(())
    }
}

/// The versions of all that are there, by key.
fn versions(found: &BTreeMap<String, Stored>) -> String {
    let versions = found.iter().map(|(key, stored)| format!("{key}={}", stored.version));
    versions.collect::<Vec<_>>().join("\n")
}

fn changed() -> Fault {
    Fault::new(Code::Changed, TargetCause::ChangedMeanwhile).and(Automatic::TriesAgain)
}

#[cfg(test)]
mod tests;
