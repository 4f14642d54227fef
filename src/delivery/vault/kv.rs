//! A secret of a KV version 2 engine, in which others may have keys as well.
//!
//! Its custom metadata carries a mark for each target: the target's id, and the keys that are its own. The data is written
//! before the mark: what a crash leaves between the two is known as ours by its value. A write names the version that was seen,
//! so that neither a late one nor one of others is overwritten.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use super::{Ask, Client, Said, escaped};
use crate::core::cause::{ServerCause, TargetCause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{Automatic, OnServer};
use crate::core::secret::SecretValue;
use crate::core::target::destination::Kv;
use crate::core::target::judge::{Marker, Seen};
use crate::core::target::{Document, Target};
use crate::delivery::call::not_understood;
use crate::delivery::{Place, call};

/// How the name of a target's mark begins; its id follows.
const MARK: &str = "windlass-target-";

/// A secret as a place.
pub struct Secret {
    client: Client,
    mount: String,
    path: String,
    target: Uuid,
    keys: BTreeSet<String>,
    former: BTreeSet<String>,
}

/// What is there: all keys, wiped when dropped.
#[derive(Default, Deserialize, Serialize)]
#[serde(transparent)]
struct Data(Map<String, Value>);

impl Drop for Data {
    fn drop(&mut self) {
        for value in self.0.values_mut() {
            if let Value::String(text) = value {
                text.zeroize();
            }
        }
    }
}

#[derive(Deserialize)]
struct Read {
    data: Versioned,
}

#[derive(Deserialize)]
struct Versioned {
    #[serde(default)]
    data: Option<Data>,
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    version: u64,
    #[serde(default)]
    custom_metadata: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Written {
    data: Metadata,
}

#[derive(Deserialize)]
struct Mounted {
    data: Mount,
}

#[derive(Deserialize)]
struct Mount {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    options: Option<Map<String, Value>>,
}

/// A body of a write.
#[derive(Serialize)]
struct Write<'a> {
    options: Value,
    data: &'a Data,
}

/// The secret at one instant.
#[derive(Default)]
struct Looked {
    /// The last version, 0 where there never was one.
    version: u64,
    /// Its data; `None` where it is deleted or was never there.
    data: Option<Data>,
    marks: Map<String, Value>,
}

impl Looked {
    /// What stands under some names.
    fn values<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> Document {
        let value = |key: &String| match self.data.as_ref()?.0.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(SecretValue::new(text.as_str())),
            // What is no text was never ours.
            other => Some(SecretValue::new(other.to_string())),
        };
        names.into_iter().filter_map(|key| Some((key.clone(), value(key)?))).collect()
    }
}

impl Secret {
    /// The place of a target.
    pub fn new(client: Client, kv: &Kv, target: &Target) -> Self {
        let keys = target.keys.keys().cloned().collect();
        let (mount, path) = (escaped(&kv.mount), escaped(&kv.path));
        Self { client, mount, path, target: target.id, keys, former: target.former() }
    }

    fn at(&self, kind: &str) -> String {
        format!("{}/{kind}/{}", self.mount, self.path)
    }

    fn mark(&self) -> String {
        format!("{MARK}{}", self.target)
    }

    fn marked_keys(&self) -> String {
        self.keys.iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }

    /// Refuses an engine that keeps no versions: it would take the whole body of a write for the data.
    async fn is_versioned(&self) -> Result<(), Fault> {
        let path = format!("sys/internal/ui/mounts/{}/{}", self.mount, self.path);
        let mount = self.mount.clone();
        let none = |code: Code| {
            let grant = OnServer::Grant { path: self.at("data"), capabilities: "\"read\"".into() };
            Fault::new(code, ServerCause::NoMount { mount: mount.clone() }).and(OnServer::CheckMount).and(grant)
        };
        let said = match self.client.call(&Ask::get(&path)).await {
            Err(fault) if fault.code == Code::Forbidden => return Err(none(Code::Forbidden)),
            Err(fault) => return Err(fault),
            Ok(said) if said.status.is_success() => said,
            Ok(_) => return Err(none(Code::Precondition)),
        };
        let Mount { kind, path, options } = said.json::<Mounted>(&self.client.host())?.data;
        if escaped(path.trim_end_matches('/')) != self.mount {
            return Err(none(Code::Precondition));
        }
        if kind != "kv" && kind != "generic" {
            return Err(Fault::precondition(ServerCause::OtherMount { mount, kind }).and(OnServer::CheckMount));
        }
        if options.is_none_or(|options| options.get("version").and_then(Value::as_str) != Some("2")) {
            let upgrade = OnServer::UpgradeMount { mount: mount.clone() };
            return Err(Fault::precondition(ServerCause::MountUnversioned { mount }).and(upgrade));
        }
        Ok(())
    }

