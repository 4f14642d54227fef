//! A secret of Secrets Manager, in which others may have keys as well.
//!
//! Its tags carry a mark for each target: the target's id, and the keys that are its own. The value is written before the mark:
//! what a crash leaves between the two is known as ours by its value.
//!
//! A new value comes in two steps, as rotations of AWS's own do it. It is put as a version beside the current one; then the label
//! `AWSCURRENT` is moved to it, away from the version that was read. AWS does that only where the label still is there, so that
//! neither a late write nor one over what others wrote meanwhile takes effect. A version's id is made of what it is for: the
//! same step has the same id, whoever takes it again, and one that was answered too late is found there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::Client;
use super::answer::Said;
use crate::core::cause::{AwsCause, TargetCause};
use crate::core::connection::aws::Service;
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{AtAws, Automatic};
use crate::core::secret::SecretValue;
use crate::core::target::destination::SecretsManager;
use crate::core::target::judge::{Marker, Seen};
use crate::core::target::{Document, Keys, Target};
use crate::delivery::Place;
use wire::{Described, Object, Put, Read, Tag, day, tags};

mod wire;

/// How the name of a target's mark begins; its id follows.
const MARK: &str = "windlass:target:";
/// The tag of a secret that windlass made, with the target that it was made for.
const MADE: &str = "windlass:made-for";
/// The label of a version that is not current yet.
const PENDING: &str = "windlass-pending";
const CURRENT: &str = "AWSCURRENT";
/// So many ids in a row may be taken.
const TAKEN: u8 = 4;
/// The longest value, in bytes.
const LONGEST: usize = 65_536;
/// A secret that is removed can be brought back for so many days.
const RECOVERY_DAYS: u8 = 30;

/// A secret as a place.
pub struct Secret {
    client: Client,
    place: SecretsManager,
    target: Uuid,
    keys: Keys,
    former: BTreeSet<String>,
    /// The rotation's version that is delivered.
    version: u32,
}

/// The secret at one instant.
#[derive(Default)]
struct Looked {
    /// The id of its current version; empty where it has none.
    version: String,
    /// What that version holds; `None` where there is none.
    value: Option<SecretValue>,
    tags: BTreeMap<String, String>,
    exists: bool,
}

impl Secret {
    /// The place of a target, for a version of its rotation.
    pub fn new(client: Client, secret: &SecretsManager, target: &Target, version: u32) -> Self {
        Self {
            client,
            place: secret.clone(),
            target: target.id,
            keys: target.keys.clone(),
            former: target.former(),
            version,
        }
    }

    async fn call(&self, action: &str, body: &impl Serialize, unseen: Option<&SecretValue>) -> Result<Said, Fault> {
        self.client.call(Service::SecretsManager, action, body, unseen).await
    }

    fn id(&self) -> &str {
        &self.place.secret_name
    }

    fn host(&self) -> String {
        self.client.host_of(Service::SecretsManager)
    }

    fn mark(&self) -> String {
        format!("{MARK}{}", self.target)
    }

