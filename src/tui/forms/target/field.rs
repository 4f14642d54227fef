//! The names of a target's fields.

use crate::tui::forms::form::FieldKey;

/// Whether there is to be one, where that is a step of something else.
pub const WANTED: FieldKey = FieldKey::new("wanted", "Deliver It");
/// The kind of place.
pub const KIND: FieldKey = FieldKey::new("destination", "Deliver to");
/// What the target is called.
pub const NAME: FieldKey = FieldKey::new("name", "Name");
/// The file.
pub const PATH: FieldKey = FieldKey::new("destinationConfig.path", "File");
/// The connection to a server.
pub const CONNECTION: FieldKey = FieldKey::new("connectionId", "Connection");
/// Where its engine is mounted.
pub const MOUNT: FieldKey = FieldKey::new("destinationConfig.mount", "Mount");
/// The secret in that.
pub const SECRET: FieldKey = FieldKey::new("destinationConfig.path", "Secret");
/// The namespace in a cluster.
pub const NAMESPACE: FieldKey = FieldKey::new("destinationConfig.namespace", "Namespace");
/// The Secret in that.
pub const OBJECT: FieldKey = FieldKey::new("destinationConfig.name", "Secret");
/// What is restarted there.
pub const RESTART: FieldKey = FieldKey::new("destinationConfig.restart", "Restart");
/// A secret of AWS.
pub const SECRET_NAME: FieldKey = FieldKey::new("destinationConfig.secretName", "Secret");
/// It is one value alone.
pub const PLAIN: FieldKey = FieldKey::new("destinationConfig.plain", "One Value");
/// The path that parameters are below.
pub const BELOW: FieldKey = FieldKey::new("destinationConfig.path", "Path");
/// The key that AWS encrypts with.
pub const KMS: FieldKey = FieldKey::new("destinationConfig.kmsKeyId", "KMS Key");
/// The project at Infisical.
pub const PROJECT: FieldKey = FieldKey::new("destinationConfig.project", "Project");
/// Its environment.
pub const ENVIRONMENT: FieldKey = FieldKey::new("destinationConfig.environment", "Environment");
/// The folder in that.
pub const FOLDER: FieldKey = FieldKey::new("destinationConfig.path", "Folder");
/// How the credentials are written into it.
pub const FORMAT: FieldKey = FieldKey::new("destinationConfig.format", "Format");
/// A file with the text that they are filled into.
pub const TEMPLATE: FieldKey = FieldKey::new("destinationConfig.template", "Template File");
/// Its owner.
pub const OWNER: FieldKey = FieldKey::new("destinationConfig.owner", "Owner");
/// Its group.
pub const GROUP: FieldKey = FieldKey::new("destinationConfig.group", "Group");
/// Its mode.
pub const MODE: FieldKey = FieldKey::new("destinationConfig.mode", "Mode");
/// It is written where it lies.
pub const IN_PLACE: FieldKey = FieldKey::new("destinationConfig.inPlace", "In Place");
/// The command that takes the credentials.
pub const ARGV: FieldKey = FieldKey::new("destinationConfig.argv", "Command");
/// The units that get it.
pub const UNIT: FieldKey = FieldKey::new("destinationConfig.unit", "Units");
/// The names at the place.
pub const KEYS: FieldKey = FieldKey::new("keys", "Keys");
/// The command that runs after a delivery.
pub const AFTER: FieldKey = FieldKey::new("after", "Run After It");
/// The old secret waits for it.
pub const GATES: FieldKey = FieldKey::new("gates", "Old Secret Waits");
/// How much longer that waits.
pub const SETTLE: FieldKey = FieldKey::new("settleSeconds", "And Longer");
/// What is done where others change it.
pub const DRIFT: FieldKey = FieldKey::new("drift", "If Changed There");
