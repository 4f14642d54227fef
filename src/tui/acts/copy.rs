//! Copying, and the timed reveal: the only ways in which a value reaches a terminal, each on an explicit request.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::core::secret::SecretValue;
use crate::engine::request::{Request, VersionQuery};
use crate::engine::view::{RotationView, SecretView};
use crate::tui::keys::action::Action;
use crate::tui::msg::{Effect, Purpose, Timer};
use crate::tui::obstacle::{Reads, obstacle};
use crate::tui::overlays::question::{Choice, Question, Then};
use crate::tui::selection::Selection;
use crate::tui::session::Session;
use crate::tui::theme::Tone;

/// How long a value is shown.
const SHOWN: i64 = 10;

/// How long a value stays in the clipboard.
const COPIED: StdDuration = StdDuration::from_secs(30);

/// The copy menu of the row: first what sends no value through the terminal.
pub fn menu(session: &Session, selection: &Selection<'_>) -> Option<Question> {
    if let Some(row) = selection.connection() {
        let choices = vec![
            Choice::new('n', format!("name              {}", row.name), Then::Copy(row.name.clone())),
            Choice::new(
                'u',
                format!("URL               {}", row.credentials.instance_url),
                Then::Copy(row.credentials.instance_url.clone()),
            ),
            Choice::new('i', format!("id                {}", row.id), Then::Copy(row.id.to_string())),
            Choice::new('o', "JSON              as the API has it", Then::Copy(json(row))),
        ];
        return Some(Question {
            title: format!("Copy from {}", row.name),
            text: Vec::new(),
            choices,
            at: 0,
            menu: true,
        });
    }
    let row = selection.rotation()?;
    let app = &row.parameters;
    let no_value = obstacle(Action::Reveal, session, selection);
    let secret = row.current.as_ref().and_then(|current| current.secret_id.clone());
    let no_secret = secret.is_none().then(|| "none yet".to_owned());
    let secret = secret.unwrap_or_default();
    let choices = vec![
        Choice::new('c', format!("the command       {}", command(row)), Then::Copy(command(row))),
        Choice::new('f', "a file            the value, in a file that only you can read", Then::SaveValue(row.id))
            .unless(no_value.clone()),
        Choice::new('n', format!("name              {}", row.name), Then::Copy(row.name.clone())),
        Choice::new('l', format!("client id         {}", app.client_id), Then::Copy(app.client_id.clone())),
        Choice::new('a', format!("app id            {}", app.app_id), Then::Copy(app.app_id.clone())),
        Choice::new('s', format!("secret id         {secret}"), Then::Copy(secret)).unless(no_secret),
        Choice::new('i', format!("rotation id       {}", row.id), Then::Copy(row.id.to_string())),
        Choice::new('o', "JSON              as the API has it", Then::Copy(json(row))),
        Choice::new(
            'v',
            "THE VALUE         through this terminal: a recorded session keeps it",
            Then::CopyValue(row.id),
        )
        .unless(no_value),
    ];
    let text = vec![
        (Tone::Dim, "The first two send no value through this terminal.".into()),
        (Tone::Dim, "Copies do not count as fetched: an old secret waits for its consumers.".into()),
    ];
    Some(Question { title: format!("Copy from {}", row.name), text, choices, at: 0, menu: true })
}

/// The command that prints the value.
pub fn command(row: &RotationView) -> String {
    let path = if row.secret_path == "/" { String::new() } else { format!(" --path {}", row.secret_path) };
    format!("windlass secret get {} --environment {}{path}", row.secrets_mapping.client_secret, row.environment.slug)
}

fn json(row: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(row).unwrap_or_default()
}

fn get(session: &Session, id: Uuid, purpose: impl FnOnce(String) -> Purpose) -> Vec<Effect> {
    let Some(row) = session.rows.rotations.get(&id) else { return Vec::new() };
    let environment = Some(row.environment.slug.clone());
    let query = VersionQuery { environment, path: Some(row.secret_path.clone()), version: None };
    let name = row.secrets_mapping.client_secret.clone();
    vec![Effect::call(purpose(row.name.clone()), Request::SecretGet { name, query })]
}

/// Has the value shown. A session that only reads asks first: that question.
pub fn reveal(session: &Session, selection: &Selection<'_>) -> Result<Vec<Effect>, Question> {
    let Some((id, name)) = selection.rotation().map(|row| (row.id, row.name.clone())) else { return Ok(Vec::new()) };
    let Some(reads) = Reads::of(session) else { return Ok(shown(session, id)) };
    let text = vec![
        (
            Tone::Plain,
            "The client secret is shown on this terminal for 10 seconds. A recorded session keeps it.".into(),
        ),
        (Tone::Dim, format!("Nothing is written, and it does not count as fetched: {}.", reads.brief()).into()),
    ];
    let choices = vec![Choice::new('n', "Cancel", Then::Nothing), Choice::new('y', "Show it", Then::Reveal(id))];
    let title = format!("Reveal the client secret of {name}?");
    Err(Question { title, text, choices, at: 0, menu: false })
}

/// Asks for the value, to be shown.
pub fn shown(session: &Session, id: Uuid) -> Vec<Effect> {
    get(session, id, Purpose::Reveal)
}

/// Asks for the value, to be copied.
pub fn value(session: &Session, id: Uuid) -> Vec<Effect> {
    get(session, id, Purpose::CopyValue)
}

/// Asks for the value, to be saved.
pub fn save(session: &Session, id: Uuid) -> Vec<Effect> {
    get(session, id, Purpose::SaveValue)
}

/// Shows a value for a while.
pub fn show(session: &mut Session, name: String, secret: &SecretView) -> (Reveal, Effect) {
    let number = session.number();
    let until = session.now + Duration::seconds(SHOWN);
    let what = format!("{} version {}", secret.name, secret.version);
    let reveal = Reveal { number, name, what, value: secret.value.clone(), until };
    (reveal, Effect::Wait(Timer::Reveal(number), StdDuration::from_secs(10)))
}

/// Copies a value for a while.
pub fn put(session: &mut Session, value: SecretValue) -> Vec<Effect> {
    let number = session.number();
    vec![Effect::CopySecret(value), Effect::Wait(Timer::Copied(number), COPIED)]
}

/// A value, for a while.
#[derive(Clone, Debug)]
pub struct Reveal {
    /// Its number, which its timer has.
    pub number: u64,
    /// Whose.
    pub name: String,
    /// What: the name that it is published under, and its version.
    pub what: String,
    /// The value.
    pub value: SecretValue,
    /// When it is hidden again.
    pub until: DateTime<Utc>,
}

#[cfg(test)]
mod tests;
