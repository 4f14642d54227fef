//! `windlass keys`: the keys of the terminal UI as they are in effect, and the bindings that it starts with.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::Failure;
use super::context::Context;
use super::output::Ink;
use super::output::table::{Cell, Table, Way};
use super::settings::Settings;
use crate::engine::refusal::{Kind, Refusal};
use crate::tui::keys::action::{Action, TABLE};
use crate::tui::keys::bindings::{Bindings, Conflict};
use crate::tui::keys::help::places;
use crate::tui::keys::key::Key;

/// What is listed.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Other keys are given to an action in the config file, by its name:

  [keys]
  rotate = [\"r\", \"F5\"]     # these two, the first of which is shown
  retry = []                # none; it stays in the palette

Keys are written as they are here: r, R, ^D or Ctrl-d, Alt-x, Space, Tab, S-Tab, F1. Esc and Ctrl-C always lead back.")]
pub struct Keys {}

/// A row of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    place: &'static str,
    keys: Vec<String>,
    action: String,
    name: &'static str,
    rebound: bool,
    default_keys: Vec<String>,
}

/// Prints the table.
pub fn run(ctx: &Context, _: &Keys) -> Result<(), Failure> {
    ctx.settings.found.needs(&["keys"])?;
    let bindings = bindings(&ctx.settings)?;
    let listed: Vec<Listed> = places().flat_map(|(place, name)| rows(&bindings, place, name)).collect();
    if ctx.output.json {
        return ctx.output.object(&serde_json::json!({ "keys": listed }));
    }
    let ways: &[_] = &[("WHERE", Way::Out), ("ACTION", Way::Cut(8))];
    let mut table = Table::new(&["WHERE", "KEYS", "ACTION", "WHAT IT DOES"]).narrowed(ways);
    for row in listed {
        // A mark that needs no colours: what the table has stands behind it.
        let was = if row.default_keys.is_empty() { "none".to_owned() } else { row.default_keys.join(" ") };
        let was = if row.rebound { format!(" (rebound; was {was})") } else { String::new() };
        let ink = if row.rebound { Ink::Bold } else { Ink::Plain };
        let keys = row.keys.join(" ");
        table.row([row.place.into(), Cell::new(&keys, ink), row.action.into(), format!("{}{was}", row.name).into()]);
    }
    ctx.output.table(&table)
}

fn rows(bindings: &Bindings, place: crate::tui::keys::action::Place, name: &'static str) -> Vec<Listed> {
    let written = |keys: &[Key]| keys.iter().map(ToString::to_string).collect();
    let listed = TABLE.iter().filter(|row| row.place == place).map(|row| Listed {
        place: name,
        keys: written(bindings.of(row.action)),
        action: row.action.word(),
        name: row.name,
        rebound: bindings.is_changed(row.action),
        default_keys: written(row.keys),
    });
    listed.collect()
}

/// The bindings that the config asks for. Two actions with one key are refused.
pub fn bindings(settings: &Settings) -> Result<Bindings, Refusal> {
    let rows: Vec<_> = settings.found.config.keys.rows.iter().collect();
    bound(&rows).map_err(|conflicts| {
        let message = reported(settings, &conflicts).join("\n");
        let other = conflicts.first().map(|conflict| conflict.other.word()).unwrap_or_default();
        let hint = format!("give one of the two another key, or none (`{other} = []`); nothing was changed");
        Refusal::new(Kind::Invalid, message, hint)
    })
}

/// The bindings that the UI starts with, and what is left out of the config for that: an action that would share a key with
/// another has its own again.
pub fn bindings_that_hold(settings: &Settings) -> (Bindings, Vec<String>) {
    let mut rows: Vec<_> = settings.found.config.keys.rows.iter().collect();
    let mut left_out = Vec::new();
    loop {
        let conflicts = match bound(&rows) {
            Ok(bindings) => return (bindings, left_out),
            Err(conflicts) => conflicts,
        };
        left_out.extend(reported(settings, &conflicts).into_iter().map(|it| format!("{it}; both have their own keys")));
        let shares =
            |action: Action| conflicts.iter().any(|conflict| conflict.one == action || conflict.other == action);
        let before = rows.len();
        rows.retain(|(action, _)| !shares(*action));
        if rows.len() == before {
            return (Bindings::default(), left_out);
        }
    }
}

fn bound(rows: &[&(Action, Vec<Key>)]) -> Result<Bindings, Vec<Conflict>> {
    Bindings::with(rows.iter().copied().cloned())
}

/// The keys that would do two things, each with its line.
fn reported(settings: &Settings, conflicts: &[Conflict]) -> Vec<String> {
    let each = |conflict: &Conflict| {
        // What stands further down is what was added last: in the same file by its line, else in the user's.
        let written = |action: Action| settings.found.place("keys", &action.word());
        let user = |file: &Path| settings.config.as_deref() == Some(file);
        let places = written(conflict.other).into_iter().chain(written(conflict.one));
        let last = places.max_by_key(|(file, line)| (user(file), *line));
        let place = last.map(|(file, line)| format!("{}, line {line}: ", file.display())).unwrap_or_default();
        format!("{place}the key {conflict}")
    };
    conflicts.iter().map(each).collect()
}

#[cfg(test)]
mod tests;
