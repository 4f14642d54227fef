//! A connection as it is shown: never its credential.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::connection::aws::Identity;
use crate::core::connection::vault::Login;
use crate::core::connection::{App, Auth, Aws, Connection, KeyFacts, Kubernetes, Vault};
use crate::core::fault::Fault;

/// A connection, without its credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct ConnectionView {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub app: String,
    pub method: String,
    pub credentials: InstanceView,
    /// What may be shown of a service app's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyFacts>,
    /// `ok`, `refused` while calls are, `held` after too many refused rotations, or `untested` where none was made yet.
    pub status: String,
    pub fault: Option<Fault>,
    pub refused_since: Option<DateTime<Utc>>,
    pub next_probe_at: Option<DateTime<Utc>>,
    pub last_ok_at: Option<DateTime<Utc>>,
    /// How many rotations go through it.
    pub rotations: usize,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: u64,
}

/// The part of a connection's credentials that is no secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceView {
    /// The org's URL, or the server's.
    pub instance_url: String,
    /// The service app's client id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Vault's namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Where Vault's auth method is mounted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_mount: Option<String>,
    /// The id of the role to log in as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_id: Option<String>,
    /// The name of the role to log in as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The file with the service account's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_file: Option<String>,
    /// The certificate of the caller, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<String>,
    /// Certificates as PEM that alone are trusted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_certificate: Option<String>,
    /// The region of AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The access key's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// The role that a token is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The role that is assumed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume_role_arn: Option<String>,
    /// What its trust policy wants to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl InstanceView {
    fn of(connection: &Connection) -> Self {
        let known = Self {
            instance_url: connection.url.to_string(),
            client_id: connection.auth.client_id().map(Into::into),
            ca_certificate: connection.ca.clone(),
            ..Self::default()
        };
        match &connection.auth {
            Auth::Kubernetes(Kubernetes::ServiceAccount { jwt_file }) => {
                Self { jwt_file: Some(jwt_file.display().to_string()), ..known }
            }
            Auth::Kubernetes(Kubernetes::ClientCertificate { certificate, .. }) => {
                Self { client_certificate: Some(certificate.clone()), ..known }
            }
            Auth::HashicorpVault(vault) => known.of_vault(vault),
            Auth::Aws(aws) => known.of_aws(aws),
            Auth::ApiToken { .. } | Auth::OauthServiceApp { .. } | Auth::Kubernetes(_) | Auth::Infisical(_) => known,
        }
    }

    fn of_vault(self, Vault { namespace, login }: &Vault) -> Self {
        let known = Self { namespace: namespace.clone(), auth_mount: login.mount().map(Into::into), ..self };
        match login {
            Login::Token { .. } => known,
            Login::AppRole { role_id, .. } => Self { role_id: Some(role_id.clone()), ..known },
            Login::Kubernetes { role, jwt_file, .. } => {
                Self { role: Some(role.clone()), jwt_file: Some(jwt_file.display().to_string()), ..known }
            }
        }
    }

    fn of_aws(self, Aws { region, identity, assume }: &Aws) -> Self {
        let assumed = assume.as_ref();
        let known = Self {
            region: Some(region.clone()),
            assume_role_arn: assumed.map(|assume| assume.role_arn.clone()),
            external_id: assumed.and_then(|assume| assume.external_id.clone()),
            ..self
        };
        match identity {
            Identity::AccessKey { key_id, .. } => Self { access_key_id: Some(key_id.clone()), ..known },
            Identity::InstanceProfile => known,
            Identity::WebIdentity { role_arn, jwt_file } => {
                Self { role_arn: Some(role_arn.clone()), jwt_file: Some(jwt_file.display().to_string()), ..known }
            }
        }
    }
}

impl ConnectionView {
    /// Whether it leads to an Okta org.
    pub fn is_okta(&self) -> bool {
        self.app == App::Okta.as_str()
    }

    /// Shows a connection.
    pub fn of(connection: &Connection, rotations: usize) -> Self {
        Self {
            id: connection.id,
            name: connection.name.to_string(),
            description: connection.description.to_string(),
            app: connection.auth.app().as_str().into(),
            method: connection.auth.method().into(),
            credentials: InstanceView::of(connection),
            key: connection.auth.key().cloned(),
            status: match (&connection.down, connection.last_ok_at) {
                (Some(_), _) => "refused",
                _ if connection.braked() => "held",
                (None, None) => "untested",
                (None, Some(_)) => "ok",
            }
            .into(),
            fault: connection.fault(),
            refused_since: connection.down.as_ref().map(|down| down.since),
            next_probe_at: connection.down.as_ref().map(|down| down.probe_at),
            last_ok_at: connection.last_ok_at,
            rotations,
            created_at: connection.created_at,
            updated_at: connection.updated_at,
            version: connection.version,
        }
    }
}
