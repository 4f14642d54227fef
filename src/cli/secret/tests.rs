use super::*;
use crate::cli::doubles::{scene, secret};

fn found() -> Reply {
    Reply::Secret { secret: Box::new(secret("OKTA_CLIENT_SECRET", "s3cret")) }
}

const NOTED: Reply = Reply::Acknowledged { acknowledged: 1 };

#[test]
fn get_prints_the_bare_value_and_a_newline() {
    let ended = scene([Ok(found()), Ok(NOTED)]).run("windlass secret get OKTA_CLIENT_SECRET --path /a --version 3");
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("s3cret\n", ""));
    let Some(Request::SecretGet { name, query }) = ended.asked.first() else { panic!("{:?}", ended.asked) };
    assert_eq!(name, "OKTA_CLIENT_SECRET");
    let VersionQuery { environment, path, version } = query;
    assert_eq!((environment.as_deref(), path.as_deref(), *version), (Some("prod"), Some("/a"), Some(3)));
}

#[test]
fn get_as_json_is_the_apis_object() {
    let ended = scene([Ok(found()), Ok(NOTED)]).run("windlass secret get OKTA_CLIENT_SECRET --json");
    let object: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(object["secret"]["value"], "s3cret");
    assert_eq!(object["secret"]["version"], 3);
}

#[test]
fn values_stay_off_terminals_unless_they_are_asked_for() {
    for line in ["windlass secret get NAME", "windlass secret get NAME --json", "windlass export --format json"] {
        let mut on_terminal = scene([]);
        on_terminal.terminal = true;
        let ended = on_terminal.run(line);
        assert_eq!((ended.status(), ended.asked.len()), (2, 0), "{line}");
        assert!(ended.err.contains("--reveal"), "{}", ended.err);
    }
    for (line, ways) in [
        (
            "windlass secret get NAME --environment dev --path /a",
            &[
                "`windlass secret get NAME --environment dev --path /a | PROGRAM`",
                "run --environment dev --path /a -- PROGRAM`",
            ][..],
        ),
        ("windlass secret get NAME", &["windlass run -- PROGRAM`", "`windlass export --format dotenv --output FILE`"]),
        (
            "windlass export --format json",
            &["windlass run -- PROGRAM`", "`windlass export --format dotenv --output FILE`"],
        ),
        ("windlass rotation credentials payments", &["`windlass rotation credentials payments | PROGRAM`"]),
    ] {
        let mut on_terminal = scene([]);
        on_terminal.terminal = true;
        let said = on_terminal.run(line).err;
        assert!(ways.iter().all(|way| said.contains(way)) && said.contains("add --reveal"), "{said}");
    }
    let mut on_terminal = scene([Ok(found())]);
    on_terminal.terminal = true;
    assert_eq!(on_terminal.run("windlass secret get NAME --reveal").out, "s3cret\n");
}

#[test]
fn deleting_needs_consent() {
    let ended = scene([]).run("windlass secret delete NAME --environment dev --path /a");
    assert_eq!((ended.status(), ended.asked.len()), (4, 0));
    assert!(ended.err.contains("delete NAME in dev:/a, all versions"), "{}", ended.err);
    let ended = scene([Ok(found())]).run("windlass secret delete NAME --version 2 --yes");
    assert!(matches!(ended.asked[..], [Request::SecretDelete { query: VersionQuery { version: Some(2), .. }, .. }]));
}
