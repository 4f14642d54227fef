//! HashiCorp Vault or OpenBao: how a token is had, and one call at a time with it.
//!
//! Vault gives one answer, 403, for a token that ended and for a policy that does not allow something. A login is therefore
//! made anew before a refusal counts as one, and of a token that was given it is asked whether it is valid at all. Such a call
//! had no effect, so that it may be made again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::core::cause::ServerCause;
use crate::core::connection::vault::{Login, Vault};
use crate::core::fault::{Code, Fault};
use crate::core::name::Origin;
use crate::core::remedy::OnServer;
use crate::core::secret::{SecretValue, exposed};
use crate::delivery::call::{of_network, read_jwt, sensitive, sent, unusable};
use crate::delivery::server::Tested;
use crate::net::pace::Pace;
use crate::net::{self, Network};
use crate::text::url_segment;

mod answer;
pub mod kv;

pub use answer::Said;

/// How long after a renewal that was refused the next one is tried.
const RENEW_LATER: Duration = Duration::from_hours(1);

/// How long after one that was not answered.
const UNANSWERED: Duration = Duration::from_mins(5);

/// One Vault server, or a namespace of it. Clones share the login and the pace.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    http: reqwest::Client,
    url: Origin,
    namespace: Option<HeaderValue>,
    login: Login,
    /// The token in its header, once there is one.
    token: RefCell<Option<HeaderValue>>,
    clock: Clock,
    /// The last renewal of a token that was given; at once where there was none.
    renewal: Cell<Option<Renewal>>,
    /// Held while a login is made, so that many calls make one.
    logging_in: Mutex<()>,
    pace: Pace,
}

/// A renewal that was asked for.
#[derive(Clone, Copy)]
struct Renewal {
    /// When. By the clock: a machine that slept has to know that the token grew older.
    at: DateTime<Utc>,
    /// How long after it the next one is.
    wait: Duration,
    /// The token could be renewed, the last time that this was answered.
    renews: bool,
}

impl Renewal {
    /// How long it is until the next one. A clock that was set back says nothing about that.
    fn left(self, now: DateTime<Utc>) -> Duration {
        (now - self.at).to_std().map_or(Duration::ZERO, |over| self.wait.saturating_sub(over))
    }
}

/// A call.
pub struct Ask<'a> {
    /// The method; a PATCH is a merge patch.
    pub method: Method,
    /// The path below `/v1/`, each segment escaped.
    pub path: &'a str,
    /// JSON.
    pub body: Option<Zeroizing<Vec<u8>>>,
    /// What a policy has to allow for it, as one has it: `"read"`.
    pub needs: &'static str,
}

impl<'a> Ask<'a> {
    /// A GET.
    pub fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, body: None, needs: "\"read\"" }
    }
}

/// A login's answer, or a renewal's.
#[derive(Deserialize)]
struct LoggedIn {
    auth: Issued,
}

#[derive(Deserialize)]
struct Issued {
    #[serde(with = "exposed")]
    client_token: SecretValue,
    #[serde(default)]
    lease_duration: u64,
}

#[derive(Deserialize)]
struct Health {
    #[serde(default)]
    version: String,
    sealed: bool,
    initialized: bool,
}

#[derive(Deserialize)]
struct LookedUp {
    data: Looked,
}

#[derive(Deserialize)]
struct Looked {
    #[serde(default)]
    ttl: u64,
    #[serde(default)]
    renewable: bool,
}

impl Client {
    /// A client. Fails where the CA file cannot be read.
    pub fn new(url: &Origin, vault: &Vault, network: &Network, clock: Clock) -> Result<Self, Fault> {
        let namespace = vault.namespace.as_deref().map(HeaderValue::from_str).transpose().map_err(|_| unusable())?;
        let token = match &vault.login {
            Login::Token { token } => Some(sensitive(token.expose())?),
            _ => None,
        };
        Ok(Self(Rc::new(Inner {
            http: net::http(url, network)?,
            url: url.clone(),
            namespace,
            login: vault.login.clone(),
            token: RefCell::new(token),
            clock,
            renewal: Cell::new(None),
            logging_in: Mutex::new(()),
            pace: Pace::new(Duration::ZERO),
        })))
    }

