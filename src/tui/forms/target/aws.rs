//! The fields of places at AWS.

use super::field;
use crate::core::target::Destination;
use crate::engine::view::TargetView;
use crate::tui::forms::form::Field;
use crate::tui::forms::form::input::Input;

/// A secret of Secrets Manager, as the API calls it.
pub const SECRET: &str = "aws-secrets-manager";
/// Parameters of Systems Manager.
pub const PARAMETERS: &str = "aws-parameter-store";

const ELSEWHERE: &str = "another place is another target";

/// What a secret has.
pub fn secret(edits: Option<&TargetView>) -> Vec<Field> {
    let known = match edits.map(|row| &row.destination_config) {
        Some(Destination::AwsSecretsManager(secret)) => Some(secret),
        _ => None,
    };
    let name = Input::text(known.map_or("", |secret| &secret.secret_name));
    let help =
        "Its name, such as apps/pay, or its ARN. It is made where it is not there; keys that others have in it stay.";
    let name = Field::new(field::SECRET_NAME, help, name);
    let help = "It holds the client secret alone, and no JSON object with keys.";
    let plain = Field::new(field::PLAIN, help, Input::Toggle(known.is_some_and(|secret| secret.plain)));
    let fixed = |field: Field| if edits.is_some() { field.locked(ELSEWHERE) } else { field };
    vec![fixed(name), fixed(plain), kms(known.and_then(|secret| secret.kms_key_id.as_deref()))]
}

/// What parameters have.
pub fn parameters(edits: Option<&TargetView>) -> Vec<Field> {
    let known = match edits.map(|row| &row.destination_config) {
        Some(Destination::AwsParameterStore(store)) => Some(store),
        _ => None,
    };
    let help = "The path that they are below: /apps/pay has /apps/pay/OKTA_CLIENT_SECRET.";
    let path = Field::new(field::BELOW, help, Input::text(known.map_or("", |store| &store.path)));
    let path = if edits.is_some() { path.locked(ELSEWHERE) } else { path };
    vec![path, kms(known.and_then(|store| store.kms_key_id.as_deref()))]
}

fn kms(known: Option<&str>) -> Field {
    let help = "The KMS key that it is encrypted with: its id, its ARN, or alias/NAME. Empty: the account's own.";
    Field::new(field::KMS, help, Input::text(known.unwrap_or_default()))
}
