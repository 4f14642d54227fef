//! The way to an org: proxy, certificates and patience. Nothing is sent from here.

use std::path::PathBuf;
use std::time::Duration;

use crate::core::cause::MachineCause;
use crate::core::fault::{Code, Fault};
use crate::core::name::OrgUrl;
use crate::core::remedy::OnMachine;
use crate::file::input::take;
use crate::okta::error;
use crate::trust::files::check;

/// How the network is used. The proxy comes from the environment (`HTTPS_PROXY`, `NO_PROXY`); loopback never uses one.
#[derive(Clone, Debug)]
pub struct Network {
    /// PEM certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Until a connection stands.
    pub connect_timeout: Duration,
    /// From the first byte sent to the last byte read.
    pub call_timeout: Duration,
}

impl Default for Network {
    fn default() -> Self {
        Self { ca_file: None, connect_timeout: Duration::from_secs(5), call_timeout: Duration::from_secs(30) }
    }
}

/// The largest file of certificates.
const CA_FILE: u64 = 16 << 20;

/// The transport to one org. Fails where the CA file cannot be read.
pub(super) fn http(url: &OrgUrl, network: &Network) -> Result<reqwest::Client, Fault> {
    let mut builder = builder(url, network);
    if let Some(path) = &network.ca_file {
        builder = builder.tls_certs_merge(read_certificates(path)?);
    }
    builder.build().map_err(|error| {
        Fault::new(Code::Untrusted, MachineCause::HttpClient { why: error::chain(&error) }).and(OnMachine::SeeCaFile)
    })
}

/// What every connection to an org has in common.
pub(super) fn builder(url: &OrgUrl, network: &Network) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("windlass/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        // A create that was sent must never be sent again unseen, not even by the transport.
        .retry(reqwest::retry::never())
        .connect_timeout(network.connect_timeout)
        .timeout(network.call_timeout)
        .pool_idle_timeout(Duration::from_secs(20));
    if url.is_loopback() { builder.no_proxy() } else { builder }
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
    let certificates = reqwest::Certificate::from_pem_bundle(&bytes).map_err(|error| fault(error::chain(&error)))?;
    if certificates.is_empty() { Err(fault("it holds no certificate".into())) } else { Ok(certificates) }
}