    fn marked_keys(&self) -> String {
        self.keys.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn tag(&self) -> Tag {
        Tag { key: self.mark(), value: self.marked_keys() }
    }

    /// The id of the version that comes after one, without some of the names that are there.
    fn token(&self, after: &str, gone: &BTreeSet<String>) -> String {
        let what = serde_json::to_string(&(self.target, self.version, &self.keys, after, gone)).unwrap_or_default();
        let digest = Sha256::digest(what.as_bytes());
        let bytes: [u8; 16] = std::array::from_fn(|at| digest[at]);
        Builder::from_custom_bytes(bytes).into_uuid().to_string()
    }

    async fn look(&self) -> Result<Looked, Fault> {
        let current = json!({"SecretId": self.id(), "VersionStage": CURRENT});
        let said = self.call("GetSecretValue", &current, None).await?;
        if said.status.is_success() {
            let Read { version_id, secret_string, secret_binary } = said.json(&self.host())?;
            return Ok(Looked {
                version: version_id,
                value: secret_string.or(secret_binary),
                tags: self.describe().await?.map(tags).unwrap_or_default(),
                exists: true,
            });
        }
        // It is not there, has no value yet, or is to be deleted.
        match self.describe().await? {
            None => Ok(Looked::default()),
            Some(found) if said.is(&["ResourceNotFoundException"]) => {
                Ok(Looked { tags: tags(found), exists: true, ..Looked::default() })
            }
            Some(_) => Err(self.declined(&said)),
        }
    }

    /// What it says of itself; `None` where there is no such secret. Fails where it is to be deleted.
    async fn describe(&self) -> Result<Option<Described>, Fault> {
        let said = self.call("DescribeSecret", &json!({"SecretId": self.id()}), None).await?;
        if said.is(&["ResourceNotFoundException"]) {
            return Ok(None);
        }
        if !said.status.is_success() {
            return Err(self.declined(&said));
        }
        let described: Described = said.json(&self.host())?;
        let Some(date) = &described.deleted_date else { return Ok(Some(described)) };
        let secret = self.id().to_owned();
        let cause = AwsCause::DeletionScheduled { secret: secret.clone(), day: day(date) };
        let region = self.client.region().to_owned();
        Err(Fault::precondition(cause).and(AtAws::RestoreSecret { secret, region }).and(Automatic::TriesAgain))
    }

    fn seen(&self, looked: &Looked) -> Seen {
        let object = looked.value.as_ref().filter(|_| !self.place.plain).and_then(Object::read);
        let values = if let Some(object) = &object {
            object.values(self.keys.keys())
        } else {
            // What is no object is one value, and stands where ours would.
            let whole = looked.value.iter();
            whole.flat_map(|value| self.keys.keys().map(|key| (key.clone(), value.clone()))).collect()
        };
        let unclaimed = self.former.iter().filter(|key| self.claimed(looked, |it| it == *key).is_none());
        let former = object.as_ref().map(|object| object.values(unclaimed)).unwrap_or_default();
        let ours = looked.tags.get(&self.mark());
        let marker = match (self.claimed(looked, |key| self.place.plain || self.keys.contains_key(key)), ours) {
            (Some(other), _) => Marker::Other(other),
            (None, Some(_)) => Marker::Ours,
            (None, None) => Marker::None,
        };
        Seen {
            values,
            former,
            tidy: ours == Some(&self.marked_keys()),
            marker,
            exists: looked.exists,
            condition: Some(looked.version.clone()),
            remote: looked.version.clone(),
        }
    }

    /// The id in a mark that claims one of some keys for another target.
    fn claimed(&self, looked: &Looked, one: impl Fn(&str) -> bool) -> Option<String> {
        looked.tags.iter().find_map(|(name, keys)| {
            let id = name.strip_prefix(MARK).filter(|_| *name != self.mark())?;
            keys.split(' ').any(&one).then(|| id.to_owned())
        })
    }

    /// What is there now, where its current version still is the one that was seen.
    async fn same(&self, seen: &Seen) -> Result<Looked, Fault> {
        let looked = self.look().await?;
        let same = looked.exists == seen.exists && Some(&looked.version) == seen.condition.as_ref();
        same.then_some(looked).ok_or_else(changed)
    }

    /// What is there with our values in it, and without some names.
    fn merged(&self, looked: &Looked, document: &Document, gone: &BTreeSet<String>) -> SecretValue {
        if self.place.plain {
            return document.values().next().cloned().unwrap_or_else(|| SecretValue::new(""));
        }
        let object = looked.value.as_ref().and_then(Object::read);
        let mut object = object.unwrap_or_else(|| Object(BTreeMap::new()));
        object.0.retain(|key, _| !gone.contains(key));
        for (key, value) in document {
            object.set(key, value);
        }
        object.written()
    }

    async fn make(&self, document: &Document) -> Result<String, Fault> {
        if self.id().starts_with("arn:") {
            let cause = AwsCause::NoSuchArn { arn: self.id().to_owned() };
            return Err(Fault::precondition(cause).and(AtAws::GiveName));
        }
        let none = BTreeSet::new();
        let token = self.token("", &none);
        let value = self.fitting(self.merged(&Looked::default(), document, &none))?;
        let made = Tag { key: MADE.to_owned(), value: self.target.to_string() };
        let put = Put {
            name: Some(self.id()),
            secret_id: None,
            client_request_token: token.clone(),
            secret_string: value.clone(),
            kms_key_id: self.place.kms_key_id.as_deref(),
            description: Some("Delivered by windlass"),
            version_stages: Vec::new(),
            tags: vec![self.tag(), made],
        };
        let said = self.call("CreateSecret", &put, Some(&value)).await?;
        match said.status.is_success() {
            true => Ok(token),
            false if said.is(&["ResourceExistsException"]) => Err(changed()),
            false => Err(self.declined(&said)),
        }
    }

    /// Makes a value the current one, in place of the version that was seen.
    async fn replace(&self, seen: &str, gone: &BTreeSet<String>, value: SecretValue) -> Result<String, Fault> {
        let token = self.put(self.token(seen, gone), gone, self.fitting(value)?).await?;
        let mut step = json!({"SecretId": self.id(), "VersionStage": CURRENT, "MoveToVersionId": token});
        if !seen.is_empty() {
            step["RemoveFromVersionId"] = seen.into();
        }
        let said = self.call("UpdateSecretVersionStage", &step, None).await?;
        if said.status.is_success() {
            return Ok(token);
        }
        // The label is not where it was: others wrote meanwhile, or an earlier try of ours got through.
        let stages = self.describe().await?.and_then(|found| found.version_ids_to_stages).unwrap_or_default();
        let current = |id: &str| stages.get(id).is_some_and(|stages| stages.iter().any(|stage| stage == CURRENT));
        if current(&token) {
            return Ok(token);
        }
        let still = if seen.is_empty() { !stages.keys().any(|id| current(id)) } else { current(seen) };
        Err(if still { self.declined(&said) } else { changed() })
    }

    /// Puts a version beside the current one; its id.
    async fn put(&self, mut token: String, gone: &BTreeSet<String>, value: SecretValue) -> Result<String, Fault> {
        for _ in 0..TAKEN {
            let put = Put {
                name: None,
                secret_id: Some(self.id()),
                client_request_token: token.clone(),
                secret_string: value.clone(),
                kms_key_id: None,
                description: None,
                version_stages: vec![PENDING],
                tags: Vec::new(),
            };
            let said = self.call("PutSecretValue", &put, Some(&value)).await?;
            match said.word.as_str() {
                _ if said.status.is_success() => return Ok(token),
                // Something else has that id, as after a change of how values are written: the next one is made of it.
                "ResourceExistsException" => token = self.token(&token, gone),
                "ResourceNotFoundException" => return Err(changed()),
                _ => return Err(self.declined(&said)),
            }
        }
        Err(changed())
    }

    fn fitting(&self, value: SecretValue) -> Result<SecretValue, Fault> {
        if value.expose().len() <= LONGEST {
            return Ok(value);
        }
        let cause = AwsCause::LongerThan { place: self.id().to_owned(), most: LONGEST };
        Err(Fault::precondition(cause).and(AtAws::MakeRoom).and(Automatic::TriesAgain))
    }

    async fn change(&self, action: &str, body: &Value) -> Result<(), Fault> {
        let said = self.call(action, body, None).await?;
        match said.status.is_success() {
            true => Ok(()),
            false if said.is(&["ResourceNotFoundException"]) => Err(changed()),
            false => Err(self.declined(&said)),
        }
    }

    fn declined(&self, said: &Said) -> Fault {
        let (place, why) = (self.id().to_owned(), said.why.clone());
        let fault = match said.word.as_str() {
            "DecryptionFailure" | "EncryptionFailure" => {
                Fault::new(Code::Refused, AwsCause::KmsDeclined { place, said: why }).and(AtAws::AllowKms)
            }
            "LimitExceededException" => {
                Fault::new(Code::Refused, AwsCause::QuotaReached { place, said: why }).and(AtAws::RaiseQuota)
            }
            _ => return said.declined(&self.host()),
        };
        Fault { http_status: Some(said.status.as_u16()), ..fault.and(Automatic::TriesAgain) }
    }
}

impl Place for Secret {
    async fn read(&self) -> Result<Seen, Fault> {
        self.look().await.map(|looked| self.seen(&looked))
    }