    /// Whether it answers, and accepts the credential.
    pub async fn test(&self) -> Result<Tested, Fault> {
        // Those that stand by answer 200 as well then, and forward what they are asked.
        let path = "sys/health?standbyok=true&perfstandbyok=true";
        let health: Health = self.send(&Ask::get(path), None).await?.json(&self.host())?;
        if health.sealed || !health.initialized {
            return Err(answer::sealed(&self.host()));
        }
        let version = Some(health.version).filter(|version| !version.is_empty());
        let version = version.map(|version| crate::text::sanitize(&version, 40));
        if !matches!(self.0.login, Login::Token { .. }) {
            let (_, ends_in) = self.log_in().await?;
            return Ok(Tested { version, ends_in: Some(ends_in), renewed: true, ..Tested::default() });
        }
        let token = self.token().await?;
        let said = self.send(&Ask::get("auth/token/lookup-self"), Some(&token)).await?;
        if !said.alive() {
            return Err(self.not_valid());
        }
        // A token without the policy `default` may not look itself up.
        let looked = said.json::<LookedUp>(&self.host()).map_or(Looked { ttl: 0, renewable: true }, |it| it.data);
        let ends_in = Some(looked.ttl).filter(|ttl| *ttl > 0);
        Ok(Tested { version, ends_in, renewed: looked.renewable, ..Tested::default() })
    }

    /// Makes one call with a token that is valid. Its answer is a 2xx, or a 4xx that says something about what was asked for;
    /// all else is a fault.
    pub async fn call(&self, ask: &Ask<'_>) -> Result<Said, Fault> {
        let mut token = self.token().await?;
        let said = self.send(ask, Some(&token)).await?;
        if said.status != StatusCode::FORBIDDEN {
            return said.checked(&self.host());
        }
        if let Login::Token { .. } = self.0.login {
            let looked = self.send(&Ask::get("auth/token/lookup-self"), Some(&token)).await?;
            return Err(if looked.alive() { answer::denied(ask) } else { self.not_valid() });
        }
        self.0.token.borrow_mut().take_if(|kept| *kept == token);
        token = self.token().await?;
        match self.send(ask, Some(&token)).await? {
            said if said.status == StatusCode::FORBIDDEN => Err(answer::denied(ask)),
            said => said.checked(&self.host()),
        }
    }

    /// Its pace.
    pub fn pace(&self) -> &Pace {
        &self.0.pace
    }

    /// The host, as causes name it.
    pub fn host(&self) -> String {
        self.0.url.host().to_owned()
    }

    fn not_valid(&self) -> Fault {
        Fault::new(Code::TokenRefused, ServerCause::TokenNotValid { host: self.host() }).and(OnServer::IssueToken)
    }

    /// The token: one that was given, which is renewed in time, or one of a login.
    async fn token(&self) -> Result<HeaderValue, Fault> {
        let _one = self.0.logging_in.lock().await;
        let known = self.0.token.borrow().clone();
        match known {
            None => Ok(self.log_in().await?.0),
            Some(token) => {
                if let Login::Token { .. } = self.0.login {
                    self.renew(&token).await;
                }
                Ok(token)
            }
        }
    }

    /// Renews a token that was given, when half of its time is over. That it cannot be is no fault: it may not end at all.
    async fn renew(&self, token: &HeaderValue) {
        let last = self.0.renewal.get();
        if last.is_some_and(|last| !last.left(self.0.clock.now()).is_zero()) {
            return;
        }
        let body = Some(Zeroizing::new(b"{}".to_vec()));
        let ask = Ask { method: Method::POST, path: "auth/token/renew-self", body, needs: "\"update\"" };
        let at = self.0.clock.now();
        let (wait, renews) = match self.send(&ask, Some(token)).await {
            Ok(said) => {
                let renewed = said.json::<LoggedIn>(&self.host()).ok();
                let half = renewed.map(|it| it.auth.lease_duration / 2).filter(|seconds| *seconds > 0);
                (half.map_or(RENEW_LATER, Duration::from_secs), half.is_some())
            }
            Err(_) => (UNANSWERED, last.is_some_and(|last| last.renews)),
        };
        self.0.renewal.set(Some(Renewal { at, wait, renews }));
    }

