//! What a place is to hold: values by key. A file has one key, under which all of its bytes stand.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::destination::{Destination, File, Format};
use crate::core::format::Obstacle;
use crate::core::secret::{Credential, SecretValue};
use crate::core::template::{Slip, Template};

/// The key of a place that holds one value.
pub const WHOLE: &str = "";

/// Values by key.
pub type Document = BTreeMap<String, SecretValue>;

/// The names at the place, each with the credential that it holds. Never empty.
pub type Keys = BTreeMap<String, Credential>;

/// The credentials to be delivered.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a> {
    /// The rotation's name.
    pub rotation: &'a str,
    /// The version.
    pub version: u32,
    /// The client id.
    pub client_id: &'a str,
    /// The client secret.
    pub client_secret: &'a SecretValue,
}

/// What a template may name.
pub const NAMES: [&str; 4] = ["clientId", "clientSecret", "rotation", "version"];

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadTemplate {
    /// It cannot be understood.
    Slip(Slip),
    /// It names what there is not, on a line.
    Unknown {
        /// The name.
        name: String,
        /// The line, from 1.
        line: usize,
    },
}

/// Checks a template before anything is delivered with it.
pub fn check(template: &str) -> Result<(), BadTemplate> {
    let template = Template::parse(template).map_err(BadTemplate::Slip)?;
    let unknown = template.places().find(|place| !NAMES.contains(&place.name));
    unknown.map_or(Ok(()), |place| Err(BadTemplate::Unknown { name: place.name.to_owned(), line: place.line }))
}

impl Credentials<'_> {
    fn value(&self, credential: Credential) -> &str {
        match credential {
            Credential::ClientId => self.client_id,
            Credential::ClientSecret => self.client_secret.expose(),
        }
    }

    /// What a destination is to hold of them. Fails where its format cannot hold a value: with the keys, and why.
    pub fn document(&self, destination: &Destination, keys: &Keys) -> Result<Document, Vec<(String, Obstacle)>> {
        let by_key = || keys.iter().map(|(key, credential)| (key.as_str(), self.value(*credential)));
        match destination {
            Destination::File(file) => {
                let pairs: Vec<_> = by_key().collect();
                Ok(Document::from([(WHOLE.to_owned(), SecretValue::new(self.written(file, &pairs)?.as_str()))]))
            }
            Destination::Command { .. }
            | Destination::HashicorpVault(_)
            | Destination::Kubernetes(_)
            | Destination::Infisical(_)
            | Destination::Credential { .. }
            | Destination::AwsSecretsManager(_)
            | Destination::AwsParameterStore(_) => {
                Ok(by_key().map(|(key, value)| (key.to_owned(), SecretValue::new(value))).collect())
            }
        }
    }

    fn written(&self, file: &File, pairs: &[(&str, &str)]) -> Result<Zeroizing<String>, Vec<(String, Obstacle)>> {
        match file.format {
            Format::Pairs(format) => format
                .write(pairs)
                .map_err(|obstacles| obstacles.into_iter().map(|(key, obstacle)| (key.to_owned(), obstacle)).collect()),
            Format::Value => {
                Ok(Zeroizing::new(pairs.first().map(|(_, value)| (*value).to_owned()).unwrap_or_default()))
            }
            Format::Template => Ok(self.filled(file.template.as_deref().unwrap_or_default())),
        }
    }

    /// Fills a template in. It was [checked](check) when the target was made.
    fn filled(&self, text: &str) -> Zeroizing<String> {
        let version = self.version.to_string();
        let value = |name: &str| match name {
            "clientId" => Some(self.client_id),
            "clientSecret" => Some(self.client_secret.expose()),
            "rotation" => Some(self.rotation),
            "version" => Some(version.as_str()),
            _ => None,
        };
        Template::parse(text).ok().and_then(|template| template.render(value).ok()).unwrap_or_default()
    }
}

/// The hash of each value.
pub fn hashes(document: &Document) -> BTreeMap<String, String> {
    document.iter().map(|(key, value)| (key.clone(), hash(value))).collect()
}

/// The hash under which a value is known once it is gone from here: SHA-256, in base64url, of which 16 bytes stay, as with
/// [`SecretValue::okta_hash`].
pub fn hash(value: &SecretValue) -> String {
    value.okta_hash()
}
