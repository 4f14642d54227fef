//! Secrets Manager.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Inside, refused};

/// A secret.
#[derive(Clone, Debug, Default)]
pub struct Secret {
    /// Its values, by the id of the version.
    pub versions: BTreeMap<String, String>,
    /// The version that each label is at.
    pub stages: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// When it is deleted, in seconds since 1970.
    pub deleted: Option<f64>,
    /// The key that it was made with.
    pub kms: Option<String>,
}

impl Secret {
    /// One with a value of others.
    pub fn holding(value: &str) -> Self {
        let mut secret = Self::default();
        secret.put("theirs-1", value);
        secret
    }

    /// Others write a value, as they do it: at once.
    pub fn put(&mut self, version: &str, value: &str) {
        self.versions.insert(version.into(), value.into());
        self.label("AWSCURRENT", version);
    }

    /// What it holds now.
    pub fn current(&self) -> Option<&str> {
        self.versions.get(self.stages.get("AWSCURRENT")?).map(String::as_str)
    }

    fn label(&mut self, stage: &str, version: &str) {
        let before = self.stages.insert(stage.into(), version.into());
        if stage == "AWSCURRENT"
            && let Some(before) = before.filter(|before| before != version)
        {
            self.stages.insert("AWSPREVIOUS".into(), before);
        }
    }
}

fn tags(body: &Value) -> impl Iterator<Item = (String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    body["Tags"].as_array().into_iter().flatten().map(move |tag| (text(&tag["Key"]), text(&tag["Value"])))
}

impl Inside {
    pub(super) fn secret(&mut self, action: &str, body: &Value) -> (u16, Value) {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let missing = || refused(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        if action == "CreateSecret" {
            let name = text("Name");
            let known = self.secrets.get(&name).and_then(|secret| secret.versions.get(&text("ClientRequestToken")));
            return match known {
                Some(value) if *value == text("SecretString") => (200, json!({"Name": name})),
                None if !self.secrets.contains_key(&name) => {
                    let mut made = Secret { kms: body["KmsKeyId"].as_str().map(str::to_owned), ..Secret::default() };
                    made.tags.extend(tags(body));
                    made.put(&text("ClientRequestToken"), &text("SecretString"));
                    self.secrets.insert(name.clone(), made);
                    (200, json!({"Name": name, "VersionId": text("ClientRequestToken")}))
                }
                _ => refused(400, "ResourceExistsException", "The operation failed because it already exists."),
            };
        }
        let Some(secret) = self.secrets.get_mut(&text("SecretId")) else { return missing() };
        if action == "DescribeSecret" {
            let tags: Vec<Value> = secret.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
            let mut stages: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
            for (stage, version) in &secret.stages {
                stages.entry(version).or_default().push(stage);
            }
            let mut said = json!({"Tags": tags, "VersionIdsToStages": stages});
            if let Some(deleted) = secret.deleted {
                said["DeletedDate"] = deleted.into();
            }
            return (200, said);
        }
        if secret.deleted.is_some() {
            let said = "You can't perform this operation on the secret because it was marked for deletion.";
            return refused(400, "InvalidRequestException", said);
        }
        match action {
            "GetSecretValue" if body["VersionStage"] == "AWSCURRENT" => {
                match (secret.current(), secret.stages.get("AWSCURRENT")) {
                    (Some(value), Some(version)) => (200, json!({"VersionId": version, "SecretString": value})),
                    _ => missing(),
                }
            }
            "PutSecretValue" => {
                let (token, value) = (text("ClientRequestToken"), text("SecretString"));
                match secret.versions.get(&token) {
                    Some(known) if *known == value => {}
                    Some(_) => return refused(400, "ResourceExistsException", "A resource with the ID exists."),
                    None => {
                        let first = secret.versions.is_empty();
                        secret.versions.insert(token.clone(), value);
                        let stages = body["VersionStages"].as_array().into_iter().flatten().filter_map(Value::as_str);
                        for stage in stages.chain(first.then_some("AWSCURRENT")) {
                            secret.label(stage, &token);
                        }
                    }
                }
                (200, json!({"VersionId": token}))
            }
            "UpdateSecretVersionStage" => {
                let (stage, to) = (text("VersionStage"), text("MoveToVersionId"));
                let from = body["RemoveFromVersionId"].as_str();
                let known = secret.stages.get(&stage).map(String::as_str);
                if known != from && known != Some(to.as_str()) {
                    return refused(400, "InvalidParameterException", "The staging label is attached elsewhere.");
                }
                secret.label(&stage, &to);
                (200, json!({}))
            }
            "TagResource" => {
                secret.tags.extend(tags(body));
                (200, json!({}))
            }
            "UntagResource" => {
                let keys = body["TagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str);
                for key in keys {
                    secret.tags.remove(key);
                }
                (200, json!({}))
            }
            "DeleteSecret" => {
                assert_eq!(body["RecoveryWindowInDays"], 30, "{body}");
                assert_eq!(body.get("ForceDeleteWithoutRecovery"), None, "{body}");
                secret.deleted = Some(1_807_000_000.5);
                (200, json!({}))
            }
            _ => refused(400, "UnknownOperationException", action),
        }
    }
}
