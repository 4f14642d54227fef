//! A folder of Infisical as a target.

use clap::Args;

use super::{After, Common};
use crate::cli::completions::connections;
use crate::engine::request::ConfigBody;

/// A folder of Infisical.
#[derive(Clone, Debug, Args)]
pub struct Infisical {
    /// The connection to it, by name or id
    #[arg(long, add = connections())]
    connection: String,
    /// The project's id
    #[arg(long, value_name = "ID")]
    project: String,
    /// The environment's slug
    #[arg(long)]
    environment: String,
    /// The folder; what others have there stays [default: /]
    #[arg(long)]
    path: Option<String>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    after: After,
}

impl Infisical {
    /// What the API has for the place, and what all kinds have.
    pub fn parts(self) -> (String, ConfigBody, Common, Option<Vec<String>>) {
        let Self { connection, project, environment, path, common, after } = self;
        let config =
            ConfigBody { project: Some(project), environment: Some(environment), path, ..ConfigBody::default() };
        (connection, config, common, after.command())
    }
}
