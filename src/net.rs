//! The way to a server, whoever is called: proxy, certificates, patience, how much of an answer is read, and what it means where
//! none comes. Nothing is sent from here.
//!
//! No client follows a redirect, and none sends anything again by itself.

use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::core::cause::{MachineCause, NetworkCause, Way};
use crate::core::fault::{Code, Fault};
use crate::core::name::Origin;
use crate::core::remedy::{Automatic, OnConnection, OnMachine, Remedy};
use crate::file::input::take;
use crate::text::sanitize;
use crate::trust::files::check;

pub mod issuer;
pub mod pace;

/// How the network is used. The proxy comes from the environment (`HTTPS_PROXY`, `NO_PROXY`); loopback never uses one.
#[derive(Clone, Debug)]
pub struct Network {
    /// PEM certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Certificates as PEM that alone are trusted: those of one connection.
    pub only: Option<String>,
    /// Until a connection stands.
    pub connect_timeout: Duration,
    /// From the first byte sent to the last byte read.
    pub call_timeout: Duration,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            ca_file: None,
            only: None,
            connect_timeout: Duration::from_secs(5),
            call_timeout: Duration::from_secs(30),
        }
    }
}

/// The largest file of certificates.
const CA_FILE: u64 = 16 << 20;

/// The transport to one server. Fails where the CA file cannot be read.
pub fn http(url: &Origin, network: &Network) -> Result<reqwest::Client, Fault> {
    http_as(url, network, None)
}

/// The same for a caller that shows a certificate of its own: as PEM, with its key.
pub fn http_as(url: &Origin, network: &Network, own: Option<&[u8]>) -> Result<reqwest::Client, Fault> {
    built(builder(url, network), network, own)
}

/// The transport to what stands beside this machine, or on it: no proxy is on the way there.
pub fn beside(network: &Network) -> Result<reqwest::Client, Fault> {
    built(common(network).no_proxy(), network, None)
}

fn built(mut builder: reqwest::ClientBuilder, network: &Network, own: Option<&[u8]>) -> Result<reqwest::Client, Fault> {
    let failed = |error: reqwest::Error| {
        Fault::new(Code::Untrusted, MachineCause::HttpClient { why: chain(&error) }).and(OnMachine::SeeCaFile)
    };
    if let Some(pem) = &network.only {
        builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(failed)?);
    } else if let Some(path) = &network.ca_file {
        builder = builder.tls_certs_merge(read_certificates(path)?);
    }
    if let Some(pem) = own {
        builder = builder.identity(reqwest::Identity::from_pem(pem).map_err(failed)?);
    }
    builder.build().map_err(failed)
}

/// Whether certificates can be trusted alone, and a certificate with its key be shown: why not, where they cannot.
pub fn check_certificates(only: Option<&str>, own: Option<&[u8]>) -> Result<(), String> {
    let found = only.map(|pem| reqwest::Certificate::from_pem_bundle(pem.as_bytes())).transpose();
    let found = found.map_err(|error| chain(&error))?;
    if found.as_ref().is_some_and(Vec::is_empty) {
        return Err("there is no certificate in it".into());
    }
    let own = own.map(reqwest::Identity::from_pem).transpose().map_err(|error| chain(&error))?;
    let builder = reqwest::Client::builder().tls_certs_only(found.unwrap_or_default());
    let builder = if let Some(own) = own { builder.identity(own) } else { builder };
    builder.build().map(drop).map_err(|error| chain(&error))
}

/// The proxy of the environment is not for this machine.
fn builder(url: &Origin, network: &Network) -> reqwest::ClientBuilder {
    let builder = common(network);
    if url.is_loopback() { builder.no_proxy() } else { builder }
}

/// What every transport has in common.
fn common(network: &Network) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("windlass/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        // A create that was sent must never be sent again unseen, not even by the transport.
        .retry(reqwest::retry::never())
        .connect_timeout(network.connect_timeout)
        .timeout(network.call_timeout)
        .pool_idle_timeout(Duration::from_secs(20))
}

