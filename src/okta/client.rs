//! The client of one org: each call of the protocol is exactly one HTTP exchange.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Method, Request, RequestBuilder, StatusCode};
use zeroize::Zeroizing;

use super::authenticate::verdict;
use super::authority::{Authority, for_service_app};
use super::error;
use super::limits::{Bucket, Rate, Turn};
use super::wire;
use crate::clock::Clock;
use crate::core::cause::ConnectionCause;
use crate::core::connection::Auth;
use crate::core::fault::{Code, Fault};
use crate::core::name::Origin;
use crate::core::protocol::call::{Answer, Call, Record, Reply};
use crate::core::remedy::{OnConnection, OnMachine};
use crate::core::secret::SecretValue;
use crate::net::{self, Network, issuer, read_body};
use crate::text::{sanitize, url_segment};

mod answer;

pub(super) use answer::Body;
use answer::conceal;

/// The largest body of a list of apps, and of an app: its `profile` alone may have a megabyte (Okta recommends no more).
const LIST_BODY: usize = 8 << 20;
/// The largest body of anything else.
pub(super) const BODY: usize = 1 << 20;
/// Calls one org with one credential. Clones share connections and pace.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    pub(super) url: Origin,
    network: Rc<Network>,
    credential: Credential,
    clock: Clock,
    /// Okta's clock less ours, from the answer that came last. An answer takes its time and its `Date` has whole
    /// seconds, so that Okta's clock is rather a little ahead of this than behind.
    skew: Rc<Cell<chrono::Duration>>,
    buckets: Rc<Buckets>,
}

/// What a call is authorised with.
#[derive(Clone)]
enum Credential {
    /// An API token, in the header that carries it.
    Token(HeaderValue),
    /// A service app, which gets its tokens by itself.
    App(Rc<Authority>),
}

/// Okta's limits that a rotation draws on (Okta note, §4).
struct Buckets {
    /// `/api/v1/apps` and `/api/v1/apps/{id}/*`.
    apps: Rc<Bucket>,
    /// `/api/v1/apps/{id}` itself.
    app: Rc<Bucket>,
    /// `/oauth2/v1/token`: of its own, for a call that has its turn may need a token first.
    token: Rc<Bucket>,
    /// `/oauth2/v1/*` and the rest.
    other: Rc<Bucket>,
}

impl Buckets {
    fn all(&self) -> impl Iterator<Item = &Rc<Bucket>> {
        [&self.apps, &self.app, &self.token, &self.other].into_iter()
    }
}

/// One exchange: the facts of it, the headers, and a body read within bounds.
pub(super) struct Exchange {
    pub record: Record,
    pub result: Result<Body, Fault>,
}

impl Client {
    /// A client for an org. Fails where the CA file cannot be read.
    pub fn new(url: &Origin, auth: &Auth, network: &Network, clock: Clock) -> Result<Self, Fault> {
        let http = net::http(url, network)?;
        let credential = match (auth, Authority::of(auth)?) {
            (_, Some(authority)) => Credential::App(Rc::new(authority)),
            (Auth::ApiToken { token }, None) => Credential::Token(token_header(token)?),
            (_, None) => return Err(no_credential()),
        };
        let bucket = || Bucket::new(clock);
        let buckets = Rc::new(Buckets { apps: bucket(), app: bucket(), token: bucket(), other: bucket() });
        let skew = Rc::new(Cell::new(chrono::Duration::zero()));
        Ok(Self { http, url: url.clone(), network: Rc::new(network.clone()), credential, clock, skew, buckets })
    }

    /// This client's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Okta's clock, as far as its answers showed it.
    pub(super) fn okta_now(&self) -> DateTime<Utc> {
        self.clock.now() + self.skew.get()
    }

    /// Okta's clock less ours.
    pub(super) fn skew(&self) -> chrono::Duration {
        self.skew.get()
    }

