use std::ffi::OsString;
use std::io::Write;

use super::*;
use crate::cli::Global;

fn settings(vars: &[(&str, &str)]) -> Settings {
    let vars: Vec<(&str, OsString)> = vars.iter().map(|(name, value)| (*name, OsString::from(value))).collect();
    let env = move |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    Settings::resolve(&Global::default(), &env).expect("sound")
}

fn words(command: &Command) -> Vec<&str> {
    command.get_args().map(|arg| arg.to_str().expect("text")).collect()
}

#[test]
fn it_is_started_on_the_same_store_with_the_same_key_and_socket() {
    let home = tempfile::tempdir().expect("a directory");
    let config = home.path().join("c.toml");
    std::fs::write(&config, "").expect("written");
    let config = config.to_str().expect("text");
    let all = settings(&[
        ("HOME", "/home/ada"),
        ("WINDLASS_DATA_DIR", "/d"),
        ("WINDLASS_CONFIG", config),
        ("WINDLASS_SOCKET", "/s"),
        ("WINDLASS_KEY_FILE", "/k"),
    ]);
    let expected =
        ["serve", "--background", "--data-dir", "/d", "--config", config, "--socket", "/s", "--key-file", "/k"];
    assert_eq!(words(&command(&all)), expected);
    let none = settings(&[("HOME", "/home/ada")]);
    let data = "/home/ada/.local/share/windlass";
    assert_eq!(words(&command(&none)), ["serve", "--background", "--data-dir", data], "an absent config is not named");
    assert_eq!(command(&none).get_current_dir(), Some(Path::new(data)));
}

#[test]
fn its_log_is_private_continues_and_is_put_aside_once_it_is_large() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().expect("a directory");
    let (mut log, path) = open_log(data.path()).expect("opened");
    assert_eq!(path, data.path().join("logs/serve.log"));
    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(data.path().join("logs")).expect("there").permissions().mode() & 0o777, 0o700);
    log.write_all(b"of yesterday\n").expect("written");
    let (mut log, _) = open_log(data.path()).expect("opened again");
    log.write_all(b"of today\n").expect("written");
    assert_eq!(std::fs::read_to_string(&path).expect("read"), "of yesterday\nof today\n");
    log.set_len(LARGE + 1).expect("grown");
    let (log, _) = open_log(data.path()).expect("opened");
    assert_eq!(log.metadata().expect("there").len(), 0);
    assert!(data.path().join("logs/serve.log.old").exists());
}

#[test]
fn one_that_ends_is_believed_by_its_report_and_by_nothing_else() {
    let says = |text: &str| {
        let mut child = Command::new("printf").args(["%s", text]).stdout(Stdio::piped()).spawn().expect("started");
        child.wait().expect("ended");
        last_words(child.stdout.take(), Path::new("/d/logs/serve.log"))
    };
    let refusal = Refusal::new(Kind::Store, "the store is sealed with another key", "give it with --key-file");
    let said = says(&serde_json::to_string(&refusal).expect("JSON"));
    assert_eq!((said.error, said.message().as_str()), (Kind::Store, "the store is sealed with another key"));
    assert_eq!(said.hint(), "give it with --key-file; its log is /d/logs/serve.log");
    for odd in ["", "error: no key\nhint: give one", "{}"] {
        assert_eq!(says(odd).message(), "it ended at once, and did not say why", "{odd}");
    }
    assert_eq!(last_words(None, Path::new("/l")).hint(), "its log is /l");
}

#[test]
fn its_log_follows_no_link() {
    let data = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(data.path().join("logs")).expect("made");
    std::os::unix::fs::symlink(data.path().join("elsewhere"), data.path().join("logs/serve.log")).expect("linked");
    open_log(data.path()).expect_err("a link");
    assert!(!data.path().join("elsewhere").exists());
}
