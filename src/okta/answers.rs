//! What Okta answers when it refuses, as tables that are read from the top: the first row that fits decides. A row has an example
//! too, which stands in `docs/faults.md`.
//!
//! Okta's error codes do not say enough by themselves: `E0000001` is any rule that a value breaks, and `invalid_client` is anything
//! about a service app. There its text decides, of which Okta has a catalogue.

use crate::core::cause::{Answer, Answered, Cause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{AtOkta, Automatic, InAdoption, OnConnection, OnMachine, Remedy};
use crate::okta::authority::SCOPES;

/// A refusal, as far as it decides what it means.
#[derive(Clone, Copy, Debug, Default)]
pub struct Refused<'a> {
    /// HTTP status.
    pub status: u16,
    /// Okta's error code; empty where there is none.
    pub code: &'a str,
    /// Okta's text; empty where there is none.
    pub said: &'a str,
    /// Whether the answer's header says that the access token lacks a scope, and which; the scope is empty where it names none.
    pub lacks: Option<&'a str>,
    /// The service app's client id, where a token was asked for.
    pub client_id: &'a str,
    /// What the service app's key is called.
    pub key: &'a str,
}

/// The answer, and what to do about it, in the order in which it is read.
type Meaning = (Answer, Vec<Remedy>);

/// A row: which answers it is about, and what they mean.
struct Row {
    example: Refused<'static>,
    statuses: (u16, u16),
    any_code: bool,
    says: &'static [&'static str],
    lacks: Option<bool>,
    code: Code,
    means: fn(&Refused<'_>) -> Meaning,
}

/// What a call is refused with.
const CALLS: &[Row] = &[
    row(401, "E0000011", "Invalid token provided", Code::TokenRefused, token_refused),
    // It is about a feature of the org, whatever the status says.
    row(401, "E0000015", "You do not have permission to access the feature you are requesting", Code::Refused, |_| {
        one(Answer::Refused, AtOkta::LookUpCode)
    }),
    row(
        401,
        "invalid_client",
        "The client secret supplied for a confidential client is invalid.",
        Code::TokenRefused,
        token_refused,
    )
    .any_code(),
    row(403, "", "", Code::NotAllowed, |refused| {
        let scope = refused.lacks.unwrap_or_default().to_owned();
        one(Answer::ScopeMissing { scope: scope.clone() }, AtOkta::GrantScope { scope, client_id: None })
    })
    .any_code()
    .lacks("okta.apps.manage"),
    row(403, "E0000005", "Invalid session", Code::NotAllowed, |_| {
        one(Answer::NoCredential, OnMachine::CheckAuthorizationHeader)
    }),
    row(
        403,
        "access_denied",
        "The request is made from outside the client's permitted network zones.",
        Code::NotAllowed,
        |_| one(Answer::OutsideNetwork, AtOkta::AllowAddress),
    ),
    row(403, "insufficient_scope", "One or more scopes are not granted.", Code::NotAllowed, not_allowed),
    row(403, "", "", Code::NotAllowed, not_allowed).any_code().lacks(""),
    row(403, "E0000006", "You do not have permission to perform the requested action", Code::Forbidden, |_| {
        one(Answer::Forbidden, AtOkta::GiveRole)
    }),
    row(302, "", "", Code::Redirected, |_| one(Answer::Redirected, OnConnection::GiveOrgAddress))
        .statuses(300, 399)
        .any_code(),
    row(429, "E0000047", "API call exceeded rate limit due to too many requests.", Code::RateLimited, |_| {
        one(Answer::RateLimited, Automatic::LimitResets)
    })
    .any_code(),
    row(503, "E0000010", "Service is in read only mode", Code::ServerError, |_| {
        one(Answer::ReadOnlyOrg, Automatic::ReadOnlyEnds)
    })
    .statuses(500, 599),
    row(503, "", "", Code::ServerError, |_| one(Answer::NotAvailable, AtOkta::SeeStatusPage)).any_code(),
    row(500, "E0000009", "Internal Server Error", Code::ServerError, |_| {
        one(Answer::ServerError, AtOkta::SeeStatusPage)
    })
    .statuses(500, 599)
    .any_code(),
    row(404, "E0000007", "Not found: Resource not found: ocs1 (OAuth2ClientSecretMediated)", Code::SecretGone, |_| {
        one(Answer::SecretUnknown, Automatic::LooksAgain)
    })
    .any_code()
    .says(&["oauth2clientsecretmediated"]),
    row(404, "E0000007", "Not found: Resource not found: 0oa1 (AppInstance)", Code::AppGone, |_| {
        one(Answer::AppUnknown, InAdoption::CheckAppId)
    }),
    row(400, "E0000001", "You've reached the maximum number of client secrets per client", Code::SecretLimit, |_| {
        one(Answer::SecretLimit, Automatic::LooksAgain)
    })
    .says(&["maximum number of client secrets"]),
    row(400, "E0000001", "You can't delete an active client secret", Code::DeleteActive, |_| {
        one(Answer::DeleteActive, Automatic::LooksAgain)
    })
    .says(&["delete an active"]),
    row(400, "E0000001", "You can't deactivate the only active client secret", Code::OnlyActive, |_| {
        one(Answer::OnlyActive, Automatic::SecretWorks)
    })
    .says(&["only active"]),
    row(400, "E0000001", "apps with private_key_jwt have no client secret", Code::WrongMethod, |_| {
        one(Answer::AuthenticatesByKey, AtOkta::SwitchMethod)
    })
    .says(&["private_key_jwt"]),
    row(400, "E0000001", "client_secret must be at least 14 characters", Code::ValueRefused, value_refused)
        .says(&["must be at least"]),
    row(400, "E0000001", "client_secret can't be more than 100 characters", Code::ValueRefused, value_refused)
        .says(&["can't be more than"]),
    row(400, "E0000001", "client_secret must be printable ASCII characters", Code::ValueRefused, value_refused)
        .says(&["printable ascii"]),
    row(404, "", "", Code::Refused, |_| one(Answer::NotOktas, OnMachine::CheckOrgUrlAndProxy)).any_status(),
];