    async fn write(&self, document: &Document, seen: &Seen) -> Result<String, Fault> {
        if !seen.exists {
            return self.make(document).await;
        }
        let mut version = seen.remote.clone();
        if seen.values != *document || !seen.former.is_empty() {
            let looked = self.same(seen).await?;
            let gone = seen.former.keys().cloned().collect();
            version = self.replace(&looked.version, &gone, self.merged(&looked, document, &gone)).await?;
        }
        if !seen.tidy {
            self.change("TagResource", &json!({"SecretId": self.id(), "Tags": [self.tag()]})).await?;
        }
        // Whoever agreed to overwrite another target's value agreed that it is not that one's any more.
        if let Marker::Other(other) = &seen.marker {
            let keys = [format!("{MARK}{other}")];
            self.change("UntagResource", &json!({"SecretId": self.id(), "TagKeys": keys})).await?;
        }
        Ok(version)
    }

    async fn strip(&self, seen: &Seen, purge: bool) -> Result<(), Fault> {
        let gone: BTreeSet<String> = seen.values.keys().chain(seen.former.keys()).cloned().collect();
        if purge && !gone.is_empty() {
            let looked = self.same(seen).await?;
            let mut object = looked.value.as_ref().filter(|_| !self.place.plain).and_then(Object::read);
            if let Some(object) = &mut object {
                object.0.retain(|key, _| !gone.contains(key));
            }
            let ours = looked.tags.get(MADE) == Some(&self.target.to_string());
            match object {
                Some(object) if !(object.0.is_empty() && ours) => {
                    self.replace(&looked.version, &gone, object.written()).await?;
                }
                // Nothing is left of it, and it was made for this target. It can be brought back.
                _ if ours => {
                    let body = json!({"SecretId": self.id(), "RecoveryWindowInDays": RECOVERY_DAYS});
                    return self.change("DeleteSecret", &body).await;
                }
                // A secret of others without any value is nothing that AWS has: the value stays.
                _ => {}
            }
        }
        if seen.marker != Marker::Ours {
            return Ok(());
        }
        let keys = [self.mark(), MADE.to_owned()];
        self.change("UntagResource", &json!({"SecretId": self.id(), "TagKeys": keys})).await
    }
}

pub(super) fn changed() -> Fault {
    Fault::new(Code::Changed, TargetCause::ChangedMeanwhile).and(Automatic::TriesAgain)
}

#[cfg(test)]
mod tests;
