//! A Secret in which others may have keys as well, and what is restarted once it has a new version.
//!
//! It is written by server-side apply, as a manager of this target's own: the server keeps who set which field, merges what we
//! set with what others have, and takes out what we do not set any more. Each write names the version of the object that was
//! looked at, so that neither a late one nor one of others is overwritten; where the server names another manager of a field,
//! that is overruled only under that version, for what stands there was judged just before.
//!
//! Two annotations carry what we have to know: [`MARK`] says which keys are this target's, and [`STAMP`] says which delivery
//! stands there. What is to be restarted carries the same stamp in the template of its pods once it was: what a crash left
//! undone shows at the next look, and nothing is restarted twice.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Ask, Client};
use crate::core::cause::{ClusterCause, TargetCause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{Automatic, OnCluster};
use crate::core::target::destination::Object as Named;
use crate::core::target::judge::{Marker, Seen};
use crate::core::target::workload::Workload;
use crate::core::target::{Document, Target};
use crate::delivery::Place;
use crate::delivery::call::not_understood;
use object::{Applied, Metadata, Object, Running};

mod object;

/// How the name of a target's mark begins; its id follows. The value is its keys.
pub const MARK: &str = "windlass.dev/target-";

/// How the name of a delivery's stamp begins; the target's id follows. The value is the version, and which write of it.
pub const STAMP: &str = "windlass.dev/delivered-";

/// The most that the values of a Secret have together.
const LARGEST: usize = 1 << 20;

/// The type that Kubernetes gives no meaning to.
const OPAQUE: &str = "Opaque";

/// A Secret as a place.
pub struct Secret {
    client: Client,
    place: Named,
    target: Uuid,
    keys: BTreeSet<String>,
    former: BTreeSet<String>,
    version: u32,
}

impl Secret {
    /// The place of a target that is to have this version.
    pub fn new(client: Client, place: &Named, target: &Target, version: u32) -> Self {
        let keys = target.keys.keys().cloned().collect();
        Self { client, place: place.clone(), target: target.id, keys, former: target.former(), version }
    }

    fn path(&self) -> String {
        format!("api/v1/namespaces/{}/secrets/{}", self.place.namespace, self.place.name)
    }

    fn manager(&self) -> String {
        format!("windlass-{}", self.target)
    }

    fn mark(&self) -> String {
        format!("{MARK}{}", self.target)
    }

    fn stamp(&self) -> String {
        format!("{STAMP}{}", self.target)
    }

    fn marked_keys(&self) -> String {
        self.keys.iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }

    fn name(&self) -> String {
        format!("{}/{}", self.place.namespace, self.place.name)
    }

    /// The Secret; `None` where it definitely is not there.
    async fn look(&self) -> Result<Option<Object>, Fault> {
        let said = self.client.call(&Ask::get(&self.path())).await?;
        if said.lacks("secrets") {
            return Ok(None);
        }
        if !said.status.is_success() {
            return Err(said.declined(&self.client.host()));
        }
        let found: Object = said.json(&self.client.host())?;
        if found.metadata.resource_version.is_empty() {
            return Err(not_understood(&self.client.host()));
        }
        let place = self.name();
        if found.kind != OPAQUE {
            let cause = ClusterCause::SecretOfType { place, kind: found.kind };
            return Err(Fault::precondition(cause).and(OnCluster::NameOtherSecret));
        }
        if found.immutable {
            let fault = Fault::precondition(ClusterCause::SecretImmutable { place });
            return Err(fault.and(OnCluster::MakeSecretAnew).and(Automatic::TriesAgain));
        }
        Ok(Some(found))
    }

    /// The same as it was seen, or else it has changed since.
    async fn look_again(&self, seen: &Seen) -> Result<Option<Object>, Fault> {
        let found = self.look().await?;
        let version = found.as_ref().map(|it| &it.metadata.resource_version);
        if version == seen.condition.as_ref() { Ok(found) } else { Err(changed()) }
    }

    /// The stamp of a delivery of the version that is wanted, where it stands there.
    fn stamped<'a>(&self, found: &'a Object) -> Option<&'a str> {
        let stamp = found.metadata.annotations.get(&self.stamp())?;
        stamp.split_once('.').is_some_and(|(version, _)| version == self.version.to_string()).then_some(stamp.as_str())
    }

    async fn seen(&self, found: &Object) -> Result<Seen, Fault> {
        let marks = &found.metadata.annotations;
        let ours = marks.get(&self.mark());
        let marker = match (self.claimed(marks, |key| self.keys.contains(key)), ours) {
            (Some(other), _) => Marker::Other(other),
            (None, Some(_)) => Marker::Ours,
            (None, None) => Marker::None,
        };
        let former = self.former.iter().filter(|key| self.claimed(marks, |it| it == *key).is_none());
        // What runs there matters only once it has to be what is wanted.
        let tidy = match self.stamped(found).filter(|_| ours == Some(&self.marked_keys())) {
            Some(stamp) => self.all_carry(stamp).await?,
            None => false,
        };
        let version = &found.metadata.resource_version;
        Ok(Seen {
            values: found.values(&self.keys),
            former: found.values(former),
            marker,
            exists: true,
            tidy,
            condition: Some(version.clone()),
            remote: version.clone(),
        })
    }

    /// The id in a mark that claims one of some keys for another target.
    fn claimed(&self, marks: &BTreeMap<String, String>, one: impl Fn(&str) -> bool) -> Option<String> {
        marks.iter().find_map(|(name, keys)| {
            let id = name.strip_prefix(MARK).filter(|_| *name != self.mark())?;
            keys.split(',').any(&one).then(|| id.to_owned())
        })
    }

    /// Applies what is ours. Where others own a field of it they are overruled, under the version of the object that was judged.
    async fn apply(&self, document: &Document, stamp: &str, version: Option<&str>) -> Result<String, Fault> {
        let mut metadata = json!({
            "name": self.place.name,
            "namespace": self.place.namespace,
            "annotations": {self.mark(): self.marked_keys(), self.stamp(): stamp},
        });
        if let Some(version) = version {
            metadata["resourceVersion"] = version.into();
        }
        let body = Applied::of(metadata, document);
        for force in [false, true] {
            let path = format!("{}?fieldManager={}&fieldValidation=Strict&force={force}", self.path(), self.manager());
            let said = self.client.call(&ask(Method::PATCH, &path, "application/apply-patch+yaml", &body)).await?;
            match said.status {
                status if status.is_success() => {
                    return said.json::<Object>(&self.client.host()).map(|it| it.metadata.resource_version);
                }
                StatusCode::CONFLICT if said.is("FieldManagerConflict") && version.is_some() => {}
                StatusCode::CONFLICT | StatusCode::INTERNAL_SERVER_ERROR => break,
                StatusCode::NOT_FOUND if said.lacks("namespaces") => {
                    let cause = ClusterCause::NamespaceMissing { namespace: self.place.namespace.clone() };
                    let fault = Fault::precondition(cause);
                    return Err(fault.and(OnCluster::MakeNamespace).and(Automatic::TriesAgain));
                }
                _ => return Err(said.declined(&self.client.host())),
            }
        }
        Err(changed())
    }

    /// Merges a patch into the Secret, where it still has this version; its version then.
    async fn patch(
        &self,
        version: &str,
        annotations: Map<String, Value>,
        data: &Map<String, Value>,
    ) -> Result<String, Fault> {
        let body = json!({"metadata": {"resourceVersion": version, "annotations": annotations}, "data": data});
        let path = format!("{}?fieldManager={}", self.path(), self.manager());
        let said = self.client.call(&ask(Method::PATCH, &path, MERGE, &body)).await?;
        match said.status {
            status if status.is_success() => {
                said.json::<Object>(&self.client.host()).map(|it| it.metadata.resource_version)
            }
            StatusCode::CONFLICT | StatusCode::NOT_FOUND => Err(changed()),
            _ => Err(said.declined(&self.client.host())),
        }
    }

    fn of(&self, workload: &Workload) -> String {
        format!("apis/apps/v1/namespaces/{}/{}/{}", self.place.namespace, workload.kind.plural(), workload.name)
    }

    /// Whether all that is to be restarted was, for this delivery.
    async fn all_carry(&self, stamp: &str) -> Result<bool, Fault> {
        for workload in &self.place.restart {
            let said = self.client.call(&Ask::get(&self.of(workload))).await?;
            if !said.status.is_success() {
                return Err(self.not_restarted(workload, &said));
            }
            let running: Running = said.json(&self.client.host())?;
            if running.spec.template.metadata.annotations.get(&self.stamp()).is_none_or(|it| it != stamp) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Restarts what is to be restarted, as `kubectl rollout restart` does: another annotation makes other pods. The same one
    /// again changes nothing.
    async fn restart(&self, stamp: &str) -> Result<(), Fault> {
        let body = json!({"spec": {"template": {"metadata": {"annotations": {self.stamp(): stamp}}}}});
        for workload in &self.place.restart {
            let path = format!("{}?fieldManager={}", self.of(workload), self.manager());
            let said = self.client.call(&ask(Method::PATCH, &path, MERGE, &body)).await?;
            if !said.status.is_success() {
                return Err(self.not_restarted(workload, &said));
            }
        }
        Ok(())
    }

    fn not_restarted(&self, workload: &Workload, said: &super::Said) -> Fault {
        if !said.lacks(workload.kind.plural()) {
            return said.declined(&self.client.host());
        }
        let namespace = self.place.namespace.clone();
        let cause = ClusterCause::WorkloadMissing { workload: workload.to_string(), namespace };
        Fault::precondition(cause).and(OnCluster::NameWorkload).and(Automatic::TriesAgain)
    }

    /// Deletes the Secret, where it is the one that was looked at. Not done where that right is missing: an empty one stays.
    async fn delete(&self, found: &Object) -> Result<bool, Fault> {
        let Metadata { uid, resource_version, .. } = &found.metadata;
        let preconditions = json!({"uid": uid, "resourceVersion": resource_version});
        let body = json!({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions});
        let said = match self.client.call(&ask(Method::DELETE, &self.path(), "application/json", &body)).await {
            Err(fault) if fault.code == Code::Forbidden => return Ok(false),
            said => said?,
        };
        match said.status {
            status if status.is_success() => Ok(true),
            StatusCode::NOT_FOUND => Ok(true),
            StatusCode::CONFLICT => Err(changed()),
            _ => Err(said.declined(&self.client.host())),
        }
    }
}

impl Place for Secret {
    async fn read(&self) -> Result<Seen, Fault> {
        match self.look().await? {
            Some(found) => self.seen(&found).await,
            None => Ok(Seen::default()),
        }
    }

    async fn write(&self, document: &Document, seen: &Seen) -> Result<String, Fault> {
        let found = self.look_again(seen).await?;
        let others = found.iter().flat_map(|found| &found.data).filter(|(key, _)| !document.contains_key(*key));
        let size: usize = others.map(|(_, value)| value.size()).sum();
        if size + document.values().map(|value| value.expose().len()).sum::<usize>() > LARGEST {
            let cause = ClusterCause::SecretTooLarge { place: self.name() };
            return Err(Fault::precondition(cause).and(OnCluster::NameOtherSecret));
        }
        let mut version = found.as_ref().map(|it| it.metadata.resource_version.clone());
        // Whoever agreed to overwrite another target's value agreed that it is not that one's any more.
        if let (Marker::Other(other), Some(known)) = (&seen.marker, &version) {
            let marks = Map::from_iter([(format!("{MARK}{other}"), Value::Null)]);
            version = Some(self.patch(known, marks, &Map::new()).await?);
        }
        // Where a value is written, whoever read the one before has to read it anew, be it of the same version.
        let known = found.as_ref().filter(|_| seen.values == *document).and_then(|found| self.stamped(found));
        let before = seen.condition.as_deref().unwrap_or("0");
        let stamp = known.map_or_else(|| format!("{}.{before}", self.version), str::to_owned);
        let mut remote = self.apply(document, &stamp, version.as_deref()).await?;
        // What is ours alone went with that; what others set to the same value goes by name.
        if !seen.former.is_empty() {
            remote = self.patch(&remote, Map::new(), &nothing(seen.former.keys())).await?;
        }
        self.restart(&stamp).await?;
        Ok(remote)
    }

    async fn strip(&self, seen: &Seen, purge: bool) -> Result<(), Fault> {
        let Some(found) = self.look_again(seen).await? else { return Ok(()) };
        let purged: BTreeSet<&String> = seen.values.keys().chain(seen.former.keys()).filter(|_| purge).collect();
        // Made by us, and of no use to anyone else: no one else ever set a field of it.
        let managers = &found.metadata.managed_fields;
        let alone = !managers.is_empty() && managers.iter().all(|it| it.manager == self.manager());
        if purge && alone && found.data.keys().all(|key| purged.contains(key)) && self.delete(&found).await? {
            return Ok(());
        }
        let marks = [self.mark(), self.stamp()].into_iter().map(|name| (name, Value::Null)).collect();
        self.patch(&found.metadata.resource_version, marks, &nothing(purged)).await.map(drop)
    }
}

/// The type of a merge patch.
const MERGE: &str = "application/merge-patch+json";

fn ask<'a>(method: Method, path: &'a str, kind: &'static str, body: &impl Serialize) -> Ask<'a> {
    // Our own types have string keys and no failing parts.
    let body = Zeroizing::new(serde_json::to_vec(body).unwrap_or_default());
    Ask { method, path, body: Some(body), kind }
}

/// Of each key nothing: a merge patch takes it out.
fn nothing<'a>(keys: impl IntoIterator<Item = &'a String>) -> Map<String, Value> {
    keys.into_iter().map(|key| (key.clone(), Value::Null)).collect()
}

fn changed() -> Fault {
    Fault::new(Code::Changed, TargetCause::ChangedMeanwhile).and(Automatic::TriesAgain)
}

#[cfg(test)]
mod tests;
