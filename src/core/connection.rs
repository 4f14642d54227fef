//! A connection: one server and the credential that windlass calls it with. An Okta org, as a rule; or a store that credentials
//! are delivered to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cause::ConnectionCause;
use super::fault::Fault;
use super::name::{Description, Origin, Slug};
use super::remedy::OnConnection;
use super::secret::{SecretValue, exposed};

pub mod aws;
pub mod infisical;
pub mod kubernetes;
pub mod vault;

pub use aws::Aws;
pub use infisical::Infisical;
pub use kubernetes::Kubernetes;
pub use vault::Vault;

/// What a connection leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum App {
    /// An Okta org: its rotations go through it.
    #[default]
    Okta,
    /// HashiCorp Vault or OpenBao.
    HashicorpVault,
    /// A Kubernetes cluster.
    Kubernetes,
    /// A region of AWS.
    Aws,
    /// Infisical.
    Infisical,
}

impl App {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Okta, Self::HashicorpVault, Self::Kubernetes, Self::Aws, Self::Infisical];

    /// Its name in commands and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::HashicorpVault => "hashicorp-vault",
            Self::Kubernetes => "kubernetes",
            Self::Aws => "aws",
            Self::Infisical => "infisical",
        }
    }

    /// The same by its name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|app| app.as_str() == name)
    }

    /// The ways to log in there, the usual one first.
    pub fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Okta => &["api-token", "oauth-service-app"],
            Self::HashicorpVault => vault::METHODS,
            Self::Kubernetes => kubernetes::METHODS,
            Self::Aws => aws::METHODS,
            Self::Infisical => infisical::METHODS,
        }
    }
}

/// A server and how to call it. Stored sealed, for it holds the credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connection {
    /// Stable identity.
    pub id: Uuid,
    /// Unique name, typed in commands.
    pub name: Slug,
    /// Free text.
    pub description: Description,
    /// The server's origin.
    pub url: Origin,
    /// The org's own id from `/.well-known/okta-organization`, or the account of AWS: tells whether a changed URL or credential
    /// still leads to the same.
    pub org_id: Option<String>,
    /// How calls are authenticated.
    pub auth: Auth,
    /// Certificates as PEM that alone are trusted there, in place of the system's; of an Okta org there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed on request.
    pub updated_at: DateTime<Utc>,
    /// Counts up with every change.
    pub version: u64,
    /// Set while calls are refused; its rotations wait.
    pub down: Option<Down>,
    /// When a call last succeeded, to the minute.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Scheduled rotations in a row whose new secret was refused. From [`BRAKE`] on no other is started by itself.
    #[serde(default)]
    pub refusals: u32,
}

/// So many scheduled rotations in a row may be refused before the rest of their connection waits for an operator: what is
/// wrong then is not one app.
pub const BRAKE: u32 = 3;

impl Connection {
    /// Whether the rest of its rotations wait, because too many in a row were refused.
    pub fn braked(&self) -> bool {
        self.refusals >= BRAKE
    }

    /// Whether nothing scheduled starts through it.
    pub fn held(&self) -> bool {
        self.down.is_some() || self.braked()
    }

    /// What keeps its rotations waiting: it is refused, or braked.
    pub fn fault(&self) -> Option<Fault> {
        let braked = || {
            let fault =
                Fault::precondition(ConnectionCause::Braked { refusals: self.refusals }).and(OnConnection::SeeFailures);
            self.named(&fault)
        };
        self.down.as_ref().map(|down| self.named(&down.fault)).or_else(|| self.braked().then(braked))
    }

    /// A fault of a call with this connection: its commands name it, so that they can be taken as they stand.
    pub fn named(&self, fault: &Fault) -> Fault {
        Fault { problem: fault.problem.clone().of_connection(&self.name), ..fault.clone() }
    }
}

/// How calls are authenticated, and with it what is called.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "method")]
pub enum Auth {
    /// An API token, sent as `Authorization: SSWS …`. Dies after 30 idle days and with its user (Okta note, §3).
    ApiToken {
        /// The token.
        #[serde(with = "exposed")]
        token: SecretValue,
    },
    /// An API service app: tokens of an hour for assertions that its key signs (Okta note, §3).
    OauthServiceApp {
        /// The app's client id.
        client_id: String,
        /// Its private key as PKCS#8, in base64.
        #[serde(with = "exposed")]
        private_key: SecretValue,
        /// What may be shown of that key.
        key: KeyFacts,
        /// The key for DPoP proofs, drawn here, in the same form: it must be another one than the app's own.
        #[serde(with = "exposed")]
        proof_key: SecretValue,
    },
    /// HashiCorp Vault or OpenBao.
    HashicorpVault(Vault),
    /// A Kubernetes cluster.
    Kubernetes(Kubernetes),
    /// A region of AWS.
    Aws(Aws),
    /// Infisical.
    Infisical(Infisical),
}

