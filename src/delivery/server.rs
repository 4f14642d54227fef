//! A server that credentials are delivered to, of whatever kind.

use std::time::Duration;

use crate::clock::Clock;
use crate::core::connection::{App, Auth};
use crate::core::fault::Fault;
use crate::core::name::Origin;
use crate::delivery::{aws, infisical, kubernetes, vault};
use crate::net::Network;
use crate::net::pace::Pace;

/// A server, and the credential for it. Clones share logins and pace.
#[derive(Clone)]
pub enum Server {
    /// HashiCorp Vault or OpenBao.
    Vault(vault::Client),
    /// A Kubernetes cluster.
    Kubernetes(kubernetes::Client),
    /// A region of AWS.
    Aws(aws::Client),
    /// Infisical.
    Infisical(infisical::Client),
}

/// What a test found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// The server's version.
    pub version: Option<String>,
    /// Whose it is: the account at AWS.
    pub account: Option<String>,
    /// How long the token lasts, in seconds; `None` where it does not end.
    pub ends_in: Option<u64>,
    /// Whether another one is had by itself before that.
    pub renewed: bool,
    /// Whom it takes the caller for, where it says so.
    pub identity: Option<String>,
}

impl Server {
    /// The server of a connection; `None` for an Okta org, which nothing is delivered to.
    pub fn new(url: &Origin, auth: &Auth, network: &Network, clock: Clock) -> Result<Option<Self>, Fault> {
        match auth {
            Auth::ApiToken { .. } | Auth::OauthServiceApp { .. } => Ok(None),
            Auth::HashicorpVault(vault) => Ok(Some(Self::Vault(vault::Client::new(url, vault, network, clock)?))),
            Auth::Infisical(identity) => Ok(Some(Self::Infisical(infisical::Client::new(url, identity, network)?))),
            Auth::Kubernetes(caller) => Ok(Some(Self::Kubernetes(kubernetes::Client::new(url, caller, network)?))),
            Auth::Aws(aws) => Ok(Some(Self::Aws(aws::Client::new(url, aws, network, clock)?))),
        }
    }

    /// What it is.
    pub fn app(&self) -> App {
        match self {
            Self::Vault(_) => App::HashicorpVault,
            Self::Kubernetes(_) => App::Kubernetes,
            Self::Aws(_) => App::Aws,
            Self::Infisical(_) => App::Infisical,
        }
    }

    /// The pace of its calls.
    pub fn pace(&self) -> &Pace {
        match self {
            Self::Vault(client) => client.pace(),
            Self::Kubernetes(client) => client.pace(),
            Self::Aws(client) => client.pace(),
            Self::Infisical(client) => client.pace(),
        }
    }

    /// How soon it has to be called, so that its credential does not end unused; `None` where that does not matter.
    pub fn use_within(&self) -> Option<Duration> {
        if let Self::Vault(client) = self { client.use_within() } else { None }
    }

    /// Whether it answers, and accepts the credential.
    pub async fn test(&self) -> Result<Tested, Fault> {
        match self {
            Self::Vault(client) => client.test().await,
            Self::Kubernetes(client) => client.test().await,
            Self::Aws(client) => client.test().await,
            Self::Infisical(client) => client.test().await,
        }
    }
}
