//! The credentials that a machine of AWS has by itself: of an EC2 instance, whose metadata service wants a session of its own
//! (IMDSv2), and of an ECS task or an EKS pod, which have an endpoint beside them.
//!
//! Such an endpoint is named by the environment. It is asked only where AWS says that one can be: over TLS, on this machine, or
//! at the link-local addresses that containers have. A token is never sent anywhere else.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::session::{Keys, Session, no_answer, no_role};
use crate::core::fault::Fault;
use crate::core::secret::{SecretValue, exposed};
use crate::file::input::take;
use crate::net::{self, Network, read_body};
use crate::text::{sanitize, url_segment};

/// The metadata service of an EC2 instance.
const INSTANCE: &str = "http://169.254.169.254";
/// What gives an ECS task its credentials.
const TASK: &str = "http://169.254.170.2";
/// Where a container's endpoint may be without TLS, beside this machine: ECS, and EKS.
const CONTAINER_HOSTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
/// Where an instance's may be.
const INSTANCE_HOSTS: [&str; 2] = ["169.254.169.254", "[fd00:ec2::254]"];
/// The largest answer.
const BODY: usize = 64 << 10;
/// The largest file with a token.
const TOKEN: u64 = 16 << 10;
/// It is on this machine, or one hop away.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where this machine's credentials are had.
pub struct Machine {
    http: reqwest::Client,
    way: Way,
}

