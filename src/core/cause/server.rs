//! What a server answers that credentials are delivered to, where that is no good answer.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{Automatic, OnServer};
use crate::text::sentence::{Sentence, say};

/// What is wrong with a server that credentials are delivered to, or with what is asked of it.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerCause {
    /// No answer in time.
    NoAnswer {
        /// Its host.
        host: String,
    },
    /// The connection broke before the answer.
    CutOff {
        /// Its host.
        host: String,
        /// What the transport says.
        why: String,
    },
    /// Another kind of server answers.
    NotUnderstood {
        /// Its host.
        host: String,
    },
    /// It sends callers elsewhere.
    SentElsewhere {
        /// Its host.
        host: String,
    },
    /// It is sealed, or was never initialised.
    Sealed {
        /// Its host.
        host: String,
    },
    /// It has too many calls.
    Throttled {
        /// Its host.
        host: String,
    },
    /// It failed.
    Failing {
        /// Its host.
        host: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: String,
    },
    /// It refuses a call.
    Declined {
        /// Its host.
        host: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: String,
    },
    /// The token is not valid, or not any more.
    TokenNotValid {
        /// Its host.
        host: String,
    },
    /// A login is refused.
    LoginDeclined {
        /// Its host.
        host: String,
        /// The method.
        method: String,
        /// What it said.
        said: String,
    },
    /// Nothing is mounted where a login goes.
    NoAuthMount {
        /// The mount.
        mount: String,
    },
    /// There is no such namespace.
    NoNamespace {
        /// Its host.
        host: String,
    },
    /// The token is valid and may not do this.
    Denied {
        /// What of.
        path: String,
    },
    /// There is no such mount, or the token may not see it.
    NoMount {
        /// The mount.
        mount: String,
    },
    /// The mount keeps no versions.
    MountUnversioned {
        /// The mount.
        mount: String,
    },
    /// The mount holds something else.
    OtherMount {
        /// The mount.
        mount: String,
        /// What it is.
        kind: String,
    },
    /// The file with a service account's token cannot be used.
    JwtFile {
        /// Its path.
        path: String,
        /// Why not.
        why: String,
    },
}

impl ServerCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::NoAnswer { host } => say!("{} did not answer in time", host),
            Self::CutOff { host, why } => say!("the connection to {} broke before its answer: {}", host, why),
            Self::NotUnderstood { host } => say!("{} does not answer as the server of this connection does", host),
            Self::SentElsewhere { host } => {
                say!("{} sends callers to another address, and windlass does not follow", host)
            }
            Self::Sealed { host } => say!("{} is sealed or not initialised, and answers nothing else", host),
            Self::Throttled { host } => say!("{} has too many calls", host),
            Self::Failing { host, status, said } if said.is_empty() => say!("{} failed ({})", host, *status),
            Self::Failing { host, status, said } => say!("{} failed ({}): {}", host, *status, said),
            Self::Declined { host, status, said } if said.is_empty() => {
                say!("{} refuses the call ({})", host, *status)
            }
            Self::Declined { host, status, said } => say!("{} refuses the call ({}): {}", host, *status, said),
            Self::TokenNotValid { host } => {
                say!("{} does not accept the token: it ended, was revoked, or was never issued there", host)
            }
            Self::LoginDeclined { host, method, said } if said.is_empty() => {
                say!("{} refuses the login with {}", host, method)
            }
            Self::LoginDeclined { host, method, said } => {
                say!("{} refuses the login with {}: {}", host, method, said)
            }
            Self::NoAuthMount { mount } => say!("no auth method is mounted at {}", mount),
            Self::NoNamespace { host } => say!("{} has no such namespace", host),
            Self::Denied { path } => say!("the token is valid, and its policies do not allow this on {}", path),
            Self::NoMount { mount } => {
                say!("there is no secrets engine at {}, or the token's policies do not show it", mount)
            }
            Self::MountUnversioned { mount } => {
                say!("the secrets engine at {} is KV version 1, which keeps no versions", mount)
            }
            Self::OtherMount { mount, kind } => say!("the secrets engine at {} is {}, not KV", mount, kind),
            Self::JwtFile { path, why } => say!("the service account's token in {} cannot be used: {}", path, why),
        }
    }
}

#[cfg(test)]
impl ServerCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        let host = || "vault.example.com:8200".to_owned();
        let said = || "permission denied".to_owned();
        let grant = || OnServer::Grant { path: "kv/data/apps/pay".into(), capabilities: "\"read\"".into() };
        vec![
            Problem::because(Self::NoAnswer { host: host() }).and(Automatic::MayHaveTakenEffect),
            Problem::because(Self::CutOff { host: host(), why: "…".into() }).and(Automatic::MayHaveTakenEffect),
            Problem::because(Self::NotUnderstood { host: host() }).and(OnServer::CheckAddress),
            Problem::because(Self::SentElsewhere { host: host() }).and(OnServer::GiveActiveAddress),
            Problem::because(Self::Sealed { host: host() }).and(OnServer::Unseal).and(Automatic::TriesAgain),
            Problem::because(Self::Throttled { host: host() }).and(Automatic::TriesAgain),
            Problem::because(Self::Failing { host: host(), status: 500, said: "internal error".into() })
                .and(Automatic::MayHaveTakenEffect),
            Problem::because(Self::Declined { host: host(), status: 413, said: "request body too large".into() })
                .and(OnServer::SeeItsLog),
            Problem::because(Self::TokenNotValid { host: host() }).and(OnServer::IssueToken),
            Problem::because(Self::LoginDeclined { host: host(), method: "app-role".into(), said: said() })
                .and(OnServer::GiveSecretId),
            Problem::because(Self::LoginDeclined { host: host(), method: "kubernetes".into(), said: said() })
                .and(OnServer::CheckRole),
            Problem::because(Self::NoAuthMount { mount: "approle".into() }).and(OnServer::CheckAuthMount),
            Problem::because(Self::NoNamespace { host: host() }).and(OnServer::CheckNamespace),
            Problem::because(Self::Denied { path: "kv/data/apps/pay".into() }).and(grant()).and(Automatic::TriesAgain),
            Problem::because(Self::NoMount { mount: "kv".into() }).and(OnServer::CheckMount).and(grant()),
            Problem::because(Self::MountUnversioned { mount: "kv".into() })
                .and(OnServer::UpgradeMount { mount: "kv".into() }),
            Problem::because(Self::OtherMount { mount: "pki".into(), kind: "pki".into() }).and(OnServer::CheckMount),
            Problem::because(Self::JwtFile { path: "/run/token".into(), why: "it is empty".into() })
                .and(OnServer::FixJwt),
        ]
    }
}
