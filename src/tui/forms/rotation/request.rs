//! The request for a rotation, as everything was typed.

use super::apps::{self, Take};
use super::check;
use super::field;
use super::fields;
use super::wizard::Wizard;
use crate::core::schedule::typed::Span;
use crate::core::secret::SecretValue;
use crate::engine::request::{Parameters, RotateAt, RotationBody};
use crate::tui::forms::form::FieldKey;
use crate::tui::forms::form::input::Input;

/// The request for an app, as everything was typed. Where several are made, name, folder and first date are each one's own.
pub fn body(wizard: &Wizard, app: &str) -> RotationBody {
    let form = &wizard.form;
    let text = |key: FieldKey| Some(form.typed(key).to_owned());
    let seconds = |key: FieldKey| form.typed(key).parse::<Span>().ok().map(|span| span.0);
    let (hours, minutes) = check::time(wizard).unwrap_or_default();
    let take = apps::take(wizard);
    let meant = |key: FieldKey| apps::meant(wizard, key).map(|secret| secret.id.clone());
    RotationBody {
        name: form.typed(field::NAME).to_owned(),
        description: text(field::DESCRIPTION).filter(|text| !text.is_empty()),
        connection_id: form.typed(field::CONNECTION).to_owned(),
        environment: text(field::ENVIRONMENT),
        secret_path: text(field::SECRET_PATH),
        is_auto_rotation_enabled: Some(form.is_on(field::AUTO)),
        rotation_interval: check::days(wizard).map(Into::into),
        rotate_at_utc: None,
        first_rotation_at: None,
        rotate_at: Some(RotateAt { hours, minutes, time_zone: text(field::TIME_ZONE) }),
        parameters: Parameters::with(app, own_client_id(wizard)),
        secrets_mapping: Some(wizard.mapping()),
        overlap_seconds: seconds(field::OVERLAP),
        soak_seconds: seconds(field::SOAK),
        retire_unread: Some(form.is_on(field::RETIRE_UNREAD)),
        replace_secret_id: (take == Take::Replace).then(|| meant(field::REPLACE_SECRET)).flatten(),
        verify: Some(fields::way_of(wizard, app).into()),
        adopt: take == Take::Adopt,
        adopt_secret_id: form.get(field::ADOPT_SECRET).and_then(|_| meant(field::ADOPT_SECRET)),
        adopt_client_secret: secret(wizard, field::ADOPT_VALUE),
        dry_run: false,
        wait_seconds: None,
    }
}

/// The client id that was typed, where it is another than the one that is taken for the app's.
fn own_client_id(wizard: &Wizard) -> Option<String> {
    let app = wizard.app().filter(|_| wizard.form.get(field::CLIENT_ID).is_some())?;
    Some(wizard.form.typed(field::CLIENT_ID).to_owned()).filter(|typed| *typed != app.client_id)
}

fn secret(wizard: &Wizard, key: FieldKey) -> Option<SecretValue> {
    match &wizard.form.get(key)?.input {
        Input::Secret(secret) => secret.value(),
        _ => None,
    }
}
