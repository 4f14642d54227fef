use super::*;
use crate::cli::doubles::{scene, secret};

#[test]
fn only_names_of_variables_are_taken_and_all_others_are_named() {
    assert!(variables(&[secret("OKTA_ID", "x"), secret("_a1", "y")]).is_ok());
    let bad = [secret("OKTA_ID", "x"), secret("a-b", "canary"), secret("1st", "canary"), secret("dé", "canary")];
    let failure = variables(&bad).expect_err("three of them");
    assert_eq!(failure.status(), 2);
    let message = format!("{failure:?}");
    assert!(message.contains("a-b, 1st, dé") && !message.contains("canary"), "{message}");
}

#[test]
fn names_that_steer_the_program_are_refused_unless_they_are_allowed_by_name() {
    let secrets = [secret("OKTA_ID", "x"), secret("LD_PRELOAD", "canary"), secret("http_proxy", "canary")];
    let failure = steering(&secrets, &[]).expect_err("two of them");
    assert_eq!(failure.status(), 2);
    let reported = format!("{failure:?}");
    assert!(reported.contains("LD_PRELOAD, http_proxy") && reported.contains("--allow-name LD_PRELOAD"), "{reported}");
    assert!(!reported.contains("canary"), "{reported}");
    let allowed = |names: &[&str]| steering(&secrets, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert!(allowed(&["LD_PRELOAD"]).is_err(), "the other one is not");
    assert!(allowed(&["LD_PRELOAD", "HTTP_PROXY"]).is_err(), "as it is written");
    assert!(allowed(&["http_proxy", "LD_PRELOAD"]).is_ok());
    let export = || Ok(Reply::Export { export: vec![secret("BASH_ENV", "canary")] });
    assert_eq!(scene([export()]).run("windlass run -- /nonexistent/program").status(), 2, "before it is started");
    assert_eq!(scene([export()]).run("windlass run --allow-name BASH_ENV -- /nonexistent/program").status(), 127);
}

#[test]
fn a_place_without_secrets_is_a_mistake() {
    let ended = scene([Ok(Reply::Export { export: vec![] })]).run("windlass run --environment prd -- /bin/true");
    assert_eq!(ended.status(), 3);
    assert!(ended.err.contains("prd:/"), "{}", ended.err);
}

#[test]
fn a_program_that_cannot_be_started_ends_as_in_a_shell() {
    let export = || Ok(Reply::Export { export: vec![secret("NAME", "canary")] });
    let ended = scene([export()]).run("windlass run -- /nonexistent/program");
    assert_eq!(ended.status(), 127);
    assert!(ended.err.contains("/nonexistent/program") && !ended.err.contains("canary"), "{}", ended.err);
    assert_eq!(scene([export()]).run("windlass run -- /etc/passwd").status(), 126);
}
