//! A Secret of Kubernetes as a target.

use clap::Args;

use super::{After, Common};
use crate::cli::completions::connections;
use crate::engine::request::ConfigBody;

/// A Secret of Kubernetes.
#[derive(Clone, Debug, Args)]
pub struct Kubernetes {
    /// The connection to the cluster, by name or id
    #[arg(long, add = connections())]
    pub connection: String,
    /// The Secret's namespace
    #[arg(long)]
    namespace: String,
    /// The Secret's name; it is made where it is not there, and what others have in it stays
    #[arg(long)]
    secret: String,
    #[command(flatten)]
    restart: Restart,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub after: After,
}

/// What is restarted.
#[derive(Clone, Debug, Args)]
pub struct Restart {
    /// Restart this there once it has a new version: deployment/NAME, statefulset/NAME or daemonset/NAME; several in a row
    #[arg(long, value_name = "WHAT")]
    restart: Vec<String>,
}

impl Restart {
    /// All of it, where something is named.
    pub fn named(self) -> Option<Vec<String>> {
        Some(self.restart).filter(|names| !names.is_empty())
    }
}

impl Kubernetes {
    /// What the API has for the place, and what all kinds have.
    pub fn parts(self) -> (String, ConfigBody, Common, Option<Vec<String>>) {
        let Self { connection, namespace, secret, restart, common, after } = self;
        let config = ConfigBody {
            namespace: Some(namespace),
            name: Some(secret),
            restart: restart.named(),
            ..ConfigBody::default()
        };
        (connection, config, common, after.command())
    }
}
