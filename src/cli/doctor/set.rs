//! The settings that are in effect, and where each comes from.

use std::path::Path;

use serde::Serialize;

use crate::cli::looks::chosen;
use crate::cli::settings::layers::{Layer, SYSTEM};
use crate::cli::settings::{Env, Settings};

/// A setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its name: an option's, or a key of the config file.
    pub key: String,
    /// What is in effect.
    pub value: String,
    /// An option, a variable, the config file, or the default.
    pub from: String,
}

/// All of them.
pub fn effective(settings: &Settings, env: Env) -> Vec<Setting> {
    let place = |key: &str, path: &Path, named: bool, variable: &str| {
        let absolute = |text: std::ffi::OsString| std::path::absolute(text).ok();
        let by_variable = env(variable).filter(|text| !text.is_empty()).and_then(absolute);
        let from = match (named, by_variable.as_deref() == Some(path)) {
            (false, _) => "default".to_owned(),
            (true, true) => variable.to_owned(),
            (true, false) => format!("--{key}"),
        };
        Setting { key: key.to_owned(), value: path.display().to_string(), from }
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
    rows.extend(layers.config.rows().map(|(table, key, value)| {
        let from = layers.from(table, key).map_or("default", |layer| match layer {
            Layer::User => "config",
            Layer::System => SYSTEM,
        });
        Setting { key: format!("{table}.{key}"), value, from: from.into() }
    }));
    let mut of =
        |key: &str, change: &mut dyn FnMut(&mut Setting)| rows.iter_mut().filter(|row| row.key == key).for_each(change);
    // What stands in the file may be another: see the checks.
    let unknown = |_| "?".to_owned();
    of("defaults.time_zone", &mut |row| row.value = settings.time_zone().unwrap_or_else(unknown));
    of("defaults.environment", &mut |row| row.value = settings.environment().unwrap_or_else(unknown));
    if let Some((theme, path)) = chosen::theme(settings).zip(chosen::path(settings)) {
        of("ui.theme", &mut |row| (row.value, row.from) = (theme.clone(), path.display().to_string()));
    }
    let keys = layers.config.keys.rows.len();
    let from = if keys > 0 { "config" } else { "default" };
    let value = format!("{keys} rebound (`windlass keys`)");
    rows.push(Setting { key: "keys".into(), value, from: from.into() });
    rows
}