    /// Whether Okta wants DPoP proofs, where that is known: of a service app, once it has a token.
    pub fn proves(&self) -> Option<bool> {
        match &self.credential {
            Credential::Token(_) => None,
            Credential::App(app) => Some(app.proves()),
        }
    }

    /// Who issued the certificate that is presented at the org's address, where that is not trusted.
    pub async fn issuer(&self) -> Option<String> {
        issuer::presented(&self.url, &self.network).await
    }

    /// What the rate headers of the busiest limit said last.
    pub fn rate(&self) -> Option<Rate> {
        self.buckets.apps.rate()
    }

    /// Sends nothing more: calls that wait for their turn never start; calls in flight complete.
    pub fn halt(&self) {
        self.buckets.all().for_each(|bucket| bucket.halt());
    }

    /// How many calls wait for their turn.
    pub fn waiting(&self) -> usize {
        self.buckets.all().map(|bucket| bucket.waiting()).sum()
    }

    /// Makes one call of the protocol: exactly one exchange, never a retry.
    pub async fn perform(&self, call: &Call) -> Answer {
        let Exchange { record, result } = match call {
            Call::App { app_id } => self.get_app(app_id).await,
            Call::Secrets { app_id } => self.get(&secrets_path(app_id), BODY).await,
            Call::Create { app_id, value } => self.create(app_id, value).await,
            Call::Activate { app_id, secret_id } => {
                self.change(Method::POST, app_id, secret_id, "/lifecycle/activate").await
            }
            Call::Deactivate { app_id, secret_id } => {
                self.change(Method::POST, app_id, secret_id, "/lifecycle/deactivate").await
            }
            Call::Delete { app_id, secret_id } => self.change(Method::DELETE, app_id, secret_id, "").await,
            Call::Authenticate { probe, client_id, method, value } => {
                self.authenticate(probe, client_id, *method, value).await
            }
        };
        let result = match (call, result) {
            (Call::App { .. }, Ok(body)) => body.json::<wire::App>().map(|app| Reply::App(app.into())),
            (Call::Secrets { .. }, Ok(body)) => {
                body.json::<wire::Secrets>().map(|list| Reply::Secrets(list.0.into_iter().map(Into::into).collect()))
            }
            (Call::Create { .. } | Call::Activate { .. } | Call::Deactivate { .. }, Ok(body)) => {
                body.json::<wire::ClientSecret>().map(|secret| Reply::Secret(secret.into()))
            }
            (Call::Delete { .. }, Ok(body)) => body.empty().map(|()| Reply::Deleted),
            (Call::Authenticate { probe, .. }, result) => verdict(probe, result),
            (_, Err(fault)) => Err(fault),
        };
        let mut answer = Answer { record, result };
        if let Call::Create { value, .. } | Call::Authenticate { value, .. } = call {
            conceal(&mut answer.record, answer.result.as_mut().err(), value.expose());
        }
        answer
    }

    async fn create(&self, app_id: &str, value: &SecretValue) -> Exchange {
        let mut body = Zeroizing::new(String::with_capacity(160));
        body.push_str("{\"client_secret\":");
        // A JSON string of our own alphabet needs no escapes; serde writes it all the same.
        body.push_str(&Zeroizing::new(serde_json::to_string(value.expose()).unwrap_or_default()));
        body.push_str(",\"status\":\"ACTIVE\"}");
        let request = self.request(Method::POST, &secrets_path(app_id)).header("content-type", "application/json");
        self.authorised(&self.buckets.apps, request.body(body.to_string()), BODY).await
    }

    async fn change(&self, method: Method, app_id: &str, secret_id: &str, rest: &str) -> Exchange {
        let path = format!("{}/{}{rest}", secrets_path(app_id), segment(secret_id));
        let sized = method == Method::POST;
        let request = self.request(method, &path);
        // A POST says how long it is even where it is empty: front ends may answer 411 to one that does not, and the
        // transport leaves it out.
        let request = if sized { request.header(CONTENT_LENGTH, 0) } else { request };
        self.authorised(&self.buckets.apps, request, BODY).await
    }

