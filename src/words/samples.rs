//! One of every cause and of every remedy, for what has to hold of all of them: a row in `docs/faults.md`, commands that parse,
//! keys that do the same. A variant that is missing here is found by its name.

use strum::VariantNames;

use std::fmt::Debug;

use crate::core::cause::call::CallCause;
use crate::core::cause::request::RequestCause;
use crate::core::cause::rotation::RotationCause;
use crate::core::cause::store::StoreCause;
use crate::core::cause::{Answer, Cause, HeaderOf, LeftAlone, Secretless, Untestable, Way};
use crate::core::fault::{Code, Fault, Problem};
use crate::core::pages::Endless;
use crate::core::remedy::{Next, Remedy};
use crate::core::rotation::{AuthMethod, Verify};
use crate::words::sentence::Sentence;

fn text(text: &str) -> String {
    text.to_owned()
}

/// An answer of Okta's that others wrap.
fn refused() -> Cause {
    Cause::Okta { answer: Answer::Refused, status: 403, code: None, said: None }
}

/// What windlass finds by itself, with the remedies that it has as a rule. What Okta answers has its own table.
pub fn problems() -> Vec<Problem> {
    let secret = || text("ID");
    let test = |creating| Remedy::TestBy { verify: Verify::Introspect, creating, or: false };
    let retest = [Remedy::CheckSignOn, Remedy::TestsAgain, Remedy::CurrentWorks, Remedy::Decide];
    let listed = [
        Remedy::TestBy { verify: Verify::Introspect, creating: false, or: false },
        Remedy::CurrentWorks,
        Remedy::Decide,
    ];
    let clock = [Remedy::SetClock, Remedy::ComparesClockAgain];
    let problem = |cause: Cause, remedies: &[Remedy]| Problem::new(cause, remedies);
    vec![
        problem(Cause::SecondSecret { secret: secret() }, &[Remedy::FindOutWhose]),
        problem(
            Cause::UnknownSecret { secret: secret(), left: None },
            &[Remedy::FindOutWhose, Remedy::NoRoomUntilThen],
        ),
        problem(Cause::TwoSecrets { secrets: vec![text("ID1"), text("ID2")] }, &[Remedy::FindOutWhich]),
        problem(Cause::NoRoom { previous: secret(), due: false }, &[Remedy::WaitOrCut]),
        problem(Cause::NoRoom { previous: secret(), due: true }, &[Remedy::LetGoOrCut]),
        problem(Cause::LeftAlone { secret: secret(), why: LeftAlone::Published }, &[Remedy::PublishNew]),
        problem(Cause::LeftAlone { secret: secret(), why: LeftAlone::OnlyActive }, &[Remedy::ActivateAnother]),
        problem(
            Cause::LeftAlone { secret: secret(), why: LeftAlone::PublishedOff },
            &[Remedy::ActivatePublished, Remedy::GoBack],
        ),
        problem(
            Cause::PublishedOff { secret: secret() },
            &[Remedy::ActivatePublished, Remedy::GoBack, Remedy::MakeNew, Remedy::OldCopy],
        ),
        problem(Cause::PublishedGone { secret: secret() }, &[Remedy::GoBack, Remedy::MakeNew, Remedy::OldCopy]),
        problem(
            Cause::Reactivated { secret: secret(), noticed: false },
            &[Remedy::FindOutWhoNeeds, Remedy::RetireOnce],
        ),
        problem(Cause::Unfetched { previous: secret() }, &[Remedy::HaveFetched]),
        problem(Cause::ClockOff { seconds: 301 }, &clock),
        problem(Cause::NoDate, &clock),
        problem(Cause::NewRefused, &[Remedy::LookAtApp, Remedy::RotateAgain, Remedy::CurrentWorks]),
        problem(Cause::RemovedTwice, &[Remedy::LookAtApp, Remedy::RotateAgain, Remedy::CurrentWorks]),
        problem(Cause::Withdrawn, &[Remedy::LookAtApp, Remedy::RotateAgain, Remedy::CurrentWorks]),
        problem(Cause::AllRefused, &retest),
        problem(Cause::NothingToCompare, &retest),
        problem(Cause::NoValueHere, &retest),
        problem(
            Cause::NotTested { secret: Some(secret()), cause: Box::new(refused()) },
            &[
                Remedy::AllowTest,
                Remedy::Untested { creating: false },
                Remedy::TestsAgain,
                Remedy::CurrentWorks,
                Remedy::Decide,
            ],
        ),
        problem(Cause::RefusedBefore { secret: secret() }, &listed),
        problem(Cause::OtherValue { secret: secret() }, &listed),
        problem(Cause::Ambiguous { secrets: vec![secret()] }, &[Remedy::RemoveUnused, Remedy::CurrentWorks]),
        problem(Cause::CreateOut, &[Remedy::LooksInAMinute]),
        problem(Cause::CutOut { secret: secret() }, &[Remedy::LooksInAMinute]),
        problem(Cause::Unchanged { secret: secret(), active: true }, &[Remedy::LooksAgain]),
        problem(Cause::AppGone { label: text("APP"), id: secret() }, &[Remedy::DeleteRotation]),
        problem(
            Cause::AppNotActive { app: text("APP"), status: text("INACTIVE") },
            &[Remedy::ActivateApp, Remedy::SecretsKept],
        ),
        problem(
            Cause::NoClientSecret { app: text("APP"), what: Secretless::SignOn(text("SAML_2_0")) },
            &[Remedy::OnlySecretApps],
        ),
        problem(
            Cause::CannotTest { app: text("APP"), why: Untestable::MethodHidden, verify: Verify::Introspect },
            &[Remedy::NameMethod { creating: false }],
        ),
        problem(
            Cause::CannotTest { app: text("APP"), why: Untestable::NoCodes, verify: Verify::Token },
            &[test(false)],
        ),
        problem(Cause::NotVerifiable { method: AuthMethod::PrivateKeyJwt }, &[Remedy::UseSecretMethod]),
        problem(Cause::NoPrevious, &[Remedy::MakeNew]),
        problem(Cause::NeverHeld { secret: secret() }, &[Remedy::UseWhileActive, Remedy::Hold]),
        problem(Cause::PreviousRefused { secret: secret() }, &[Remedy::CurrentWorks]),
        problem(Cause::NothingToAdopt, &[Remedy::IssueInstead]),
        problem(Cause::TwoActive, &[Remedy::SayWhich, Remedy::AppHas { secrets: vec![text("ID1"), text("ID2")] }]),
        problem(
            Cause::NoSuchSecret { named: secret(), replace: false },
            &[Remedy::AppHas { secrets: vec![text("ID1")] }],
        ),
        problem(Cause::AdoptInactive { secret: secret() }, &[Remedy::AdoptOther]),
        problem(Cause::ValueHidden { secret: secret() }, &[Remedy::GiveValue]),
        problem(Cause::GivenValueHidden, &[test(true)]),
        problem(Cause::GivenValueUnknown, &[Remedy::CheckValueWhole]),
        problem(Cause::GivenValueUnknownOfTwo, &[Remedy::CheckValueOfTwo]),
        problem(Cause::GivenValueRefused { secret: secret() }, &[Remedy::CheckValue]),
        problem(Cause::Braked { refusals: 3 }, &[Remedy::SeeFailures]),
        problem(Cause::NoOrgThere(Box::new(refused())), &[Remedy::CheckOrgAddress]),
        problem(Cause::NoRole { client_id: None, cause: Box::new(refused()) }, &[Remedy::GiveAppsRole]),
        problem(Cause::NoSuchApp { host: text("HOST"), typed: text("x") }, &[Remedy::ListApps]),
        problem(Cause::AppsAlike { typed: text("x"), ids: vec![text("ID1"), text("ID2")] }, &[Remedy::NameAppById]),
        problem(Cause::EndlessList { host: text("HOST"), how: Endless::TooMany }, &[Remedy::NameAppById]),
        problem(Cause::PageElsewhere, &[Remedy::GiveOrgAddressNotCustom]),
        problem(Cause::AnswerUnreadable { line: 1, column: 1 }, &[Remedy::CheckNoProxyAnswers]),
        problem(Cause::AnswerNotEmpty, &[Remedy::CheckNoProxyAnswers]),
        problem(Cause::AnswerTooLarge { most: 1 << 20 }, &[Remedy::CheckNoProxyAnswers]),
        problem(Cause::AnswerOdd(text("Okta took a made-up authorization code")), &[Remedy::CheckNoProxyAnswers]),
        problem(Cause::AnswerRepeatsSecret, &[Remedy::LookUpCode]),
        problem(
            Cause::CaFile { path: text("FILE"), why: text("it holds no certificate"), fix: None },
            &[Remedy::GiveCertificates],
        ),
        problem(Cause::HttpClient { why: text("…") }, &[Remedy::SeeCaFile]),
        problem(Cause::TokenCharacters, &[Remedy::GiveTokenAgain]),
        problem(Cause::KeyUnreadable, &[Remedy::GiveKeyAgain]),
        problem(Cause::CredentialUnusable, &[Remedy::Report]),
        problem(Cause::Cryptography(text("the key does not sign")), &[Remedy::ReportCryptography]),
        problem(Cause::NotAHeader(HeaderOf::Secret), &[Remedy::RotateAgain]),
        problem(Cause::NoRandom(None), &[Remedy::SeeKernelLog, Remedy::TriesAgain]),
        problem(Cause::Internal, &[Remedy::Report, Remedy::TriesAgain]),
        problem(Cause::ConnectionGone, &[Remedy::Report]),
        problem(Cause::BeingDeleted, &[]),
        problem(Cause::NotDoneYet { rotation: text("NAME") }, &[Remedy::Continues]),
        problem(Cause::PublishedNotOff(Box::new(refused())), &[Remedy::Continues]),
    ]
}

