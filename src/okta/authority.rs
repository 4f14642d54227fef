//! The authority of a service app: access tokens for assertions that its key signs, with proofs where Okta wants them.
//!
//! Tokens and nonces are kept in memory alone. One token is asked for at a time, whoever waits for it. Whether the app
//! needs DPoP (RFC 9449) is found out and not configured: plainly first, with a proof where Okta asks for one, and with
//! its nonce where it asks for that. What is decided here is only whether to ask the token endpoint again; a refusal
//! goes to whoever needed the token.

use std::cell::{Cell, RefCell};

use chrono::{DateTime, Duration, Utc};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, RequestBuilder};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::assertion;
use super::authenticate::random;
use super::client::{BODY, Body, Client};
use super::error::answered;
use super::error::token::{lacks, refused};
use super::wire::Granted;
use crate::core::cause::{Answer, HeaderOf, MachineCause};
use crate::core::connection::Auth;
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{AtOkta, Automatic, OnConnection, OnMachine};
use crate::core::secret::SecretValue;
use crate::jose::claims::{ASSERTION_TYPE, Proof};
use crate::jose::{DPOP, Header, Key, hash};

/// What is asked for: to look at apps and to change their secrets.
pub const SCOPES: [&str; 2] = ["okta.apps.read", "okta.apps.manage"];

/// The org's own token endpoint: no other mints these scopes.
const PATH: &str = "/oauth2/v1/token";

const PROOF: HeaderName = HeaderName::from_static("dpop");
const NONCE: &str = "dpop-nonce";

/// So long before its end a token is asked for anew, or a tenth of its life where that is less.
const EARLY: Duration = Duration::minutes(1);

/// Okta's clock may be so far from what was assumed before an assertion or a proof is worth another try. They allow for
/// twice as much.
const OFF: Duration = Duration::seconds(5);

/// See the module.
pub struct Authority {
    client_id: String,
    key: Key,
    key_id: Option<String>,
    proof_key: Key,
    /// Held by the one who asks.
    asking: Mutex<()>,
    token: RefCell<Option<Token>>,
    /// How often it was asked for, and what was refused last: those who waited meanwhile get that, and do not ask
    /// again.
    asked: Cell<u64>,
    refusal: RefCell<Option<Fault>>,
    /// Whether proofs are wanted.
    proves: Cell<bool>,
    /// The nonces of the token endpoint and of the API.
    nonces: [RefCell<Option<String>>; 2],
}

/// An access token.
#[derive(Clone)]
pub struct Token {
    value: SecretValue,
    /// Whether it is bound to the proof key.
    bound: bool,
    /// By our clock.
    until: DateTime<Utc>,
}

impl Authority {
    /// The authority of a connection that is a service app's.
    pub fn of(auth: &Auth) -> Result<Option<Self>, Fault> {
        let Auth::OauthServiceApp { client_id, private_key, key, proof_key } = auth else { return Ok(None) };
        Ok(Some(Self {
            client_id: client_id.clone(),
            key: Key::of_kept(private_key)?,
            key_id: key.key_id.clone(),
            proof_key: Key::of_kept(proof_key)?,
            asking: Mutex::new(()),
            token: RefCell::default(),
            asked: Cell::new(0),
            refusal: RefCell::default(),
            proves: Cell::new(false),
            nonces: [RefCell::default(), RefCell::default()],
        }))
    }

    /// Whether Okta wants proofs.
    pub fn proves(&self) -> bool {
        self.proves.get()
    }

    /// A token, and whether it is new.
    pub async fn token(&self, client: &Client) -> Result<(Token, bool), Fault> {
        let before = self.asked.get();
        let _asking = self.asking.lock().await;
        if let Some(token) = self.token.borrow().as_ref().filter(|token| client.now() < token.until) {
            return Ok((token.clone(), false));
        }
        if self.asked.get() != before
            && let Some(refusal) = self.refusal.borrow().clone()
        {
            return Err(refusal);
        }
        let answer = self.ask(client).await.map_err(|fault| refused(fault, &self.client_id, &self.key_name()));
        self.asked.set(self.asked.get() + 1);
        self.refusal.replace(answer.as_ref().err().cloned());
        self.token.replace(answer.as_ref().ok().cloned());
        answer.map(|token| (token, true))
    }

    /// A token that Okta refused is used no more.
    pub fn drop_token(&self, refused: &Token) {
        self.token.borrow_mut().take_if(|token| token.value == refused.value);
    }

    /// Signs until Okta answers the question itself: at most one step for each of proof, nonce and clock.
    async fn ask(&self, client: &Client) -> Result<Token, Fault> {
        let (mut clock, mut nonce) = (false, false);
        loop {
            let turn = client.token_turn().await;
            let assumed = client.skew();
            let (proved, request) = (self.proves.get(), self.request(client)?);
            let sent_at = client.now();
            let fault = match client.send(&turn, request, BODY).await.result {
                Ok(body) => return self.take(&body, proved, sent_at),
                Err(fault) => fault,
            };
            match fault.okta_code.as_deref() {
                Some("invalid_dpop_proof") if !proved => self.proves.set(true),
                // An old nonce is refused like a missing one; the new one came with the refusal.
                Some("use_dpop_nonce") if !nonce => {
                    nonce = true;
                    self.proves.set(true);
                }
                Some("invalid_client" | "invalid_dpop_proof") if !clock && moved(client, assumed) => {
                    clock = true;
                }
                _ => return Err(fault),
            }
        }
    }