    /// How soon it has to be called, so that a token that is renewed does not end unused; at once where it is not known yet
    /// whether it is renewed, and `None` where that does not matter.
    pub fn use_within(&self) -> Option<Duration> {
        match self.0.renewal.get() {
            None => matches!(self.0.login, Login::Token { .. }).then_some(Duration::ZERO),
            Some(last) => last.renews.then(|| last.left(self.0.clock.now())),
        }
    }

    /// Logs in: the token, and how long it lasts in seconds.
    async fn log_in(&self) -> Result<(HeaderValue, u64), Fault> {
        let (mount, given) = match &self.0.login {
            Login::Token { .. } => return Err(self.not_valid()),
            Login::AppRole { mount, role_id, secret_id } => {
                (mount, json!({"role_id": role_id, "secret_id": secret_id.expose()}))
            }
            Login::Kubernetes { mount, role, jwt_file } => {
                (mount, json!({"role": role, "jwt": read_jwt(jwt_file).await?.expose()}))
            }
        };
        let path = format!("auth/{}/login", escaped(mount));
        let body = Some(Zeroizing::new(given.to_string().into_bytes()));
        let ask = Ask { method: Method::POST, path: &path, body, needs: "\"update\"" };
        let said = self.send(&ask, None).await?;
        let host = self.host();
        if said.status == StatusCode::NOT_FOUND && !said.of_namespace() {
            let cause = ServerCause::NoAuthMount { mount: mount.clone() };
            return Err(Fault::new(Code::NotAllowed, cause).and(OnServer::CheckAuthMount));
        }
        if said.status.is_client_error() && said.status != StatusCode::TOO_MANY_REQUESTS && !said.of_namespace() {
            let method = self.0.login.method().to_owned();
            let cause = ServerCause::LoginDeclined { host, method, said: said.why };
            let remedy =
                if let Login::AppRole { .. } = self.0.login { OnServer::GiveSecretId } else { OnServer::CheckRole };
            return Err(Fault::new(Code::TokenRefused, cause).and(remedy));
        }
        let issued: LoggedIn = said.checked(&host)?.json(&host)?;
        let token = sensitive(issued.auth.client_token.expose())?;
        *self.0.token.borrow_mut() = Some(token.clone());
        Ok((token, issued.auth.lease_duration))
    }

    /// One exchange, in its turn, bounded in time and size.
    async fn send(&self, ask: &Ask<'_>, token: Option<&HeaderValue>) -> Result<Said, Fault> {
        let turn = self.0.pace.turn().await;
        let mut headers = HeaderMap::new();
        headers.insert("x-vault-request", HeaderValue::from_static("true"));
        if let Some(namespace) = &self.0.namespace {
            headers.insert("x-vault-namespace", namespace.clone());
        }
        if let Some(token) = token {
            headers.insert("x-vault-token", token.clone());
        }
        let patch = ask.method == Method::PATCH;
        let kind = if patch { "application/merge-patch+json" } else { "application/json" };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let request = self.0.http.request(ask.method.clone(), format!("{}/v1/{}", self.0.url, ask.path));
        let request = match &ask.body {
            // The transport owns what it sends: this copy is not wiped.
            Some(body) => request.body(body.to_vec()),
            None => request,
        };
        let answered = match sent(&turn, request.headers(headers), &self.0.url).await {
            Ok(response) => Said::read(response, ask, token).await,
            Err(fault) => Err(fault),
        };
        answered.map_err(|fault| of_network(fault, &self.host()))
    }
}

/// A path with each of its segments escaped.
pub fn escaped(path: &str) -> String {
    path.split('/').map(url_segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
pub mod tests;