    /// A GET within the org, with the connection's credential.
    pub(super) async fn get(&self, path_and_query: &str, cap: usize) -> Exchange {
        let path = path_and_query.split('?').next().unwrap_or_default();
        let exact_app = path.strip_prefix("/api/v1/apps/").is_some_and(|rest| !rest.contains('/'));
        let bucket = match path {
            _ if exact_app => &self.buckets.app,
            _ if path.starts_with("/api/v1/apps") => &self.buckets.apps,
            _ => &self.buckets.other,
        };
        self.authorised(bucket, self.request(Method::GET, path_and_query), cap).await
    }

    /// A GET of one app.
    pub(super) async fn get_app(&self, id: &str) -> Exchange {
        self.get(&format!("/api/v1/apps/{}", segment(id)), LIST_BODY).await
    }

    /// A GET of a list of apps.
    pub(super) async fn get_list(&self, path_and_query: &str) -> Exchange {
        self.get(path_and_query, LIST_BODY).await
    }

    /// A GET that carries no credential.
    pub(super) async fn get_public(&self, path: &str) -> Exchange {
        self.exchange(&self.buckets.other, self.request(Method::GET, path), BODY).await
    }

    /// A turn for a call to `/oauth2/v1/*`.
    pub(super) async fn other_turn(&self) -> Turn {
        self.buckets.other.turn().await
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).header(ACCEPT, "application/json")
    }

    /// A turn for a call to the token endpoint.
    pub(super) async fn token_turn(&self) -> Turn {
        self.buckets.token.turn().await
    }

    /// One exchange, in its turn, bounded in time and size.
    async fn exchange(&self, bucket: &Rc<Bucket>, request: RequestBuilder, cap: usize) -> Exchange {
        let turn = bucket.turn().await;
        self.send(&turn, request, cap).await
    }

    /// The same with the connection's credential.
    async fn authorised(&self, bucket: &Rc<Bucket>, request: RequestBuilder, cap: usize) -> Exchange {
        let turn = bucket.turn().await;
        let app = match &self.credential {
            Credential::Token(header) => {
                return self.send(&turn, request.header(AUTHORIZATION, header.clone()), cap).await;
            }
            Credential::App(app) => app,
        };
        let request = match request.build() {
            Ok(request) => request,
            Err(error) => return refused(net::transport(&error, &self.url)),
        };
        let mut tries = 0;
        loop {
            let Some(mut call) = request.try_clone() else { return refused(no_credential()) };
            let (token, new) = match app.token(self).await {
                Ok(token) => token,
                Err(fault) => return refused(fault),
            };
            if let Err(fault) = app.sign(self, &mut call, &token) {
                return refused(fault);
            }
            tries += 1;
            let assumed = self.skew();
            let exchange = self.deliver(&turn, call, cap).await;
            // A new token, a proof, its nonce, the time: there is nothing else that could be missing.
            match &exchange.result {
                Err(fault) if app.again(self, fault, &token, new, assumed) && tries < 5 => {}
                _ => return Exchange { result: exchange.result.map_err(for_service_app), ..exchange },
            }
        }
    }

    /// Sends what has its turn.
    pub(super) async fn send(&self, turn: &Turn, request: RequestBuilder, cap: usize) -> Exchange {
        match request.build() {
            Ok(request) => self.deliver(turn, request, cap).await,
            Err(error) => refused(net::transport(&error, &self.url)),
        }
    }

    async fn deliver(&self, turn: &Turn, request: Request, cap: usize) -> Exchange {
        let path = request.url().path().to_owned();
        let sent_with = request.headers().get(AUTHORIZATION).cloned();
        let (started, sent_at) = (Instant::now(), self.clock.now());
        let sent = self.http.execute(request).await;
        let mut record = Record::default();
        let result = match sent {
            Err(error) => Err(net::transport(&error, &self.url)),
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                record.status = Some(status.as_u16());
                record.request_id = header(&headers, "x-okta-request-id").map(|id| sanitize(&id, 80));
                let date = header(&headers, "date").and_then(|date| date_of(&date));
                record.skew = date.map(|date| skew(date, sent_at, self.clock.now()));
                if let Some(skew) = record.skew {
                    self.skew.set(skew);
                }
                let rate = Rate::read(&headers, date);
                if let Credential::App(app) = &self.credential {
                    app.learn(&path, &headers);
                }
                turn.bucket().learn(rate, status == StatusCode::TOO_MANY_REQUESTS);
                self.finish(response, status, headers, rate, cap).await
            }
        };
        record.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut result = result.map_err(|fault| Fault { request_id: record.request_id.clone(), ..fault });
        let token = match &self.credential {
            Credential::Token(header) => Some(header),
            Credential::App(_) => sent_with.as_ref(),
        };
        let token = token.and_then(|header| header.to_str().ok()?.split_once(' ')).unwrap_or_default().1;
        conceal(&mut record, result.as_mut().err(), token);
        if let Ok(body) = &mut result {
            body.request_id.clone_from(&record.request_id);
        }
        Exchange { record, result }
    }

    async fn finish(
        &self,
        response: reqwest::Response,
        status: StatusCode,
        headers: HeaderMap,
        rate: Rate,
        cap: usize,
    ) -> Result<Body, Fault> {
        let body = read_body(response, if status.is_success() { cap } else { 64 << 10 }).await;
        if status.is_success() {
            return body.map(|bytes| Body { headers, status: status.as_u16(), request_id: None, bytes });
        }
        // A refusal that cannot be read to its end is still a refusal of that status.
        let bytes = body.unwrap_or_default();
        let mut fault = error::fault(status, &headers, &bytes);
        if fault.code == Code::RateLimited {
            fault.retry_at = Some(self.clock.now() + rate.wait());
        }
        Err(fault)
    }
}

