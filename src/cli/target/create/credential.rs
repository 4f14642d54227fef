//! Credentials of systemd units.

use clap::Args;

use super::{After, Common};
use crate::engine::request::ConfigBody;

/// Credentials of systemd units.
#[derive(Clone, Debug, Args)]
pub struct Credential {
    /// The units that get them at their start; * and ? stand for others, as in 'pay@*.service'
    #[arg(long, value_name = "UNITS")]
    unit: String,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub after: After,
}

impl Credential {
    /// What the API has for it.
    pub fn config(&self) -> ConfigBody {
        ConfigBody { unit: Some(self.unit.clone()), ..ConfigBody::default() }
    }
}
