//! Where the servers are: `.ci/servers` says it in the environment.

use std::ffi::OsString;
use std::path::PathBuf;

/// What `.ci/servers` says under a name.
fn said(name: &str) -> OsString {
    std::env::var_os(name).unwrap_or_else(|| {
        panic!(
            "{name} is not set: this test needs real servers.\n\
             Run it beside them: .ci/servers cargo test --features real-servers --test servers"
        )
    })
}

fn text(name: &str) -> String {
    said(name).into_string().expect("text")
}

/// An OpenBao server that is unsealed, with a KV v2 engine at `secret/`.
#[derive(Debug)]
pub struct OpenBao {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The token of its root.
    pub token: String,
    /// The program, to start one that a test can seal.
    pub program: PathBuf,
}

/// The OpenBao that all tests share.
pub fn openbao() -> OpenBao {
    OpenBao { url: text("SERVERS_OPENBAO"), token: text("SERVERS_OPENBAO_TOKEN"), program: said("SERVERS_BAO").into() }
}

/// AWS as moto plays it: it checks signatures and rights, and has a user that may do all.
#[derive(Debug)]
pub struct Moto {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The user's key, by its id.
    pub key: String,
    /// The key.
    pub secret: String,
}

/// The moto that all tests share.
pub fn moto() -> Moto {
    Moto { url: text("SERVERS_MOTO"), key: text("SERVERS_MOTO_KEY"), secret: text("SERVERS_MOTO_SECRET") }
}

/// AWS as MiniStack plays it: `http://127.0.0.1:PORT`. It checks no signature.
pub fn ministack() -> String {
    text("SERVERS_MINISTACK")
}

/// A Python that has python-dotenv and PyYAML.
pub fn python() -> PathBuf {
    said("SERVERS_PYTHON").into()
}

/// A Node of version 24, with the packages dotenv and yaml beside it.
pub fn node() -> PathBuf {
    said("SERVERS_NODE").into()
}

/// Docker's command line; there is no engine behind it.
pub fn docker() -> PathBuf {
    said("SERVERS_DOCKER").into()
}

/// The number of the process of a systemd that has namespaces of its own.
pub fn systemd() -> String {
    text("SERVERS_SYSTEMD")
}

/// A cluster that tests may write to, where one is named: `.ci/servers` brings up none, for there is none that is small.
#[derive(Debug)]
pub struct Cluster {
    /// `KUBE_APISERVER`: the address of its kube-apiserver.
    pub url: String,
    /// `KUBE_TOKEN`: the token of someone who may do all.
    pub token: String,
    /// `KUBE_CA`: the certificate of its CA as PEM, by its file.
    pub ca: String,
}

/// The cluster, if any.
pub fn cluster() -> Option<Cluster> {
    let url = std::env::var("KUBE_APISERVER").ok()?;
    let ca = std::fs::read_to_string(text("KUBE_CA")).expect("a file with a certificate");
    Some(Cluster { url, token: text("KUBE_TOKEN"), ca })
}