/// What comes back from no answer, or from a transport that fails.
pub fn ways() -> Vec<Fault> {
    let unreached = |code, way, why: &str, remedy| {
        let cause = Cause::Unreached { way, host: text("HOST"), why: text(why), issuer: None };
        Fault::new(code, cause, [remedy])
    };
    let unknown = |code, cause| Fault::new(code, cause, [Remedy::MayHaveTakenEffect]);
    vec![
        unreached(Code::Unreachable, Way::Connect, "connection refused", Remedy::CheckWayOut),
        unreached(Code::Unreachable, Way::Proxy, "tunnel error", Remedy::CheckProxy),
        unreached(Code::Untrusted, Way::Issuer, "UnknownIssuer", Remedy::NameCa),
        unreached(Code::Untrusted, Way::OtherName, "not valid for name", Remedy::CheckOrgUrl),
        unreached(Code::Untrusted, Way::Expired, "expired", Remedy::CheckClockOrCertificate),
        unknown(Code::TimedOut, Cause::TimedOut),
        unknown(Code::Broken, Cause::Broken { why: text("…") }),
        Fault::new(Code::Unreachable, Cause::NoAccessToken(Box::new(Cause::TimedOut)), [Remedy::CallNotMade]),
    ]
}

/// Why a request is refused, and what is to be done then.
pub fn refusals() -> Vec<Problem> {
    let deleting = [Next::NoLongerRotates, Next::OldGoesOnDate];
    let deleting = deleting.map(|next| Problem::because(Cause::BeingDeleted).and(next));
    let shows = Next::ShowsPlan { command: text("windlass rotation rotate NAME") };
    let internal = Problem::because(Cause::Internal).and(Next::EngineRuns).and(Next::DiskAsBefore).and(shows);
    [RotationCause::samples(), deleting.into(), RequestCause::samples(), StoreCause::samples(), CallCause::samples()]
        .into_iter()
        .flatten()
        .chain([internal])
        .collect()
}

