//! What to do about a connection: its address, its credential, its test.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do about a connection.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnConnection {
    /// The org URL is the address that the browser shows after signing in.
    CheckOrgAddress,
    /// The org URL: another host answers there.
    CheckOrgUrl,
    /// Give the org's own address, without -admin.
    GiveOrgAddress,
    /// Give the org's own address as the connection's URL.
    GiveOrgAddressNotCustom,
    /// Give the domain that Okta knows itself by.
    GiveOtherDomain,
    /// Check the client id, and the app.
    CheckClientId,
    /// What kind of token ended, and how.
    TokenEnded {
        /// Days since its last use, where that is known to be the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idle_days: Option<i64>,
    },
    /// Issue a new token and give it.
    GiveToken {
        /// Whether the connection exists, so that a command can give it.
        known: bool,
    },
    /// Give the token again.
    GiveTokenAgain,
    /// Add the public key at Okta, or give the key that is there.
    GiveKey {
        /// Whether the connection exists, so that a command can give it.
        known: bool,
    },
    /// Give the key again.
    GiveKeyAgain,
    /// Save it untested.
    SaveUntested,
    /// Test the connection.
    TestConnection,
    /// Test it under its old URL first.
    TestOldUrl,
    /// See why with the history; then let the others continue.
    SeeFailures,
    /// List the org's apps.
    ListApps,
    /// Show the connection, then try again.
    ShowConnection,
    /// Make a new connection for another org.
    NewConnection,
    /// See where each connection leads.
    ListConnections,
}

impl OnConnection {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::CheckOrgAddress => {
                say!("check the org URL; it is the address that the browser shows after signing in, without -admin")
            }
            Self::CheckOrgUrl => say!("check the URL: another host answers there"),
            Self::GiveOrgAddress => {
                say!("give the org's own address, as the browser shows it after signing in, without -admin")
            }
            Self::GiveOrgAddressNotCustom => {
                say!("give the org's own address as the connection's URL (a custom domain may be the reason)")
            }
            Self::GiveOtherDomain => say!(
                "give the address that Okta knows itself by: the okta.com domain instead of a custom one, or the other way round"
            ),
            Self::CheckClientId => say!("check the client id, and that the app is of this org and ACTIVE"),
            Self::TokenEnded { idle_days: None } => {
                say!("it is another org's, was revoked, was not used for 30 days, or its user was deactivated")
            }
            Self::TokenEnded { idle_days: Some(days) } => {
                say!("it was last used {} days ago, and Okta ends one after 30", *days)
            }
            Self::GiveToken { known: true } => say!(
                "issue a new API token at Okta (Security > API > Tokens) and give it with `windlass connection update NAME \
                 --token-file FILE`"
            ),
            Self::GiveToken { known: false } => {
                say!("issue a new API token at Okta (Security > API > Tokens) and give it")
            }
            Self::GiveTokenAgain => say!("give the token again"),
            Self::GiveKey { known: false } => say!(
                "add its public key to the app at Okta (General > Client Credentials > PUBLIC KEYS), or give the key that is \
                 there"
            ),
            Self::GiveKey { known: true } => say!(
                "add its public key to the app at Okta (General > Client Credentials > PUBLIC KEYS), or give the key that is \
                 there with `windlass connection update NAME --private-key-file FILE [--key-id KID]`"
            ),
            Self::GiveKeyAgain => {
                say!("give it again with `windlass connection update NAME --private-key-file FILE`")
            }
            Self::SaveUntested => say!("save it untested with `--no-test`"),
            Self::TestConnection => say!("then test the connection (`windlass connection test NAME`)"),
            Self::TestOldUrl => say!("test the connection under its old URL first"),
            Self::SeeFailures => say!(
                "see why with `windlass history --outcome failed`; once that is fixed, rotate one by hand, or let the others \
                 resume with `windlass connection test NAME`"
            ),
            Self::ListApps => say!("`windlass connection apps NAME` lists the org's apps"),
            Self::ShowConnection => {
                say!("look at it with `windlass connection show NAME` and try again")
            }
            Self::NewConnection => say!("create a new connection for another org"),
            Self::ListConnections => say!("`windlass connection list` shows where each leads"),
        }
    }
}

#[cfg(test)]
impl OnConnection {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![
            Self::TokenEnded { idle_days: None },
            Self::TokenEnded { idle_days: Some(31) },
            Self::GiveToken { known: false },
            Self::GiveKey { known: false },
            Self::SaveUntested,
        ]
    }
}
