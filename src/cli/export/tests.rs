use std::os::unix::fs::{MetadataExt, symlink};
use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::cli::doubles::{scene, secret};

const NASTY: &str = "a'b\"c$HOME`id`\\n\\\n\r\ttail 🚀 Zürich #x = ${y} $(z) !";

fn back_from_sh(value: &str) -> String {
    let script = format!("{}printf %s \"$NAME\"", quote::shell(&[("NAME", value)]));
    let ran = Command::new("sh").arg("-c").arg(script).env_clear().env("PATH", "/usr/bin:/bin").output().expect("ran");
    String::from_utf8(ran.stdout).expect("text")
}

/// What a dotenv reader makes of a line: single quotes are literal, double quotes know the shared escapes.
fn back_from_dotenv(text: &str) -> String {
    let value = text.strip_prefix("NAME=").and_then(|text| text.strip_suffix('\n')).expect("one line");
    assert!(!value.contains('\n'), "a value never takes two lines: {value:?}");
    if !value.contains(['\'', '"', '\\', '$', '`', '#', ' ', '\t']) {
        return value.to_owned();
    }
    if let Some(literal) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        assert!(!literal.contains(['\'', '\\']));
        return literal.to_owned();
    }
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("quoted");
    let mut back = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next().expect("an escape") {
                'n' => back.push('\n'),
                'r' => back.push('\r'),
                c => back.push(c),
            },
            '"' | '$' | '`' => panic!("not escaped in {quoted:?}"),
            c => back.push(c),
        }
    }
    back
}

/// YAML's double quotes, by its specification, as far as they are written here.
fn back_from_yaml(text: &str) -> String {
    let value = text.strip_prefix("\"NAME\": \"").and_then(|text| text.strip_suffix("\"\n")).expect("one line");
    let mut back = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        assert!(!c.is_control() && c != '"', "{c:?} is not written as it is");
        if c != '\\' {
            back.push(c);
            continue;
        }
        match chars.next().expect("an escape") {
            'n' => back.push('\n'),
            'r' => back.push('\r'),
            't' => back.push('\t'),
            'u' => {
                let digits: String = chars.by_ref().take(4).collect();
                back.extend(char::from_u32(u32::from_str_radix(&digits, 16).expect("hex")));
            }
            c => back.push(c),
        }
    }
    back
}

#[test]
fn a_shell_gets_the_value_back() {
    for value in [NASTY, "", "'", "''", "\n", "-n", "plain", " spaces ", "~/x", "*?[a]"] {
        assert_eq!(back_from_sh(value), value);
    }
}

#[test]
fn dotenv_is_quoted_only_where_it_has_to_be() {
    let secret = "Ab-_9";
    assert_eq!(quote::dotenv(&[("A", secret), ("B", ""), ("C", "a b")]), "A=Ab-_9\nB=\nC='a b'\n");
    assert_eq!(quote::dotenv(&[("A", "x$y\"z"), ("B", "it's")]), "A='x$y\"z'\nB=\"it's\"\n");
}

proptest! {
    #[test]
    fn dotenv_and_yaml_and_json_give_every_value_back(value in "\\PC*|[\\x01-\\x7f\u{85}\u{2028}\u{feff}]*") {
        prop_assert_eq!(back_from_dotenv(&quote::dotenv(&[("NAME", &value)])), value.clone());
        prop_assert_eq!(back_from_yaml(&quote::yaml(&[("NAME", &value)])), value.clone());
        let object: serde_json::Value = serde_json::from_str(&quote::json(&[("NAME", &value)])).expect("JSON");
        prop_assert_eq!(object, serde_json::json!({"NAME": value}));
    }
}

#[test]
fn each_format_prints_all_secrets() {
    let export = || Ok(Reply::Export { export: vec![secret("A", "1"), secret("B", "2")] });
    let out = |format: &str| scene([export()]).run(&format!("windlass export --format {format}")).out;
    assert_eq!(out("dotenv"), "A=1\nB=2\n");
    assert_eq!(out("shell"), "export A='1'\nexport B='2'\n");
    assert_eq!(out("json"), "{\"A\":\"1\",\"B\":\"2\"}\n");
    assert_eq!(out("yaml"), "\"A\": \"1\"\n\"B\": \"2\"\n");
    let api = scene([export()]).run("windlass export --json").out;
    assert!(api.starts_with("{\"export\":[{\"name\":\"A\""), "{api}");
}

#[test]
fn names_that_a_shell_cannot_take_are_refused_there_only() {
    let export = || Ok(Reply::Export { export: vec![secret("a-b", "1")] });
    for format in ["dotenv", "shell"] {
        let ended = scene([export()]).run(&format!("windlass export --format {format}"));
        assert_eq!((ended.status(), ended.out.as_str()), (2, ""), "{format}");
    }
    assert_eq!(scene([export()]).run("windlass export --format json").out, "{\"a-b\":\"1\"}\n");
}

#[test]
fn a_file_is_private_whole_and_never_someone_elses() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("out.env");
    fs::write(&path, "old").expect("written");
    write_private(&path, b"new").expect("written over");
    let meta = fs::metadata(&path).expect("there");
    assert_eq!((meta.mode() & 0o777, fs::read_to_string(&path).expect("read").as_str()), (0o600, "new"));

    let link = dir.path().join("link");
    symlink(&path, &link).expect("linked");
    assert!(write_private(&link, b"x").expect_err("refused").to_string().contains("symbolic link"));
    assert!(write_private(dir.path(), b"x").is_err(), "a directory");
    assert!(write_private(&dir.path().join("none/x"), b"x").is_err(), "a directory that is not there");
    assert_eq!(fs::read_to_string(&path).expect("read"), "new");
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 2, "nothing is left over");
}

#[test]
fn export_to_a_file_prints_no_data_and_needs_no_reveal() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("out.env");
    let mut on_terminal = scene([Ok(Reply::Export { export: vec![secret("A", "canary")] })]);
    on_terminal.terminal = true;
    let ended = on_terminal.run(&format!("windlass export --format dotenv --output {}", path.display()));
    assert_eq!((ended.status(), ended.out.as_str()), (0, ""), "{}", ended.err);
    assert!(!ended.err.contains("canary"));
    assert_eq!(fs::read_to_string(&path).expect("read"), "A=canary\n");
}

#[test]
fn where_the_file_cannot_be_nothing_is_read_for_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path().display();
    fs::write(format!("{dir}/file"), "").expect("written");
    symlink("/nonexistent", format!("{dir}/link")).expect("linked");
    for (output, said) in [
        (format!("{dir}/none/at/env"), format!("`mkdir -p -m 700 {dir}/none/at`")),
        (format!("{dir}/file/env"), "is not a directory".into()),
        (format!("{dir}/"), "it is a directory".into()),
        (format!("{dir}/link"), "it is a symbolic link".into()),
    ] {
        let ended = scene([]).run(&format!("windlass export --format dotenv --output {output}"));
        assert_eq!((ended.status(), ended.asked.len()), (1, 0), "{output}: {}", ended.err);
        assert!(ended.err.contains(&said), "{output}: {}", ended.err);
    }
    let at = destination(Path::new("none/token"), "--token-file").expect_err("the sandbox writes by the same rules");
    assert!(at.hint().contains("`mkdir -p -m 700 none`"), "{}", at.hint());
    assert!(destination(Path::new("token"), "--token-file").is_ok());
}
