use std::cell::RefCell;

use super::table::HERE;
use super::*;
use crate::api::routes::{self, methods};
use crate::core::protocol::plan::step::PlanStep;
use crate::words::{samples, written};

#[test]
fn a_sentence_names_calls_and_fields_to_a_caller_and_commands_to_our_own_frontends() {
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
        assert_eq!(written::read(command).by(&Calls), api);
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
            methods(&path).join(", ")
        );
    }
}

/// Notes the commands and options that it hears.
#[derive(Default)]
struct Heard(RefCell<Vec<Vec<String>>>, RefCell<Vec<String>>);

impl Voice for Heard {
    fn command(&self, words: &[String]) -> String {
        self.0.borrow_mut().push(words.to_vec());
        String::new()
    }

    fn option(&self, name: &str, _: Option<&str>) -> String {
        self.1.borrow_mut().push(name.to_owned());
        String::new()
    }
}

#[test]
fn no_sentence_names_an_option_or_a_command_that_a_caller_of_the_api_could_not_follow() {
    // Whoever runs the engine does these.
    const HERE_ALONE: [&str; 2] = ["serve", "--data-dir"];
    let heard = Heard::default();
    for sentence in samples::sentences() {
        sentence.by(&heard);
    }
    let Heard(commands, options) = heard;
    let (commands, options) = (commands.into_inner(), options.into_inner());
    assert!(commands.len() > 60 && options.len() > 15, "{} {}", commands.len(), options.len());
    for words in commands.iter().filter(|words| !HERE_ALONE.contains(&words[0].as_str())) {
        assert!(!call(words).starts_with("windlass"), "{words:?} is no call");
    }
    let of_commands = commands.iter().flatten().filter(|word| word.starts_with("--"));
    for option in options.iter().chain(of_commands.filter(|option| *option != "--connection" && *option != "--app")) {
        let known = OPTIONS.iter().any(|(known, _)| known == option) || HERE.contains(&option.as_str());
        assert!(known, "{option} is neither a field of the API nor the program's own");
    }
}
