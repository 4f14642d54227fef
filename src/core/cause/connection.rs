//! What is wrong with a connection, or with its credential.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{AtOkta, Automatic, OnConnection, OnMachine};
use crate::text::sentence::{Sentence, say};

/// What is wrong with the connection.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ConnectionCause {
    /// Okta's token lacks a scope that was asked for.
    TokenLacksScope {
        /// The scope.
        scope: String,
        /// The service app's client id.
        client_id: String,
    },
    /// A token with characters that no token has.
    TokenCharacters,
    /// The connection's credential cannot be used.
    CredentialUnusable,
    /// The connection's stored key cannot be read.
    KeyUnreadable,
    /// Too many scheduled rotations of a connection in a row were refused.
    Braked {
        /// So many.
        refusals: u32,
    },
    /// The rotation's connection is not there.
    ConnectionGone,
    /// The connection leads to something else than is needed.
    OtherApp {
        /// What it leads to.
        app: String,
        /// What is needed.
        needed: String,
    },
}

impl ConnectionCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::TokenLacksScope { scope, .. } => say!("Okta's token lacks the scope {}", scope),
            Self::TokenCharacters => say!("the token contains characters that no token has"),
            Self::CredentialUnusable => say!("the connection's credential cannot be used"),
            Self::KeyUnreadable => say!("the connection's stored key cannot be read"),
            Self::Braked { refusals } => {
                say!("{} scheduled rotations in a row were refused, so the others wait", *refusals)
            }
            Self::ConnectionGone => say!("the rotation's connection is gone"),
            Self::OtherApp { app, needed } => {
                say!("the connection is one to {}, and this needs one to {}", app, needed)
            }
        }
    }
}

#[cfg(test)]
impl ConnectionCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::TokenLacksScope { scope: "okta.apps.read".into(), client_id: "ID".into() })
                .and(AtOkta::GrantScope { scope: "okta.apps.read".into(), client_id: Some("ID".into()) })
                .and(Automatic::SecretsWork),
            Problem::because(Self::TokenCharacters).and(OnConnection::GiveTokenAgain),
            Problem::because(Self::CredentialUnusable).and(OnMachine::Report),
            Problem::because(Self::KeyUnreadable).and(OnConnection::GiveKeyAgain),
            Problem::because(Self::Braked { refusals: 3 }).and(OnConnection::SeeFailures),
            Problem::because(Self::ConnectionGone).and(OnMachine::Report),
            Problem::because(Self::OtherApp { app: "hashicorp-vault".into(), needed: "okta".into() })
                .and(OnConnection::ListConnections),
        ]
    }
}
