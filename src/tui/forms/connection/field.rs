//! The names of a connection's fields.

use crate::tui::forms::form::FieldKey;

/// What the connection is called.
pub const NAME: FieldKey = FieldKey::new("name", "Name");
/// The org.
pub const INSTANCE_URL: FieldKey = FieldKey::new("instanceUrl", "Org URL");
/// How it signs in.
pub const METHOD: FieldKey = FieldKey::new("method", "Credential");
/// The token.
pub const API_TOKEN: FieldKey = FieldKey::new("apiToken", "API Token");
/// The id of the service app.
pub const CLIENT_ID: FieldKey = FieldKey::new("clientId", "Client ID");
/// Its private key.
pub const PRIVATE_KEY: FieldKey = FieldKey::new("privateKey", "Private Key");
/// The id of that.
pub const KEY_ID: FieldKey = FieldKey::new("keyId", "Key ID");
/// A file that holds the credential.
pub const FILE: FieldKey = FieldKey::new("file", "From a File");
/// What there is to know of it.
pub const DESCRIPTION: FieldKey = FieldKey::new("description", "Description");
