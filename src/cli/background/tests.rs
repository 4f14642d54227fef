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
fn its_log_is_private_goes_on_and_is_put_aside_once_it_is_large() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().expect("a directory");
    let (mut log, path, from) = open_log(data.path()).expect("opened");
    assert_eq!((path.clone(), from), (data.path().join("logs/serve.log"), 0));
    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(data.path().join("logs")).expect("there").permissions().mode() & 0o777, 0o700);
    log.write_all(b"of yesterday\n").expect("written");
    let (mut log, _, from) = open_log(data.path()).expect("opened again");
    log.write_all(b"error: no\x1b[2J key\nhint: give one\n").expect("written");
    let said = last_words(&path, from);
    assert_eq!(said.message(), "no\\u{1b}[2J key");
    assert_eq!(said.hint(), format!("give one; its log is {}", path.display()));
    assert_eq!(last_words(&path, 0).message(), "no\\u{1b}[2J key");
    let (mut log, _, from) = open_log(data.path()).expect("opened again");
    assert_eq!(last_words(&path, from).message(), "it ended at once, and did not say why");
    log.write_all(b"killed\n").expect("written");
    assert_eq!(last_words(&path, from).message(), "killed");
    log.set_len(LARGE + 1).expect("grown");
    assert_eq!(open_log(data.path()).expect("opened").2, 0);
    assert!(data.path().join("logs/serve.log.old").exists());
}

#[test]
fn its_log_follows_no_link() {
    let data = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(data.path().join("logs")).expect("made");
    std::os::unix::fs::symlink(data.path().join("elsewhere"), data.path().join("logs/serve.log")).expect("linked");
    open_log(data.path()).expect_err("a link");
    assert!(!data.path().join("elsewhere").exists());
}
