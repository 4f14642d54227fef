//! The documented sample of the config file, as tests want it.

/// As it is documented.
pub const SAMPLE: &str = include_str!("sample.toml");

/// With every key that is commented out written in, so that it names all keys there are.
pub fn full() -> String {
    let is_key = |line: &str| {
        line.split_once(" = ").is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let written = |line: &'static str| line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line);
    SAMPLE.lines().map(written).collect::<Vec<_>>().join("\n")
}

/// The tables of [`full`] with their keys, but for `[keys]`, whose keys are the actions.
pub fn keys() -> Vec<(String, String)> {
    let full: toml::Table = full().parse().expect("the sample is TOML");
    let keys: Vec<_> = full
        .iter()
        .filter(|(table, _)| *table != "keys")
        .flat_map(|(table, keys)| keys.as_table().expect("a table").keys().map(|key| (table.clone(), key.clone())))
        .collect();
    assert!(keys.len() >= 10, "{keys:?}");
    keys
}
