//! Authenticating as an app: the one call that carries the app's secret and not the connection's credential.
//!
//! It says whether the secret works, or that this could not be found out. Nothing else may be read out of an answer.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, RequestBuilder};
use zeroize::{Zeroize, Zeroizing};

use super::assertion;
use super::client::{BODY, Body, Client, Exchange, refused};
use super::wire;
use crate::core::cause::{AppCause, HeaderOf, MachineCause};
use crate::core::fault::{Code, Fault};
use crate::core::protocol::call::{Probe, Reply, Verdict};
use crate::core::remedy::{AtOkta, OnMachine, OnRotation};
use crate::core::rotation::AuthMethod;
use crate::core::secret::SecretValue;
use crate::jose::claims::ASSERTION_TYPE;

impl Client {
    /// Authenticates by the app's own method. No token is touched, no policy is asked, no licence is needed (Okta note,
    /// §5).
    pub(super) async fn authenticate(
        &self,
        probe: &Probe,
        client_id: &str,
        method: AuthMethod,
        value: &SecretValue,
    ) -> Exchange {
        // Its turn first: a signed request that waits for the rate limit would be out of date when it goes.
        let turn = self.other_turn().await;
        match self.login(probe, client_id, method, value) {
            Ok(request) => self.send(&turn, request, BODY).await,
            Err(fault) => refused(fault),
        }
    }

    fn login(
        &self,
        probe: &Probe,
        client_id: &str,
        method: AuthMethod,
        value: &SecretValue,
    ) -> Result<RequestBuilder, Fault> {
        let made_up = random()?;
        let (path, mut form) = match probe {
            Probe::Introspect => {
                ("/oauth2/v1/introspect", vec![("token", made_up.as_str()), ("token_type_hint", "access_token")])
            }
            Probe::Token { redirect_uri } => {
                let grant = ("grant_type", "authorization_code");
                ("/oauth2/v1/token", vec![grant, ("code", made_up.as_str()), ("redirect_uri", redirect_uri.as_str())])
            }
        };
        let request = self.request(Method::POST, path);
        match method {
            AuthMethod::ClientSecretBasic => {
                // RFC 6749 §2.3.1 form-encodes both halves; our secrets have nothing to encode, Okta's own neither.
                let pair = Zeroizing::new(format!("{client_id}:{}", value.expose()));
                let mut encoded = STANDARD.encode(pair.as_bytes());
                let header = HeaderValue::from_str(&format!("Basic {encoded}"));
                encoded.zeroize();
                let Ok(mut header) = header else {
                    return Err(
                        Fault::precondition(MachineCause::NotAHeader(HeaderOf::Secret)).and(OnRotation::RotateAgain)
                    );
                };
                header.set_sensitive(true);
                Ok(request.header(AUTHORIZATION, header).form(&form))
            }
            AuthMethod::ClientSecretPost => {
                form.push(("client_id", client_id));
                form.push(("client_secret", value.expose()));
                Ok(request.form(&form))
            }
            AuthMethod::ClientSecretJwt => {
                let audience = format!("{}{path}", self.url);
                let signed = assertion::sign(client_id, &audience, value, self.okta_now(), &random()?);
                form.push(("client_assertion_type", ASSERTION_TYPE));
                form.push(("client_assertion", &signed));
                Ok(request.form(&form))
            }
            AuthMethod::PrivateKeyJwt | AuthMethod::None | AuthMethod::Hidden | AuthMethod::Unknown => {
                Err(Fault::precondition(AppCause::NotVerifiable { method }).and(AtOkta::UseSecretMethod))
            }
        }
    }
}

/// 24 random bytes, for whatever must not come twice.
pub(super) fn random() -> Result<String, Fault> {
    let mut random = [0_u8; 24];
    getrandom::fill(&mut random)
        .map_err(|_| Fault::precondition(MachineCause::NoRandom(None)).and(OnMachine::SeeKernelLog))?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

/// What an answer says of the secret: yes, no, or nothing.
pub fn verdict(probe: &Probe, result: Result<Body, Fault>) -> Result<Reply, Fault> {
    let is = |fault: &Fault, status: u16, code: &str| {
        fault.http_status == Some(status) && fault.okta_code.as_deref() == Some(code)
    };
    match (probe, result) {
        (Probe::Introspect, Ok(body)) => body.json::<wire::Introspection>().map(|_| Reply::Verdict(Verdict::Works)),
        (Probe::Token { .. }, Ok(body)) => Err(body.odd("Okta took a made-up authorization code")),
        // The client was let in, and its code was not. A 429 can carry the same word, and says nothing.
        (Probe::Token { .. }, Err(fault)) if is(&fault, 400, "invalid_grant") => Ok(Reply::Verdict(Verdict::Works)),
        // Both envelopes say it alike: 401 and invalid_client. Anything else is no verdict.
        (_, Err(fault)) if is(&fault, 401, "invalid_client") => Ok(Reply::Verdict(Verdict::Refused)),
        // This call does not carry the connection's credential, so its refusal says nothing about that.
        (_, Err(fault)) if fault.code == Code::TokenRefused => Err(Fault { code: Code::Refused, ..fault }),
        (_, Err(fault)) => Err(fault),
    }
}