/// Remedies that no problem above has.
pub fn others() -> Vec<Remedy> {
    let at = chrono::DateTime::UNIX_EPOCH;
    vec![
        Remedy::SecretsWork,
        Remedy::SecretWorks,
        Remedy::NothingChanged,
        Remedy::NothingSaved,
        Remedy::DrawsAnother,
        Remedy::LimitResets,
        Remedy::ReadOnlyEnds,
        Remedy::ContinuesWithEngine,
        Remedy::NextTry(at),
        Remedy::SeeStatusPage,
        Remedy::SeeStatusPageAndProxy,
        Remedy::CheckAuthorizationHeader,
        Remedy::AllowAddress,
        Remedy::AllowAddressOfApp,
        Remedy::CheckTokenUser,
        Remedy::GiveOrgAddress,
        Remedy::GiveRole,
        Remedy::GiveServiceAppRole,
        Remedy::CheckAppId,
        Remedy::SwitchMethod,
        Remedy::CheckOrgUrlAndProxy,
        Remedy::GrantScope { scope: text("okta.apps.manage"), client_id: None },
        Remedy::GrantScopes,
        Remedy::CheckClientId,
        Remedy::GiveOtherDomain,
        Remedy::CheckServiceApp,
        Remedy::CheckServiceAppActive,
        Remedy::MakeServiceApp,
        Remedy::CheckAppAndKey,
        Remedy::PublishedGone,
        Remedy::RemoveOther,
        Remedy::DidYouMean { label: text("Payments"), id: text("0oa1") },
        Remedy::ReportIfNoHelp,
        Remedy::TryAgain,
        Remedy::ThenTryAgain,
        Remedy::TokenEnded { idle_days: None },
        Remedy::TokenEnded { idle_days: Some(31) },
        Remedy::SaveUntested,
        Remedy::GiveToken { known: true },
        Remedy::GiveToken { known: false },
        Remedy::GiveKey { known: true },
        Remedy::GiveKey { known: false },
        Remedy::TestConnection,
        Remedy::DeleteForce,
        Remedy::RetireOnceFetched,
        Remedy::TestBy { verify: Verify::Token, creating: false, or: true },
        Remedy::Untested { creating: true },
        Remedy::NameMethod { creating: true },
        Remedy::IfNotMethod { named: AuthMethod::ClientSecretPost, creating: false },
        Remedy::IfNotMethod { named: AuthMethod::ClientSecretPost, creating: true },
        Remedy::IfNotClientId { client_id: text("0oa1"), creating: false },
        Remedy::IfNotClientId { client_id: text("0oa1"), creating: true },
        Remedy::Fix(text("chmod go-w FILE")),
        Remedy::Words(text("as a face says it")),
        Remedy::Written(text("as it was written")),
    ]
}

