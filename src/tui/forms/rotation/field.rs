//! The names of the wizard's fields.

use crate::tui::forms::form::FieldKey;

/// The connection.
pub const CONNECTION: FieldKey = FieldKey::new("connectionId", "Connection");
/// Days from one rotation to the next.
pub const INTERVAL: FieldKey = FieldKey::new("rotationInterval", "Rotation Interval");
/// The time of day.
pub const ROTATE_AT: FieldKey = FieldKey::new("rotateAt", "Rotate At");
/// The zone of that.
pub const TIME_ZONE: FieldKey = FieldKey::new("rotateAt.timeZone", "Time Zone");
/// Whether it rotates by itself.
pub const AUTO: FieldKey = FieldKey::new("isAutoRotationEnabled", "Auto-Rotation");
/// How long the old secret stays on.
pub const OVERLAP: FieldKey = FieldKey::new("overlapSeconds", "Overlap");
/// How long it is off before it is deleted.
pub const SOAK: FieldKey = FieldKey::new("soakSeconds", "Soak");
/// How a new secret is tested.
pub const VERIFY: FieldKey = FieldKey::new("verify", "Verify By");
/// Whether the old secret goes unfetched.
pub const RETIRE_UNREAD: FieldKey = FieldKey::new("retireUnread", "Retire Unread");
/// The app, or several.
pub const APP: FieldKey = FieldKey::new("parameters.clientId", "Application");
/// The app's id, shown only.
pub const APP_ID: FieldKey = FieldKey::new("appId", "App ID");
/// Its client id, where Okta does not show it.
pub const CLIENT_ID: FieldKey = FieldKey::new("clientId", "App's Client ID");
/// How it authenticates, where Okta does not show that.
pub const METHOD: FieldKey = FieldKey::new("method", "Auth Method");
/// What is done with its secrets.
pub const ADOPT: FieldKey = FieldKey::new("adopt", "Its Secret");
/// The secret that is taken over.
pub const ADOPT_SECRET: FieldKey = FieldKey::new("adoptSecretId", "Adopt");
/// The value of that.
pub const ADOPT_VALUE: FieldKey = FieldKey::new("adoptClientSecret", "Its Value");
/// The secret that is deleted.
pub const REPLACE_SECRET: FieldKey = FieldKey::new("replaceSecretId", "Delete");
/// Its id, typed to agree.
pub const TYPED_ID: FieldKey = FieldKey::new("typed", "Type Its ID");
/// The environment.
pub const ENVIRONMENT: FieldKey = FieldKey::new("environment", "Environment");
/// The folder.
pub const SECRET_PATH: FieldKey = FieldKey::new("secretPath", "Secret Path");
/// The name of the client id.
pub const CLIENT_ID_NAME: FieldKey = FieldKey::new("secretsMapping.clientId", "Client ID");
/// The name of the client secret.
pub const CLIENT_SECRET_NAME: FieldKey = FieldKey::new("secretsMapping.clientSecret", "Client Secret");
/// What the rotation is called.
pub const NAME: FieldKey = FieldKey::new("name", "Name");
/// What there is to know of it.
pub const DESCRIPTION: FieldKey = FieldKey::new("description", "Description");
/// Whether first dates are spread.
pub const SPREAD: FieldKey = FieldKey::new("spread", "Spread Dates");
