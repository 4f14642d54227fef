//! AWS: how credentials are had, and one signed call at a time with them.
//!
//! Temporary credentials are kept until shortly before their end. Where one ends earlier all the same, others are had once and the
//! call, which had no effect, is made again.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::core::connection::Aws;
use crate::core::connection::aws::{Identity, Service};
use crate::core::fault::{Code, Fault};
use crate::core::name::Origin;
use crate::core::remedy::{AtAws, Automatic};
use crate::core::secret::SecretValue;
use crate::delivery::call::{not_understood, of_network, unusable};
use crate::delivery::server::Tested;
use crate::net::pace::{Pace, retry_after};
use crate::net::{self, Network};
use crate::text::sanitize;

mod answer;
mod machine;
pub mod parameters;
pub mod secret;
mod session;
mod sign;

use answer::Said;
use machine::Machine;
use session::{Keys, Session};

/// The version of the interface of STS.
const STS: &str = "2011-06-15";

/// A region of AWS. Clones share credentials and pace.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    http: reqwest::Client,
    url: Origin,
    aws: Aws,
    clock: Clock,
    machine: Machine,
    session: RefCell<Option<Session>>,
    /// Held while credentials are had, so that many calls have them once.
    having: Mutex<()>,
    pace: Pace,
}

/// What is sent.
struct Sent<'a> {
    service: Service,
    /// What the call is named in a header, where it is named there.
    target: Option<String>,
    kind: &'a str,
    body: Zeroizing<Vec<u8>>,
    /// What of it is never repeated.
    unseen: Option<&'a SecretValue>,
}

impl Client {
    /// A client. Fails where the CA file cannot be read.
    pub fn new(url: &Origin, aws: &Aws, network: &Network, clock: Clock) -> Result<Self, Fault> {
        Self::with(url, aws, network, clock, &|name| std::env::var(name).ok())
    }