/// Whether the CA file can be used, where one is named: no call goes out otherwise.
pub fn check_ca_file(network: &Network) -> Result<(), Fault> {
    network.ca_file.as_ref().map_or(Ok(()), |path| read_certificates(path).map(drop))
}

fn read_certificates(path: &std::path::Path) -> Result<Vec<reqwest::Certificate>, Fault> {
    let fault = |why: String| {
        let cause = MachineCause::CaFile { path: path.display().to_string(), why, fix: None };
        Fault::new(Code::Untrusted, cause).and(OnMachine::GiveCertificates)
    };
    // Whoever writes to it decides which server gets the credential.
    check(path).map_err(|found| {
        let fix = found.fix.clone();
        let cause = MachineCause::CaFile {
            path: path.display().to_string(),
            why: found.of(path).clone(),
            fix: Some(fix.clone()),
        };
        Fault::new(Code::Untrusted, cause).and(OnMachine::Fix(fix))
    })?;
    let bytes = take(path, CA_FILE).map_err(|unfit| fault(unfit.to_string()))?.bytes;
    let certificates = reqwest::Certificate::from_pem_bundle(&bytes).map_err(|error| fault(chain(&error)))?;
    if certificates.is_empty() { Err(fault("it holds no certificate".into())) } else { Ok(certificates) }
}

/// A good answer that cannot be used.
pub fn unreadable(cause: NetworkCause) -> Fault {
    Fault::new(Code::Unreadable, cause).and(OnMachine::CheckNoProxyAnswers)
}

/// Reads a body, up to so many bytes.
pub async fn read_body(mut response: reqwest::Response, cap: usize) -> Result<Zeroizing<Vec<u8>>, Fault> {
    // Room from the start, so that growing leaves no copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 << 10));
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if bytes.len() + chunk.len() > cap {
            return Err(unreadable(NetworkCause::AnswerTooLarge { most: cap }));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The transport failed: distinguished by whether the request can have reached the server.
pub fn transport(error: &reqwest::Error, url: &Origin) -> Fault {
    let why = chain(error);
    let host = url.host();
    let unreached = |code: Code, way: Way, remedy: Remedy| {
        let cause = NetworkCause::Unreached { way, host: host.to_owned(), why: why.clone(), issuer: None };
        Fault::new(code, cause).and(remedy)
    };
    if why.contains("certificate") || why.contains("UnknownIssuer") || why.contains("NotValidForName") {
        let (way, remedy) = if why.contains("not valid for name") || why.contains("NotValidForName") {
            (Way::OtherName, OnConnection::CheckOrgUrl.into())
        } else if why.contains("expired") || why.contains("not valid yet") {
            (Way::Expired, OnMachine::CheckClockOrCertificate.into())
        } else {
            (Way::Issuer, OnMachine::NameCa.into())
        };
        return unreached(Code::Untrusted, way, remedy);
    }
    if why.contains("tunnel error") {
        return unreached(Code::Unreachable, Way::Proxy, OnMachine::CheckProxy.into());
    }
    if error.is_connect() {
        return unreached(Code::Unreachable, Way::Connect, OnMachine::CheckWayOut.into());
    }
    broken(error)
}

/// No answer: whether the call took effect is not known.
fn broken(error: &reqwest::Error) -> Fault {
    let (code, cause) = if error.is_timeout() {
        (Code::TimedOut, NetworkCause::TimedOut)
    } else {
        (Code::Broken, NetworkCause::Broken { why: chain(error) })
    };
    Fault::new(code, cause).and(Automatic::MayHaveTakenEffect)
}

/// An error and its causes. reqwest's own text carries the URL, which holds no secret; it is left out as noise.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error.source();
    let mut last = error.to_string();
    while let Some(inner) = cause {
        last = inner.to_string();
        cause = inner.source();
    }
    sanitize(&last, 200)
}

/// Whether a text has a piece of a secret in it: text from outside is cut, so the whole of it need not be there.
pub fn repeats(text: &str, secret: &str) -> bool {
    const PIECE: usize = 8;
    secret.as_bytes().windows(PIECE).any(|piece| text.as_bytes().windows(PIECE).any(|found| found == piece))
}
