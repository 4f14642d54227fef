//! The org's state, and what may be done to it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::faults::{Fault, Held};
use super::limits::Limits;
use super::refusal::Refusal;
use super::seed::{self, Dice};
use super::service::ServiceApp;
use super::{Now, Options};

/// An org behind its lock. The lock is never held over an await.
pub struct Org {
    /// Where it is reached.
    pub origin: String,
    /// The API token that it accepts.
    pub token: String,
    /// Its own id, `00o…`.
    pub id: String,
    now: Now,
    inside: Mutex<Inside>,
    /// Signalled whenever a request is parked or released.
    pub(super) held: Notify,
    arrivals: OnceLock<Arrivals>,
}

/// Called for each call as it comes in, with its `User-Agent`.
type Arrivals = Box<dyn Fn(&str) + Send + Sync>;

/// What stands behind the lock.
pub struct Inside {
    /// Its apps, in order of creation.
    pub apps: Vec<App>,
    /// Whether the token is valid.
    pub token_valid: bool,
    /// What the token's role hides or forbids.
    pub role: Role,
    /// The API service app.
    pub service: ServiceApp,
    /// Rate limits.
    pub limits: Limits,
    /// A secret younger than this is refused: propagation delay.
    pub propagation: Duration,
    /// Added to the clock in the `Date` and `x-rate-limit-reset` headers: Okta's clock, where ours is off.
    pub date_offset: Duration,
    /// Faults that wait for their call.
    pub faults: Vec<Fault>,
    /// Requests that are parked.
    pub parked: Vec<Held>,
    /// Every call to Okta's API, in order.
    pub log: Vec<Logged>,
    /// Numbers for faults, parked requests and log lines.
    pub counter: u64,
    /// Client, id and end of the client assertions that were taken: each is good once.
    pub used_assertions: Vec<(String, String, DateTime<Utc>)>,
    /// For ids and values.
    pub dice: Dice,
}

/// What the token's role hides or forbids.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// `client_secret` is left out of reads.
    pub hide_values: bool,
    /// `secret_hash` is left out of reads.
    pub hide_hashes: bool,
    /// Apps that answer 403 `E0000006`.
    pub forbidden_apps: HashSet<String>,
}

/// An app.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// `0oa…`.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its OAuth client id.
    pub client_id: String,
    /// `client_secret_basic` and so on.
    pub token_endpoint_auth_method: String,
    /// `web`, `service`, `browser`.
    pub application_type: String,
    /// `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Its client secrets, at most two.
    pub secrets: Vec<Secret>,
    /// What the API shows of an app that is no `oidc_client`, but for id, label and status: of one of Okta's catalogue it
    /// shows neither client id nor method.
    #[serde(skip)]
    pub shown: Option<Value>,
}

/// A client secret.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// `ocs…`.
    pub id: String,
    /// The value.
    pub client_secret: String,
    /// Whether it is switched on.
    pub active: bool,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last switched.
    pub last_updated: DateTime<Utc>,
    /// Whether a foreign hand made it, and not a call to the API.
    pub foreign: bool,
}

/// An app in a few words.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "see `App`")]
pub struct AppSummary {
    pub id: String,
    pub label: String,
    pub client_id: String,
    pub token_endpoint_auth_method: String,
    pub status: String,
    pub secrets: usize,
}

/// One call to Okta's API.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in HTTP")]
pub struct Logged {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub method: String,
    pub path: String,
    pub operation: String,
    pub app_id: Option<String>,
    pub secret_id: Option<String>,
    /// The status that was answered, `dropped`, or `pending` while it is parked.
    pub answered: String,
    /// Whether it changed the org.
    pub effect: bool,
}

/// Okta's hash of a secret: base64url without padding of the first 16 bytes of SHA-256 (observed, not documented).
pub fn secret_hash(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(value.as_bytes())[..16])
}

impl Org {
    /// An org fresh from its seed.
    pub fn new(options: Options, origin: String) -> Self {
        let mut dice = Dice::new(options.seed);
        let token = format!("00{}", dice.text(40));
        let id = format!("00o{}", dice.alphanumeric(17));
        let apps = seed::apps(options.apps, &mut dice, (options.now)());
        // Apart from the seed's own dice: the org's other ids stay what they were.
        let service = ServiceApp::new(format!("0oa{}", Dice::new(!options.seed).alphanumeric(17)));
        let inside = Inside {
            apps,
            token_valid: true,
            role: Role::default(),
            service,
            limits: Limits::new(options.per_minute),
            propagation: Duration::zero(),
            date_offset: Duration::zero(),
            faults: Vec::new(),
            parked: Vec::new(),
            log: Vec::new(),
            counter: 0,
            used_assertions: Vec::new(),
            dice,
        };
        Self {
            origin,
            token,
            id,
            now: options.now,
            inside: Mutex::new(inside),
            held: Notify::new(),
            arrivals: OnceLock::new(),
        }
    }

    /// Has `listener` hear of every call to Okta's API as it comes in, by its `User-Agent` and before the clock is
    /// looked at for it. Only the first listener is kept.
    pub fn on_arrival(&self, listener: impl Fn(&str) + Send + Sync + 'static) {
        // A later one hears nothing, as documented.
        let _ = self.arrivals.set(Box::new(listener));
    }

    /// A call comes in.
    pub(super) fn arrives(&self, agent: &str) {
        if let Some(listener) = self.arrivals.get() {
            listener(agent);
        }
    }

