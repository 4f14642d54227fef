//! A Kubernetes cluster: who calls, and one call at a time.
//!
//! Kubernetes tells who is not known (401) from what is not allowed (403). What is not known at all may count as anonymous, who
//! is allowed a little: that is no good answer either.

use std::rc::Rc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::core::connection::Kubernetes;
use crate::core::fault::{Code, Fault};
use crate::core::name::Origin;
use crate::delivery::call::{not_understood, of_network, read_jwt, sensitive, sent};
use crate::delivery::server::Tested;
use crate::net::pace::Pace;
use crate::net::{self, Network};
use crate::text::sanitize;

mod answer;
pub mod secret;

pub use answer::Said;

/// Who has no name.
const ANONYMOUS: &str = "system:anonymous";

/// One cluster. Clones share the pace.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    http: reqwest::Client,
    url: Origin,
    caller: Kubernetes,
    pace: Pace,
}

/// A call.
pub struct Ask<'a> {
    /// The method.
    pub method: Method,
    /// The path with its query, each segment escaped.
    pub path: &'a str,
    /// JSON.
    pub body: Option<Zeroizing<Vec<u8>>>,
    /// What the body is.
    pub kind: &'static str,
}

impl<'a> Ask<'a> {
    /// A GET.
    pub fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, body: None, kind: "application/json" }
    }

    fn post(path: &'a str, body: &serde_json::Value) -> Self {
        let body = Some(Zeroizing::new(body.to_string().into_bytes()));
        Self { method: Method::POST, path, body, kind: "application/json" }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

#[derive(Deserialize)]
struct Review {
    status: Reviewed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reviewed {
    user_info: UserInfo,
}

#[derive(Deserialize)]
struct UserInfo {
    #[serde(default)]
    username: String,
}

/// What a token says of itself.
#[derive(Deserialize)]
struct Claims {
    exp: i64,
}

impl Client {
    /// A client. Fails where a certificate cannot be used.
    pub fn new(url: &Origin, caller: &Kubernetes, network: &Network) -> Result<Self, Fault> {
        let own = match caller {
            Kubernetes::ClientCertificate { certificate, key } => {
                Some(Zeroizing::new(format!("{certificate}\n{}", key.expose())))
            }
            _ => None,
        };
        let http = net::http_as(url, network, own.as_ref().map(|pem| pem.as_bytes()))?;
        Ok(Self(Rc::new(Inner { http, url: url.clone(), caller: caller.clone(), pace: Pace::new(Duration::ZERO) })))
    }

    /// Whether it answers, and whom it takes the caller for.
    pub async fn test(&self) -> Result<Tested, Fault> {
        let said = self.call(&Ask::get("version")).await;
        let (version, now) = match said {
            Ok(said) if said.status.is_success() => {
                let version: Version = said.json(&self.host())?;
                (Some(sanitize(version.git_version.trim_start_matches('v'), 40)), said.date())
            }
            Ok(_) => return Err(not_understood(&self.host())),
            // Some clusters keep it to themselves.
            Err(fault) if fault.code == Code::Forbidden => (None, None),
            Err(fault) => return Err(fault),
        };
        let identity = self.identity().await?;
        let ends = self.expiry().zip(now).map(|(ends, now)| u64::try_from((ends - now).max(1)).unwrap_or(1));
        let renewed = !matches!(self.0.caller, Kubernetes::Token { .. });
        Ok(Tested { version, ends_in: ends, renewed, identity, ..Tested::default() })
    }

    /// Whom it takes the caller for; `None` where it accepts the credential and does not say.
    async fn identity(&self) -> Result<Option<String>, Fault> {
        for version in ["v1", "v1beta1"] {
            let path = format!("apis/authentication.k8s.io/{version}/selfsubjectreviews");
            let body = json!({"apiVersion": format!("authentication.k8s.io/{version}"), "kind": "SelfSubjectReview"});
            match self.call(&Ask::post(&path, &body)).await {
                Ok(said) if said.status.is_success() => {
                    let user = said.json::<Review>(&self.host())?.status.user_info.username;
                    return if user == ANONYMOUS { Err(self.unknown(None)) } else { Ok(Some(sanitize(&user, 200))) };
                }
                // It is of Kubernetes 1.28; and whoever may not ask is known all the same.
                Ok(_) => {}
                Err(fault) if fault.http_status == Some(404) => {}
                Err(fault) if fault.code == Code::Forbidden => return Ok(None),
                Err(fault) => return Err(fault),
            }
        }
        // Whoever is known may ask what it may do.
        let body = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "get", "resource": "secrets"}},
        });
        match self.call(&Ask::post("apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &body)).await {
            Err(fault) if fault.code != Code::Forbidden => Err(fault),
            Ok(said) if !said.status.is_success() => Err(not_understood(&self.host())),
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// When a token that was given ends, where it says so: in seconds since 1970.
    fn expiry(&self) -> Option<i64> {
        let Kubernetes::Token { token } = &self.0.caller else { return None };
        let claims = URL_SAFE_NO_PAD.decode(token.expose().split('.').nth(1)?).ok()?;
        serde_json::from_slice::<Claims>(&Zeroizing::new(claims)).ok().map(|claims| claims.exp)
    }

    /// Makes one call. Its answer is a 2xx, or one that says something about what was asked for; all else is a fault.
    pub async fn call(&self, ask: &Ask<'_>) -> Result<Said, Fault> {
        let turn = self.0.pace.turn().await;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(ask.kind));
        let token = match &self.0.caller {
            Kubernetes::Token { token } => Some(token.clone()),
            Kubernetes::ServiceAccount { jwt_file } => Some(read_jwt(jwt_file).await?),
            Kubernetes::ClientCertificate { .. } => None,
        };
        if let Some(token) = &token {
            let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
            headers.insert(AUTHORIZATION, sensitive(&bearer)?);
        }
        let request = self.0.http.request(ask.method.clone(), format!("{}/{}", self.0.url, ask.path));
        let request = match &ask.body {
            // The transport owns what it sends: this copy is not wiped.
            Some(body) => request.body(body.to_vec()),
            None => request,
        };
        let said = match sent(&turn, request.headers(headers), &self.0.url).await {
            Ok(response) => Said::read(response, ask, token.as_ref()).await,
            Err(fault) => Err(fault),
        };
        let said = said.map_err(|fault| of_network(fault, &self.host()))?;
        if said.status == StatusCode::UNAUTHORIZED
            || said.status == StatusCode::FORBIDDEN && said.why.contains(ANONYMOUS)
        {
            return Err(self.unknown(Some(said.status.as_u16())));
        }
        said.checked(&self.host())
    }

    /// Its pace.
    pub fn pace(&self) -> &Pace {
        &self.0.pace
    }

    /// The host, as causes name it.
    pub fn host(&self) -> String {
        self.0.url.host().to_owned()
    }

    fn unknown(&self, status: Option<u16>) -> Fault {
        Fault { http_status: status, ..answer::unknown(&self.host(), &self.0.caller) }
    }
}

impl Said {
    /// The server's clock, in seconds since 1970.
    fn date(&self) -> Option<i64> {
        let date = self.headers.get(DATE)?.to_str().ok()?;
        DateTime::parse_from_rfc2822(date).ok().map(|date| date.timestamp())
    }
}

#[cfg(test)]
pub mod tests;
