//! What the token endpoint refuses a service app, distinguished by the texts of Okta's catalogue of OAuth errors.
//!
//! The call that needed the token was not made: nothing here is in doubt.

use super::answered;
use crate::core::cause::{Answer, Cause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::Remedy;
use crate::okta::authority::SCOPES;

/// The fault of the call that needed a token. `key` is what the app's key is called.
pub fn refused(fault: Fault, client_id: &str, key: &str) -> Fault {
    let said = match &fault.problem.cause {
        Cause::Okta { said, .. } => said.as_deref().unwrap_or_default().to_ascii_lowercase(),
        _ => String::new(),
    };
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let app = || client_id.to_owned();
    let (code, answer, remedies) = match (fault.code, fault.okta_code.as_deref()) {
        (Code::TimedOut | Code::Broken | Code::Unreadable | Code::ServerError, _) => {
            let fault = fault.as_cause(|cause| Cause::NoAccessToken(Box::new(cause))).with([Remedy::CallNotMade]);
            return Fault { code: Code::Unreachable, ..fault };
        }
        (_, Some("invalid_client")) if has(&["'client_id' parameter", "not a valid client_id"]) => {
            (Code::TokenRefused, Answer::ClientUnknown { client_id: app() }, vec![Remedy::CheckClientId])
        }
        (_, Some("invalid_client"))
            if has(&["kid is invalid", "signature is invalid", "signature algorithm is invalid", "jwkset"]) =>
        {
            let answer = Answer::KeyUnknown { key: key.to_owned(), client_id: app() };
            (Code::TokenRefused, answer, vec![Remedy::GiveKey { known: true }])
        }
        (_, Some("invalid_client")) if has(&["is expired", "before the current time", "too far into the future"]) => {
            (Code::TokenRefused, Answer::ClockDiffers, vec![Remedy::SetClock])
        }
        (_, Some("invalid_client")) if has(&["audience"]) => {
            (Code::TokenRefused, Answer::OtherDomain, vec![Remedy::GiveOtherDomain])
        }
        (_, Some("invalid_client")) if has(&["private_key_jwt", "generic", "client authentication failed"]) => {
            (Code::TokenRefused, Answer::KeyLoginOff { client_id: app() }, vec![Remedy::CheckServiceApp])
        }
        (_, Some("invalid_scope")) => {
            let scopes = SCOPES.map(str::to_owned).to_vec();
            (Code::NotAllowed, Answer::ScopesNotGranted { client_id: app(), scopes }, vec![Remedy::GrantScopes])
        }
        (_, Some("access_denied")) if has(&["network zone"]) => {
            (Code::NotAllowed, Answer::OutsideAppZone, vec![Remedy::AllowAddressOfApp])
        }
        (_, Some("invalid_dpop_proof" | "use_dpop_nonce")) => {
            let remedies = vec![Remedy::SetClock, Remedy::TestConnection, Remedy::ReportIfNoHelp];
            (Code::TokenRefused, Answer::ProofRefused, remedies)
        }
        (_, Some("unauthorized_client" | "unsupported_grant_type")) => {
            (Code::NotAllowed, Answer::GrantNotAllowed { client_id: app() }, vec![Remedy::MakeServiceApp])
        }
        (Code::TokenRefused, _) => {
            (Code::TokenRefused, Answer::ServiceAppRefused { client_id: app() }, vec![Remedy::CheckAppAndKey])
        }
        _ => return fault,
    };
    let remedies: Vec<_> = remedies.into_iter().chain([Remedy::SecretsWork]).collect();
    Fault { code, ..answered(fault, answer).with(remedies) }
}

/// A token that came without a scope that was asked for.
pub fn lacks(scope: &str, client_id: &str) -> Fault {
    let cause = Cause::TokenLacksScope { scope: scope.to_owned(), client_id: client_id.to_owned() };
    let grant = Remedy::GrantScope { scope: scope.to_owned(), client_id: Some(client_id.to_owned()) };
    Fault::new(Code::NotAllowed, cause, [grant, Remedy::SecretsWork])
}
