//! Copying, and the timed reveal: the only ways on which a value comes to a terminal, each on an explicit wish.

use std::time::Duration as StdDuration;

use chrono::Duration;
use uuid::Uuid;

use crate::core::secret::SecretValue;
use crate::engine::request::{Request, VersionQuery};
use crate::engine::view::{RotationView, SecretView};
use crate::tui::keys::action;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose, Timer, Tone};
use crate::tui::overlays::{Choice, Overlay, Question, Reveal, Then};

/// How long a value is shown.
const SHOWN: i64 = 10;

/// How long a value stays in the clipboard.
const COPIED: StdDuration = StdDuration::from_secs(30);

/// The copy menu of the row: first what sends no value through the terminal.
pub fn menu(model: &Model) -> Option<Question> {
    if let Some(row) = model.connection() {
        let choices = vec![
            Choice::new('n', format!("name              {}", row.name), Then::Copy("the name", row.name.clone())),
            Choice::new('u', format!("org URL           {}", row.credentials.instance_url), {
                Then::Copy("the URL", row.credentials.instance_url.clone())
            }),
            Choice::new('i', format!("id                {}", row.id), Then::Copy("the id", row.id.to_string())),
            Choice::new('o', "JSON              as the API has it", Then::Copy("the JSON", json(row))),
        ];
        return Some(Question {
            title: format!("Copy from {}", row.name),
            text: Vec::new(),
            choices,
            at: 0,
            menu: true,
        });
    }
    let row = model.rotation()?;
    let app = &row.parameters;
    let no_value = action::obstacle(action::Action::Reveal, model);
    let secret = row.current.as_ref().and_then(|current| current.secret_id.clone());
    let no_secret = secret.is_none().then(|| "none yet".to_owned());
    let secret = secret.unwrap_or_default();
    let choices = vec![
        Choice::new('c', format!("the command       {}", command(row)), Then::Copy("the command", command(row))),
        Choice::new('f', "a file            the value, in a file that only you can read", Then::SaveValue(row.id))
            .unless(no_value.clone()),
        Choice::new('n', format!("name              {}", row.name), Then::Copy("the name", row.name.clone())),
        Choice::new('l', format!("client id         {}", app.client_id), {
            Then::Copy("the client id", app.client_id.clone())
        }),
        Choice::new('a', format!("app id            {}", app.app_id), Then::Copy("the app id", app.app_id.clone())),
        Choice::new('s', format!("secret id         {secret}"), Then::Copy("the secret id", secret)).unless(no_secret),
        Choice::new('i', format!("rotation id       {}", row.id), Then::Copy("the rotation id", row.id.to_string())),
        Choice::new('o', "JSON              as the API has it", Then::Copy("the JSON", json(row))),
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

/// Copies a text that is no secret.
pub fn text(what: &'static str, text: String) -> Vec<Effect> {
    let _ = what;
    vec![Effect::Copy(text)]
}

fn get(model: &Model, id: Uuid, purpose: impl FnOnce(String) -> Purpose) -> Vec<Effect> {
    let Some(row) = model.rows.rotations.get(&id) else { return Vec::new() };
    let environment = Some(row.environment.slug.clone());
    let query = VersionQuery { environment, path: Some(row.secret_path.clone()), version: None };
    let name = row.secrets_mapping.client_secret.clone();
    vec![Effect::call(purpose(row.name.clone()), Request::SecretGet { name, query })]
}

/// Has the value shown. A session that only reads asks first.
pub fn reveal(model: &mut Model) -> Vec<Effect> {
    let Some((id, name)) = model.rotation().map(|row| (row.id, row.name.clone())) else { return Vec::new() };
    let Some(why) = action::only_reads(model) else { return shown(model, id) };
    let text = vec![
        (
            Tone::Plain,
            "The client secret is shown on this terminal for 10 seconds. A recorded session keeps it.".into(),
        ),
        (
            Tone::Dim,
            format!("Nothing is written, and it does not count as fetched: {}.", why.split(':').next().unwrap_or(&why)),
        ),
    ];
    let choices = vec![Choice::new('n', "Cancel", Then::Nothing), Choice::new('y', "Show it", Then::Reveal(id))];
    let title = format!("Reveal the client secret of {name}?");
    model.overlays.push(Overlay::Ask(Question { title, text, choices, at: 0, menu: false }));
    Vec::new()
}

/// Asks for the value, to be shown.
pub fn shown(model: &Model, id: Uuid) -> Vec<Effect> {
    get(model, id, Purpose::Reveal)
}

/// Asks for the value, to be copied.
pub fn value(model: &Model, id: Uuid) -> Vec<Effect> {
    get(model, id, Purpose::CopyValue)
}

/// Asks for the value, to be saved.
pub fn save(model: &Model, id: Uuid) -> Vec<Effect> {
    get(model, id, Purpose::SaveValue)
}

/// Shows a value for a while.
pub fn show(model: &mut Model, name: String, secret: &SecretView) -> Vec<Effect> {
    let number = model.number();
    let until = model.now + Duration::seconds(SHOWN);
    let what = format!("{} version {}", secret.name, secret.version);
    model.overlays.push(Overlay::Reveal(Reveal { number, name, what, value: secret.value.clone(), until }));
    vec![Effect::Wait(Timer::Reveal(number), StdDuration::from_secs(10))]
}

/// Copies a value for a while.
pub fn put(model: &mut Model, value: SecretValue) -> Vec<Effect> {
    let number = model.number();
    vec![Effect::CopySecret(value), Effect::Wait(Timer::Copied(number), COPIED)]
}
