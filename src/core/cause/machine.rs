//! What failed on this machine: its clock, its files, its cryptography; or windlass itself.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{Automatic, OnMachine, OnRotation, OnStore};
use crate::text::sentence::{Sentence, say};

/// What cannot be put into a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeaderOf {
    /// An access token.
    AccessToken,
    /// A DPoP proof.
    Proof,
    /// A client secret.
    Secret,
}

/// What failed here.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MachineCause {
    /// The certificates of `ca_file` cannot be used.
    CaFile {
        /// Its path.
        path: String,
        /// Why not.
        why: String,
        /// What to do about the file's permissions, where they are the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fix: Option<String>,
    },
    /// The HTTP client cannot be set up.
    HttpClient {
        /// Why not.
        why: String,
    },
    /// This machine's cryptography failed: in a few words, at what.
    Cryptography(String),
    /// A value cannot be put into a header.
    NotAHeader(HeaderOf),
    /// The system gives no random bytes.
    NoRandom(Option<String>),
    /// This machine's clock is off.
    ClockOff {
        /// By so many seconds.
        seconds: i64,
    },
    /// Okta's answer carried no date.
    NoDate,
    /// An internal error: this is windlass's own.
    Internal,
}

impl MachineCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::CaFile { path, why, fix: None } => say!("the CA file {} cannot be used: {}", path, why),
            Self::CaFile { path, why, fix: Some(_) } => say!("the CA file {} is not used: {}", path, why),
            Self::HttpClient { why } => say!("the HTTP client cannot be set up: {}", why),
            Self::Cryptography(what) => say!("{}", what),
            Self::NotAHeader(HeaderOf::AccessToken) => say!("the access token cannot be put into a header"),
            Self::NotAHeader(HeaderOf::Proof) => say!("the proof cannot be put into a header"),
            Self::NotAHeader(HeaderOf::Secret) => say!("the secret cannot be put into a header"),
            Self::NoRandom(None) => say!("the system gives no random bytes"),
            Self::NoRandom(Some(why)) => say!("the system gives no random bytes: {}", why),
            Self::ClockOff { seconds } => say!("this machine's clock is {} s off from Okta's", *seconds),
            Self::NoDate => say!("Okta's answer carried no date to compare the clock with"),
            Self::Internal => say!("internal error in windlass"),
        }
    }
}

#[cfg(test)]
impl MachineCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::CaFile { path: "FILE".into(), why: "it holds no certificate".into(), fix: None })
                .and(OnMachine::GiveCertificates),
            Problem::because(Self::HttpClient { why: "…".into() }).and(OnMachine::SeeCaFile),
            Problem::because(Self::Cryptography("the key does not sign".into())).and(OnMachine::ReportCryptography),
            Problem::because(Self::NotAHeader(HeaderOf::Secret)).and(OnRotation::RotateAgain),
            Problem::because(Self::NoRandom(None)).and(OnMachine::SeeKernelLog).and(Automatic::TriesAgain),
            Problem::because(Self::ClockOff { seconds: 301 })
                .and(OnMachine::SetClock)
                .and(Automatic::ComparesClockAgain),
            Problem::because(Self::NoDate).and(OnMachine::SetClock).and(Automatic::ComparesClockAgain),
            Problem::because(Self::Internal).and(OnMachine::Report).and(Automatic::TriesAgain),
            Problem::because(Self::Internal).and(OnMachine::Report).and(OnStore::DiskAsBefore),
            Problem::because(Self::Internal).and(OnMachine::Report).and(OnStore::EngineRuns),
        ]
    }
}
