use std::path::Path;

use super::table::HERE;
use super::*;
use crate::api::routes::{self, methods};
use crate::core::protocol::plan::step::PlanStep;

#[test]
fn a_sentence_names_calls_and_fields_to_a_caller_and_commands_to_our_own_faces() {
    let step = PlanStep::HoldRestored { secret_id: "ocs1".into(), rotation: "payments".into() };
    let said = step.say().by(voice(Via::Api));
    assert!(said.ends_with("payments/retire {\"at\": \"…\"}`, or \"now\": true"), "{said}");
    assert!(step.say().by(voice(Via::Cli)).ends_with("`windlass rotation retire payments --at WHEN`, or --now"));
}

#[test]
fn a_hint_names_fields_and_calls_and_what_is_no_call_stays() {
    for (command, api) in [
        (
            "nothing was changed; agree to the plan by giving the command again with --yes",
            "nothing was changed; agree to the plan by sending the request again with \"yes\": true",
        ),
        (
            "say exactly one of --now, --at WHEN and --hold; nothing was changed",
            "say exactly one of \"now\": true, \"at\" and \"hold\": true; nothing was changed",
        ),
        (
            "`windlass rotation retire payments --at WHEN`, or --now, gives it one",
            "`POST /api/v2/secret-rotations/okta-client-secret/payments/retire {\"at\": \"…\"}`, or \"now\": true, gives it one",
        ),
        (
            "`windlass confirm hr --yes` agrees",
            "`POST /api/v1/engine/confirm {\"rotation\": \"hr\", \"yes\": true}` agrees",
        ),
        (
            "give it with `windlass connection update NAME --private-key-file FILE [--key-id KID]`",
            "give it with `PATCH /api/v1/app-connections/okta/{id} {\"credentials\": {\"privateKey\": \"…\", \"keyId\": \"…\"}}`",
        ),
        (
            "with `windlass rotation delete --force`, which",
            "with `DELETE /api/v2/secret-rotations/okta-client-secret/{id}?force=true`, which",
        ),
        ("see why with `windlass history --outcome failed`", "see why with `GET /api/v1/history?outcome=failed`"),
        ("have it tested: --verify introspect", "have it tested: \"verify\": \"introspect\""),
        (
            "test it with `windlass rotation update --verify`, or",
            "test it with `PATCH /api/v2/secret-rotations/okta-client-secret/{id} {\"verify\": \"…\"}`, or",
        ),
        ("which may go with --replace SECRET_ID", "which may go with \"replaceSecretId\""),
        ("start one: `windlass serve`", "start one: `windlass serve`"),
        ("name another --data-dir", "name another --data-dir"),
        ("a tick ` alone --yes", "a tick ` alone --yes"),
        ("2026-12-01 -- 東京 --", "2026-12-01 -- 東京 --"),
    ] {
        assert_eq!(said(command), api);
    }
}

#[test]
fn each_call_that_is_named_is_a_route() {
    for command in COMMANDS.iter() {
        let (method, path) = command.call.split_once(' ').expect("a method and a path");
        let path = path.replace("{}", "some");
        assert!(
            routes::find(&method.parse().expect("a method"), &path).is_ok(),
            "{}: {}",
            command.call,
            methods(&path)
        );
    }
}

/// The text of a source file without comments and its tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("readable");
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    // A string that goes on in the next line is one.
    lines.collect::<Vec<_>>().join("\n").replace("\\\n", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sources(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") && path.file_stem().is_some_and(|it| it != "tests") {
            found.push(path);
        }
    }
}

#[test]
fn no_hint_names_an_option_or_a_command_that_a_caller_of_the_api_could_not_follow() {
    let mut files = Vec::new();
    for ring in ["src/engine", "src/core", "src/okta"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(ring), &mut files);
    }
    // One writes commands, for people; the other is a test.
    files.retain(|path| !path.ends_with("request/command.rs") && !path.ends_with("okta/error/tests.rs"));
    assert!(files.len() > 80, "{}", files.len());
    let mut options = 0;
    for path in files {
        let text = code(&path);
        for (at, _) in text.match_indices("--") {
            let option: String = text[at..].chars().take_while(|c| *c == '-' || c.is_ascii_lowercase()).collect();
            let begins = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '-');
            if !begins || option.len() < 4 || option.ends_with('-') || option.starts_with("---") {
                continue;
            }
            options += 1;
            let known = OPTIONS.iter().any(|(known, _)| *known == option) || HERE.contains(&option.as_str());
            assert!(known, "{}: {option} is neither a field of the API nor the program's own", path.display());
        }
        for verb in ["`rotation ", "`connection ", "`windlass rotation ", "`windlass connection ", "`windlass secret "]
        {
            for (at, _) in text.match_indices(verb) {
                let typed = text[at + 1..].trim_start_matches("windlass ");
                let words: Vec<&str> = typed.split([' ', '`', '"']).take(2).collect();
                let known = COMMANDS.iter().any(|command| command.words == words.join(" "));
                assert!(known || words[1].starts_with('{'), "{}: `{}` is no call", path.display(), words.join(" "));
            }
        }
    }
    assert!(options > 30, "{options}");
}
