//! The names of a connection's fields.

use crate::tui::forms::form::FieldKey;

/// What it leads to.
pub const APP: FieldKey = FieldKey::new("app", "Connect to");
/// What the connection is called.
pub const NAME: FieldKey = FieldKey::new("name", "Name");
/// The org.
pub const INSTANCE_URL: FieldKey = FieldKey::new("instanceUrl", "Org URL");
/// The server.
pub const ADDRESS: FieldKey = FieldKey::new("instanceUrl", "Address");
/// How it signs in.
pub const METHOD: FieldKey = FieldKey::new("method", "Credential");
/// The token of Okta.
pub const API_TOKEN: FieldKey = FieldKey::new("apiToken", "API Token");
/// The id of the service app, or of the machine identity.
pub const CLIENT_ID: FieldKey = FieldKey::new("clientId", "Client ID");
/// Its secret.
pub const CLIENT_SECRET: FieldKey = FieldKey::new("clientSecret", "Client Secret");
/// The private key of a service app, or of a certificate.
pub const PRIVATE_KEY: FieldKey = FieldKey::new("privateKey", "Private Key");
/// The id of that.
pub const KEY_ID: FieldKey = FieldKey::new("keyId", "Key ID");
/// The token of another server.
pub const ACCESS_TOKEN: FieldKey = FieldKey::new("accessToken", "Token");
/// The id of an AppRole.
pub const ROLE_ID: FieldKey = FieldKey::new("roleId", "Role ID");
/// Its secret id.
pub const SECRET_ID: FieldKey = FieldKey::new("secretId", "Secret ID");
/// Where that auth method is mounted.
pub const APP_ROLE_MOUNT: FieldKey = FieldKey::new("authMount", "AppRole Mount");
/// The role of a pod.
pub const ROLE: FieldKey = FieldKey::new("role", "Role");
/// Where that auth method is mounted.
pub const POD_MOUNT: FieldKey = FieldKey::new("authMount", "Login Mount");
/// The file with a service account's token.
pub const TOKEN_FILE: FieldKey = FieldKey::new("jwtFile", "Token File");
/// Vault's namespace.
pub const NAMESPACE: FieldKey = FieldKey::new("namespace", "Namespace");
/// The file with a client certificate.
pub const CERTIFICATE_FILE: FieldKey = FieldKey::new("clientCertificate", "Certificate");
/// The file with the certificates that are trusted.
pub const CA_FILE: FieldKey = FieldKey::new("caCertificate", "CA File");
/// The region of AWS.
pub const REGION: FieldKey = FieldKey::new("region", "Region");
/// The id of an access key.
pub const ACCESS_KEY_ID: FieldKey = FieldKey::new("accessKeyId", "Key ID");
/// The access key.
pub const SECRET_ACCESS_KEY: FieldKey = FieldKey::new("secretAccessKey", "Secret Key");
/// What a temporary one has, too.
pub const SESSION_TOKEN: FieldKey = FieldKey::new("sessionToken", "Session Token");
/// The role that a token is for.
pub const ROLE_ARN: FieldKey = FieldKey::new("roleArn", "Role");
/// The file with that token.
pub const WEB_TOKEN: FieldKey = FieldKey::new("jwtFile", "Web Token");
/// The role that is assumed then.
pub const ASSUMED: FieldKey = FieldKey::new("assumeRoleArn", "Assumed Role");
/// What that wants to be told.
pub const EXTERNAL_ID: FieldKey = FieldKey::new("externalId", "External ID");
/// A file that holds the credential.
pub const FILE: FieldKey = FieldKey::new("file", "From a File");
/// What there is to know of it.
pub const DESCRIPTION: FieldKey = FieldKey::new("description", "Description");
