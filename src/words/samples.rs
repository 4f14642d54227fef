//! The examples of every cause and of every remedy, for what has to hold of all of them: a row in `docs/faults.md`,
//! commands that parse, keys that do the same. Each stands in the file of its group; a variant that has none is found
//! by its name.

use std::fmt::Debug;

use strum::VariantNames as _;

use crate::core::cause::{Cause, MachineCause};
use crate::core::fault::Problem;
use crate::core::remedy::{OnRotation, Remedy};
use crate::okta::answers;
use crate::words::sentence::Sentence;

mod page;

/// Everything that is said to be wrong, with the remedies that it has as a rule.
pub fn problems() -> Vec<Problem> {
    let groups = Cause::groups().into_iter().flat_map(|(_, _, examples)| examples);
    let answers = answers::examples().into_iter().flatten().map(|(_, fault)| fault.problem);
    Cause::samples().into_iter().chain(groups).chain(answers).collect()
}

/// One of every remedy.
pub fn remedies() -> Vec<Remedy> {
    let others = Remedy::groups().into_iter().flat_map(|(_, _, examples)| examples);
    let words = [Remedy::Words("as a command says it".into()), Remedy::Written("as it was written".into())];
    problems().into_iter().flat_map(|problem| problem.remedies).chain(others).chain(words).collect()
}

/// All that is said to be wrong, and all that is said to be done: what has to hold of every sentence.
pub fn sentences() -> Vec<Sentence> {
    let causes = problems().into_iter().map(|problem| problem.cause.say());
    causes.chain(remedies().iter().map(Remedy::say)).collect()
}

/// Whether each variant is among these, by the name that is printed: those of a group as `Group(Variant`.
fn all_named<'a, T: Debug + 'a>(all: impl IntoIterator<Item = &'a T>, group: &str, variants: &[&str]) {
    let all: Vec<String> = all.into_iter().map(|it| format!("{it:?}")).collect();
    for variant in variants.iter().filter(|variant| !["Words", "Written"].contains(variant)) {
        let begins = format!("{group}{variant}");
        let named = |it: &String| it.strip_prefix(&begins).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        assert!(all.iter().any(named), "{begins} has no example");
    }
}

#[test]
fn every_cause_and_every_remedy_has_an_example() {
    all_named(problems().iter().map(|problem| &problem.cause), "", Cause::VARIANTS);
    for (group, variants, examples) in Cause::groups() {
        all_named(examples.iter().map(|problem| &problem.cause), &format!("{group}("), variants);
    }
    let remedies = remedies();
    for (group, variants, _) in Remedy::groups() {
        all_named(&remedies, &format!("{group}("), variants);
    }
}

#[test]
fn every_cause_and_every_remedy_has_a_name_of_its_own() {
    let alone = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        assert_eq!(twice, Vec::<&str>::new());
    };
    let wrapping = Cause::samples();
    let wrapping: Vec<String> = wrapping.iter().map(|problem| problem.cause.code()).collect();
    let causes = Cause::groups();
    alone(causes.iter().flat_map(|(_, variants, _)| variants.iter().copied()).collect());
    for (group, variants, examples) in &causes {
        for (problem, own) in examples.iter().map(|problem| (problem, problem.cause.code())) {
            assert!(!wrapping.contains(&own) && own != group.to_lowercase(), "{problem:?}");
            assert!(variants.iter().any(|variant| variant.to_lowercase() == own.to_lowercase()), "{problem:?}");
        }
    }
    alone(Remedy::groups().iter().flat_map(|(_, variants, _)| variants.iter().copied()).collect());
}

#[test]
fn what_is_written_is_read_back_as_it_was() {
    for problem in problems() {
        let problem = problem.of_rotation(&"payments").of_connection(&"acme");
        let written = serde_json::to_string(&problem).expect("JSON");
        assert_eq!(serde_json::from_str::<Problem>(&written).expect("read"), problem, "{written}");
    }
    for remedy in remedies().into_iter().filter(|remedy| !matches!(remedy, Remedy::Words(_))) {
        let problem = Problem::because(MachineCause::Internal).and(remedy);
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
    assert_eq!(read.remedies, [Remedy::Written("a".into()), Remedy::Written("c".into()), OnRotation::GoBack.into()]);
}