/// What may be shown of a private key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyFacts {
    /// Okta's id of its public half, `kid`; absent where none was given.
    pub key_id: Option<String>,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// Its thumbprint (RFC 7638): the same for the public half at Okta.
    pub thumbprint: String,
    /// Since when it is this connection's.
    pub since: DateTime<Utc>,
}

/// What a key signs with (RFC 7518).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// RSA of 2048 bits or more.
    Rs256,
    /// The elliptic curve P-256.
    Es256,
}

impl Algorithm {
    /// Its registered name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

impl Auth {
    /// What is called with it.
    pub fn app(&self) -> App {
        match self {
            Self::ApiToken { .. } | Self::OauthServiceApp { .. } => App::Okta,
            Self::HashicorpVault(_) => App::HashicorpVault,
            Self::Kubernetes(_) => App::Kubernetes,
            Self::Aws(_) => App::Aws,
            Self::Infisical(_) => App::Infisical,
        }
    }

    /// The method's name in commands and in the API.
    pub fn method(&self) -> &'static str {
        match self {
            Self::ApiToken { .. } => "api-token",
            Self::OauthServiceApp { .. } => "oauth-service-app",
            Self::HashicorpVault(vault) => vault.login.method(),
            Self::Kubernetes(kubernetes) => kubernetes.method(),
            Self::Aws(aws) => aws.identity.method(),
            Self::Infisical(_) => infisical::METHODS[0],
        }
    }

    /// The client id of the service app, or of the machine identity.
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::OauthServiceApp { client_id, .. } => Some(client_id),
            Self::Infisical(identity) => Some(&identity.client_id),
            _ => None,
        }
    }

    /// What may be shown of the service app's key.
    pub fn key(&self) -> Option<&KeyFacts> {
        match self {
            Self::OauthServiceApp { key, .. } => Some(key),
            _ => None,
        }
    }
}

/// A connection that is refused, since when, and when it is tried again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Down {
    /// What the server, or the way to it, said.
    pub fault: Fault,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is probed next.
    pub probe_at: DateTime<Utc>,
    /// The kind of call that was refused, where it was no probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store of a version that knew API tokens alone.
    const OLD: &str = r#"{"id":"0197f000-0000-7000-8000-000000000001","name":"acme","description":"","url":"https://acme.okta.com",
        "org_id":null,"auth":{"method":"api-token","token":"00canary"},"created_at":"2026-03-02T12:00:00Z",
        "updated_at":"2026-03-02T12:00:00Z","version":3,"down":null,"last_ok_at":null}"#;

    #[test]
    fn a_record_from_before_service_apps_is_read_and_written_as_it_was() {
        let old: Connection = serde_json::from_str(OLD).expect("read");
        assert_eq!((old.auth.method(), old.auth.key(), old.auth.client_id()), ("api-token", None, None));
        let written = serde_json::to_value(&old).expect("written");
        assert_eq!(written["auth"], serde_json::json!({"method": "api-token", "token": "00canary"}));
    }

    #[test]
    fn the_commands_of_a_fault_name_its_connection() {
        let fault = Fault::precondition(ConnectionCause::TokenCharacters)
            .and(OnConnection::GiveToken { known: true })
            .and(OnConnection::TestConnection);
        let known: Connection = serde_json::from_str(OLD).expect("read");
        let hint = known.named(&fault).hint();
        assert!(hint.contains("update acme --token-file FILE`") && hint.contains("test acme`"), "{hint}");
    }

    #[test]
    fn a_service_apps_record_is_read_back_and_shows_no_key() {
        let auth = Auth::OauthServiceApp {
            client_id: "0oaservice".into(),
            private_key: SecretValue::new("canary-one"),
            key: KeyFacts {
                key_id: Some("kid".into()),
                algorithm: Algorithm::Es256,
                thumbprint: "print".into(),
                since: DateTime::UNIX_EPOCH,
            },
            proof_key: SecretValue::new("canary-two"),
        };
        let written = serde_json::to_value(&auth).expect("written");
        assert_eq!((&written["method"], &written["key"]["algorithm"]), (&"oauth-service-app".into(), &"ES256".into()));
        let again: Auth = serde_json::from_value(written).expect("read");
        assert_eq!((again.client_id(), again.key()), (auth.client_id(), auth.key()));
        assert!(!format!("{auth:?}").contains("canary"));
    }
}