/// One of every remedy.
pub fn remedies() -> Vec<Remedy> {
    problems()
        .into_iter()
        .chain(ways().into_iter().map(|fault| fault.problem))
        .chain(refusals())
        .flat_map(|problem| problem.remedies)
        .chain(others())
        .collect()
}

/// Everything that is said to be wrong, and everything that is said to be done: what has to hold of every sentence.
pub fn sentences() -> Vec<Sentence> {
    let causes = problems().into_iter().chain(ways().into_iter().map(|fault| fault.problem)).chain(refusals());
    causes.map(|problem| problem.cause.say()).chain(remedies().iter().map(Remedy::say)).collect()
}

/// The names of the variants of what is printed, those of groups as `Group(Variant`.
fn all_named<'a, T: Debug + 'a>(all: impl IntoIterator<Item = &'a T>, group: &str, variants: &[&str], but: &[&str]) {
    let all: Vec<String> = all.into_iter().map(|it| format!("{it:?}")).collect();
    for variant in variants.iter().filter(|variant| !but.contains(variant)) {
        let begins = format!("{group}{variant}");
        let named = |it: &String| it.strip_prefix(&begins).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        assert!(all.iter().any(named), "{begins} has no example");
    }
}

#[test]
fn every_cause_and_every_remedy_is_here() {
    let causes: Vec<Cause> = problems()
        .into_iter()
        .chain(ways().into_iter().map(|fault| fault.problem))
        .chain(refusals())
        .map(|problem| problem.cause)
        .collect();
    // What Okta answers is in the table of answers; what it lacks is said by `okta::error::token`.
    all_named(&causes, "", Cause::VARIANTS, &["Okta", "TokenLacksScope", "Words", "Written"]);
    all_named(&causes, "Rotation(", RotationCause::VARIANTS, &[]);
    all_named(&causes, "Request(", RequestCause::VARIANTS, &[]);
    all_named(&causes, "Store(", StoreCause::VARIANTS, &[]);
    all_named(&causes, "Call(", CallCause::VARIANTS, &[]);
    let remedies = remedies();
    all_named(&remedies, "", Remedy::VARIANTS, &[]);
    all_named(&remedies, "Next(", Next::VARIANTS, &[]);
}

#[test]
fn every_cause_has_a_name_of_its_own() {
    let groups = [
        Cause::VARIANTS,
        RotationCause::VARIANTS,
        RequestCause::VARIANTS,
        StoreCause::VARIANTS,
        CallCause::VARIANTS,
        // What Okta answers is called by the answer.
    ];
    let mut names: Vec<&str> = groups.concat();
    names.sort_unstable();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert_eq!(twice, Vec::<&str>::new());
    for problem in refusals() {
        assert!(!["rotation", "request", "store", "call"].contains(&problem.cause.code().as_str()), "{problem:?}");
    }
}

#[test]
fn what_is_written_is_read_back_as_it_was() {
    for problem in problems().into_iter().chain(ways().into_iter().map(|fault| fault.problem)).chain(refusals()) {
        let problem = problem.of_rotation(&"payments").of_connection(&"acme");
        let written = serde_json::to_string(&problem).expect("JSON");
        assert_eq!(serde_json::from_str::<Problem>(&written).expect("read"), problem, "{written}");
    }
    for remedy in remedies().into_iter().filter(|remedy| !matches!(remedy, Remedy::Words(_))) {
        let problem = Problem::new(Cause::Internal, [remedy]);
        let written = serde_json::to_string(&problem).expect("JSON");
        assert_eq!(serde_json::from_str::<Problem>(&written).expect("read"), problem, "{written}");
    }
}

#[test]
fn the_words_of_an_older_version_and_of_a_newer_one_are_kept() {
    let old = r#"{"message": "it is off", "hint": "switch it on"}"#;
    let read: Problem = serde_json::from_str(old).expect("read");
    assert_eq!(read.cause, Cause::Written("it is off".into()));
    assert_eq!(read.remedies, [Remedy::Written("switch it on".into())]);
    let newer = r#"{"message": "it is off", "hint": "a; b", "cause": {"wornOut": {}},
        "remedies": [{"code": "newOne", "data": {"x": 1}, "text": "a"}, {"code": "another", "text": "c"},
        {"code": "goBack", "text": "b"}]}"#;
    let read: Problem = serde_json::from_str(newer).expect("read");
    assert_eq!(read.cause, Cause::Written("it is off".into()));
    assert_eq!(read.remedies, [Remedy::Written("a".into()), Remedy::Written("c".into()), Remedy::GoBack]);
}
