//! Parameters of Systems Manager below a path: one for each of our keys.
//!
//! Each carries a tag with the id of its target. Two keys are two writes: what a crash leaves between them is read as an older
//! version, and delivered. No write of a parameter can be made on a condition. It is read just before, and each write is
//! answered with the number of the version that it made: where others' came in between, theirs is put back, and the place is
//! read and judged anew.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Client;
use super::answer::Said;
use super::secret::changed;
use crate::core::cause::AwsCause;
use crate::core::connection::aws::Service;
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{AtAws, Automatic};
use crate::core::secret::{SecretValue, exposed};
use crate::core::target::destination::ParameterStore;
use crate::core::target::judge::{Marker, Seen};
use crate::core::target::{Document, Keys, Target};
use crate::delivery::Place;

/// The tag with the target's id.
const MARK: &str = "windlass:target";
/// The type of one that is encrypted.
const SECURE: &str = "SecureString";
/// So many are read or deleted with one call.
const AT_ONCE: usize = 10;
/// The longest value of a standard parameter, in bytes …
const STANDARD: usize = 4_096;
/// … and of an advanced one, which costs money.
const ADVANCED: usize = 8_192;

/// Parameters as a place.
pub struct Parameters {
    client: Client,
    store: ParameterStore,
    target: Uuid,
    keys: Keys,
    former: BTreeSet<String>,
}

/// A parameter.
struct Known {
    value: SecretValue,
    version: u64,
    /// It is not encrypted, as others made it.
    plain: bool,
}

/// Our parameters and those that were, by key: as far as they are there.
type Looked = BTreeMap<String, Known>;

