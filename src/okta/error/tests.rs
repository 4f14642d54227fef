//! The table of faults in `docs/faults.md`, made of what the program says. It is made anew by
//!
//! ```sh
//! WRITE_FAULTS=1 cargo test --lib the_table_of_faults
//! ```
//!
//! and without that the test says where the two differ.

use crate::core::cause::Cause;
use std::fmt::Write as _;
use std::path::Path;

use strum::VariantNames as _;

use super::*;
use crate::core::cause::Answer;
use crate::core::fault::Class;
use crate::words::samples;

/// What Okta answers: status, header, error code and text.
const ANSWERS: &[(u16, &str, &str, &str)] = &[
    (401, "", "E0000011", "Invalid token provided"),
    (401, "", "invalid_client", "The client secret supplied for a confidential client is invalid."),
    (403, "", "E0000005", "Invalid session"),
    (403, "", "access_denied", "The request is made from outside the client's permitted network zones."),
    (403, "insufficient_scope", "", ""),
    (403, "", "insufficient_scope", "One or more scopes are not granted."),
    (403, "", "E0000006", "You do not have permission to perform the requested action"),
    (302, "", "", ""),
    (429, "", "E0000047", "API call exceeded rate limit due to too many requests."),
    (500, "", "E0000009", "Internal Server Error"),
    (503, "", "E0000010", "Service is in read only mode"),
    (503, "", "", ""),
    (404, "", "E0000007", "Not found: Resource not found: 0oa1 (AppInstance)"),
    (404, "", "E0000007", "Not found: Resource not found: ocs1 (OAuth2ClientSecretMediated)"),
    (400, "", "E0000001", "You've reached the maximum number of client secrets per client"),
    (400, "", "E0000001", "You can't delete an active client secret"),
    (400, "", "E0000001", "You can't deactivate the only active client secret"),
    (400, "", "E0000001", "client_secret must be at least 14 characters"),
    (400, "", "E0000001", "client_secret can't be more than 100 characters"),
    (400, "", "E0000001", "client_secret must be printable ASCII characters"),
    (400, "", "E0000001", "apps with private_key_jwt have no client secret"),
    (400, "", "E0000003", "The request body was not well-formed."),
    (404, "", "", ""),
];

/// What it answers a service app that asks for a token.
const TOKENS: &[(u16, &str, &str)] = &[
    (401, "invalid_client", "The issuer claim for client_assertion is not a valid client_id."),
    (401, "invalid_client", "The client_assertion JWT kid is invalid."),
    (401, "invalid_client", "The client_assertion signature is invalid."),
    (401, "invalid_client", "The client_assertion token is expired."),
    (401, "invalid_client", "The audience claim for client_assertion must be the endpoint invoked for the request."),
    (401, "invalid_client", "Client authentication failed. Either the client or the client credentials are invalid."),
    (400, "invalid_scope", "One or more scopes are not configured."),
    (403, "access_denied", "The request is made from outside the client's permitted network zones."),
    (400, "unauthorized_client", "The client is not authorized to use the provided grant type."),
    (400, "invalid_dpop_proof", "The DPoP proof JWT is invalid."),
    (401, "invalid_client", "The client is not known for anything."),
];

fn happens(code: Code) -> &'static str {
    match code {
        Code::SecretLimit | Code::DeleteActive | Code::OnlyActive | Code::SecretGone => {
            return "the app's secrets are read anew, and it continues from what is there; FAILING while that does not help";
        }
        Code::ValueRefused => return "another value is drawn, once; the second time the attempt fails; ATTENTION",
        _ => {}
    }
    match Fault::new(code, Cause::Internal, []).class() {
        Class::Passing => "retried automatically, at once and then ever more slowly, up to once an hour; FAILING",
        Class::Connection => {
            "one banner; the connection's rotations wait, it is tried every 10 minutes, and they resume automatically; WAITING"
        }
        Class::Person => "this rotation needs attention, and is checked again every day; ATTENTION",
    }
}

/// What is said of an answer before Okta's own words.
fn said_first(fault: &Fault) -> String {
    match &fault.problem.cause {
        Cause::Okta { answer, .. } => answer.say().to_string(),
        cause => cause.say().to_string(),
    }
}

