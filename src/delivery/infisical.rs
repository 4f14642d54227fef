//! Infisical: how a token is had, and one call at a time with it.
//!
//! A token that ended is told from a right that is missing: it is had anew once, for such a call had no effect.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::core::cause::{InfisicalCause, ServerCause};
use crate::core::connection::Infisical;
use crate::core::connection::infisical::METHODS;
use crate::core::fault::{Code, Fault};
use crate::core::name::Origin;
use crate::core::remedy::{Automatic, OnInfisical};
use crate::core::secret::{SecretValue, exposed};
use crate::delivery::call::{declined, has_of, no_answer, not_understood, of_network, sensitive, sent};
use crate::delivery::server::Tested;
use crate::net::pace::Pace;
use crate::net::{self, Network, read_body};
use crate::text::sanitize;

pub mod folder;

/// The largest answer: a secret has its value, its comment and its metadata.
const BODY: usize = 4 << 20;

/// One Infisical. Clones share the login and the pace.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    http: reqwest::Client,
    url: Origin,
    identity: Infisical,
    /// The token in its header, once there is one.
    token: RefCell<Option<HeaderValue>>,
    /// Held while a login is made, so that many calls make one.
    logging_in: Mutex<()>,
    pace: Pace,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoggedIn {
    #[serde(with = "exposed")]
    access_token: SecretValue,
    #[serde(default)]
    expires_in: u64,
}

/// How Infisical says what is wrong.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wrong {
    status_code: u16,
    message: Value,
    error: String,
}

/// An answer.
#[derive(Debug)]
pub struct Said {
    /// Its status.
    pub status: StatusCode,
    /// What it says is wrong; nothing where it repeats what was sent.
    pub why: String,
    /// The name of that.
    error: String,
    /// Infisical itself said it: a 404 of anything in its place does not mean that something is not there.
    own: bool,
    bytes: Zeroizing<Vec<u8>>,
}

impl Said {
    async fn read(response: Response, body: Option<&Value>) -> Result<Self, Fault> {
        let status = response.status();
        let bytes = read_body(response, BODY).await?;
        let wrong: Wrong = serde_json::from_slice(&bytes).unwrap_or_default();
        let mut why =
            sanitize(&wrong.message.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "), 200);
        // Which project and folder it is may be told, and is needed.
        let secrets = body.into_iter().flat_map(|body| [&body["secretValue"], &body["clientSecret"]]);
        if secrets.into_iter().any(|secret| has_of(&why, secret)) {
            why.clear();
        }
        let own = wrong.status_code == status.as_u16();
        Ok(Self { status, why, error: wrong.error, own, bytes })
    }

    /// Reads JSON of the expected shape; what serde says of it is kept back, for it can quote the body.
    pub fn json<T: DeserializeOwned>(&self, host: &str) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes).map_err(|_| not_understood(host))
    }

    /// Whether the token is not valid any more.
    fn of_token(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED || self.status == StatusCode::FORBIDDEN && self.error == "TokenError"
    }

    /// An answer that says something about what was asked for, or a fault.
    fn checked(self, host: &str) -> Result<Self, Fault> {
        let status = self.status.as_u16();
        let fault = match status {
            200..=299 => return Ok(self),
            400 | 404 if self.own => return Ok(self),
            403 if self.own => Fault::new(Code::Forbidden, InfisicalCause::NotPermitted { said: self.why })
                .and(OnInfisical::GiveProjectRole)
                .and(Automatic::TriesAgain),
            _ => no_answer(host, status, self.why),
        };
        Err(Fault { http_status: Some(status), ..fault })
    }

    /// It refuses the call, for a reason that is its own.
    pub fn declined(&self, host: &str) -> Fault {
        declined(host, self.status.as_u16(), self.why.clone())
    }
}

impl Client {
    /// A client. Fails where the certificates cannot be used.
    pub fn new(url: &Origin, identity: &Infisical, network: &Network) -> Result<Self, Fault> {
        Ok(Self(Rc::new(Inner {
            http: net::http(url, network)?,
            url: url.clone(),
            identity: identity.clone(),
            token: RefCell::new(None),
            logging_in: Mutex::new(()),
            pace: Pace::new(Duration::ZERO),
        })))
    }

    /// Whether it answers, and accepts the credential.
    pub async fn test(&self) -> Result<Tested, Fault> {
        let _one = self.0.logging_in.lock().await;
        let (_, ends_in) = self.log_in().await?;
        Ok(Tested { ends_in: Some(ends_in).filter(|ends_in| *ends_in > 0), renewed: true, ..Tested::default() })
    }

    /// Makes one call with a token that is valid. Its answer is a 2xx, or a 4xx that says something about what was asked for;
    /// all else is a fault.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Said, Fault> {
        let token = self.token().await?;
        let said = self.send(&method, path, body, Some(&token)).await?;
        if !said.of_token() {
            return said.checked(&self.host());
        }
        self.0.token.borrow_mut().take_if(|kept| *kept == token);
        let token = self.token().await?;
        match self.send(&method, path, body, Some(&token)).await? {
            said if said.of_token() => Err(self.refused(said.why)),
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

    async fn token(&self) -> Result<HeaderValue, Fault> {
        let _one = self.0.logging_in.lock().await;
        let known = self.0.token.borrow().clone();
        match known {
            Some(token) => Ok(token),
            None => Ok(self.log_in().await?.0),
        }
    }

    /// Logs in: the token, and how long it lasts in seconds.
    async fn log_in(&self) -> Result<(HeaderValue, u64), Fault> {
        let Infisical { client_id, client_secret } = &self.0.identity;
        let body = json!({"clientId": client_id, "clientSecret": client_secret.expose()});
        let said = self.send(&Method::POST, "api/v1/auth/universal-auth/login", Some(&body), None).await?;
        if said.own && matches!(said.status.as_u16(), 400 | 401 | 403 | 404 | 422) {
            return Err(self.refused(said.why));
        }
        let issued: LoggedIn = said.checked(&self.host())?.json(&self.host())?;
        let token = sensitive(&Zeroizing::new(format!("Bearer {}", issued.access_token.expose())))?;
        *self.0.token.borrow_mut() = Some(token.clone());
        Ok((token, issued.expires_in))
    }

    fn refused(&self, said: String) -> Fault {
        let cause = ServerCause::LoginDeclined { host: self.host(), method: METHODS[0].into(), said };
        Fault::new(Code::TokenRefused, cause).and(OnInfisical::GiveClientSecret)
    }

    /// One exchange, in its turn, bounded in time and size.
    async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        token: Option<&HeaderValue>,
    ) -> Result<Said, Fault> {
        let turn = self.0.pace.turn().await;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, token.clone());
        }
        let request = self.0.http.request(method.clone(), format!("{}/{path}", self.0.url)).headers(headers);
        let request = match body {
            // The transport owns what it sends: this copy is not wiped.
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        let said = match sent(&turn, request, &self.0.url).await {
            Ok(response) => Said::read(response, body).await,
            Err(fault) => Err(fault),
        };
        said.map_err(|fault| of_network(fault, &self.host()))
    }
}

#[cfg(test)]
pub mod tests;
