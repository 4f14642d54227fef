//! The settings that are in effect, and where each comes from.

use std::path::Path;

use serde::Serialize;

use crate::cli::looks::chosen;
use crate::cli::settings::config::GlyphSet;
use crate::cli::settings::layers::{Layer, SYSTEM};
use crate::cli::settings::{Env, Settings};

/// A setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its name: an option's, or a key of the config file.
    pub key: &'static str,
    /// What is in effect.
    pub value: String,
    /// An option, a variable, the config file, or the default.
    pub from: String,
}

/// All of them.
pub fn effective(settings: &Settings, env: Env) -> Vec<Setting> {
    let place = |key: &'static str, path: &Path, named: bool, variable: &str| {
        let absolute = |text: std::ffi::OsString| std::path::absolute(text).ok();
        let by_variable = env(variable).filter(|text| !text.is_empty()).and_then(absolute);
        let from = match (named, by_variable.as_deref() == Some(path)) {
            (false, _) => "default".to_owned(),
            (true, true) => variable.to_owned(),
            (true, false) => format!("--{key}"),
        };
        Setting { key, value: path.display().to_string(), from }
    };
    let (key_file, _) = settings.keys.inspect(&settings.data_dir);
    let credential = settings.keys.credentials.as_ref().is_some_and(|dir| key_file.starts_with(dir));
    let mut key = place("key-file", &key_file, settings.keys.named.is_some(), "WINDLASS_KEY_FILE");
    if credential {
        key.from = "$CREDENTIALS_DIRECTORY".into();
    }
    let mut rows = vec![
        place("data-dir", &settings.data_dir, settings.data_dir_named, "WINDLASS_DATA_DIR"),
        place("socket", &settings.own_socket(), settings.socket.is_some(), "WINDLASS_SOCKET"),
        key,
    ];
    let Some(file) = &settings.config else { return rows };
    rows.push(place("config", file, settings.config_named, "WINDLASS_CONFIG"));
    let layers = &settings.found;
    let mut row = |key: &'static str, value: String| {
        let (table, name) = key.split_once('.').unwrap_or((key, ""));
        let from = layers.from(table, name).map_or("default", |layer| match layer {
            Layer::User => "config",
            Layer::System => SYSTEM,
        });
        rows.push(Setting { key, value, from: from.into() });
    };
    let config = layers.config.clone();
    let span = |span: std::time::Duration| format!("{}s", span.as_secs());
    let none = || "-".to_owned();
    // What stands in the file may be another: see the checks.
    let unknown = || "?".to_owned();
    row("network.ca_file", config.network.ca_file.map_or_else(none, |file| file.display().to_string()));
    row("network.connect_timeout", span(config.network.connect_timeout));
    row("network.call_timeout", span(config.network.call_timeout));
    row("defaults.time_zone", settings.time_zone().unwrap_or_else(|_| unknown()));
    row("defaults.environment", settings.environment().unwrap_or_else(|_| unknown()));
    row("drift.every", config.drift.every.map_or_else(|| "off".to_owned(), span));
    row("ui.theme", config.ui.theme.map_or_else(none, toml::Spanned::into_inner));
    let glyphs = match config.ui.glyphs {
        GlyphSet::Auto => "auto",
        GlyphSet::Unicode => "unicode",
        GlyphSet::Ascii => "ascii",
    };
    row("ui.glyphs", glyphs.into());
    // Its arguments may be no one else's business.
    let program = config.notify.command.and_then(|command| command.into_iter().next());
    row("notify.command", program.unwrap_or_else(none));
    row("engine.owner", config.engine.owner.unwrap_or_else(none));
    if let Some((theme, path)) = chosen::theme(settings).zip(chosen::path(settings))
        && let Some(row) = rows.iter_mut().find(|row| row.key == "ui.theme")
    {
        (row.value, row.from) = (theme, path.display().to_string());
    }
    let keys = config.keys.rows.len();
    let from = if keys > 0 { "config" } else { "default" };
    rows.push(Setting { key: "keys", value: format!("{keys} rebound (`windlass keys`)"), from: from.into() });
    rows
}
