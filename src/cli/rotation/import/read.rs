//! Reading a file of rotations: the list that the peer answers with, or ours; a request to create one on each line; or a
//! table with a heading. What is wrong with a row is kept with it, so that all of it is known at once.
//!
//! What stands in the file is not repeated, except names that are nearly ours: it may be the wrong file, and that may
//! hold a secret.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{Number, Value};

use crate::api::body::{fit, read_rotation};
use crate::cli::settings::Settings;
use crate::cli::values::{At, Every, Span};
use crate::engine::bulk::Wanted;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{MappingBody, Parameters, RotateAt, RotationBody, TimeOfDay};
use crate::text::sanitize;

/// Reads all rows. `name` is the file's, for whoever reads what is wrong.
pub fn rows(name: &str, bytes: &[u8], settings: &Settings) -> Result<Vec<Wanted>, Refusal> {
    let text = str::from_utf8(bytes).map_err(|_| bad(&format!("{name} is not text")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rows = match text.trim_start().chars().next() {
        None => Vec::new(),
        Some('{') => match serde_json::from_str::<List>(text) {
            Ok(List { secret_rotations: Some(rows) }) => listed(rows),
            Ok(List { secret_rotations: None }) => vec![request("line 1", text)],
            Err(error) if text.get(..text.len().min(200)).is_some_and(|text| text.contains("secretRotations")) => {
                return Err(bad(&broken(name, &error)));
            }
            Err(_) => lines(text),
        },
        Some('[') => return Err(bad(&format!("{name} is a bare JSON list"))),
        Some(_) => table(name, text, settings)?,
    };
    if rows.is_empty() { Err(bad(&format!("{name} has no rotation in it"))) } else { Ok(rows) }
}

/// What is wrong with a list as a whole.
fn broken(name: &str, error: &serde_json::Error) -> String {
    let at = format!("(line {}, column {})", error.line(), error.column());
    match error.classify() {
        Category::Eof => format!("{name} is not whole: it ends in the middle {at}"),
        Category::Syntax | Category::Io => format!("{name} is not JSON {at}"),
        Category::Data => format!("{name}: secretRotations is not a list {at}"),
    }
}

fn bad(message: &str) -> Refusal {
    let hint = "nothing was changed; it takes {\"secretRotations\":[…]}, a request to create one on each line, or CSV with \
                a heading; see `windlass rotation import --help`";
    Refusal::new(Kind::Invalid, message, hint)
}

/// A list answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    secret_rotations: Option<Vec<Value>>,
}

/// A row of a list answer, the peer's or ours: as far as it says what is to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    description: Option<String>,
    environment: Option<Slugged>,
    folder: Option<Folder>,
    is_auto_rotation_enabled: Option<bool>,
    rotation_interval: Option<Number>,
    rotate_at: Option<RotateAt>,
    rotate_at_utc: Option<TimeOfDay>,
    parameters: Parameters,
    secrets_mapping: Option<MappingBody>,
    overlap_seconds: Option<u64>,
    soak_seconds: Option<u64>,
    retire_unread: Option<bool>,
    verify: Option<String>,
    connection: Option<Named>,
}

#[derive(Deserialize)]
struct Slugged {
    slug: String,
}

#[derive(Deserialize)]
struct Folder {
    path: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

fn listed(rows: Vec<Value>) -> Vec<Wanted> {
    let read = |(index, row): (usize, Value)| {
        let place = format!("entry {}", index + 1);
        match fit::<Row>(&row) {
            Ok(row) => Wanted { place, body: row.body(), faults: Vec::new() },
            Err(refusal) => faulty(place, &refusal.to_string()),
        }
    };
    rows.into_iter().enumerate().map(read).collect()
}

impl Row {
    fn body(self) -> RotationBody {
        RotationBody {
            name: self.name,
            description: self.description,
            connection_id: self.connection.map(|connection| connection.name).unwrap_or_default(),
            environment: self.environment.map(|environment| environment.slug),
            secret_path: self.folder.map(|folder| folder.path),
            is_auto_rotation_enabled: self.is_auto_rotation_enabled,
            rotation_interval: self.rotation_interval,
            rotate_at: self.rotate_at,
            rotate_at_utc: self.rotate_at_utc,
            secrets_mapping: self.secrets_mapping,
            overlap_seconds: self.overlap_seconds,
            soak_seconds: self.soak_seconds,
            retire_unread: self.retire_unread,
            verify: self.verify,
            ..empty(self.parameters)
        }
    }
}

/// A request that says no more than its app.
fn empty(parameters: Parameters) -> RotationBody {
    RotationBody {
        name: String::new(),
        description: None,
        connection_id: String::new(),
        environment: None,
        secret_path: None,
        is_auto_rotation_enabled: None,
        rotation_interval: None,
        rotate_at_utc: None,
        rotate_at: None,
        first_rotation_at: None,
        parameters,
        secrets_mapping: None,
        overlap_seconds: None,
        soak_seconds: None,
        retire_unread: None,
        replace_secret_id: None,
        verify: None,
        adopt: false,
        adopt_secret_id: None,
        adopt_client_secret: None,
        dry_run: false,
        wait_seconds: None,
    }
}

fn faulty(place: String, fault: &str) -> Wanted {
    Wanted { place, body: empty(Parameters::of("")), faults: vec![fault.to_owned()] }
}

/// A request on each line.
fn lines(text: &str) -> Vec<Wanted> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| request(&format!("line {}", index + 1), line)).collect()
}

fn request(place: &str, text: &str) -> Wanted {
    match read_rotation(text.as_bytes()) {
        Ok(body) => Wanted { place: place.into(), body, faults: Vec::new() },
        Err(refusal) => faulty(place.into(), &refusal.to_string()),
    }
}

