//! The config file: a row for each key, with what it says of itself, its type, its default, and how it is written. From the
//! rows come what is read, which keys there are, the sample in docs/config.md, and what `windlass doctor` lists.
//!
//! A key stands here only while something reads it. No secrets: a token has no business in a config file. What holds where
//! something is wrong stands in [`super::sound`], which file comes before which in [`super::layers`].

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::keys::KeysConfig;
use crate::net::Network;
use fault::ConfigFault;
use section::{Row, section};
use values::{Every, GlyphSet, Shown};

pub mod fault;
pub mod section;
pub mod values;

/// The largest config file: far more than all keys with their comments.
pub const LARGEST: u64 = 256 << 10;

/// What the config file can say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How Okta is reached.
    pub network: NetworkConfig,
    /// What a command means where it says nothing.
    pub defaults: Defaults,
    /// How often the engine checks for drift. The table was called `[look]` before.
    #[serde(alias = "look")]
    pub drift: Drift,
    /// How the terminal UI looks.
    pub ui: UiConfig,
    /// Other keys for actions of the terminal UI.
    pub keys: KeysConfig,
    /// Who is informed when something needs attention.
    pub notify: NotifyConfig,
    /// Whose engine is believed.
    pub engine: EngineConfig,
}

/// A table of the file.
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Its keys.
    pub rows: &'static [Row],
    /// The values of its keys, in their order.
    pub shown: fn(&Config) -> Vec<String>,
}

/// All tables.
pub const SECTIONS: [Section; 7] = [
    Section { name: "network", rows: NetworkConfig::ROWS, shown: |config| config.network.shown() },
    Section { name: "defaults", rows: Defaults::ROWS, shown: |config| config.defaults.shown() },
    Section { name: "drift", rows: Drift::ROWS, shown: |config| config.drift.shown() },
    Section { name: "ui", rows: UiConfig::ROWS, shown: |config| config.ui.shown() },
    // Its keys are the actions.
    Section { name: "keys", rows: &[], shown: |_| Vec::new() },
    Section { name: "notify", rows: NotifyConfig::ROWS, shown: |config| config.notify.shown() },
    Section { name: "engine", rows: EngineConfig::ROWS, shown: |config| config.engine.shown() },
];

section! {
    /// How Okta is reached.
    NetworkConfig:
    /// Certificates (PEM) to trust besides the system's, for a proxy that inspects TLS. Relative to this file.
    ca_file: Option<PathBuf> = None, such_as "corporate-ca.pem";
    /// Until a connection to Okta stands.
    #[serde(deserialize_with = "values::timeout")]
    connect_timeout: Duration = Network::default().connect_timeout, which_is "5s";
    /// From the first byte of a call to the last byte of its answer.
    #[serde(deserialize_with = "values::timeout")]
    call_timeout: Duration = Network::default().call_timeout, which_is "30s";
}

section! {
    /// What a command means where it says nothing.
    Defaults:
    /// The time zone of a new rotation; by default the machine's.
    time_zone: Option<String> = None, such_as "Europe/Berlin";
    /// The environment of a new rotation, and the one that secrets are read from.
    environment: String = "prod".into(), which_is "prod";
}

section! {
    /// How often the engine checks each rotation for drift: whether its secrets were changed at Okta outside windlass.
    Drift:
    /// How often each rotation is checked for drift (changes made at Okta outside windlass), beside a check soon after start. The
    /// check also keeps the API token in use. Okta's system log records each check. 1h to 29d, or "off".
    every: Every = Every(Some(Duration::from_hours(24))), which_is "24h";
}

section! {
    /// How the terminal UI looks.
    UiConfig:
    /// The theme: "dark", "light", "high-contrast", "mono", or themes/NAME.toml beside this file. By default "dark", and "mono"
    /// where there are no colours.
    theme: Option<String> = None, such_as "dark";
    /// The signs: "unicode", "ascii", or "auto", which goes by the locale.
    glyphs: GlyphSet = GlyphSet::Auto, which_is "auto";
}

section! {
    /// Who is informed when something needs attention.
    NotifyConfig:
    /// Run by the engine when a rotation, a connection or the store comes to need attention, at the third failed try in a row,
    /// and when that is over. It reads one JSON object on stdin. A name is looked for on PATH, a path is relative to this file.
    #[serde(deserialize_with = "values::command")]
    command: Option<Vec<String>> = None, such_as ["/usr/local/bin/page", "--team", "identity"];
}

section! {
    /// Whose engine is believed, besides the user's own and root's.
    EngineConfig:
    /// The user that the engine runs as, by name or number, where it is neither you nor root and its socket is in no directory that
    /// root made in /run: commands believe no other. For the system's file, /etc/windlass/config.toml.
    #[serde(deserialize_with = "values::owner")]
    owner: Option<String> = None, such_as "windlass";
}

impl Config {
    /// Reads the text of one.
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        let of =
            |error: toml::de::Error| ConfigFault::of(text, error.span().map_or(0, |span| span.start), error.message());
        let mut config: Self = toml::from_str(text).map_err(of)?;
        config.keys.read(text)?;
        Ok(config)
    }

    /// What tables say of which each key holds.
    pub fn of(table: &toml::Table) -> Self {
        toml::to_string(table).ok().and_then(|text| Self::parse(&text).ok()).unwrap_or_default()
    }

    /// The part that the client of Okta needs.
    pub fn network(&self) -> Network {
        let NetworkConfig { ca_file, connect_timeout, call_timeout } = self.network.clone();
        Network { ca_file, connect_timeout, call_timeout, ..Network::default() }
    }

    /// Every key, as `table.key`, with its value as it is shown.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str, String)> {
        SECTIONS.iter().flat_map(|section| {
            section.rows.iter().zip((section.shown)(self)).map(|(row, value)| (section.name, row.key, value))
        })
    }
}