    /// The org's own clock.
    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// The state, to look at or to change as a foreign hand would.
    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves once a request is parked or released.
    pub fn held_changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.held.notified()
    }

    /// Lets a parked request continue.
    pub fn release(&self, id: u64) {
        self.inside().parked.retain(|held| held.id != id);
        self.held.notify_waiters();
    }

    /// Adds apps as real orgs have them, beside those that were made in the org itself.
    pub fn add_catalogue(&self) {
        let now = self.now();
        let inside = &mut *self.inside();
        let more = seed::catalogue(&mut inside.dice, now);
        inside.apps.extend(more);
    }

    /// The apps in a few words.
    pub fn summaries(&self) -> Vec<AppSummary> {
        let summary = |app: &App| AppSummary {
            id: app.id.clone(),
            label: app.label.clone(),
            client_id: app.client_id.clone(),
            token_endpoint_auth_method: app.token_endpoint_auth_method.clone(),
            status: app.status.clone(),
            secrets: app.secrets.len(),
        };
        self.inside().apps.iter().map(summary).collect()
    }
}

impl Inside {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An app by id.
    pub fn app(&mut self, id: &str) -> Result<&mut App, Refusal> {
        self.apps.iter_mut().find(|app| app.id == id).ok_or_else(|| Refusal::not_found(id, "AppInstance"))
    }

    /// `POST …/secrets`.
    pub fn create(
        &mut self,
        app_id: &str,
        value: Option<String>,
        active: bool,
        now: DateTime<Utc>,
    ) -> Result<Secret, Refusal> {
        let id = format!("ocs{}", self.dice.alphanumeric(17));
        let drawn = self.dice.text(64);
        let app = self.app(app_id)?;
        if let Some(value) = &value {
            app.check_value(value)?;
        }
        if app.token_endpoint_auth_method == "private_key_jwt" {
            return Err(Refusal::validation(
                "client_secret",
                "'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'.",
            ));
        }
        if app.secrets.len() >= 2 {
            let text = "You've reached the maximum number of client secrets per client.";
            return Err(Refusal::validation("OAuth2ClientSecretMediated", text));
        }
        let client_secret = value.unwrap_or(drawn);
        let secret = Secret { id, client_secret, active, created: now, last_updated: now, foreign: false };
        app.secrets.push(secret.clone());
        Ok(secret)
    }

    /// `POST …/lifecycle/activate` and `…/deactivate`.
    ///
    /// What Okta answers where the secret is in that state already is not confirmed; here it is 200, unchanged.
    pub fn switch(
        &mut self,
        app_id: &str,
        id: &str,
        active: bool,
        now: DateTime<Utc>,
    ) -> Result<(Secret, bool), Refusal> {
        let app = self.app(app_id)?;
        let last = !app.secrets.iter().any(|secret| secret.active && secret.id != id);
        let secret = app.secret(id)?;
        if secret.active == active {
            return Ok((secret.clone(), false));
        }
        if !active && last {
            let text = "You can't deactivate the only active client secret.";
            return Err(Refusal::validation("OAuth2ClientSecretMediated", text));
        }
        secret.active = active;
        secret.last_updated = now;
        Ok((secret.clone(), true))
    }

    /// `DELETE …/secrets/{id}`.
    pub fn delete(&mut self, app_id: &str, id: &str) -> Result<(), Refusal> {
        let app = self.app(app_id)?;
        if app.secret(id)?.active {
            let text = "You can't delete an active client secret. Deactivate the secret before deleting it.";
            return Err(Refusal::validation("OAuth2ClientSecretMediated", text));
        }
        app.secrets.retain(|secret| secret.id != id);
        Ok(())
    }
}

impl App {
    /// What it may ask tokens with.
    pub fn grant_types(&self) -> Vec<&'static str> {
        match self.application_type.as_str() {
            "service" => vec!["client_credentials"],
            _ => vec!["authorization_code"],
        }
    }

    /// Where authorization codes may be sent.
    pub fn redirect_uris(&self) -> Vec<&'static str> {
        if self.application_type == "service" { Vec::new() } else { vec!["https://app.example/cb"] }
    }

    /// A secret by id.
    pub fn secret(&mut self, id: &str) -> Result<&mut Secret, Refusal> {
        let found = self.secrets.iter_mut().find(|secret| secret.id == id);
        found.ok_or_else(|| Refusal::not_found(id, "OAuth2ClientSecretMediated"))
    }

    /// Okta's rules for a value that the caller brings.
    fn check_value(&self, value: &str) -> Result<(), Refusal> {
        let refuse = |text: String| Err(Refusal::validation("client_secret", &format!("client_secret: {text}")));
        let least = if self.token_endpoint_auth_method == "client_secret_jwt" { 32 } else { 14 };
        let length = value.chars().count();
        if length < 14 {
            return refuse("'client_secret' must be at least '14' characters long.".into());
        }
        if length < least {
            return refuse(
                "'client_secret' must be at least '32' characters long when 'token_endpoint_auth_method' is \
                 'client_secret_jwt'."
                    .into(),
            );
        }
        if length > 100 {
            return refuse("'client_secret' can't be more than '100' characters long.".into());
        }
        if !value.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
            return refuse("''client_secret'' must only contain printable ASCII: [x20-x7E]+".into());
        }
        Ok(())
    }
}
