//! The sample of the config file, as the rows of its keys make it.

use super::config::section::Row;
use super::config::{SECTIONS, Section};

/// What is said of `[keys]`, whose keys are the actions.
const KEYS: &str = "\
# Other keys for an action of the UI, by its name; `windlass keys` lists them all. An empty list takes its keys away. Esc
# and Ctrl-C always lead back.
# rotate = [\"r\", \"F5\"]
";

/// As it is documented: every key with its default; where that cannot be written, with an example that is commented out.
pub fn sample() -> String {
    let row = |row: &Row| {
        let doc: String = row.doc.iter().map(|line| ["#", line, "\n"].concat()).collect();
        format!("{doc}{}{} = {}\n", if row.is_default { "" } else { "# " }, row.key, row.value)
    };
    let section = |section: &Section| {
        let rows: String = section.rows.iter().map(row).collect();
        format!("\n[{}]\n{rows}{}", section.name, if section.name == "keys" { KEYS } else { "" })
    };
    let sections: String = SECTIONS.iter().map(section).collect();
    format!("# ~/.config/windlass/config.toml: every key is optional, and stands here with its default.\n{sections}")
}

/// With every key that is commented out written in, so that it has all keys there are.
pub fn full() -> String {
    let written = |line: &str| {
        let rest = line.strip_prefix("# ").filter(|rest| !rest.starts_with(char::is_uppercase));
        let is_key = |(name, _): &(&str, &str)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        rest.filter(|rest| rest.split_once(" = ").as_ref().is_some_and(is_key)).unwrap_or(line).to_owned()
    };
    sample().lines().map(written).collect::<Vec<_>>().join("\n")
}
