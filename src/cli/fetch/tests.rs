use std::io::ErrorKind;

use super::*;
use crate::cli::doubles::{Ended, Scene, scene, secret};

const GET: &str = "windlass secret get NAME";
const EXPORT: &str = "windlass export --format json";

/// An engine that has what a line reads.
fn having(line: &str, noted: Result<Reply, Refusal>) -> Scene {
    let found = secret("NAME", "canary");
    let found = if line.contains(" get ") {
        Reply::Secret { secret: Box::new(found) }
    } else {
        Reply::Export { export: vec![found] }
    };
    scene([Ok(found), noted])
}

const NOTED: Reply = Reply::Acknowledged { acknowledged: 1 };

/// Who was said to have read which version of what.
fn counted(ended: &Ended) -> Option<(Option<String>, String, u32)> {
    let counted = ended.asked.iter().find_map(|request| match request {
        Request::Acknowledge(read) => {
            Some((read.reader.clone(), read.secrets[0].name.clone(), read.secrets[0].version))
        }
        _ => None,
    });
    assert_eq!(ended.asked.len(), 1 + usize::from(counted.is_some()), "{:?}", ended.asked);
    counted
}

#[test]
fn a_read_counts_with_its_version_and_its_reader_after_it_was_made() {
    for line in [GET, EXPORT] {
        let read = |more: &str| having(line, Ok(NOTED)).run(&format!("{line} {more}"));
        assert_eq!(counted(&read("")), Some((None, "NAME".into(), 3)), "{line}");
        assert_eq!(counted(&read("--json")), Some((None, "NAME".into(), 3)), "{line}");
        assert_eq!(counted(&read("--as pay-1")), Some((Some("pay-1".into()), "NAME".into(), 3)), "{line}");
    }
}

#[test]
fn looks_do_not_count() {
    for line in [GET, EXPORT] {
        for more in ["--peek", "--reveal", "--read-only", "--read-only --as pay", "--peek --json"] {
            let ended = having(line, Ok(NOTED)).run(&format!("{line} {more}"));
            assert_eq!((counted(&ended), ended.status()), (None, 0), "{line} {more}");
            assert!(ended.out.contains("canary"), "{line} {more}");
        }
        let ended = Scene { null: true, ..having(line, Ok(NOTED)) }.run(line);
        assert_eq!((counted(&ended), ended.status()), (None, 0), "{line} to the null device");
    }
}

#[test]
fn get_counts_at_a_terminal_only_where_the_consumer_is_named() {
    let at_one = |line: &str| Scene { looked_at: true, ..having(line, Ok(NOTED)) }.run(line);
    let ended = at_one(GET);
    assert!(counted(&ended).is_none() && ended.err.contains("--as NAME"), "and that is said: {}", ended.err);
    assert_eq!(at_one(&format!("{GET} --peek")).err, "", "as it was asked for");
    assert!(counted(&at_one(&format!("{GET} --as pay"))).is_some());
    assert!(counted(&at_one(EXPORT)).is_some(), "what is exported goes to a program or a file");
}

#[test]
fn what_did_not_get_out_does_not_count() {
    for (kind, status) in [(ErrorKind::BrokenPipe, 0), (ErrorKind::StorageFull, 1)] {
        for line in [GET, EXPORT, "windlass secret get NAME --json", "windlass export --json --as pay"] {
            let ended = Scene { out_fails: Some(kind), ..having(line, Ok(NOTED)) }.run(line);
            assert_eq!((counted(&ended), ended.status()), (None, status), "{line}: {kind}");
        }
    }
}

#[test]
fn a_file_counts_once_it_is_there() {
    let dir = tempfile::tempdir().expect("a directory");
    let there = format!("{EXPORT} --output {}", dir.path().join("env").display());
    assert!(counted(&having(&there, Ok(NOTED)).run(&there)).is_some());
    let nowhere = format!("{EXPORT} --output {}", dir.path().join("no/such/env").display());
    let directory = format!("{EXPORT} --output {}", dir.path().display());
    let device = format!("{EXPORT} --output /dev/null");
    for line in [nowhere, directory, device] {
        let ended = having(&line, Ok(NOTED)).run(&line);
        assert_eq!((ended.asked.len(), ended.status()), (0, 1), "{line}: nothing is even read");
    }
    // It can be written nowhere, and that shows when it is.
    let full = format!("{EXPORT} --output /proc/env");
    let ended = having(&full, Ok(NOTED)).run(&full);
    assert_eq!((counted(&ended), ended.status()), (None, 1));
}

#[test]
fn a_program_that_is_not_started_has_read_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let script = dir.path().join("script");
    crate::cli::export::write_private(&script, b"#!/nonexistent/interpreter\n").expect("written");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("set");
    for (program, status) in [
        ("no-such-program", 127),
        ("/no/such/program", 127),
        ("/etc/passwd", 126),
        ("/", 126),
        (&script.to_string_lossy(), 127),
    ] {
        let line = format!("windlass run -- {program}");
        let ended = having(&line, Ok(NOTED)).run(&line);
        assert_eq!((counted(&ended), ended.status()), (None, status), "{line}: {}", ended.err);
    }
}

#[test]
fn a_consumer_has_its_value_though_it_cannot_be_noted_and_that_is_said() {
    let went = || Err(Refusal::new(Kind::Unavailable, "the engine went away before it answered", "start one"));
    for line in [GET, EXPORT] {
        let ended = having(line, went()).run(line);
        assert_eq!(ended.status(), 0, "{line}");
        assert!(ended.out.contains("canary"), "{line}");
        assert!(ended.err.contains("may not be counted as fetched: the engine went away"), "{}", ended.err);
        assert!(!ended.err.contains("canary"));
    }
    let quietly = having(GET, went()).run("windlass secret get NAME -q");
    assert!(quietly.err.contains("counted as fetched"), "it matters: {}", quietly.err);
    let full = Err(Refusal::new(Kind::Store, "the disk is full", "make room"));
    assert!(having(GET, full).run(GET).err.contains("is not counted as fetched: the disk is full"));
}

#[test]
fn an_engine_of_an_earlier_version_counts_by_itself() {
    let unknown =
        || Err(Refusal::new(Kind::Unknown, "there is no path \"/api/v1/secrets-acknowledge\"", "see the README"));
    for line in [GET, EXPORT] {
        let ended = having(line, unknown()).run(line);
        assert_eq!((ended.status(), ended.err.as_str()), (0, ""), "{line}");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    use crate::cli::doubles::parse;
    for line in [
        "windlass secret get NAME --peek --as pay",
        "windlass secret get NAME --reveal --as pay",
        "windlass export --format json --reveal --as pay",
        "windlass run --peek --as pay -- true",
        "windlass secret get NAME --as PAY",
        "windlass run --as two.words -- true",
    ] {
        assert_eq!(parse(line).map(drop).map_err(|error| error.exit_code()), Err(2), "{line}");
    }
    assert!(parse("windlass run --peek -- true --as PAY").is_ok(), "of the program's own");
}