/// What the environment says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// The metadata service of an instance, by its address.
    Instance(String),
    /// A container's endpoint.
    Container {
        /// Its whole address.
        url: String,
        /// What it wants to be told: a text, or the file that it is read from each time.
        token: Option<Token>,
    },
    /// An address that no credentials come from.
    Elsewhere(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Text(SecretValue),
    File(PathBuf),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Issued {
    access_key_id: String,
    #[serde(with = "exposed")]
    secret_access_key: SecretValue,
    #[serde(with = "exposed")]
    token: SecretValue,
    expiration: DateTime<Utc>,
}

impl Way {
    fn of(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let env = |name: &str| env(name).filter(|value| !value.is_empty());
        let relative = env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|path| format!("{TASK}{path}"));
        if let Some(url) = relative.or_else(|| env("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
            if !may_be(&url, &CONTAINER_HOSTS, true) {
                return Self::Elsewhere(url);
            }
            let file = env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(|path| Token::File(path.into()));
            let text = || env("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(|text| Token::Text(SecretValue::new(text)));
            return Self::Container { url, token: file.or_else(text) };
        }
        let url = env("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| INSTANCE.into());
        if may_be(&url, &INSTANCE_HOSTS, false) {
            Self::Instance(url.trim_end_matches('/').to_owned())
        } else {
            Self::Elsewhere(url)
        }
    }
}

/// Whether credentials may come from there.
fn may_be(url: &str, hosts: &[&str], tls: bool) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    let here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    url.username().is_empty() && (tls && url.scheme() == "https" || here || hosts.contains(&host))
}

impl Machine {
    /// As the environment says.
    pub fn new(network: &Network, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Fault> {
        Ok(Self { http: net::beside(network)?, way: Way::of(env) })
    }

    /// Has credentials.
    pub async fn session(&self) -> Result<Session, Fault> {
        let (from, issued) = match &self.way {
            Way::Instance(url) => (url, self.of_instance(url).await?),
            Way::Container { url, token } => (url, self.of_container(url, token.as_ref()).await?),
            Way::Elsewhere(url) => {
                return Err(no_role(&shown(url), "it is none of the addresses that AWS gives credentials from"));
            }
        };
        let issued: Issued =
            serde_json::from_slice(&issued).map_err(|_| no_role(&shown(from), "its answer has no credentials"))?;
        let keys = Keys { id: issued.access_key_id, secret: issued.secret_access_key, token: Some(issued.token) };
        Ok(Session { keys, ends_at: Some(issued.expiration) })
    }

    async fn of_instance(&self, url: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let token = self.http.request(Method::PUT, format!("{url}/latest/api/token"));
        let token = token.header("x-aws-ec2-metadata-token-ttl-seconds", "300");
        let token = self.ask(token, url, "it gives no session (IMDSv2)").await?;
        let mut token = HeaderValue::from_bytes(token.trim_ascii()).map_err(|_| no_role(url, "its session is none"))?;
        token.set_sensitive(true);
        let get = |path: &str| self.http.get(format!("{url}{path}")).header("x-aws-ec2-metadata-token", token.clone());
        let list = "/latest/meta-data/iam/security-credentials/";
        let roles = self.ask(get(list), url, "the instance has no role").await?;
        let role = str::from_utf8(&roles).unwrap_or_default().lines().next().unwrap_or_default().trim();
        if role.is_empty() {
            return Err(no_role(url, "the instance has no role"));
        }
        self.ask(get(&format!("{list}{}", url_segment(role))), url, "it has no credentials of the role").await
    }

    async fn of_container(&self, url: &str, token: Option<&Token>) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let from = shown(url);
        let request = self.http.get(url);
        let request = match token {
            None => request,
            Some(token) => {
                let text = match token {
                    Token::Text(text) => text.clone(),
                    Token::File(path) => read_token(path.clone(), &from).await?,
                };
                let header = HeaderValue::from_str(text.expose().trim());
                let mut header = header.map_err(|_| no_role(&from, "the token for it has characters that none has"))?;
                header.set_sensitive(true);
                request.header(AUTHORIZATION, header)
            }
        };
        self.ask(request, &from, "it refuses").await
    }

    async fn ask(&self, request: RequestBuilder, from: &str, refused: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let answer = request.timeout(PATIENCE).send().await.map_err(|error| no_answer(from, &error))?;
        match answer.status() {
            StatusCode::OK => read_body(answer, BODY).await,
            status => Err(no_role(from, format!("{refused} ({})", status.as_u16()))),
        }
    }
}

/// An address as it may be shown: without what follows its path.
fn shown(url: &str) -> String {
    sanitize(url.split(['?', '#']).next().unwrap_or_default(), 120)
}

async fn read_token(path: PathBuf, from: &str) -> Result<SecretValue, Fault> {
    let why = format!("the token in {} cannot be read", path.display());
    let read = tokio::task::spawn_blocking(move || take(&path, TOKEN)).await;
    let bytes = read.ok().and_then(Result::ok).map(|read| read.bytes);
    let text = bytes.as_ref().and_then(|bytes| str::from_utf8(bytes).ok());
    text.map(SecretValue::new).ok_or_else(|| no_role(from, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(named: &[(&str, &str)]) -> Way {
        Way::of(&|name: &str| named.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn credentials_come_only_from_where_aws_says_that_they_do() {
        assert_eq!(way(&[]), Way::Instance(INSTANCE.into()));
        let relative = way(&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x")]);
        assert_eq!(relative, Way::Container { url: format!("{TASK}/v2/credentials/x"), token: None });
        let full = |url: &str| way(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)]);
        for url in [
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
            "http://127.0.0.1:51679/x",
            "http://localhost/x",
            "https://example.com/x",
        ] {
            assert!(matches!(full(url), Way::Container { .. }), "{url}");
        }
        for url in [
            "http://169.254.169.254/latest",
            "http://example.com/x",
            "http://169.254.170.2.example.com/x",
            "http://169.254.170.2@example.com/x",
            "ftp://169.254.1.1/",
            "nothing",
        ] {
            assert_eq!(full(url), Way::Elsewhere(url.into()), "{url}");
        }
        // What is put after the host must not become the host.
        let odd = way(&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/x")]);
        assert!(matches!(odd, Way::Elsewhere(_)), "{odd:?}");
        let odd = way(&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".example.com/x")]);
        assert!(matches!(odd, Way::Elsewhere(_)), "{odd:?}");
        let imds = |url: &str| way(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)]);
        assert_eq!(imds("http://127.0.0.1:1338/"), Way::Instance("http://127.0.0.1:1338".into()));
        assert_eq!(imds("https://example.com"), Way::Elsewhere("https://example.com".into()));
    }
}
