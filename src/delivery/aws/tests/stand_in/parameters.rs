//! Systems Manager's Parameter Store.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Inside, refused};

/// A parameter.
#[derive(Clone, Debug, Default)]
pub struct Parameter {
    /// Its values, from version 1.
    pub versions: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// What it is: `String` or `SecureString`.
    pub kind: String,
    /// Its tier.
    pub tier: String,
    /// The key that it is encrypted with.
    pub kms: Option<String>,
}

impl Parameter {
    /// One with a value of others.
    pub fn holding(value: &str) -> Self {
        Self { versions: vec![value.into()], kind: "SecureString".into(), ..Self::default() }
    }
}

impl Inside {
    pub(super) fn ssm(&mut self, action: &str, body: &Value) -> (u16, Value) {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let list = |name: &str| -> Vec<String> {
            body[name].as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
        };
        match action {
            "GetParameters" => {
                assert!(list("Names").len() <= 10, "{body}");
                assert_eq!(body["WithDecryption"], true, "{body}");
                let found = list("Names").into_iter().filter_map(|asked| {
                    let (name, version) = asked.split_once(':').map_or((asked.as_str(), None), |(n, v)| (n, Some(v)));
                    let known = self.parameters.get(name)?;
                    let version = version.map_or(known.versions.len(), |version| version.parse().expect("a number"));
                    let value = known.versions.get(version - 1)?;
                    Some(json!({"Name": name, "Value": value, "Version": version, "Type": known.kind}))
                });
                let found: Vec<Value> = found.collect();
                (200, json!({"Parameters": found, "InvalidParameters": []}))
            }
            "PutParameter" => {
                let name = text("Name");
                let known = self.parameters.entry(name).or_default();
                if !known.versions.is_empty() && body["Overwrite"] != true {
                    return refused(400, "ParameterAlreadyExists", "The parameter already exists.");
                }
                known.versions.push(text("Value"));
                known.kind = text("Type");
                known.kms = body["KeyId"].as_str().map(str::to_owned);
                if let Some(tier) = body["Tier"].as_str() {
                    known.tier = tier.to_owned();
                }
                for tag in body["Tags"].as_array().into_iter().flatten() {
                    assert_eq!(body["Overwrite"], false, "tags and overwrite do not go together");
                    let text = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
                    known.tags.insert(text("Key"), text("Value"));
                }
                (200, json!({"Version": known.versions.len(), "Tier": known.tier}))
            }
            "DeleteParameters" => {
                assert!(list("Names").len() <= 10, "{body}");
                self.parameters.retain(|name, _| !list("Names").contains(name));
                (200, json!({"DeletedParameters": list("Names"), "InvalidParameters": []}))
            }
            _ => {
                assert_eq!(body["ResourceType"], "Parameter", "{body}");
                let Some(known) = self.parameters.get_mut(&text("ResourceId")) else {
                    return refused(400, "InvalidResourceId", "The resource ID isn't valid.");
                };
                match action {
                    "AddTagsToResource" => {
                        for tag in body["Tags"].as_array().into_iter().flatten() {
                            let text = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
                            known.tags.insert(text("Key"), text("Value"));
                        }
                    }
                    "RemoveTagsFromResource" => known.tags.retain(|key, _| !list("TagKeys").contains(key)),
                    "ListTagsForResource" => {
                        let tags = known.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
                        return (200, json!({"TagList": tags.collect::<Vec<_>>()}));
                    }
                    _ => return refused(400, "UnknownOperationException", action),
                }
                (200, json!({}))
            }
        }
    }
}