/// Names of columns that are as similar as this differ by a slip of the pen.
const SLIP: f64 = 0.85;

/// The columns of a table, called as the options are.
const COLUMNS: [&str; 20] = [
    "name",
    "app",
    "client-id",
    "connection",
    "environment",
    "path",
    "every",
    "at",
    "time-zone",
    "first",
    "description",
    "manual",
    "adopt",
    "client-id-name",
    "client-secret-name",
    "overlap",
    "soak",
    "retire-unread",
    "verify",
    "replace",
];

fn table(name: &str, text: &str, settings: &Settings) -> Result<Vec<Wanted>, Refusal> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| bad(&format!("{name}: {error}")))?.clone();
    let mut columns = Vec::new();
    for (index, typed) in heading.iter().enumerate() {
        let plain = typed.to_lowercase().replace(['_', ' '], "-");
        let Some(column) = COLUMNS.iter().find(|column| **column == plain) else {
            let like = |column: &str| strsim::jaro_winkler(column, &plain);
            let near = COLUMNS.iter().filter(|column| like(column) > SLIP).max_by(|a, b| like(a).total_cmp(&like(b)));
            let message = match near {
                Some(near) => {
                    format!("{name}: there is no column `{}`; did you mean `{near}`?", sanitize(typed, 60))
                }
                None => format!("{name}: column {} of the heading is none that is known", index + 1),
            };
            let hint = format!("nothing was changed; the columns are {}", COLUMNS.join(", "));
            return Err(Refusal::new(Kind::Invalid, message, hint));
        };
        if columns.contains(column) {
            return Err(bad(&format!("{name}: the column `{column}` is there twice")));
        }
        columns.push(*column);
    }
    if !columns.contains(&"app") {
        return Err(bad(&format!("{name}: there is no column `app`")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| bad(&format!("{name}: {error}")))?;
        let place = format!("line {}", record.position().map_or(0, |position| line_at(text, position.byte())));
        if record.len() > columns.len() {
            rows.push(faulty(place, "has more fields than the heading"));
            continue;
        }
        let cells = columns.iter().copied().zip(&record).filter(|(_, cell)| !cell.is_empty()).collect();
        rows.push(line(place, &cells, settings));
    }
    Ok(rows)
}

/// The number of the line that a record begins on, as an editor counts: CRLF, LF and a lone CR each end one. The reader
/// points at the line end before the record, and counts CRLF differently.
fn line_at(text: &str, byte: u64) -> usize {
    let bytes = text.as_bytes();
    let start = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
    let start = start + bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let ends = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    1 + (0..start).filter(ends).count()
}

fn line(place: String, cells: &BTreeMap<&str, &str>, settings: &Settings) -> Wanted {
    let mut faults = Vec::new();
    let text = |column: &str| cells.get(column).map(|cell| (*cell).to_owned());
    if !cells.contains_key("app") {
        faults.push("app: name the app".to_owned());
    }
    let every: Option<Every> = read("every", cells, &mut faults);
    let at: Option<At> = read("at", cells, &mut faults);
    let overlap: Option<Span> = read("overlap", cells, &mut faults);
    let soak: Option<Span> = read("soak", cells, &mut faults);
    let [manual, adopt, unread] = ["manual", "adopt", "retire-unread"].map(|column| yes(column, cells, &mut faults));
    let At { hours, minutes } = at.unwrap_or(At { hours: 0, minutes: 0 });
    let mut default = |typed: Option<String>, known: Result<String, Refusal>| {
        typed.map_or(known, Ok).map_err(|refusal| faults.push(refusal.problem.whole().to_string())).ok()
    };
    let time_zone = default(text("time-zone"), settings.time_zone());
    let environment = default(text("environment"), settings.environment());
    let body = RotationBody {
        name: text("name").unwrap_or_default(),
        description: text("description"),
        connection_id: text("connection").unwrap_or_default(),
        environment,
        secret_path: text("path"),
        is_auto_rotation_enabled: Some(!manual),
        rotation_interval: every.map(|every| every.0),
        rotate_at: Some(RotateAt { hours, minutes, time_zone }),
        first_rotation_at: text("first"),
        secrets_mapping: Some(MappingBody {
            client_id: text("client-id-name").unwrap_or_else(|| "OKTA_CLIENT_ID".into()),
            client_secret: text("client-secret-name").unwrap_or_else(|| "OKTA_CLIENT_SECRET".into()),
        }),
        overlap_seconds: overlap.map(|span| span.0),
        soak_seconds: soak.map(|span| span.0),
        retire_unread: unread.then_some(true),
        verify: text("verify"),
        replace_secret_id: text("replace"),
        adopt,
        ..empty(Parameters::with(text("app").unwrap_or_default(), text("client-id")))
    };
    Wanted { place, body, faults }
}

fn read<T: std::str::FromStr<Err = String>>(
    column: &str,
    cells: &BTreeMap<&str, &str>,
    faults: &mut Vec<String>,
) -> Option<T> {
    let read = cells.get(column)?.parse();
    read.map_err(|why| faults.push(format!("{column}: {why}"))).ok()
}

fn yes(column: &str, cells: &BTreeMap<&str, &str>, faults: &mut Vec<String>) -> bool {
    match cells.get(column).map(|cell| cell.to_lowercase()).as_deref() {
        None | Some("no" | "false" | "0") => false,
        Some("yes" | "true" | "1" | "x") => true,
        Some(_) => {
            faults.push(format!("{column}: write yes or no"));
            false
        }
    }
}

#[cfg(test)]
mod tests;
