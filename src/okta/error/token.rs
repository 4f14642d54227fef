//! What became of a request for a token. The call that needed the token was not made: nothing here is in doubt.

use crate::core::cause::{Cause, ConnectionCause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{AtOkta, Automatic};
use crate::okta::answers::{self, Refused};

/// The fault of the call that needed a token. `key` is what the app's key is called.
pub fn refused(fault: Fault, client_id: &str, key: &str) -> Fault {
    if fault.code.doubtful() {
        let fault = fault.as_cause(|cause| Cause::NoAccessToken(Box::new(cause))).instead(Automatic::CallNotMade);
        return Fault { code: Code::Unreachable, ..fault };
    }
    let Cause::Okta(answered) = &fault.problem.cause else { return fault };
    let refused = Refused {
        status: answered.status,
        code: answered.code.as_deref().unwrap_or_default(),
        said: answered.said.as_deref().unwrap_or_default(),
        lacks: None,
        client_id,
        key,
    };
    match answers::of_token(&refused) {
        Some(found) => Fault { request_id: fault.request_id, retry_at: fault.retry_at, ..found },
        None => fault,
    }
}

/// A token that came without a scope that was asked for.
pub fn lacks(scope: &str, client_id: &str) -> Fault {
    let cause = ConnectionCause::TokenLacksScope { scope: scope.to_owned(), client_id: client_id.to_owned() };
    let grant = AtOkta::GrantScope { scope: scope.to_owned(), client_id: Some(client_id.to_owned()) };
    Fault::new(Code::NotAllowed, cause).and(grant).and(Automatic::SecretsWork)
}
