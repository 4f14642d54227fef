//! The table of facts.

use std::collections::BTreeMap;

use serde::Deserialize;

/// See the head of `description.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    pub operation: Vec<Operation>,
    pub schema: BTreeMap<String, BTreeMap<String, String>>,
    pub refusal: Vec<Refusal>,
    pub recorded: Recorded,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub query: Vec<String>,
    pub media: Option<String>,
    pub body: Option<String>,
    pub success: u16,
    pub answer: Option<String>,
    pub refusals: Vec<u16>,
    /// Statuses that were seen and that the description leaves out.
    #[serde(default)]
    pub recorded: Vec<u16>,
    #[serde(default)]
    pub recorded_only: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    pub example: String,
    pub operation: String,
    pub status: u16,
    pub code: String,
    pub summary: String,
    pub cause: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    pub hash: Hash,
    pub links: BTreeMap<String, Vec<String>>,
    pub headers: Vec<String>,
    pub generated: usize,
    pub ids: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hash {
    pub client_secret: String,
    pub secret_hash: String,
}

impl Description {
    pub fn read() -> Self {
        toml::from_str(include_str!("description.toml")).expect("the table can be read")
    }

    pub fn operation(&self, id: &str) -> &Operation {
        self.operation.iter().find(|operation| operation.id == id).expect(id)
    }

    /// The operation that a request asks for, by its method and the shape of its path.
    pub fn asked(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operation.iter().find(|operation| operation.method == method && fits(&operation.path, path))
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let same =
        |(wanted, found): (&&str, &&str)| if wanted.starts_with('{') { !found.is_empty() } else { wanted == found };
    template.len() == path.len() && template.iter().zip(&path).all(same)
}
