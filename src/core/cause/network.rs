//! No good answer came from Okta: the way to it failed, or what came is not an answer of Okta's.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::{Code, Fault, Problem};
#[cfg(test)]
use crate::core::remedy::{AtOkta, Automatic, OnConnection, OnMachine};
use crate::text::sentence::{Sentence, say};

/// Why the transport failed before Okta could answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// The certificate is for another name.
    OtherName,
    /// The certificate is expired, or not valid yet.
    Expired,
    /// The certificate's issuer is not trusted.
    Issuer,
    /// The proxy refuses the way.
    Proxy,
    /// No connection: DNS, refused, no route.
    Connect,
}

/// What became of a call on the way.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NetworkCause {
    /// Okta could not be reached.
    Unreached {
        /// How.
        way: Way,
        /// The org's host.
        host: String,
        /// What the transport says.
        why: String,
        /// Who issued the certificate that was presented, where that could be found out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issuer: Option<String>,
    },
    /// No answer in time.
    TimedOut,
    /// The connection broke before the answer.
    Broken {
        /// What the transport says.
        why: String,
    },
    /// The answer is not what Okta sends.
    AnswerUnreadable {
        /// Line and column where reading ended.
        line: usize,
        /// The column.
        column: usize,
    },
    /// An answer has a body where none belongs.
    AnswerNotEmpty,
    /// An answer is larger than is read.
    AnswerTooLarge {
        /// The most that is read, in bytes.
        most: usize,
    },
    /// An answer repeats a secret that was sent, and is not shown.
    AnswerRepeatsSecret,
    /// A good answer that makes no sense: in a few words, what of.
    AnswerOdd(String),
    /// The next page is on another host.
    PageElsewhere,
}

impl NetworkCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Unreached { way, host, why, issuer } => unreached(*way, host, why, issuer.as_deref()),
            Self::TimedOut => say!("Okta did not answer in time"),
            Self::Broken { why } => say!("the connection broke before Okta's answer: {}", why),
            Self::AnswerUnreadable { line, column } => {
                say!("Okta's answer cannot be read (line {}, column {})", *line, *column)
            }
            Self::AnswerNotEmpty => say!("Okta's answer should have no body"),
            Self::AnswerTooLarge { most } => say!("Okta's answer is larger than {} bytes", *most),
            Self::AnswerRepeatsSecret => say!("the answer contains a secret, so it is not shown"),
            Self::AnswerOdd(what) => say!("{}", what),
            Self::PageElsewhere => say!("the next page of apps is on another host than the org URL"),
        }
    }
}

fn unreached(way: Way, host: &str, why: &str, issuer: Option<&str>) -> Sentence {
    match (way, issuer) {
        (Way::OtherName | Way::Expired | Way::Issuer, None) => {
            say!("the certificate of {} is not trusted: {}", host, why)
        }
        (Way::OtherName | Way::Expired | Way::Issuer, Some(issuer)) => {
            say!("the certificate of {} is not trusted: {}; it was issued by {}", host, why, issuer)
        }
        (Way::Proxy, _) => say!("the proxy refuses the way to {}: {}", host, why),
        (Way::Connect, _) => say!("{} cannot be reached: {}", host, why),
    }
}

#[cfg(test)]
impl NetworkCause {
    /// One of each, as the fault that a call ends in.
    pub fn faults() -> Vec<Fault> {
        let unreached = |way, why: &str| Self::Unreached { way, host: "HOST".into(), why: why.into(), issuer: None };
        let unreadable = |cause| Fault::new(Code::Unreadable, cause).and(OnMachine::CheckNoProxyAnswers);
        vec![
            Fault::new(Code::Unreachable, unreached(Way::Connect, "connection refused")).and(OnMachine::CheckWayOut),
            Fault::new(Code::Unreachable, unreached(Way::Proxy, "tunnel error")).and(OnMachine::CheckProxy),
            Fault::new(Code::Untrusted, unreached(Way::Issuer, "UnknownIssuer")).and(OnMachine::NameCa),
            Fault::new(Code::Untrusted, unreached(Way::OtherName, "not valid for name")).and(OnConnection::CheckOrgUrl),
            Fault::new(Code::Untrusted, unreached(Way::Expired, "expired")).and(OnMachine::CheckClockOrCertificate),
            Fault::new(Code::TimedOut, Self::TimedOut).and(Automatic::MayHaveTakenEffect),
            Fault::new(Code::Broken, Self::Broken { why: "…".into() }).and(Automatic::MayHaveTakenEffect),
            unreadable(Self::AnswerUnreadable { line: 1, column: 1 }),
            unreadable(Self::AnswerNotEmpty),
            unreadable(Self::AnswerTooLarge { most: 1 << 20 }),
            unreadable(Self::AnswerOdd("Okta took a made-up authorization code".into())),
            Fault::new(Code::Refused, Self::AnswerRepeatsSecret).and(AtOkta::LookUpCode),
            Fault::new(Code::Redirected, Self::PageElsewhere).and(OnConnection::GiveOrgAddressNotCustom),
        ]
    }

    /// The same, without what the protocol decides by.
    pub fn samples() -> Vec<Problem> {
        Self::faults().into_iter().map(|fault| fault.problem).collect()
    }
}