/// No call was made.
pub(super) fn refused(fault: Fault) -> Exchange {
    Exchange { record: Record::default(), result: Err(fault) }
}

fn token_header(token: &SecretValue) -> Result<HeaderValue, Fault> {
    let text = Zeroizing::new(format!("SSWS {}", token.expose()));
    let mut header = HeaderValue::from_str(&text).map_err(|_| {
        Fault::new(Code::TokenRefused, ConnectionCause::TokenCharacters).and(OnConnection::GiveTokenAgain)
    })?;
    header.set_sensitive(true);
    Ok(header)
}

fn no_credential() -> Fault {
    Fault::precondition(ConnectionCause::CredentialUnusable).and(OnMachine::Report)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// How far a `Date` lies before the sending of its request or after the arrival of its answer, by our clock. It was cut to the
/// second.
fn skew(date: DateTime<Utc>, sent: DateTime<Utc>, arrived: DateTime<Utc>) -> chrono::Duration {
    if date > arrived {
        return date - arrived;
    }
    (date + chrono::Duration::seconds(1) - sent).min(chrono::Duration::zero())
}

/// An IMF-fixdate (RFC 9110 §5.6.7).
fn date_of(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

fn secrets_path(app_id: &str) -> String {
    format!("/api/v1/apps/{}/credentials/secrets", segment(app_id))
}

/// One path segment: Okta's ids are letters and digits; a typed one may be anything.
pub(super) fn segment(text: &str) -> String {
    let encoded = url_segment(text);
    // A segment of dots would climb the path, and one of `%2E` as well: URLs take the two for the same. Encoded twice it
    // is an id that nothing has.
    if matches!(encoded.as_str(), "." | "..") { encoded.replace('.', "%252E") } else { encoded }
}

#[cfg(test)]
mod tests;