fn table() -> String {
    let mut page = String::from(
        "# Faults\n\nWhat can go wrong, what windlass says, what happens by itself and what to do. Whatever it is, the published \
         secret keeps\nworking and can be read, unless it was deactivated at Okta. Each call stands in \
         `windlass history` with Okta's\nrequest id.\n\n<!-- made by: WRITE_FAULTS=1 cargo test --lib the_table_of_faults -->\n\n\
         ## What Okta answers\n\n| answer | code | what is said | by itself | to do |\n|---|---|---|---|---|\n",
    );
    for (status, header, okta_code, said) in ANSWERS {
        let mut headers = HeaderMap::new();
        if !header.is_empty() {
            headers.insert(
                "www-authenticate",
                format!("DPoP scope=\"okta.apps.manage\", error=\"{header}\"").parse().expect("a header"),
            );
        }
        let body = match *okta_code {
            "" => String::new(),
            code if code.starts_with('E') => {
                format!(r#"{{"errorCode":"{code}","errorSummary":"x","errorCauses":[{{"errorSummary":"{said}"}}]}}"#)
            }
            code => format!(r#"{{"error":"{code}","error_description":"{said}"}}"#),
        };
        let fault = fault(StatusCode::from_u16(*status).expect("a status"), &headers, body.as_bytes());
        let what = said_first(&fault);
        let answer = [okta_code, header, said].map(|part| part.trim()).into_iter().filter(|part| !part.is_empty());
        let answer = answer.collect::<Vec<_>>().join(": ");
        let (answer, code) = (format!("{status} {answer}"), fault.problem.cause.code());
        let (answer, happens, hint) = (answer.trim(), happens(fault.code), fault.hint());
        writeln!(page, "| {answer} | `{code}` | {what} | {happens} | {hint} |").expect("a string");
    }
    page.push_str(
        "\n## What Okta answers a service app that asks for a token\n\n\
         | answer | code | what is said | by itself | to do |\n|---|---|---|---|---|\n",
    );
    for (status, code, said) in TOKENS {
        let body = format!(r#"{{"error":"{code}","error_description":"{said}"}}"#);
        let fault = fault(StatusCode::from_u16(*status).expect("a status"), &HeaderMap::new(), body.as_bytes());
        let fault = token::refused(fault, "0oa1b2c3", "\"kid-1\"");
        let what = said_first(&fault);
        let (name, happens, hint) = (fault.problem.cause.code(), happens(fault.code), fault.hint());
        writeln!(page, "| {status} {code}: {said} | `{name}` | {what} | {happens} | {hint} |").expect("a string");
    }
    page.push_str("\n## What happens on the way\n\n| what is said | by itself | to do |\n|---|---|---|\n");
    for fault in samples::ways() {
        writeln!(page, "| {} | {} | {} |", fault.message(), happens(fault.code), fault.hint()).expect("a string");
    }
    page.push_str("\n## What windlass finds\n\n| code | what is said | to do |\n|---|---|---|\n");
    for problem in samples::problems() {
        let (code, said, todo) = (problem.cause.code(), problem.message(), problem.hint());
        writeln!(page, "| `{code}` | {said} | {todo} |").expect("a string");
    }
    page.push_str("\n## Why a request is refused\n\n| code | what is said | to do |\n|---|---|---|\n");
    for problem in samples::refusals() {
        let (code, said, todo) = (problem.cause.code(), problem.message(), problem.hint());
        writeln!(page, "| `{code}` | {said} | {todo} |").expect("a string");
    }
    page
}

#[test]
fn every_answer_of_oktas_is_made_by_a_row_of_the_table() {
    let page = table();
    // The access token of a service app: who asked with it says so.
    for name in Answer::VARIANTS.iter().filter(|name| **name != "AccessTokenRefused") {
        let code = name[..1].to_lowercase() + &name[1..];
        assert!(page.contains(&format!("| `{code}` |")), "no row above makes {name}");
    }
}

#[test]
fn the_table_of_faults_is_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let made = table();
    if std::env::var_os("WRITE_FAULTS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        std::fs::write(&path, &made).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "docs/faults.md says something else: WRITE_FAULTS=1 cargo test --lib the_table_of_faults");
}
