//! The names of the wizard's fields.

use crate::tui::forms::form::FieldKey;

/// The connection.
pub const CONNECTION: FieldKey = FieldKey::new("connectionId");
/// Days from one rotation to the next.
pub const INTERVAL: FieldKey = FieldKey::new("rotationInterval");
/// The time of day.
pub const ROTATE_AT: FieldKey = FieldKey::new("rotateAt");
/// The zone of that.
pub const TIME_ZONE: FieldKey = FieldKey::new("rotateAt.timeZone");
/// Whether it rotates by itself.
pub const AUTO: FieldKey = FieldKey::new("isAutoRotationEnabled");
/// How long the old secret stays on.
pub const OVERLAP: FieldKey = FieldKey::new("overlapSeconds");
/// How long it is off before it is deleted.
pub const SOAK: FieldKey = FieldKey::new("soakSeconds");
/// How a new secret is tested.
pub const VERIFY: FieldKey = FieldKey::new("verify");
/// Whether the old secret goes unfetched.
pub const RETIRE_UNREAD: FieldKey = FieldKey::new("retireUnread");
/// The app, or several.
pub const APP: FieldKey = FieldKey::new("parameters.clientId");
/// The app's id, shown only.
pub const APP_ID: FieldKey = FieldKey::new("appId");
/// Its client id, where Okta does not show it.
pub const CLIENT_ID: FieldKey = FieldKey::new("clientId");
/// How it authenticates, where Okta does not show that.
pub const METHOD: FieldKey = FieldKey::new("method");
/// What is done with its secrets.
pub const ADOPT: FieldKey = FieldKey::new("adopt");
/// The secret that is taken over.
pub const ADOPT_SECRET: FieldKey = FieldKey::new("adoptSecretId");
/// The value of that.
pub const ADOPT_VALUE: FieldKey = FieldKey::new("adoptClientSecret");
/// The secret that is deleted.
pub const REPLACE_SECRET: FieldKey = FieldKey::new("replaceSecretId");
/// Its id, typed to agree.
pub const TYPED_ID: FieldKey = FieldKey::new("typed");
/// The environment.
pub const ENVIRONMENT: FieldKey = FieldKey::new("environment");
/// The folder.
pub const SECRET_PATH: FieldKey = FieldKey::new("secretPath");
/// The name of the client id.
pub const CLIENT_ID_NAME: FieldKey = FieldKey::new("secretsMapping.clientId");
/// The name of the client secret.
pub const CLIENT_SECRET_NAME: FieldKey = FieldKey::new("secretsMapping.clientSecret");
/// What the rotation is called.
pub const NAME: FieldKey = FieldKey::new("name");
/// What there is to know of it.
pub const DESCRIPTION: FieldKey = FieldKey::new("description");
/// Whether first dates are spread.
pub const SPREAD: FieldKey = FieldKey::new("spread");