    /// One call answers value, version and marks. Of a deleted version it has the latter two.
    async fn look(&self) -> Result<Looked, Fault> {
        let said = self.client.call(&Ask::get(&self.at("data"))).await?;
        let absent = said.status == StatusCode::NOT_FOUND;
        if absent && !said.is_vaults() {
            return Err(not_understood(&self.client.host()));
        }
        if absent && said.json::<Read>("").is_err() {
            // Without data it never had any, or there is no such route.
            return if said.why.is_empty() { Ok(Looked::default()) } else { Err(self.declined(&said)) };
        }
        if !absent && !said.status.is_success() {
            return Err(self.declined(&said));
        }
        let Versioned { data, metadata } = said.json::<Read>(&self.client.host())?.data;
        let data = data.filter(|_| said.status.is_success());
        Ok(Looked { version: metadata.version, data, marks: metadata.custom_metadata.unwrap_or_default() })
    }

    fn seen(&self, looked: &Looked) -> Seen {
        let ours = looked.marks.get(&self.mark()).and_then(Value::as_str);
        let marker = match (self.claimed(looked, |key| self.keys.contains(key)), ours) {
            (Some(other), _) => Marker::Other(other),
            (None, Some(_)) => Marker::Ours,
            (None, None) => Marker::None,
        };
        let former = self.former.iter().filter(|key| self.claimed(looked, |it| it == *key).is_none());
        Seen {
            values: looked.values(&self.keys),
            former: looked.values(former),
            tidy: ours == Some(self.marked_keys().as_str()),
            marker,
            exists: looked.data.is_some(),
            condition: Some(looked.version.to_string()),
            remote: looked.version.to_string(),
        }
    }

    /// The id in a mark that claims one of some keys for another target.
    fn claimed(&self, looked: &Looked, one: impl Fn(&str) -> bool) -> Option<String> {
        looked.marks.iter().find_map(|(name, keys)| {
            let id = name.strip_prefix(MARK).filter(|_| *name != self.mark())?;
            keys.as_str()?.split(',').any(&one).then(|| id.to_owned())
        })
    }

    /// Writes some keys into what is there, where that still is the version that was seen; `null` takes one out. A token that
    /// may not patch may be able to write the whole, with what others have in it.
    async fn merge(&self, version: u64, changes: &Data) -> Result<u64, Fault> {
        let patched = self.write_data(Method::PATCH, version, changes, "\"patch\"").await;
        match patched {
            Ok(Some(version)) => return Ok(version),
            Err(fault) if fault.code != Code::Forbidden => return Err(fault),
            Ok(None) | Err(_) => {}
        }
        let looked = self.look().await?;
        let mut whole = looked.data.filter(|_| looked.version == version).ok_or_else(changed)?;
        for (key, value) in &changes.0 {
            if value.is_null() {
                whole.0.remove(key);
            } else {
                whole.0.insert(key.clone(), value.clone());
            }
        }
        self.put(version, &whole).await
    }

    /// Writes the whole, where the last version still is the one that was seen.
    async fn put(&self, version: u64, whole: &Data) -> Result<u64, Fault> {
        let written = self.write_data(Method::POST, version, whole, "\"create\", \"update\", \"patch\"").await?;
        written.ok_or_else(changed)
    }

    /// One write; `None` where that method is not known there, or there is nothing that it could be applied to.
    async fn write_data(
        &self,
        method: Method,
        version: u64,
        data: &Data,
        needs: &'static str,
    ) -> Result<Option<u64>, Fault> {
        let path = self.at("data");
        let said =
            self.client.call(&ask(method, &path, &Write { options: json!({"cas": version}), data }, needs)).await?;
        match said.status {
            status if status.is_success() => said.json::<Written>(&self.client.host()).map(|it| Some(it.data.version)),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Ok(None),
            _ if said.is_stale() => Err(changed()),
            _ => Err(self.declined(&said)),
        }
    }

