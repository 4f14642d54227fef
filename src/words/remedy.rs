//! Remedies in words: what still works, and what to do.

use crate::core::remedy::Remedy;
use crate::core::rotation::Verify;
use crate::words::sentence::{Sentence, say};
use crate::words::written;

mod next;

/// What a service app, or the user of a token, has to have.
pub(super) const ROLES: &str = "Application Administrator, or a custom one with okta.apps.read, okta.apps.manage and \
                     okta.apps.clientCredentials.read";

/// Remedies as one sentence.
pub fn joined(remedies: &[Remedy]) -> Sentence {
    let ways_out = |it: &&Remedy| {
        matches!(it, Remedy::ActivatePublished | Remedy::PublishedGone | Remedy::GoBack | Remedy::MakeNew)
    };
    // One of these is enough.
    let parts = remedies.chunk_by(|one, next| ways_out(&one) && ways_out(&next));
    Sentence::join(parts.map(|part| Sentence::join(part.iter().map(Remedy::say), ", or ")), "; ")
}

impl Remedy {
    /// It in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::CurrentWorks => say!("the current secret keeps working"),
            Self::SecretsWork => say!("the secrets issued so far keep working"),
            Self::SecretWorks => say!("the secret keeps working"),
            Self::SecretsKept => say!("the secrets issued so far are kept"),
            Self::NothingChanged => say!("nothing was changed"),
            Self::NothingSaved => say!("nothing was saved"),
            Self::Continues => say!("it continues automatically"),
            // What asking again is called depends on who reads it.
            Self::ContinuesWithEngine => {
                say!("it is kept on disk and resumes when an engine runs (`windlass serve`), or by `again`")
            }
            Self::NextTry(at) => say!("next try at {}", *at),
            Self::LooksAgain => say!("windlass reads the app's secrets again"),
            Self::LooksInAMinute => say!("windlass checks again in a minute"),
            Self::TestsAgain => say!("it is tested again automatically"),
            Self::TriesAgain => say!("it is retried automatically"),
            Self::ComparesClockAgain => say!("it is compared again automatically"),
            Self::LimitResets => say!("the limit resets by itself, as a rule within a minute"),
            Self::ReadOnlyEnds => say!(
                "Okta ends it by itself (status.okta.com); until then secrets can be read, and none can be made or switched"
            ),
            Self::DrawsAnother => say!("windlass generates another one"),
            Self::CallNotMade => say!("the call itself was not made; it is retried automatically, see status.okta.com"),
            Self::MayHaveTakenEffect => {
                say!("whether the call took effect is unknown; windlass checks before it does anything else")
            }
            Self::NoRoomUntilThen => {
                say!("until then the next rotation has no room, and no old secret is retired")
            }
            Self::SeeStatusPage => say!("see status.okta.com"),
            Self::SeeStatusPageAndProxy => say!("check status.okta.com and the proxy (HTTPS_PROXY)"),
            Self::CheckAuthorizationHeader => say!(
                "check that no proxy takes the Authorization header out, and that the token may be used from this machine's \
                 network zone (Security > API > Tokens, Security > Networks)"
            ),
            Self::AllowAddress => say!(
                "add this machine's address to the network zone at Okta (Security > Networks), or lift the zone from the \
                 token or app"
            ),
            Self::AllowAddressOfApp => {
                say!("add it at Okta (Security > Networks), or let the app in from anywhere")
            }
            Self::CheckTokenUser => say!("check the token's user, its network zone and its role at Okta"),
            Self::GiveOrgAddress => {
                say!("give the org's own address, as the browser shows it after signing in, without -admin")
            }
            Self::GiveOrgAddressNotCustom => {
                say!("give the org's own address as the connection's URL (a custom domain may be the reason)")
            }
            Self::GiveRole => {
                say!("give its user a role that may manage this app (okta.apps.manage), then try again")
            }
            Self::GiveServiceAppRole => say!(
                "give the service app a role at Okta (the app > Admin roles; takes a Super Admin): {} for this app",
                ROLES
            ),
            Self::GiveAppsRole => say!("give it a role for the apps that are to be rotated: {}", ROLES),
            Self::CheckAppId => say!("check the app id, and that it is this org's"),
            Self::SwitchMethod => {
                say!("switch it to client_secret_basic, _post or _jwt, or delete this rotation")
            }
            Self::UseSecretMethod => {
                say!("switch the app to client_secret_basic, client_secret_post or client_secret_jwt")
            }
            Self::OnlySecretApps => {
                say!("only client_secret_basic, client_secret_post and client_secret_jwt apps have a secret to rotate")
            }
            Self::CheckOrgUrlAndProxy => say!("check the org URL, and whether a proxy answers in its place"),
            Self::CheckNoProxyAnswers => {
                say!("check that the org URL is right and that no proxy answers in Okta's place")
            }
            Self::LookUpCode => {
                say!("look up the code in Okta's documentation, fix the cause and try again")
            }
            Self::GrantScope { scope, client_id } => say!(
                "grant {} to the {} at Okta (the app > Okta API Scopes; takes a Super Admin)",
                scope,
                client_id.as_ref().map_or_else(|| "service app".to_owned(), |id| format!("app {id}"))
            ),
            Self::GrantScopes => say!("grant both at Okta (the app > Okta API Scopes; takes a Super Admin)"),
            Self::CheckClientId => say!("check the client id, and that the app is of this org and ACTIVE"),
            Self::SetClock => say!("set this machine's clock (NTP)"),
            Self::GiveOtherDomain => say!(
                "give the address that Okta knows itself by: the okta.com domain instead of a custom one, or the other way round"
            ),
            Self::CheckServiceApp => say!(
                "check that it is an API Services app, ACTIVE, with \"Public key / Private key\" as its client authentication"
            ),
            Self::CheckServiceAppActive => say!("check that the service app is ACTIVE at Okta"),
            Self::MakeServiceApp => {
                say!("make an API Services app at Okta, whose grant type is Client Credentials")
            }
            Self::CheckAppAndKey => say!("check the app and its key at Okta"),
            Self::CheckOrgAddress => {
                say!("check the org URL; it is the address that the browser shows after signing in, without -admin")
            }
            Self::CheckOrgUrl => say!("check the org URL: another host answers there"),
            Self::CheckClockOrCertificate => say!(
                "check this machine's clock (NTP); if that is right, whoever answers there has to renew the certificate"
            ),
            Self::NameCa => say!("check the host name; where a proxy inspects TLS, name its CA in `ca_file`"),
            Self::GiveCertificates => say!("give a file of PEM certificates in `ca_file`"),
            Self::SeeCaFile => say!("see `ca_file`"),
            Self::CheckProxy => say!(
                "check HTTPS_PROXY (http://USER:PASSWORD@PROXY:PORT where it wants a login) and that the proxy lets this host \
                 through; NO_PROXY goes around it"
            ),
            Self::CheckWayOut => say!("check the org URL, this host's DNS and its way out (HTTPS_PROXY)"),
            Self::ActivateApp => say!("activate the app at Okta"),
            Self::ActivatePublished => say!("activate the published one again at Okta"),
            Self::ActivateAnother => say!("activate another one at Okta first, or leave this one"),
            Self::PublishedGone => say!("the published one is gone at Okta"),
            Self::CheckSignOn => say!("check the app and its sign-on policy at Okta"),
            Self::AllowTest => say!(
                "let this machine's address into the app's own network zone at Okta (settings.oauthClient.network), or check \
                 that no proxy answers in Okta's place"
            ),
            Self::FindOutWhose => say!(
                "find out whose it is before anything is done to it: it may be the live one, made by another copy of this store \
                 (on the host that it was moved to, or before an old copy was put back here). If so, let windlass run where the \
                 newest copy is, and retire this one: `windlass retire-store --to HOST`. If it is foreign and unused, \
                 have it deleted at Okta; windlass does not touch it, and continues automatically once it is gone"
            ),
            Self::FindOutWhich => say!(
                "find out which of them is in use: another windlass may have made them. Then say which other one may go with \
                 `--replace SECRET_ID`"
            ),
            Self::OldCopy => say!(
                "or this is an old copy of a store that runs elsewhere: then `windlass retire-store --to HOST` here"
            ),
            Self::RemoveOther => say!(
                "have the app's other secret deleted at Okta once no consumer uses it: there is no room for a new \
                 one before that"
            ),
            Self::RemoveUnused => say!(
                "check the app at Okta, and have the unused secret deleted there (check that no other copy of this store uses it)"
            ),
            Self::LookAtApp => say!("check the app at Okta"),
            Self::FindOutWhoNeeds => say!("find out who needs it"),
            Self::UseWhileActive => say!("consumers that still have its value can use it while it is ACTIVE"),
            Self::CheckValue => say!("check the value"),
            Self::CheckValueWhole => say!("check that it was copied whole, and that it is this app's"),
            Self::CheckValueOfTwo => say!(
                "check the value; where it is right, find out which of the two is in use (another windlass may have made them), \
                 have the other one removed at Okta, then try again"
            ),
            Self::NameAppById => say!("name the app by its id"),
            Self::DidYouMean { label, id } => say!("did you mean {} ({})?", format!("{label:?}"), id),
            Self::SeeKernelLog => say!("check this machine's kernel log"),
            Self::Report => say!("this is a bug in windlass; please report it"),
            Self::ReportCryptography => {
                say!("this machine's cryptography failed; try again, and report it")
            }
            Self::ReportIfNoHelp => say!("report it if that does not help"),
            Self::ThenTryAgain => say!("then try again"),
            Self::TryAgain => say!("try again"),
            Self::AppHas { secrets } if secrets.is_empty() => say!("it has none"),
            Self::AppHas { secrets } => say!("it has {}", secrets.join(" and ")),
            Self::TokenEnded { idle_days: None } => {
                say!("it is another org's, was revoked, was not used for 30 days, or its user was deactivated")
            }
            Self::TokenEnded { idle_days: Some(days) } => {
                say!("it was last used {} days ago, and Okta ends one after 30", *days)
            }
            Self::SaveUntested => say!("save it untested with `--no-test`"),
            Self::GiveToken { known: true } => say!(
                "issue a new API token at Okta (Security > API > Tokens) and give it with `windlass connection update NAME \
                 --token-file FILE`"
            ),
            Self::GiveToken { known: false } => {
                say!("issue a new API token at Okta (Security > API > Tokens) and give it")
            }
            Self::GiveTokenAgain => say!("give the token again"),
            Self::GiveKeyAgain => {
                say!("give it again with `windlass connection update NAME --private-key-file FILE`")
            }
            Self::GiveKey { known: false } => say!(
                "add its public key to the app at Okta (General > Client Credentials > PUBLIC KEYS), or give the key that is \
                 there"
            ),
            Self::GiveKey { known: true } => say!(
                "add its public key to the app at Okta (General > Client Credentials > PUBLIC KEYS), or give the key that is \
                 there with `windlass connection update NAME --private-key-file FILE [--key-id KID]`"
            ),
            Self::TestConnection => say!("then test the connection (`windlass connection test NAME`)"),
            Self::SeeFailures => say!(
                "see why with `windlass history --outcome failed`; once that is fixed, rotate one by hand, or let the others \
                 resume with `windlass connection test NAME`"
            ),
            Self::ListApps => say!("`windlass connection apps NAME` lists the org's apps"),
            Self::DeleteRotation => say!(
                "if it was deleted there, delete this rotation: `windlass rotation delete NAME --force`; the secrets issued so \
                 far are kept here"
            ),
            Self::DeleteForce => say!(
                "or leave it there with `windlass rotation delete NAME --force`, which keeps our value for 90 days"
            ),
            Self::RotateAgain => say!("then rotate again with `windlass rotation rotate NAME`"),
            Self::MakeNew => say!("have a new one made with `windlass rotation rotate NAME`"),
            Self::PublishNew => {
                say!("`windlass rotation rotate NAME` publishes a new one; this one is then retired on its dates")
            }
            Self::GoBack => say!("roll back to the previous one with `windlass rotation rollback NAME`"),
            Self::WaitOrCut => say!(
                "wait until it is deleted, or deactivate and delete it now with `windlass rotation rotate NAME --yes`"
            ),
            Self::LetGoOrCut => say!(
                "let it go with `windlass rotation retire NAME --now` or `windlass rotation retire NAME --at WHEN`; or cut it \
                 short with `windlass rotation rotate NAME --yes`, which deletes it at once"
            ),
            Self::RetireOnce => say!(
                "once it may go: `windlass rotation retire NAME --now` or `windlass rotation retire NAME --at WHEN`"
            ),
            Self::Hold => say!("hold it with `windlass rotation retire NAME --hold`"),
            Self::HaveFetched => say!(
                "have its consumers read the mapped secret (a read on a terminal does not count), or deactivate it anyway: \
                 `windlass rotation retire NAME --now`"
            ),
            Self::RetireOnceFetched => {
                say!("once its consumers have the current one, deactivate it: `windlass rotation retire NAME --now`")
            }
            Self::Decide => say!(
                "or decide with `windlass rotation resolve NAME --publish-unverified` or `windlass rotation resolve NAME \
                 --withdraw`"
            ),
            Self::TestBy { verify, creating, or } => test_by(*verify, *creating, *or),
            Self::Untested { creating: true } => say!("or have it taken over untested: `--verify listed`"),
            Self::Untested { creating: false } => {
                say!("or have it published untested: `windlass rotation update NAME --verify listed`")
            }
            Self::NameMethod { creating: true } => say!(
                "name the method that the app is set up with (its vendor's guide says which): `--verify client_secret_basic`, \
                 `--verify client_secret_post` or `--verify client_secret_jwt`; or have it published untested: `--verify listed`"
            ),
            Self::NameMethod { creating: false } => say!(
                "name the method that the app is set up with (its vendor's guide says which): `windlass rotation update NAME \
                 --verify client_secret_basic`, `windlass rotation update NAME --verify client_secret_post` or `windlass \
                 rotation update NAME --verify client_secret_jwt`"
            ),
            Self::IfNotMethod { named, creating } => {
                let ways = Verify::NAMED.into_iter().filter(|way| way.names() != Some(*named));
                let ways = ways.map(|way| way_to(way, *creating));
                say!(
                    "Okta does not show the app's method: if it is not {}, name it with {}",
                    named.as_str(),
                    Sentence::join(ways, " or ")
                )
            }
            Self::IfNotClientId { client_id, creating } => say!(
                "Okta does not show its client id: if it is not {}, give it with {}",
                client_id,
                if *creating {
                    say!("`--client-id ID`")
                } else {
                    say!("`windlass rotation update NAME --client-id ID`")
                }
            ),
            Self::GiveValue => say!("give the value: `--secret-stdin` or `--secret-file`"),
            Self::AdoptOther => {
                say!("adopt the one that is in use, or create the rotation without `--adopt` to have a new one issued")
            }
            Self::IssueInstead => say!("create the rotation without `--adopt` to have a new one issued"),
            Self::SayWhich => say!("say which one its consumers use with `--adopt-secret`"),
            // It names a file, whose name may hold anything.
            Self::Fix(text) | Self::Words(text) => Sentence::text(text),
            Self::Next(next) => next.say(),
            Self::Written(text) => written::read(text),
        }
    }
}

/// How another way to test a secret is chosen.
fn way_to(verify: Verify, creating: bool) -> Sentence {
    if creating {
        say!("`--verify {}`", verify.as_str())
    } else {
        say!("`windlass rotation update NAME --verify {}`", verify.as_str())
    }
}

fn test_by(verify: Verify, creating: bool, or: bool) -> Sentence {
    match (or, creating) {
        (true, _) => say!("or test it another way with {}", way_to(verify, creating)),
        (false, true) => say!("have it tested another way: {}", way_to(verify, creating)),
        (false, false) => say!("have it tested with {}", way_to(verify, creating)),
    }
}
