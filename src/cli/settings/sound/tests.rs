use super::*;
use crate::cli::settings::config::values::Every;
use crate::cli::settings::fixture::sample;

fn found(text: &str) -> Found {
    Found::of(text.as_bytes())
}

/// What holds of it.
fn config(found: &Found) -> Config {
    Config::of(found.written())
}

/// The environment that is meant, where that is known.
fn environment(found: &Found) -> Result<String, Refusal> {
    found.known("environment", "--environment").map(|()| config(found).defaults.environment)
}

fn lines(found: &Found) -> Vec<(usize, &str)> {
    found.faults.iter().map(|fault| (fault.line, fault.section.as_str())).collect()
}

#[test]
fn a_key_that_is_wrong_is_reported_and_every_other_holds() {
    let text = "[network]\ncall_timout = \"5s\"\nconnect_timeout = \"7s\"\n[defaults]\nenvironment = \"dev\"\n[keys]\n\
                rotat = [\"r\"]\npause = [\"F5\"]\n[ui]\nglyphs = \"uncode\"\ntheme = \"light\"\n[notify]\ncommand = []\n\
                [netwrok]\nca_file = \"x\"\n[drift]\nevery = 5\n";
    let found = found(text);
    let expected = [(2, "network"), (7, "keys"), (10, "ui"), (13, "notify"), (14, "network"), (17, "drift")];
    assert_eq!(lines(&found), expected, "{:#?}", found.faults);
    assert_eq!(found.faults[0].hint, "did you mean `call_timeout`?");
    let config = config(&found);
    assert_eq!(config.network.connect_timeout.as_secs(), 7);
    assert_eq!(config.defaults.environment, "dev");
    assert_eq!(config.keys.rows.len(), 1);
    assert_eq!(config.ui.theme.as_deref(), Some("light"));
    assert_eq!(environment(&found).as_deref(), Ok("dev"));
    assert_eq!((found.line("ui", "theme"), found.line("ui", "glyphs")), (Some(11), None));
}

#[test]
fn the_former_name_of_a_table_is_read_as_the_current_one() {
    for text in ["[look]\nevery = \"off\"\n", "look.every = \"off\"\n"] {
        let found = found(text);
        assert_eq!((config(&found).drift.every, lines(&found)), (Every(None), vec![]), "{text}");
        assert!(found.line("drift", "every").is_some(), "{text}: it is above the system's file");
    }
    for text in ["[look]\nevery = 5\n", "look.every = 5\n"] {
        assert!(found(text).needs(&["drift"]).is_err(), "{text}");
    }
}

#[test]
fn whoever_needs_a_part_refuses_by_itself() {
    let typo = found("[ui]\ntheem = \"light\"\n[keys]\nrotate = \"r\"\n");
    assert_eq!(typo.needs(&["network", "drift", "notify"]), Ok(()), "an engine runs");
    assert!(typo.needs(&["keys"]).is_err() && environment(&typo).is_ok() && typo.known("time_zone", "").is_ok());
    let needed = found("[notify]\ncomand = [\"page\"]\n").needs(&["network", "notify"]).expect_err("refused");
    assert!(needed.message().contains("line 2") && needed.hint().starts_with("did you mean `command`?"), "{needed:?}");
    assert!(found("[ntify]\ncommand = [\"page\"]\n").needs(&["notify"]).is_err(), "a table's name is misspelt");
}

#[test]
fn an_environment_that_may_be_another_is_never_guessed() {
    let lost = [
        "[defaults]\nenviroment = \"dev\"\n",
        "[defaults]\nenvironment = 5\n",
        "[defualts]\nenvironment = \"dev\"\n",
        "environment = \"dev\"\n",
        "defaults.enviroment = \"dev\"\n",
        "[defaults\nenvironment = \"dev\"\n",
        "[defaults]\nenvironment = \"dev\n",
        "[defaults]\nenvironment: dev\n",
        "[keys]\nrotate = [\"r\"\nenvironment = \"dev\"\n",
    ];
    for text in lost {
        let refusal = found(text).known("environment", "--environment").expect_err(text);
        assert!(refusal.hint().contains("--environment"), "{text}: {refusal:?}");
    }
    let known = [
        ("[defaults]\nenvironment = \"dev\"\nenviroment = \"x\"\n", "dev"),
        ("[keys\nrotate = [\"r\"]\n[defaults]\nenvironment = \"dev\"\n", "dev"),
        ("[keys]\nrotate = [\"r\"\n[defaults]\nenvironment = \"dev\"\n", "dev"),
        ("[ui]\ntheme = \"light\n[defaults]\nenvironment = \"dev\"\n", "dev"),
        ("this is no config at all\n{]\n", "prod"),
        ("[ui]\n# environment = \"dev\"\ntheem = \"x\"\n", "prod"),
        ("[defaults]\ntime_zon = \"UTC\"\n", "prod"),
        ("[ui]\n[ui]\n[defaults]\nenvironment = \"dev\"\n", "dev"),
    ];
    for (text, expected) in known {
        let found = found(text);
        assert!(!found.faults.is_empty(), "{text}");
        assert_eq!(environment(&found).as_deref(), Ok(expected), "{text}: {:?}", found.faults);
    }
    let zone =
        found("[defaults]\ntime_zon = \"UTC\"\n").known("time_zone", "--time-zone").expect_err("it may be another");
    assert!(zone.hint().contains("--time-zone"), "{zone:?}");
}

#[test]
fn what_is_no_text_and_what_has_no_end_of_faults_is_reported_and_bounded() {
    let found = Found::of(b"[defaults]\nenvironment = \"dev\"\n[ui]\ntheme = \"\xff\"\n");
    assert_eq!((lines(&found), config(&found).defaults.environment.as_str()), (vec![(4, "ui")], "dev"));
    let many = Found::of("x = 1\n".repeat(5_000).as_bytes());
    assert!(many.faults.len() <= MOST + 1, "{}", many.faults.len());
}

#[test]
fn a_file_without_an_end_is_not_read_and_a_pipe_that_no_one_named_is_not_waited_for() {
    let unread = |path: &Path, named| Found::read(path, named).unread.expect("not read").message();
    assert!(unread(Path::new("/dev/zero"), true).contains("larger than"));
    let dir = tempfile::tempdir().expect("a directory");
    let pipe = dir.path().join("config.toml");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    assert!(unread(&pipe, false).contains("not a file"));
    assert!(Found::read(&dir.path().join("absent"), false).unread.is_none());
}

/// Whatever stands in a file: what holds of it is read, and what does not is reported in harmless lines of their own.
fn fuzzed(text: &str) {
    let found = found(text);
    let whole = Config::parse(text);
    assert_eq!(found.faults.is_empty(), whole.is_ok(), "{text:?}: {:?}", found.faults);
    assert!(whole.is_err() || whole.ok() == Some(config(&found)), "{text:?}: what is written out again is the same");
    for reported in found.faults.iter().flat_map(|fault| [&fault.message, &fault.hint]) {
        assert!(crate::text::is_harmless(reported) && reported.len() < 8_000, "{reported:?}");
    }
}

proptest::proptest! {
    #![proptest_config(crate::fuzz::config())]

    #[test]
    fn fuzz_what_holds_of_a_config_file_is_read(text in crate::fuzz::lines(&[sample().leak()])) {
        fuzzed(&text);
        fuzzed(&text.replace("# ", ""));
    }
}