    /// Changes marks; `null` takes one off.
    async fn set_marks(&self, changes: &Map<String, Value>) -> Result<(), Fault> {
        let path = self.at("metadata");
        let patch = json!({"custom_metadata": changes});
        let said = match self.client.call(&ask(Method::PATCH, &path, &patch, "\"patch\"")).await {
            Ok(said) if said.status != StatusCode::METHOD_NOT_ALLOWED => said,
            Err(fault) if fault.code != Code::Forbidden => return Err(fault),
            Ok(_) | Err(_) => {
                let mut marks = self.look().await?.marks;
                for (name, mark) in changes {
                    if mark.is_null() {
                        marks.remove(name);
                    } else {
                        marks.insert(name.clone(), mark.clone());
                    }
                }
                let whole = json!({"custom_metadata": marks});
                self.client.call(&ask(Method::POST, &path, &whole, "\"patch\"")).await?
            }
        };
        match said.status {
            status if status.is_success() => Ok(()),
            // It is gone, with its marks.
            StatusCode::NOT_FOUND => Err(changed()),
            _ => Err(self.declined(&said)),
        }
    }

    fn declined(&self, said: &Said) -> Fault {
        call::declined(&self.client.host(), said.status.as_u16(), said.why.clone())
    }

    /// Deletes one version: a later one of others stays as it is.
    async fn delete(&self, version: u64) -> Result<(), Fault> {
        let path = self.at("delete");
        let body = json!({"versions": [version]});
        let said = self.client.call(&ask(Method::PUT, &path, &body, "\"update\"")).await?;
        if said.status.is_success() { Ok(()) } else { Err(self.declined(&said)) }
    }
}

impl Place for Secret {
    async fn read(&self) -> Result<Seen, Fault> {
        self.is_versioned().await?;
        self.look().await.map(|looked| self.seen(&looked))
    }

    async fn write(&self, document: &Document, seen: &Seen) -> Result<String, Fault> {
        let mut version = version_of(seen)?;
        if seen.values != *document || !seen.former.is_empty() {
            let data = document.iter().map(|(key, value)| (key.clone(), Value::from(value.expose())));
            let gone = seen.former.keys().map(|key| (key.clone(), Value::Null));
            let data = Data(data.chain(gone).collect());
            version = if seen.exists { self.merge(version, &data).await? } else { self.put(version, &data).await? };
        }
        let mut marks = Map::new();
        if !seen.tidy {
            marks.insert(self.mark(), self.marked_keys().into());
        }
        // Whoever agreed to overwrite another target's value agreed that it is not that one's any more.
        if let Marker::Other(other) = &seen.marker {
            marks.insert(format!("{MARK}{other}"), Value::Null);
        }
        if !marks.is_empty() {
            self.set_marks(&marks).await?;
        }
        Ok(version.to_string())
    }

    async fn strip(&self, seen: &Seen, purge: bool) -> Result<(), Fault> {
        let version = version_of(seen)?;
        let ours = || seen.values.keys().chain(seen.former.keys());
        if purge && ours().next().is_some() {
            let looked = self.look().await?;
            let data = looked.data.as_ref().filter(|_| looked.version == version).ok_or_else(changed)?;
            if data.0.keys().all(|key| ours().any(|it| it == key)) {
                self.delete(version).await?;
            } else {
                let none = ours().map(|key| (key.clone(), Value::Null));
                self.merge(version, &Data(none.collect())).await?;
            }
        }
        if seen.marker != Marker::Ours {
            return Ok(());
        }
        self.set_marks(&Map::from_iter([(self.mark(), Value::Null)])).await
    }
}

fn ask<'a>(method: Method, path: &'a str, body: &impl Serialize, needs: &'static str) -> Ask<'a> {
    // Our own types have string keys and no failing parts.
    let body = Zeroizing::new(serde_json::to_vec(body).unwrap_or_default());
    Ask { method, path, body: Some(body), needs }
}

fn version_of(seen: &Seen) -> Result<u64, Fault> {
    seen.condition.as_deref().and_then(|version| version.parse().ok()).ok_or_else(changed)
}

fn changed() -> Fault {
    Fault::new(Code::Changed, TargetCause::ChangedMeanwhile).and(Automatic::TriesAgain)
}

#[cfg(test)]
mod tests;