/// What fits no row of [`CALLS`].
const OTHER: Row = row(400, "E0000003", "The request body was not well-formed.", Code::Refused, |_| {
    one(Answer::Refused, AtOkta::LookUpCode)
});

/// What a service app is refused with that asks for a token; what fits no row is as for any call. The call that needed the token
/// was not made: nothing here is in doubt.
const TOKENS: &[Row] = &[
    of_app("The issuer claim for client_assertion is not a valid client_id.", |refused| {
        one(Answer::ClientUnknown { client_id: refused.client_id.into() }, OnConnection::CheckClientId)
    })
    .says(&["'client_id' parameter", "not a valid client_id"]),
    of_app("The client_assertion JWT kid is invalid.", key_unknown).says(&["kid is invalid"]),
    of_app("The client_assertion signature is invalid.", key_unknown).says(&[
        "signature is invalid",
        "signature algorithm is invalid",
        "jwkset",
    ]),
    of_app("The client_assertion token is expired.", |_| one(Answer::ClockDiffers, OnMachine::SetClock)).says(&[
        "is expired",
        "before the current time",
        "too far into the future",
    ]),
    of_app("The audience claim for client_assertion must be the endpoint invoked for the request.", |_| {
        one(Answer::OtherDomain, OnConnection::GiveOtherDomain)
    })
    .says(&["audience"]),
    of_app("Client authentication failed. Either the client or the client credentials are invalid.", |refused| {
        one(Answer::KeyLoginOff { client_id: refused.client_id.into() }, AtOkta::CheckServiceApp)
    })
    .says(&["private_key_jwt", "generic", "client authentication failed"]),
    row(400, "invalid_scope", "One or more scopes are not configured.", Code::NotAllowed, |refused| {
        let scopes = SCOPES.map(str::to_owned).to_vec();
        one(Answer::ScopesNotGranted { client_id: refused.client_id.into(), scopes }, AtOkta::GrantScopes)
    })
    .any_status(),
    row(
        403,
        "access_denied",
        "The request is made from outside the client's permitted network zones.",
        Code::NotAllowed,
        |_| one(Answer::OutsideAppZone, AtOkta::AllowAddressOfApp),
    )
    .any_status()
    .says(&["network zone"]),
    row(
        400,
        "unauthorized_client",
        "The client is not authorized to use the provided grant type.",
        Code::NotAllowed,
        grant_not_allowed,
    )
    .any_status(),
    row(400, "unsupported_grant_type", "The grant type is not supported.", Code::NotAllowed, grant_not_allowed)
        .any_status(),
    row(400, "invalid_dpop_proof", "The DPoP proof JWT is invalid.", Code::TokenRefused, proof_refused).any_status(),
    row(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.", Code::TokenRefused, proof_refused)
        .any_status(),
    of_app("The client is not known for anything.", |refused| {
        one(Answer::ServiceAppRefused { client_id: refused.client_id.into() }, AtOkta::CheckAppAndKey)
    })
    .statuses(401, 401)
    .any_code(),
];

/// A row for answers with that status and error code, with an example of their text.
const fn row(
    status: u16,
    okta_code: &'static str,
    said: &'static str,
    code: Code,
    means: fn(&Refused<'_>) -> Meaning,
) -> Row {
    let example = Refused { status, code: okta_code, said, lacks: None, client_id: "0oa1b2c3", key: "\"kid-1\"" };
    Row { example, statuses: (status, status), any_code: false, says: &[], lacks: None, code, means }
}

/// A row for `invalid_client`.
const fn of_app(said: &'static str, means: fn(&Refused<'_>) -> Meaning) -> Row {
    row(401, "invalid_client", said, Code::TokenRefused, means).any_status()
}

fn one(answer: Answer, remedy: impl Into<Remedy>) -> Meaning {
    (answer, vec![remedy.into()])
}

fn token_refused(_: &Refused<'_>) -> Meaning {
    one(Answer::TokenRefused, OnConnection::GiveToken { known: true })
}

fn not_allowed(_: &Refused<'_>) -> Meaning {
    one(Answer::NotAllowed, AtOkta::CheckTokenUser)
}

fn value_refused(_: &Refused<'_>) -> Meaning {
    one(Answer::ValueRefused, Automatic::DrawsAnother)
}

fn key_unknown(refused: &Refused<'_>) -> Meaning {
    let answer = Answer::KeyUnknown { key: refused.key.into(), client_id: refused.client_id.into() };
    one(answer, OnConnection::GiveKey { known: true })
}

fn grant_not_allowed(refused: &Refused<'_>) -> Meaning {
    one(Answer::GrantNotAllowed { client_id: refused.client_id.into() }, AtOkta::MakeServiceApp)
}

fn proof_refused(_: &Refused<'_>) -> Meaning {
    let remedies =
        vec![OnMachine::SetClock.into(), OnConnection::TestConnection.into(), OnMachine::ReportIfNoHelp.into()];
    (Answer::ProofRefused, remedies)
}

impl Row {
    /// For these statuses, and those between them.
    const fn statuses(mut self, first: u16, last: u16) -> Self {
        self.statuses = (first, last);
        self
    }

    /// Whatever the status.
    const fn any_status(self) -> Self {
        self.statuses(0, u16::MAX)
    }

    /// Whatever the error code.
    const fn any_code(mut self) -> Self {
        self.any_code = true;
        self
    }

    /// Where the text has one of these in it; written in small letters.
    const fn says(mut self, texts: &'static [&'static str]) -> Self {
        self.says = texts;
        self
    }

    /// Where the header says that the access token lacks a scope, which it names or, for an empty one, does not.
    const fn lacks(mut self, scope: &'static str) -> Self {
        self.lacks = Some(!scope.is_empty());
        self.example.lacks = Some(scope);
        self
    }

    fn fits(&self, refused: &Refused<'_>) -> bool {
        let said = refused.said.to_ascii_lowercase();
        (self.statuses.0..=self.statuses.1).contains(&refused.status)
            && (self.any_code || self.example.code == refused.code)
            && (self.says.is_empty() || self.says.iter().any(|text| said.contains(text)))
            && self.lacks.is_none_or(|named| refused.lacks.is_some_and(|scope| scope.is_empty() != named))
    }

    fn fault(&self, refused: &Refused<'_>) -> Fault {
        let (answer, mut remedies) = (self.means)(refused);
        if self.code.of_connection() || answer == Answer::NotOktas {
            remedies.push(Automatic::SecretsWork.into());
        }
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (status, code, said) = (refused.status, text(refused.code), text(refused.said));
        let cause = Cause::Okta(Answered { answer, status, code: code.clone(), said });
        Fault { http_status: Some(status), okta_code: code, ..Fault::new(self.code, cause).with(remedies) }
    }
}

/// What the refusal of a call means.
pub fn of_call(refused: &Refused<'_>) -> Fault {
    CALLS.iter().find(|row| row.fits(refused)).unwrap_or(&OTHER).fault(refused)
}

/// What the refusal of a token means, where it means something else than for a call.
pub fn of_token(refused: &Refused<'_>) -> Option<Fault> {
    TOKENS.iter().find(|row| row.fits(refused)).map(|row| row.fault(refused))
}

/// An example of each row, and what it means: of the refusal of a call, and of a token.
#[cfg(test)]
pub fn examples() -> [Vec<(Refused<'static>, Fault)>; 2] {
    let examples = |rows: &[Row]| rows.iter().map(|row| (row.example, row.fault(&row.example))).collect::<Vec<_>>();
    [[examples(CALLS), examples(&[OTHER])].concat(), examples(TOKENS)]
}

#[cfg(test)]
mod tests;
