//! Objects of Kubernetes, as far as they matter here.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::core::secret::{SecretValue, exposed};
use crate::core::target::Document;

/// A value in base64, wiped when dropped.
#[derive(Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Encoded(#[serde(with = "exposed")] SecretValue);

impl Encoded {
    /// About so many bytes are in it, and no more.
    pub fn size(&self) -> usize {
        self.0.expose().len() / 4 * 3
    }

    /// The value. What is no text was never ours: it stays as it is encoded, with a sign that no base64 has.
    pub fn value(&self) -> SecretValue {
        let decoded = STANDARD.decode(self.0.expose()).map(Zeroizing::new);
        match decoded.as_ref().map(|bytes| str::from_utf8(bytes)) {
            Ok(Ok(text)) => SecretValue::new(text),
            _ => SecretValue::new(format!("base64:{}", self.0.expose())),
        }
    }
}

/// A Secret.
#[derive(Default, Deserialize)]
pub struct Object {
    pub metadata: Metadata,
    #[serde(default)]
    pub data: BTreeMap<String, Encoded>,
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub immutable: bool,
}

impl Object {
    /// What stands under some names.
    pub fn values<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> Document {
        names.into_iter().filter_map(|key| Some((key.clone(), self.data.get(key)?.value()))).collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    pub uid: String,
    pub resource_version: String,
    pub annotations: BTreeMap<String, String>,
    pub managed_fields: Vec<Managed>,
}

#[derive(Deserialize)]
pub struct Managed {
    #[serde(default)]
    pub manager: String,
}

/// What is applied: all that is ours in it, each time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Applied<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Value,
    data: BTreeMap<&'a str, Encoded>,
}

impl<'a> Applied<'a> {
    /// A Secret with these values.
    pub fn of(metadata: Value, document: &'a Document) -> Self {
        let encoded = |value: &SecretValue| Encoded(SecretValue::new(STANDARD.encode(value.expose())));
        let data = document.iter().map(|(key, value)| (key.as_str(), encoded(value))).collect();
        Self { api_version: "v1", kind: "Secret", metadata, data }
    }
}

/// What runs pods.
#[derive(Deserialize)]
pub struct Running {
    pub spec: Spec,
}

#[derive(Deserialize)]
pub struct Spec {
    pub template: Template,
}

#[derive(Deserialize)]
pub struct Template {
    #[serde(default)]
    pub metadata: Metadata,
}