    fn request(&self, client: &Client) -> Result<RequestBuilder, Fault> {
        let audience = format!("{}{PATH}", client.url);
        let key = (&self.key, self.key_id.as_deref());
        let signed = assertion::sign_with_key(&self.client_id, &audience, key, client.okta_now(), &random()?)?;
        let scopes = SCOPES.join(" ");
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", scopes.as_str()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", signed.as_str()),
        ];
        let request = client.request(Method::POST, PATH).form(&form);
        if !self.proves.get() {
            return Ok(request);
        }
        Ok(request.header(PROOF, self.proof(client, Method::POST.as_str(), &audience, None)?))
    }

    fn take(&self, body: &Body, proved: bool, sent_at: DateTime<Utc>) -> Result<Token, Fault> {
        let granted: Granted = body.json()?;
        let bound = match granted.token_type.to_ascii_lowercase().as_str() {
            "bearer" => false,
            "dpop" if proved => true,
            _ => return Err(body.odd("Okta's token is of a kind that was not asked for")),
        };
        if !granted.access_token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(body.odd("Okta's token has characters that no token has"));
        }
        let lasts = Duration::seconds(i64::from(granted.expires_in));
        let has = |scope: &&str| granted.scope.as_ref().is_none_or(|all| all.split(' ').any(|it| it == *scope));
        if let Some(lacking) = SCOPES.into_iter().find(|scope| !has(scope)) {
            return Err(lacks(lacking, &self.client_id));
        }
        Ok(Token { value: granted.access_token, bound, until: sent_at + lasts - EARLY.min(lasts / 10) })
    }

    /// Puts a token into a call, with a proof where it is bound to the proof key.
    pub fn sign(&self, client: &Client, call: &mut Request, token: &Token) -> Result<(), Fault> {
        let scheme = if token.bound { "DPoP" } else { "Bearer" };
        let text = Zeroizing::new(format!("{scheme} {}", token.value.expose()));
        let failed = |_| Fault::precondition(MachineCause::NotAHeader(HeaderOf::AccessToken)).and(OnMachine::TryAgain);
        let mut header = HeaderValue::from_str(&text).map_err(failed)?;
        header.set_sensitive(true);
        let mut place = call.url().clone();
        place.set_query(None);
        place.set_fragment(None);
        let proof = token.bound.then(|| self.proof(client, call.method().as_str(), place.as_str(), Some(&token.value)));
        let headers = call.headers_mut();
        headers.insert(AUTHORIZATION, header);
        if let Some(proof) = proof {
            headers.insert(PROOF, proof?);
        }
        Ok(())
    }

    /// A proof for one request (RFC 9449 §4.2).
    fn proof(
        &self,
        client: &Client,
        method: &str,
        place: &str,
        token: Option<&SecretValue>,
    ) -> Result<HeaderValue, Fault> {
        let header = Header { typ: Some(DPOP.into()), jwk: Some(self.proof_key.public()), ..Header::default() };
        let claims = Proof {
            htm: method.into(),
            htu: place.into(),
            iat: Some(client.okta_now().timestamp()),
            jti: random()?,
            nonce: self.nonces[usize::from(token.is_some())].borrow().clone(),
            ath: token.map(|token| hash(token.expose())),
        };
        let proof = self.proof_key.sign(header, &claims)?;
        let failed = |_| Fault::precondition(MachineCause::NotAHeader(HeaderOf::Proof)).and(OnMachine::TryAgain);
        HeaderValue::from_str(&proof).map_err(failed)
    }

    /// Takes the nonce over that an answer brought: the newest one is the one that is wanted next.
    pub fn learn(&self, path: &str, headers: &HeaderMap) {
        let nonce = headers.get(NONCE).and_then(|nonce| nonce.to_str().ok());
        if let Some(nonce) = nonce.filter(|nonce| (1..=1_000).contains(&nonce.len())) {
            self.nonces[usize::from(path != PATH)].replace(Some(nonce.to_owned()));
        }
    }

    /// Whether a refused call may go again, because Okta looked at nothing but its token or its proof. `assumed` is what
    /// its proof took Okta's clock for.
    pub fn again(&self, client: &Client, fault: &Fault, token: &Token, new: bool, assumed: Duration) -> bool {
        match (fault.http_status, fault.okta_code.as_deref()) {
            (Some(400 | 401), Some("use_dpop_nonce")) => true,
            (Some(400 | 401), Some("invalid_dpop_proof")) if token.bound => moved(client, assumed),
            (Some(401), _) => {
                self.drop_token(token);
                !new
            }
            // The app was switched to DPoP while its token was a plain one.
            (Some(400), Some("invalid_request" | "invalid_dpop_proof")) if !token.bound => {
                self.proves.set(true);
                self.drop_token(token);
                true
            }
            _ => false,
        }
    }

    /// For what is said of a refusal: the key's `kid`, or its thumbprint.
    fn key_name(&self) -> String {
        match &self.key_id {
            Some(id) => format!("{id:?}"),
            None => format!("with the thumbprint {}", self.key.thumbprint()),
        }
    }
}

/// Whether an answer shows that Okta's clock is not what it was taken for.
fn moved(client: &Client, assumed: Duration) -> bool {
    (client.skew() - assumed).abs() > OFF
}

/// The refusal of a call, for a service app: what the table has is for API tokens.
pub fn for_service_app(fault: Fault) -> Fault {
    match (fault.code, fault.okta_code.as_deref()) {
        // It is the connection's fault, and not this call's: as where a token is refused.
        (_, Some("invalid_dpop_proof" | "use_dpop_nonce")) => refused(fault, "", ""),
        (Code::TokenRefused, _) => answered(fault, Answer::AccessTokenRefused)
            .instead(AtOkta::CheckServiceAppActive)
            .and(OnConnection::TestConnection)
            .and(Automatic::SecretsWork),
        (Code::Forbidden, _) => fault.instead(AtOkta::GiveServiceAppRole).and(Automatic::SecretsWork),
        _ => fault,
    }
}