/// Their versions.
type Versions = BTreeMap<String, u64>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Read {
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    name: String,
    #[serde(with = "exposed")]
    value: SecretValue,
    version: u64,
    #[serde(rename = "Type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tags {
    #[serde(default)]
    tag_list: Vec<Tag>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    version: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Put<'a> {
    name: &'a str,
    #[serde(rename = "Type")]
    kind: &'a str,
    #[serde(with = "exposed")]
    value: SecretValue,
    overwrite: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl Parameters {
    /// The place of a target.
    pub fn new(client: Client, store: &ParameterStore, target: &Target) -> Self {
        Self { client, store: store.clone(), target: target.id, keys: target.keys.clone(), former: target.former() }
    }

    async fn call(&self, action: &str, body: &impl Serialize, unseen: Option<&SecretValue>) -> Result<Said, Fault> {
        self.client.call(Service::Ssm, action, body, unseen).await
    }

    fn host(&self) -> String {
        self.client.host_of(Service::Ssm)
    }

    fn name(&self, key: &str) -> String {
        format!("{}/{key}", self.store.path)
    }

    fn tag(&self) -> Tag {
        Tag { key: MARK.to_owned(), value: self.target.to_string() }
    }

    async fn get(&self, names: &[String]) -> Result<Vec<Parameter>, Fault> {
        let said = self.call("GetParameters", &json!({"Names": names, "WithDecryption": true}), None).await?;
        if !said.status.is_success() {
            return Err(self.declined(&said, &self.store.path));
        }
        said.json::<Read>(&self.host()).map(|read| read.parameters)
    }

    async fn look(&self) -> Result<Looked, Fault> {
        let keys = || self.keys.keys().chain(&self.former);
        let names: Vec<String> = keys().map(|key| self.name(key)).collect();
        let mut looked = Looked::new();
        for names in names.chunks(AT_ONCE) {
            for Parameter { name, value, version, kind } in self.get(names).await? {
                if let Some(key) = keys().find(|key| self.name(key) == name) {
                    let plain = kind != SECURE;
                    looked.insert(key.clone(), Known { value, version, plain });
                }
            }
        }
        Ok(looked)
    }

    /// The id of the target that a parameter is marked for.
    async fn mark(&self, key: &str) -> Result<Option<String>, Fault> {
        let name = self.name(key);
        let body = json!({"ResourceType": "Parameter", "ResourceId": name});
        let said = self.call("ListTagsForResource", &body, None).await?;
        if said.is(&["InvalidResourceId"]) {
            return Ok(None);
        }
        if !said.status.is_success() {
            return Err(self.declined(&said, &name));
        }
        let tags = said.json::<Tags>(&self.host())?.tag_list;
        Ok(tags.into_iter().find(|tag| tag.key == MARK).map(|tag| tag.value))
    }

    /// Whether they still are as they were seen.
    async fn same(&self, seen: &Seen) -> Result<Looked, Fault> {
        let now = self.look().await?;
        let known = seen.condition.as_deref().and_then(|known| serde_json::from_str::<Versions>(known).ok());
        if known == Some(versions(&now)) { Ok(now) } else { Err(changed()) }
    }

    /// Writes one, on top of a version or where there is none. Returns the version that came of it.
    async fn put(&self, key: &str, value: &SecretValue, over: Option<u64>) -> Result<u64, Fault> {
        let name = self.name(key);
        let size = value.expose().len();
        if size > ADVANCED {
            let cause = AwsCause::LongerThan { place: name, most: ADVANCED };
            return Err(Fault::precondition(cause).and(AtAws::MakeRoom).and(Automatic::TriesAgain));
        }
        // One that is there keeps its tier where it can: an advanced one cannot become a standard one again.
        let tier = match over {
            _ if size > STANDARD => Some("Advanced"),
            None => Some("Standard"),
            Some(_) => None,
        };
        let put = Put {
            name: &name,
            kind: SECURE,
            value: value.clone(),
            overwrite: over.is_some(),
            key_id: self.store.kms_key_id.as_deref(),
            tier,
            // With an overwrite none can be given.
            tags: if over.is_some() { Vec::new() } else { vec![self.tag()] },
        };
        let said = self.call("PutParameter", &put, Some(value)).await?;
        match said.status.is_success() {
            true => said.json::<Written>(&self.host()).map(|written| written.version),
            false if said.is(&["ParameterAlreadyExists"]) => Err(changed()),
            false if said.is(&["HierarchyTypeMismatchException", "HierarchyTypeMismatch"]) => {
                let fault = Fault::precondition(AwsCause::ParameterPlain { parameter: name });
                Err(fault.and(AtAws::DeleteParameter).and(Automatic::TriesAgain))
            }
            false => Err(self.declined(&said, &name)),
        }
    }

    /// Writes over a version that was seen. What others wrote in between is put back.
    async fn replace(&self, key: &str, value: &SecretValue, seen: &SecretValue, over: u64) -> Result<u64, Fault> {
        let version = self.put(key, value, Some(over)).await?;
        if version <= over + 1 {
            return Ok(version);
        }
        let between = self.get(&[format!("{}:{}", self.name(key), version - 1)]).await?.into_iter().next();
        match between.filter(|between| between.value != *value && between.value != *seen) {
            Some(theirs) => {
                self.put(key, &theirs.value, Some(version)).await?;
                Err(changed())
            }
            None => Ok(version),
        }
    }

    async fn change(&self, action: &str, key: &str, what: (&str, Value)) -> Result<(), Fault> {
        let name = self.name(key);
        let mut body = json!({"ResourceType": "Parameter", "ResourceId": name});
        body[what.0] = what.1;
        let said = self.call(action, &body, None).await?;
        match said.status.is_success() {
            true => Ok(()),
            false if said.is(&["InvalidResourceId"]) => Err(changed()),
            false => Err(self.declined(&said, &name)),
        }
    }

    async fn delete(&self, keys: impl Iterator<Item = &String>) -> Result<(), Fault> {
        let names: Vec<String> = keys.map(|key| self.name(key)).collect();
        for names in names.chunks(AT_ONCE) {
            let said = self.call("DeleteParameters", &json!({"Names": names}), None).await?;
            if !said.status.is_success() {
                return Err(self.declined(&said, &self.store.path));
            }
        }
        Ok(())
    }

    /// The versions of our parameters as they are shown: one number where they are the same.
    fn named(&self, versions: &Versions) -> String {
        let ours = versions.iter().filter(|(key, _)| self.keys.contains_key(*key));
        let mut numbers: Vec<String> = ours.map(|(_, version)| version.to_string()).collect();
        numbers.dedup();
        numbers.join(",")
    }

    fn declined(&self, said: &Said, place: &str) -> Fault {
        let (place, why) = (place.to_owned(), said.why.clone());
        let refused = |cause: AwsCause, remedy: AtAws| Fault::new(Code::Refused, cause).and(remedy);
        let fault = match said.word.as_str() {
            "InvalidKeyId" => refused(AwsCause::KmsDeclined { place, said: why }, AtAws::AllowKms),
            "ParameterMaxVersionLimitExceeded" => {
                refused(AwsCause::VersionsKept { parameter: place }, AtAws::RemoveLabel)
            }
            "ParameterLimitExceeded" | "LimitExceededException" => {
                refused(AwsCause::QuotaReached { place, said: why }, AtAws::RaiseQuota)
            }
            _ => return said.declined(&self.host()),
        };
        Fault { http_status: Some(said.status.as_u16()), ..fault.and(Automatic::TriesAgain) }
    }
}

impl Place for Parameters {
    async fn read(&self) -> Result<Seen, Fault> {
        let looked = self.look().await?;
        let (known, own) = (versions(&looked), self.target.to_string());
        let mut seen = Seen {
            tidy: true,
            exists: !looked.is_empty(),
            condition: serde_json::to_string(&known).ok(),
            remote: self.named(&known),
            ..Seen::default()
        };
        for (key, Known { value, plain, .. }) in looked {
            let mark = self.mark(&key).await?;
            let (ours, other) = (mark.as_ref() == Some(&own), mark.filter(|id| *id != own));
            if self.keys.contains_key(&key) {
                seen.tidy &= ours && !plain;
                match other {
                    Some(other) => seen.marker = Marker::Other(other),
                    None if ours && seen.marker == Marker::None => seen.marker = Marker::Ours,
                    None => {}
                }
                seen.values.insert(key, value);
            } else if other.is_none() {
                seen.former.insert(key, value);
            }
        }
        Ok(seen)
    }

    async fn write(&self, document: &Document, seen: &Seen) -> Result<String, Fault> {
        let looked = self.same(seen).await?;
        let mut known = versions(&looked);
        for (key, value) in document {
            let version = match seen.values.get(key).zip(looked.get(key)) {
                Some((there, known)) if there == value && !known.plain => known.version,
                Some((there, known)) => self.replace(key, value, there, known.version).await?,
                None => self.put(key, value, None).await?,
            };
            known.insert(key.clone(), version);
        }
        if !seen.tidy {
            for key in seen.values.keys() {
                self.change("AddTagsToResource", key, ("Tags", json!([self.tag()]))).await?;
            }
        }
        self.delete(seen.former.keys()).await?;
        Ok(self.named(&known))
    }

    async fn strip(&self, seen: &Seen, purge: bool) -> Result<(), Fault> {
        self.same(seen).await?;
        let ours = || seen.values.keys().chain(seen.former.keys());
        if purge {
            return self.delete(ours()).await;
        }
        for key in ours() {
            self.change("RemoveTagsFromResource", key, ("TagKeys", json!([MARK]))).await?;
        }
        Ok(())
    }
}

fn versions(looked: &Looked) -> Versions {
    looked.iter().map(|(key, known)| (key.clone(), known.version)).collect()
}

#[cfg(test)]
mod tests;
