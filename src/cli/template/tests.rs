use std::fs;
use std::os::unix::fs::MetadataExt;

use crate::cli::doubles::{Ended, scene, secret};
use crate::engine::request::{Reply, Request};

/// A template is filled in from a folder with an id and a secret, into this place, or on stdout.
fn filled(template: &str, more: &str) -> Ended {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("app.tmpl");
    fs::write(&file, template).expect("written");
    let export = Reply::Export { export: vec![secret("ID", "0oa1"), secret("SECRET", "ca'nary")] };
    scene([Ok(export), Ok(Reply::Acknowledged { acknowledged: 1 })])
        .run(&format!("windlass template {} {more}", file.display()))
}

#[test]
fn a_template_is_filled_in_and_what_stands_in_it_counts_as_fetched() {
    let ended = filled("id = {{ ID }}\nsecret = {{ SECRET | shell }}\n", "--path /payments");
    assert_eq!((ended.status(), ended.out.as_str()), (0, "id = 0oa1\nsecret = 'ca'\\''nary'\n"), "{}", ended.err);
    assert!(matches!(&ended.asked[0], Request::Export(query) if query.path.as_deref() == Some("/payments")));
    let ended = filled("{{ SECRET }}", "");
    let Some(Request::Acknowledge(read)) = ended.asked.get(1) else { panic!("{:?}", ended.asked) };
    assert_eq!(read.secrets.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["SECRET"]);
    assert_eq!(filled("{{ SECRET }}", "--peek").asked.len(), 1);
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_nothing_is_written() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = dir.path().join("app.conf");
    fs::write(&output, "as it was").expect("written");
    let more = format!("--output {}", output.display());
    for (template, said) in [
        ("a\n{{ SECRT }}", "app.tmpl, line 2: there is no secret SECRT in that folder"),
        ("{{ SECRET | upper }}", "there is no filter \"upper\""),
        ("{{ SECRET", "{{ has no }} on its line"),
        ("{{ }}", "is no name of a secret"),
    ] {
        let ended = filled(template, &more);
        assert_eq!((ended.status(), ended.out.as_str()), (2, ""), "{template}: {}", ended.err);
        assert!(ended.err.contains(said) && !ended.err.contains("ca'nary"), "{template}: {}", ended.err);
        assert!(!ended.asked.iter().any(|request| matches!(request, Request::Acknowledge(_))), "{template}");
    }
    assert_eq!(fs::read_to_string(&output).expect("read"), "as it was");
    let missing = scene([]).run("windlass template /nonexistent/app.tmpl");
    assert_eq!((missing.status(), missing.asked.len()), (2, 0), "{}", missing.err);
}

#[test]
fn a_file_is_private_and_a_terminal_shows_no_value() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = dir.path().join("app.conf");
    let ended = filled("{{ SECRET }}", &format!("--output {}", output.display()));
    assert_eq!((ended.status(), ended.out.as_str()), (0, ""), "{}", ended.err);
    let meta = fs::metadata(&output).expect("there");
    assert_eq!((meta.mode() & 0o777, fs::read_to_string(&output).expect("read").as_str()), (0o600, "ca'nary"));
    let mut terminal = scene([]);
    terminal.terminal = true;
    let ended = terminal.run(&format!("windlass template {}", output.display()));
    assert_eq!((ended.status(), ended.asked.len()), (2, 0), "{}", ended.err);
}
