//! Causes in words: what happened.

use crate::core::cause::{Cause, HeaderOf, LeftAlone, Secretless, Untestable, Way};
use crate::core::pages::{Endless, MOST_ENTRIES, MOST_PAGES};
use crate::words::sentence::{Sentence, say};
use crate::words::written;

mod okta;

use okta::okta;

impl Cause {
    /// What happened, in a sentence.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Okta { answer, status, code, said } => okta(answer, *status, code.as_deref(), said.as_deref()),
            Self::NoAccessToken(cause) => say!("Okta gave no access token: {}", cause.say()),
            Self::Unreached { way, host, why, issuer } => unreached(*way, host, why, issuer.as_deref()),
            Self::TimedOut => say!("Okta did not answer in time"),
            Self::Broken { why } => say!("the connection broke before Okta's answer: {}", why),
            Self::AnswerUnreadable { line, column } => {
                say!("Okta's answer cannot be read (line {}, column {})", *line, *column)
            }
            Self::AnswerNotEmpty => say!("Okta's answer should have no body"),
            Self::AnswerTooLarge { most } => say!("Okta's answer is larger than {} bytes", *most),
            Self::AnswerRepeatsSecret => say!("the answer contains a secret, so it is not shown"),
            Self::Unchanged { secret, active } => {
                let status = if *active { "ACTIVE" } else { "INACTIVE" };
                say!("Okta reported success, but {} is still {}", secret, status)
            }
            Self::TokenLacksScope { scope, .. } => say!("Okta's token lacks the scope {}", scope),
            Self::CaFile { path, why, fix: None } => say!("the CA file {} cannot be used: {}", path, why),
            Self::CaFile { path, why, fix: Some(_) } => say!("the CA file {} is not used: {}", path, why),
            Self::HttpClient { why } => say!("the HTTP client cannot be set up: {}", why),
            Self::TokenCharacters => say!("the token contains characters that no token has"),
            Self::CredentialUnusable => say!("the connection's credential cannot be used"),
            Self::KeyUnreadable => say!("the connection's stored key cannot be read"),
            Self::AnswerOdd(what) | Self::Cryptography(what) => say!("{}", what),
            Self::NotAHeader(HeaderOf::AccessToken) => say!("the access token cannot be put into a header"),
            Self::NotAHeader(HeaderOf::Proof) => say!("the proof cannot be put into a header"),
            Self::NotAHeader(HeaderOf::Secret) => say!("the secret cannot be put into a header"),
            Self::NoRandom(None) => say!("the system gives no random bytes"),
            Self::NoRandom(Some(why)) => say!("the system gives no random bytes: {}", why),
            Self::Braked { refusals } => {
                say!("{} scheduled rotations in a row were refused, so the others wait", *refusals)
            }
            Self::EndlessList { host, how } => say!("{} ({})", endless(*how), host),
            Self::PageElsewhere => say!("the next page of apps is on another host than the org URL"),
            Self::NoSuchApp { host, typed } => {
                say!("{} has no app with the id, client id or label {}", host, format!("{typed:?}"))
            }
            Self::AppsAlike { typed, ids } => {
                say!("{} apps are labelled {}: {}", ids.len(), format!("{typed:?}"), ids.join(", "))
            }
            Self::NoOrgThere(cause) => say!("no Okta org answers at that address: {}", cause.say()),
            Self::NoRole { client_id: None, cause } => {
                say!("the token's user has no role that shows apps: {}", cause.say())
            }
            Self::NoRole { client_id: Some(id), cause } => {
                say!("the app {} has no role that shows apps: {}", id, cause.say())
            }
            Self::AppGone { label, id } => say!("the app {} ({}) is not there at Okta", label, id),
            Self::NoClientSecret { app, what } => {
                let method = matches!(what, Secretless::Method(_) | Secretless::OtherMethod(_));
                let its = if method { "its authentication method is " } else { "" };
                say!("the app {} has no client secret ({}{})", app, its, what.words())
            }
            Self::AppNotActive { app, status } if status.is_empty() => {
                say!("Okta shows no status of the app {}", app)
            }
            Self::AppNotActive { app, status } => say!("the app {} is {} at Okta", app, status),
            Self::CannotTest { app, why, verify } => untestable(app, *why, verify.as_str()),
            Self::ClockOff { seconds } => say!("this machine's clock is {} s off from Okta's", *seconds),
            Self::NoDate => say!("Okta's answer carried no date to compare the clock with"),
            Self::Internal => say!("internal error in windlass"),
            Self::NotDoneYet { rotation } => say!("{} is not done yet", rotation),
            Self::PublishedNotOff(cause) => {
                say!("the new secret is published, and the old one is not off yet: {}", cause.say())
            }
            Self::ConnectionGone => say!("the rotation's connection is gone"),
            Self::SecondSecret { secret } => {
                say!("the app has a second secret, {}, that windlass did not make", secret)
            }
            Self::UnknownSecret { secret, left: None } => {
                say!("the app has a secret, {}, that windlass does not know", secret)
            }
            Self::UnknownSecret { secret, left: Some(left) } => {
                say!("the app has a secret, {}, that windlass does not know, so {} is left alone", secret, left)
            }
            Self::TwoSecrets { secrets } => {
                say!("the app already has two secrets, {}, and Okta allows no third", secrets.join(" and "))
            }
            Self::NoRoom { previous, due: false } => {
                say!("the previous secret {} still exists; Okta allows at most two", previous)
            }
            Self::NoRoom { previous, due: true } => say!(
                "the rotation is due, but the previous secret, {}, still exists; Okta allows at most two",
                previous
            ),
            Self::LeftAlone { secret, why } => say!(
                "{} is left alone, because {}",
                secret,
                match why {
                    LeftAlone::Published => "it is the published secret",
                    LeftAlone::OnlyActive => "it is the app's only ACTIVE secret",
                    LeftAlone::PublishedOff => "the published secret is not ACTIVE at Okta",
                }
            ),
            Self::CreateOut => say!("the create's answer was lost, and it may still be on its way"),
            Self::CutOut { secret } => {
                say!("a call to deactivate {} was sent and not answered, and may still be on its way", secret)
            }
            Self::Ambiguous { secrets } => say!(
                "{} appeared together with our new secret, but Okta hides what would tell ours from a stranger's",
                secrets.join(" and ")
            ),
            Self::RefusedBefore { secret } => {
                say!("Okta refused {} when it was tested, which a list alone does not outweigh", secret)
            }
            Self::OtherValue { secret } => {
                say!("Okta does not list {} with the value that windlass gave it", secret)
            }
            Self::NoValueHere => say!("the pending secret has no value here"),
            Self::NothingToCompare => {
                say!("Okta does not accept the new secret, and there is none known to work to compare with")
            }
            Self::AllRefused => say!("Okta refuses every secret of the app at the moment"),
            Self::NewRefused => say!("Okta refuses the new secret while another one of the app authenticates"),
            Self::NotTested { secret, cause } => {
                say!("{} could not be tested: {}", secret.as_deref().unwrap_or("the secret"), cause.say())
            }
            Self::RemovedTwice => say!("the new secret was deleted outside windlass, twice"),
            Self::Withdrawn => say!("the new secret was withdrawn, on request"),
            Self::BeingDeleted => say!("the rotation is being deleted"),
            Self::Reactivated { secret, noticed: false } => {
                say!("{} was reactivated outside windlass, so it is kept", secret)
            }
            Self::Reactivated { secret, noticed: true } => {
                say!("{}, the old secret, was reactivated outside windlass, so it is kept", secret)
            }
            Self::PublishedOff { secret } => {
                say!("{}, the published secret, was deactivated outside windlass: Okta refuses its consumers", secret)
            }
            Self::PublishedGone { secret } => {
                say!("{}, the published secret, was deleted outside windlass: Okta refuses its consumers", secret)
            }
            Self::Unfetched { previous } => {
                say!("no consumer has fetched the current secret, so the previous one, {}, is kept", previous)
            }
            Self::NoPrevious => say!("there is no previous secret at Okta any more to go back to"),
            Self::NeverHeld { secret } => {
                say!("windlass never held the value of {}, so it cannot be published", secret)
            }
            Self::PreviousRefused { secret } => {
                say!("Okta does not accept the previous secret {}, so it is not published", secret)
            }
            Self::GivenValueHidden => say!("Okta hides what would tell whether the given value is this secret's"),
            Self::ValueHidden { secret } => {
                say!("Okta does not show the value of {} to this connection's role", secret)
            }
            Self::AdoptInactive { secret } => say!("{} is INACTIVE at Okta, so no consumer can be using it", secret),
            Self::GivenValueUnknownOfTwo => {
                say!("the given value is none of the app's two secrets, or Okta hides which of them it is")
            }
            Self::GivenValueUnknown => say!("the given value is not a secret of this app"),
            Self::GivenValueRefused { secret } => {
                say!("the value does not authenticate as {}, while another secret of the app does", secret)
            }
            Self::NoSuchSecret { named, replace } => {
                let way = if *replace { "replace" } else { "adopt" };
                say!("the app has no secret {} to {}", format!("{named:?}"), way)
            }
            Self::NothingToAdopt => say!("the app has no ACTIVE secret to adopt"),
            Self::TwoActive => say!("the app has two ACTIVE secrets"),
            Self::NotVerifiable { method } => say!("a secret cannot be verified with {}", method.as_str()),
            Self::Rotation(cause) => cause.say(),
            Self::Request(cause) => cause.say(),
            Self::Store(cause) => cause.say(),
            Self::Call(cause) => cause.say(),
            Self::Words(text) => Sentence::text(text),
            Self::Written(text) => written::read(text),
        }
    }
}

