use std::os::unix::fs::{MetadataExt, symlink};

use super::*;
use crate::cli::doubles::{scene, secret};

#[test]
fn each_format_prints_all_secrets() {
    let export = || Ok(Reply::Export { export: vec![secret("A", "1"), secret("B", "2")] });
    let out = |format: &str| scene([export()]).run(&format!("windlass export --format {format}")).out;
    assert_eq!(out("dotenv"), "A=1\nB=2\n");
    assert_eq!(out("shell"), "export A='1'\nexport B='2'\n");
    assert_eq!(out("json"), "{\"A\":\"1\",\"B\":\"2\"}\n");
    assert_eq!(out("yaml"), "\"A\": \"1\"\n\"B\": \"2\"\n");
    assert_eq!(out("docker"), "A=1\nB=2\n");
    assert_eq!(out("systemd"), "A=1\nB=2\n");
    let api = scene([export()]).run("windlass export --json").out;
    assert!(api.starts_with("{\"export\":[{\"name\":\"A\""), "{api}");
}

#[test]
fn names_that_a_shell_cannot_take_are_refused_there_only() {
    let export = || Ok(Reply::Export { export: vec![secret("a-b", "1")] });
    for format in ["dotenv", "docker", "shell", "systemd"] {
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

#[test]
fn a_value_that_a_format_cannot_hold_is_refused_by_its_name_and_nothing_is_written() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("env");
    let values =
        || Ok(Reply::Export { export: vec![secret("A", "1"), secret("B", "canary\n'\"$"), secret("C", "'canary'")] });
    for (format, why, instead) in [
        ("docker", "B (it has a line break), C (it begins with a quote", "`windlass run -- docker run --env B …`"),
        ("dotenv", "B (no quotes hold it", "--format json"),
    ] {
        for to in ["", &format!("--output {}", file.display())] {
            let ended = scene([values()]).run(&format!("windlass export --format {format} {to}"));
            assert_eq!((ended.status(), ended.out.as_str(), file.exists()), (2, "", false), "{format}");
            assert!(ended.err.contains(why) && ended.err.contains(instead), "{}", ended.err);
            assert!(!ended.err.contains("canary"), "{}", ended.err);
            assert_eq!(ended.asked.len(), 1, "and it does not count as fetched");
        }
    }
    for format in ["shell", "json", "yaml", "systemd"] {
        assert_eq!(scene([values()]).run(&format!("windlass export --format {format}")).status(), 0, "{format}");
    }
}
