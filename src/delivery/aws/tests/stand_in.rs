//! A small AWS for tests: Secrets Manager, parameters and STS in memory. It checks each signature, and answers as AWS documents
//! it; where moto and MiniStack answer otherwise, `tests/servers/aws.rs` says so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::body::Bytes;
use axum::http::HeaderMap;
use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::core::secret::SecretValue;
use crate::delivery::aws::session::Keys;
use crate::delivery::aws::sign;
use crate::delivery::tests::served::{Answers, Call, Served};

mod parameters;
mod secrets;

pub use parameters::Parameter;
pub use secrets::Secret;

/// The access key that it knows at first.
pub const KEY: (&str, &str) = ("AKIASTANDIN", "stand-in-key/0123456789");
/// Its region.
pub const REGION: &str = "eu-central-1";
/// The token of a service account that it takes.
pub const JWT: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwb2QifQ.c2lnbmVk";

/// Something that happens right before a call is answered.
type Meanwhile = Box<dyn FnOnce(&mut Inside) + Send>;

/// What it knows.
#[derive(Default)]
pub struct Inside {
    /// Keys that are valid, by id: the key and its token.
    pub keys: BTreeMap<String, (String, Option<String>)>,
    /// Ids of keys that have ended.
    pub ended: BTreeSet<String>,
    /// Sessions issued so far.
    pub sessions: usize,
    /// Secrets by name.
    pub secrets: BTreeMap<String, Secret>,
    /// Parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
    /// Actions that policies do not allow.
    pub denied: Vec<&'static str>,
    /// What is answered to the next call of an action, in place of what would be.
    pub script: VecDeque<(&'static str, u16, Value)>,
    /// What happens right before the next call of an action is answered.
    pub meanwhile: Option<(&'static str, Meanwhile)>,
    /// The action of each call.
    pub asked: Vec<String>,
    /// The account.
    pub account: String,
}

/// It, while it runs.
pub type StandIn = Served<Inside>;

impl StandIn {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        let keys = [(KEY.0.to_owned(), (KEY.1.to_owned(), None))].into();
        Self::with(Inside { keys, account: "111122223333".into(), ..Inside::default() }).await
    }
}

impl Answers for Inside {
    fn answers(&mut self, call: &Call) -> (u16, String) {
        if call.path.is_empty() {
            return self.answer(&call.headers, &call.body);
        }
        self.machine(&call.method, &format!("/{}", call.path), &call.headers)
    }

    fn calls(&mut self) -> &mut Vec<String> {
        &mut self.asked
    }
}

/// A refusal of a service that speaks JSON.
pub fn refused(status: u16, word: &str, said: &str) -> (u16, Value) {
    (status, json!({"__type": format!("com.amazonaws.standin#{word}"), "Message": said}))
}

impl Inside {
    fn answer(&mut self, headers: &HeaderMap, body: &Bytes) -> (u16, String) {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let target = text("x-amz-target");
        if target.is_empty() {
            return self.sts(headers, body);
        }
        let action = target.split('.').next_back().unwrap_or_default().to_owned();
        self.asked.push(action.clone());
        if let Some((_, happens)) = self.meanwhile.take_if(|(before, _)| *before == action) {
            happens(self);
        }
        let scripted = self.script.iter().position(|(of, ..)| *of == action);
        let (status, said) = if let Some((_, status, said)) = scripted.and_then(|at| self.script.remove(at)) {
            (status, said)
        } else if let Err((word, said)) = self.signed(headers, body) {
            refused(400, word, said)
        } else if self.denied.contains(&action.as_str()) {
            let said = format!("User: arn:aws:iam::{}:user/pay is not authorized to perform: {action}", self.account);
            refused(400, "AccessDeniedException", &said)
        } else {
            let body: Value = serde_json::from_slice(body).expect("JSON");
            if target.starts_with("AmazonSSM") { self.ssm(&action, &body) } else { self.secret(&action, &body) }
        };
        (status, said.to_string())
    }