impl Secretless {
    /// In words, short enough for a column.
    pub fn words(&self) -> String {
        let words = match self {
            Self::Method(method) => method.as_str(),
            Self::OtherMethod(method) => return format!("{method}, unknown to windlass"),
            Self::Key => "it authenticates by a key",
            Self::SignOn(mode) => match mode.as_str() {
                "OPENID_CONNECT" => "Okta shows none for it",
                "SAML_2_0" => "a SAML 2.0 app",
                "SAML_1_1" => "a SAML 1.1 app",
                "WS_FEDERATION" => "a WS-Federation app",
                "AUTO_LOGIN" | "BROWSER_PLUGIN" | "SECURE_PASSWORD_STORE" => "a SWA app",
                "BASIC_AUTH" => "a basic authentication app",
                "BOOKMARK" => "a bookmark",
                "" => "an app without sign-on",
                other => return format!("sign-on mode {other}"),
            },
        };
        words.to_owned()
    }
}

fn unreached(way: Way, host: &str, why: &str, issuer: Option<&str>) -> Sentence {
    match (way, issuer) {
        (Way::OtherName | Way::Expired | Way::Issuer, None) => {
            say!("the certificate of {} is not trusted: {}", host, why)
        }
        (Way::OtherName | Way::Expired | Way::Issuer, Some(issuer)) => {
            say!("the certificate of {} is not trusted: {}; it was issued by {}", host, why, issuer)
        }
        (Way::Proxy, _) => say!("the proxy refuses the way to {}: {}", host, why),
        (Way::Connect, _) => say!("{} cannot be reached: {}", host, why),
    }
}

fn endless(how: Endless) -> Sentence {
    match how {
        Endless::Back => say!("Okta's list of apps leads back to a page that was read before"),
        Endless::Again => say!("Okta's list of apps repeats apps that were read before"),
        Endless::TooMany => {
            say!("the list of apps has no end within {} pages or {} apps", MOST_PAGES, MOST_ENTRIES)
        }
    }
}

fn untestable(app: &str, why: Untestable, verify: &str) -> Sentence {
    let what = match why {
        Untestable::NoCodes => {
            return say!(
                "the app {} may not use authorization codes, so a new secret cannot be tested with `token`",
                app
            );
        }
        Untestable::MethodHidden => say!("Okta does not show how the app {} authenticates", app),
        Untestable::MethodUnknown => say!("Okta shows a method of the app {} that windlass does not know", app),
        Untestable::Method(method) => say!("the app {} authenticates by {}, without a secret", app, method.as_str()),
    };
    say!("{}, so a new secret cannot be tested by `{}`", what, verify)
}
