//! The table of faults in `docs/faults.md`, made of what the program says. It is made anew by
//!
//! ```sh
//! WRITE_FAULTS=1 cargo test --lib the_table_of_faults
//! ```
//!
//! and without that the test says where the two differ.

use std::fmt::Write as _;
use std::path::Path;

use crate::core::cause::{Cause, MachineCause, NetworkCause};
use crate::core::fault::{Class, Code, Fault, Problem};
use crate::okta::answers::{self, Refused};

/// The groups that are about a request; the others are what windlass finds by itself.
const REQUESTS: [&str; 4] = ["Rotation", "Request", "Store", "Call"];

fn happens(code: Code) -> &'static str {
    match code {
        Code::SecretLimit | Code::DeleteActive | Code::OnlyActive | Code::SecretGone => {
            return "the app's secrets are read anew, and it continues from what is there; FAILING while that does not help";
        }
        Code::ValueRefused => return "another value is drawn, once; the second time the attempt fails; ATTENTION",
        _ => {}
    }
    match Fault::new(code, MachineCause::Internal).class() {
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
        Cause::Okta(answered) => answered.answer.say().to_string(),
        cause => cause.say().to_string(),
    }
}

/// An answer in a few words: its status, its code or what its header says, and its text.
fn answer(refused: &Refused<'_>) -> String {
    let scope = refused.lacks.map(|scope| format!("insufficient_scope: {scope}")).unwrap_or_default();
    let parts = [refused.code, scope.trim_end_matches(": "), refused.said];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{} {}", refused.status, parts.join(": ")).trim_end().to_owned()
}

fn row(page: &mut String, first: &str, fault: &Fault) {
    let (code, what, happens, hint) =
        (fault.problem.cause.code(), said_first(fault), happens(fault.code), fault.hint());
    writeln!(page, "| {first}`{code}` | {what} | {happens} | {hint} |").expect("a string");
}

fn problems(page: &mut String, title: &str, problems: impl IntoIterator<Item = Problem>) {
    write!(page, "\n## {title}\n\n| code | what is said | to do |\n|---|---|---|\n").expect("a string");
    for problem in problems {
        let (code, said, todo) = (problem.cause.code(), problem.message(), problem.hint());
        writeln!(page, "| `{code}` | {said} | {todo} |").expect("a string");
    }
}

fn table() -> String {
    let mut page = String::from(
        "# Faults\n\nWhat can go wrong, what windlass says, what happens by itself and what to do. Whatever it is, the published \
         secret keeps\nworking and can be read, unless it was deactivated at Okta. Each call stands in \
         `windlass history` with Okta's\nrequest id.\n\n<!-- made by: WRITE_FAULTS=1 cargo test --lib the_table_of_faults -->\n",
    );
    let titles = ["What Okta answers", "What Okta answers a service app that asks for a token"];
    for (title, examples) in titles.into_iter().zip(answers::examples()) {
        let head = "| answer | code | what is said | by itself | to do |\n|---|---|---|---|---|\n";
        write!(page, "\n## {title}\n\n{head}").expect("a string");
        for (refused, fault) in examples {
            row(&mut page, &format!("{} | ", answer(&refused)), &fault);
        }
    }
    page.push_str("\n## What happens on the way\n\n| code | what is said | by itself | to do |\n|---|---|---|---|\n");
    for fault in NetworkCause::faults() {
        row(&mut page, "", &fault);
    }
    let (asked, found): (Vec<_>, Vec<_>) =
        Cause::groups().into_iter().partition(|(group, ..)| REQUESTS.contains(group));
    let found = found.into_iter().filter(|(group, ..)| *group != "Network").flat_map(|(_, _, examples)| examples);
    problems(&mut page, "What windlass finds", found.chain(Cause::samples()));
    problems(&mut page, "Why a request is refused", asked.into_iter().flat_map(|(_, _, examples)| examples));
    page
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