    /// The same, with another environment.
    pub fn with(
        url: &Origin,
        aws: &Aws,
        network: &Network,
        clock: Clock,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Fault> {
        Ok(Self(Rc::new(Inner {
            http: net::http(url, network)?,
            url: url.clone(),
            aws: aws.clone(),
            clock,
            machine: Machine::new(network, env)?,
            session: RefCell::new(None),
            having: Mutex::new(()),
            pace: Pace::new(Duration::ZERO),
        })))
    }

    /// Whether it answers, and accepts the credentials: who they are.
    pub async fn test(&self) -> Result<Tested, Fault> {
        // What was had before may be someone else's by now.
        *self.0.session.borrow_mut() = None;
        let session = self.session().await?;
        let said = self.sts("GetCallerIdentity", &[], Some(&session.keys), None).await?;
        let host = self.host();
        if !said.status.is_success() {
            return Err(said.declined(&host));
        }
        let part = |name: &str| said.element(name).ok_or_else(|| not_understood(&host));
        let ends_in = session.ends_at.map(|at| (at - self.0.clock.now()).num_seconds());
        Ok(Tested {
            account: Some(sanitize(&part("Account")?, 40)),
            identity: Some(sanitize(&part("Arn")?, 300)),
            ends_in: ends_in.and_then(|seconds| u64::try_from(seconds).ok()),
            renewed: session.ends_at.is_some(),
            ..Tested::default()
        })
    }

    /// Makes one call of a service that speaks JSON. Its answer is a good one, or says something about what was asked for; all
    /// else is a fault.
    pub async fn call(
        &self,
        service: Service,
        action: &str,
        body: &impl Serialize,
        unseen: Option<&SecretValue>,
    ) -> Result<Said, Fault> {
        // Our own types have string keys and no failing parts.
        let body = Zeroizing::new(serde_json::to_vec(body).unwrap_or_default());
        let prefix = if service == Service::Ssm { "AmazonSSM" } else { service.as_str() };
        let permission = format!("{}:{action}", service.as_str());
        let (target, kind) = (Some(format!("{prefix}.{action}")), "application/x-amz-json-1.1");
        let sent = Sent { service, target, kind, body, unseen };
        let session = self.session().await?;
        let mut said = self.send(&sent, Some(&session.keys)).await?;
        if said.ended() && session.ends_at.is_some() {
            self.0.session.borrow_mut().take_if(|kept| kept.keys == session.keys);
            let session = self.session().await?;
            said = self.send(&sent, Some(&session.keys)).await?;
        }
        said.checked(&self.host_of(service), &permission).map_err(|fault| self.of_identity_known(fault))
    }

    /// Makes one call of STS, which is asked by a form and answers in XML; without keys it is not signed.
    async fn sts(
        &self,
        action: &str,
        fields: &[(&str, &str)],
        keys: Option<&Keys>,
        unseen: Option<&SecretValue>,
    ) -> Result<Said, Fault> {
        let all = [("Action", action), ("Version", STS)].into_iter().chain(fields.iter().copied());
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        let body = Zeroizing::new(body.into_bytes());
        let kind = "application/x-www-form-urlencoded";
        let sent = Sent { service: Service::Sts, target: None, kind, body, unseen };
        let said = self.send(&sent, keys).await?;
        let host = self.host_of(Service::Sts);
        said.checked(&host, &format!("sts:{action}")).map_err(|fault| self.of_identity_known(fault))
    }

    /// Whoever did not give an access key cannot give another one.
    fn of_identity_known(&self, fault: Fault) -> Fault {
        let given = matches!(self.0.aws.identity, Identity::AccessKey { .. });
        let refused = fault.code == Code::TokenRefused;
        if refused && !given { fault.instead(AtAws::CheckTrust).and(Automatic::TriesAgain) } else { fault }
    }

    /// The credentials: those that are known while they last, or others.
    async fn session(&self) -> Result<Session, Fault> {
        let _one = self.0.having.lock().await;
        let known = self.0.session.borrow().clone().filter(|it| it.lasts(self.0.clock.now()));
        if let Some(known) = known {
            return Ok(known);
        }
        let session = self.new_session().await.map_err(|fault| {
            // The call itself never went out, so that nothing can have come of it.
            if fault.code.doubtful() {
                Fault { code: Code::Unreachable, ..fault.with(vec![Automatic::TriesAgain.into()]) }
            } else {
                fault
            }
        })?;
        *self.0.session.borrow_mut() = Some(session.clone());
        Ok(session)
    }

    /// One exchange, in its turn, bounded in time and size.
    async fn send(&self, sent: &Sent<'_>, keys: Option<&Keys>) -> Result<Said, Fault> {
        let turn = self.0.pace.turn().await;
        let url = sent.service.at(&self.0.url, &self.0.aws.region);
        let request = self.0.http.post(format!("{url}/")).headers(self.headers(sent, keys, url.host())?);
        // The transport owns what it sends: this copy is not wiped.
        let answered = request.body(sent.body.to_vec()).send().await;
        let answered = match answered {
            Ok(response) => {
                let token = keys.and_then(|keys| keys.token.as_ref());
                let wait = retry_after(response.headers());
                let said = Said::read(response, &token.into_iter().chain(sent.unseen).collect::<Vec<_>>()).await;
                match &said {
                    Ok(said) if said.throttled() => turn.throttled(wait),
                    _ => turn.answered(),
                }
                said
            }
            Err(error) => Err(net::transport(&error, &url)),
        };
        answered.map_err(|fault| of_network(fault, url.host()))
    }

    fn headers(&self, sent: &Sent<'_>, keys: Option<&Keys>, host: &str) -> Result<HeaderMap, Fault> {
        let at: DateTime<Utc> = self.0.clock.now();
        let date = sign::amz_date(at);
        // By name, as a signature has them.
        let mut named: Vec<(&'static str, &str)> =
            vec![("content-type", sent.kind), ("host", host), ("x-amz-date", date.as_str())];
        named.extend(keys.and_then(|keys| keys.token.as_ref()).map(|token| ("x-amz-security-token", token.expose())));
        named.extend(sent.target.as_deref().map(|target| ("x-amz-target", target)));
        let mut headers = HeaderMap::new();
        for (name, value) in named.iter().filter(|(name, _)| *name != "host") {
            let mut header = HeaderValue::from_str(value).map_err(|_| unusable())?;
            header.set_sensitive(*name == "x-amz-security-token");
            headers.insert(HeaderName::from_static(name), header);
        }
        if let Some(keys) = keys {
            let (region, service) = (self.0.aws.region.as_str(), sent.service.as_str());
            let call = sign::Call { method: "POST", headers: &named, body: &sent.body, region, service, at };
            let header = HeaderValue::from_str(&sign::authorization(&call, keys));
            headers.insert(AUTHORIZATION, header.map_err(|_| unusable())?);
        }
        Ok(headers)
    }

    /// Its pace.
    pub fn pace(&self) -> &Pace {
        &self.0.pace
    }

    fn region(&self) -> &str {
        &self.0.aws.region
    }

    /// The host, as causes name it.
    fn host(&self) -> String {
        self.0.url.host().to_owned()
    }

    fn host_of(&self, service: Service) -> String {
        service.at(&self.0.url, &self.0.aws.region).host().to_owned()
    }
}

#[cfg(test)]
pub mod tests;