    /// The id of the key that a call is signed with; else what is said of the signature.
    fn signed(&self, headers: &HeaderMap, body: &[u8]) -> Result<String, (&'static str, &'static str)> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let given = text("authorization");
        let part = |from: &str, to: &str| given.split_once(from)?.1.split_once(to).map(|(part, _)| part.to_owned());
        let none = ("MissingAuthenticationToken", "The request carries no signature");
        let (Some(scope), Some(names)) = (part("Credential=", ","), part("SignedHeaders=", ",")) else {
            return Err(none);
        };
        let scope: Vec<&str> = scope.split('/').collect();
        let [id, _, region, service, _] = scope[..] else { return Err(none) };
        let unknown = ("UnrecognizedClientException", "The security token included in the request is invalid.");
        let (secret, token) = self.keys.get(id).ok_or(unknown)?;
        if token.as_deref().unwrap_or_default() != text("x-amz-security-token") {
            return Err(unknown);
        }
        if self.ended.contains(id) {
            return Err(("ExpiredTokenException", "The security token included in the request is expired"));
        }
        let covered: Vec<(&str, &str)> = names.split(';').map(|name| (name, text(name))).collect();
        let at = NaiveDateTime::parse_from_str(text("x-amz-date"), "%Y%m%dT%H%M%SZ").expect("a date").and_utc();
        let call = sign::Call { method: "POST", headers: &covered, body, region, service, at };
        let keys = Keys { id: id.into(), secret: SecretValue::new(secret.as_str()), token: None };
        if region == REGION && sign::authorization(&call, &keys) == given {
            return Ok(id.to_owned());
        }
        Err((
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
        ))
    }

    fn sts(&mut self, headers: &HeaderMap, body: &[u8]) -> (u16, String) {
        let form: BTreeMap<String, String> = serde_urlencoded::from_bytes(body).expect("a form");
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let action = field("Action").to_owned();
        self.asked.push(action.clone());
        let wrong = |status: u16, word: &str, said: &str| {
            (
                status,
                format!("<ErrorResponse><Error><Code>{word}</Code><Message>{said}</Message></Error></ErrorResponse>"),
            )
        };
        if let Some(at) = self.script.iter().position(|(of, ..)| *of == action) {
            let (_, status, said) = self.script.remove(at).expect("there");
            return wrong(status, said["word"].as_str().unwrap_or_default(), said["said"].as_str().unwrap_or_default());
        }
        if action != "AssumeRoleWithWebIdentity"
            && let Err((word, said)) = self.signed(headers, body)
        {
            return wrong(403, if word == "UnrecognizedClientException" { "InvalidClientTokenId" } else { word }, said);
        }
        match action.as_str() {
            "GetCallerIdentity" => {
                let account = &self.account;
                let arn = format!("arn:aws:iam::{account}:user/pay");
                (200, format!("<R><Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{account}</Account></R>"))
            }
            "AssumeRoleWithWebIdentity" if field("WebIdentityToken") != JWT => {
                wrong(400, "InvalidIdentityToken", &format!("No provider for {}", field("WebIdentityToken")))
            }
            _ if field("RoleArn").ends_with("/denied") || field("ExternalId") == "another" => {
                wrong(403, "AccessDenied", "User: arn:aws:iam::1:user/pay is not authorized to perform: sts:AssumeRole")
            }
            _ => {
                let (id, secret, token) = self.session();
                let times = "<Expiration>2099-01-01T00:00:00Z</Expiration>";
                let all = format!(
                    "<AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>{times}"
                );
                (200, format!("<R><Credentials>{all}</Credentials></R>"))
            }
        }
    }

    /// Issues temporary credentials.
    fn session(&mut self) -> (String, String, String) {
        self.sessions += 1;
        let number = self.sessions;
        let made = (format!("ASIA{number}"), format!("temporary-key-{number}"), format!("token/{number}=="));
        self.keys.insert(made.0.clone(), (made.1.clone(), Some(made.2.clone())));
        made
    }

    /// The metadata of an instance, and the endpoint of a container.
    fn machine(&mut self, method: &str, path: &str, headers: &HeaderMap) -> (u16, String) {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        self.asked.push(format!("{method} {path}"));
        let session = text("x-aws-ec2-metadata-token") == "imds-session";
        let roles = "/latest/meta-data/iam/security-credentials/";
        match (method, path) {
            ("PUT", "/latest/api/token") if !text("x-aws-ec2-metadata-token-ttl-seconds").is_empty() => {
                (200, "imds-session".into())
            }
            ("GET", path) if path == roles && session => (200, "windlass role".into()),
            ("GET", path) if session && path == format!("{roles}windlass%20role") => (200, self.issued()),
            ("GET", "/container") if text("authorization") == "container-token" => (200, self.issued()),
            ("GET", "/container") => (403, "not allowed".into()),
            _ => (401, String::new()),
        }
    }

    fn issued(&mut self) -> String {
        let (id, secret, token) = self.session();
        let ends = "2099-01-01T00:00:00Z";
        json!({"AccessKeyId": id, "SecretAccessKey": secret, "Token": token, "Expiration": ends}).to_string()
    }
}
