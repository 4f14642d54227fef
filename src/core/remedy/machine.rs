//! What to do about this machine, its network and its way to Okta; else whom to ask.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do on this machine.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnMachine {
    /// Set this machine's clock.
    SetClock,
    /// The clock; else the certificate has to be renewed.
    CheckClockOrCertificate,
    /// The host name; name a proxy's CA.
    NameCa,
    /// Give PEM certificates in `ca_file`.
    GiveCertificates,
    /// See `ca_file`.
    SeeCaFile,
    /// The proxy's address and login.
    CheckProxy,
    /// The org URL, DNS, the way out.
    CheckWayOut,
    /// See Okta's status page, and the way there.
    SeeStatusPageAndProxy,
    /// No proxy may take the Authorization header out; the token may be used from this network.
    CheckAuthorizationHeader,
    /// Check the org URL, and whether a proxy answers.
    CheckOrgUrlAndProxy,
    /// Check that the org URL is right and that no proxy answers.
    CheckNoProxyAnswers,
    /// Look at this machine's kernel log.
    SeeKernelLog,
    /// See the limits of this machine.
    SeeLimits,
    /// What is wrong with a file on this machine, with what puts it right.
    Fix(String),
    /// Try again.
    TryAgain,
    /// Then try again.
    ThenTryAgain,
    /// Report it: it is a fault of windlass.
    Report,
    /// Try again, and report it: this machine's cryptography failed.
    ReportCryptography,
    /// Report it if that does not help.
    ReportIfNoHelp,
}

impl OnMachine {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::SetClock => say!("set this machine's clock (NTP)"),
            Self::CheckClockOrCertificate => say!(
                "check this machine's clock (NTP); if that is right, whoever answers there has to renew the certificate"
            ),
            Self::NameCa => say!("check the host name; where a proxy inspects TLS, name its CA in `ca_file`"),
            Self::GiveCertificates => say!("give a file of PEM certificates in `ca_file`"),
            Self::SeeCaFile => say!("see `ca_file`"),
            Self::CheckProxy => say!(
                "check HTTPS_PROXY (http://USER:PASSWORD@PROXY:PORT where it wants a login) and that the proxy lets this host \
                 through; NO_PROXY goes around it"
            ),
            Self::CheckWayOut => say!("check the URL, this host's DNS and its way out (HTTPS_PROXY)"),
            Self::SeeStatusPageAndProxy => say!("check status.okta.com and the proxy (HTTPS_PROXY)"),
            Self::CheckAuthorizationHeader => say!(
                "check that no proxy takes the Authorization header out, and that the token may be used from this machine's \
                 network zone (Security > API > Tokens, Security > Networks)"
            ),
            Self::CheckOrgUrlAndProxy => say!("check the org URL, and whether a proxy answers in its place"),
            Self::CheckNoProxyAnswers => {
                say!("check that the org URL is right and that no proxy answers in Okta's place")
            }
            Self::SeeKernelLog => say!("check this machine's kernel log"),
            Self::SeeLimits => say!("see this machine's limits (`ulimit -n`, `ulimit -u`)"),
            // It names a file, whose name may hold anything.
            Self::Fix(text) => Sentence::text(text),
            Self::TryAgain => say!("try again"),
            Self::ThenTryAgain => say!("then try again"),
            Self::Report => say!("this is a bug in windlass; please report it"),
            Self::ReportCryptography => {
                say!("this machine's cryptography failed; try again, and report it")
            }
            Self::ReportIfNoHelp => say!("report it if that does not help"),
        }
    }
}

#[cfg(test)]
impl OnMachine {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![Self::SeeStatusPageAndProxy, Self::Fix("chmod go-w FILE".into()), Self::TryAgain, Self::ThenTryAgain]
    }
}
