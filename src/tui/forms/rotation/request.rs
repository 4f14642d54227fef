//! The request for a rotation, as everything was typed.

use super::apps::{self, Take};
use super::check;
use super::fields::{self, CLIENT_ID};
use super::wizard::Wizard;
use crate::core::secret::SecretValue;
use crate::engine::request::{Parameters, RotateAt, RotationBody};
use crate::text::typed::Span;
use crate::tui::forms::form::input::Input;

/// The request for an app, as everything was typed. Where several are made, name, folder and first date are each one's own.
pub fn body(wizard: &Wizard, app: &str) -> RotationBody {
    let form = &wizard.form;
    let text = |name: &str| Some(form.typed(name).to_owned());
    let seconds = |name: &str| form.typed(name).parse::<Span>().ok().map(|span| span.0);
    let (hours, minutes) = check::time(wizard).unwrap_or_default();
    let take = apps::take(wizard);
    let meant = |name: &str| apps::meant(wizard, name).map(|secret| secret.id.clone());
    RotationBody {
        name: form.typed("name").to_owned(),
        description: text("description").filter(|text| !text.is_empty()),
        connection_id: form.typed("connectionId").to_owned(),
        environment: text("environment"),
        secret_path: text("secretPath"),
        is_auto_rotation_enabled: Some(form.is_on("isAutoRotationEnabled")),
        rotation_interval: check::days(wizard).map(Into::into),
        rotate_at_utc: None,
        first_rotation_at: None,
        rotate_at: Some(RotateAt { hours, minutes, time_zone: text("rotateAt.timeZone") }),
        parameters: Parameters::with(app, own_client_id(wizard)),
        secrets_mapping: Some(wizard.mapping()),
        overlap_seconds: seconds("overlapSeconds"),
        soak_seconds: seconds("soakSeconds"),
        retire_unread: Some(form.is_on("retireUnread")),
        replace_secret_id: (take == Take::Replace).then(|| meant("replaceSecretId")).flatten(),
        verify: Some(fields::way_of(wizard, app).into()),
        adopt: take == Take::Adopt,
        adopt_secret_id: form.get("adoptSecretId").and_then(|_| meant("adoptSecretId")),
        adopt_client_secret: secret(wizard, "adoptClientSecret"),
        dry_run: false,
        wait_seconds: None,
    }
}

/// The client id that was typed, where it is another than the one that is taken for the app's.
fn own_client_id(wizard: &Wizard) -> Option<String> {
    let app = wizard.app().filter(|_| wizard.form.get(CLIENT_ID).is_some())?;
    Some(wizard.form.typed(CLIENT_ID).to_owned()).filter(|typed| *typed != app.client_id)
}

fn secret(wizard: &Wizard, name: &str) -> Option<SecretValue> {
    match &wizard.form.get(name)?.input {
        Input::Secret(secret) => secret.value(),
        _ => None,
    }
}
