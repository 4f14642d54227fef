//! What runs pods in Kubernetes, and can be restarted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One that keeps pods running, in the namespace of the target. In JSON it is written as `kubectl` takes it:
/// `deployment/pay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Workload {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// The kinds that have a template of their pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Deployment.
    Deployment,
    /// A StatefulSet.
    StatefulSet,
    /// A DaemonSet.
    DaemonSet,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Deployment, Self::StatefulSet, Self::DaemonSet];

    /// Its name in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::StatefulSet => "statefulset",
            Self::DaemonSet => "daemonset",
        }
    }

    /// Its name in the paths of the API.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Deployment => "deployments",
            Self::StatefulSet => "statefulsets",
            Self::DaemonSet => "daemonsets",
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}

impl From<Workload> for String {
    fn from(workload: Workload) -> Self {
        workload.to_string()
    }
}

impl TryFrom<String> for Workload {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Workload {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, name) = text.trim().split_once('/').unwrap_or_default();
        let kind = Kind::ALL.into_iter().find(|it| [it.as_str(), it.plural()].contains(&kind));
        match kind.filter(|_| is_name(name)) {
            Some(kind) => Ok(Self { kind, name: name.to_owned() }),
            None => Err(format!("{text:?} is not deployment/NAME, statefulset/NAME or daemonset/NAME")),
        }
    }
}

/// Whether Kubernetes takes this for a name of an object (RFC 1123, a subdomain).
pub fn is_name(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(|label| is_label(label, 253))
}

/// Whether Kubernetes takes this for the name of a namespace (RFC 1123, a label).
pub fn is_namespace(name: &str) -> bool {
    is_label(name, 63)
}

fn is_label(label: &str, most: usize) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty()
        && label.len() <= most
        && label.bytes().all(inside)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_is_read_as_kubectl_takes_it_and_nothing_else_is() {
        for text in ["deployment/pay", "statefulset/pay.db", "daemonset/a-1"] {
            let workload: Workload = text.parse().expect(text);
            assert_eq!(workload.to_string(), text);
            let json = serde_json::to_string(&workload).expect("written");
            assert_eq!(
                (json.as_str(), serde_json::from_str(&json).ok()),
                (format!("{text:?}").as_str(), Some(workload))
            );
        }
        assert_eq!("deployments/pay".parse::<Workload>().expect("plural").to_string(), "deployment/pay");
        for text in [
            "pay",
            "/pay",
            "deployment/",
            "deployment/Pay",
            "deployment/-a",
            "job/pay",
            "deployment/a/b",
            "deployment/a..b",
        ] {
            assert!(text.parse::<Workload>().is_err(), "{text}");
        }
    }
}
