use std::ffi::OsString;

use super::*;
use crate::cli::Global;
use crate::cli::doubles::{Capture, captured};

fn settings(home: &Path, global: &Global) -> Settings {
    let home = OsString::from(home);
    let env = move |name: &str| (name == "HOME").then(|| home.clone());
    Settings::resolve(global, &env).expect("valid")
}

#[test]
fn an_empty_store_never_stands_in_for_an_engine_that_was_meant() {
    let home = tempfile::tempdir().expect("a directory");
    let socket = Some(PathBuf::from("/nonexistent/w.sock"));
    let named = settings(home.path(), &Global { socket: socket.clone(), ..Global::default() });
    let refusal = elsewhere(&named, None).expect_err("nothing there");
    assert_eq!(refusal.error.exit_status(), 6);
    assert!(refusal.hint().contains("--data-dir"), "{}", refusal.hint());

    let service = settings(home.path(), &Global::default());
    assert!(elsewhere(&service, Some("/run/windlass/windlass.sock".into())).is_err());
    assert!(elsewhere(&service, None).is_ok(), "a first start");

    std::fs::create_dir_all(named.data_dir.join("store")).expect("made");
    assert!(elsewhere(&named, None).is_ok(), "a store that is there is used");
    let data_dir = Some(home.path().join("other"));
    assert!(elsewhere(&settings(home.path(), &Global { data_dir, socket, ..Global::default() }), None).is_ok());
}

#[test]
fn nothing_begins_where_nothing_may_be_changed() {
    let home = tempfile::tempdir().expect("a directory");
    let settings = settings(home.path(), &Global { read_only: true, ..Global::default() });
    let refusal = elsewhere(&settings, None).expect_err("a store would begin");
    assert_eq!(refusal.error.exit_status(), 6);
    assert!(refusal.hint().contains("--read-only") && !settings.data_dir.exists(), "{refusal:?}");
    std::fs::create_dir_all(settings.data_dir.join("store")).expect("made");
    assert!(elsewhere(&settings, None).is_ok(), "one that is there is read");
}

#[test]
fn a_socket_that_may_not_be_opened_is_said() {
    let refusal = closed(Path::new("/run/windlass/windlass.sock"));
    assert_eq!(refusal.error.exit_status(), 5);
    assert!(refusal.message().contains("/run/windlass/windlass.sock"));
}

#[tokio::test]
async fn a_socket_path_that_the_kernel_takes_none_of_is_refused_with_the_fix() {
    let home = tempfile::tempdir().expect("a directory");
    let socket = Some(home.path().join("x".repeat(120)));
    let settings = settings(home.path(), &Global { socket, ..Global::default() });
    let Capture { output, .. } = captured(false);
    let Err(refusal) = attach(&settings, &output, true).await else { panic!("attached") };
    assert_eq!(refusal.error.exit_status(), 2, "{refusal}");
    assert!(refusal.message().contains("107") && refusal.hint().contains("--socket"), "{refusal:?}");
}

#[test]
fn a_store_of_another_user_is_no_damage() {
    let error = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let refusal = Refusal::from(StoreError::io("making", Path::new("/home/ana/.local/share/windlass"), &error));
    assert_eq!(refusal.error.exit_status(), 5);
    assert!(refusal.hint().contains("--data-dir"), "{refusal:?}");
}

#[tokio::test]
async fn where_no_engine_is_found_a_command_is_one_for_itself() {
    let home = tempfile::tempdir().expect("a directory");
    let settings = settings(home.path(), &Global { data_dir: Some(home.path().join("data")), ..Global::default() });
    let Capture { output, .. } = captured(false);
    let attached = attach(&settings, &output, true).await.expect("its own engine");
    let Attached::OneShot(_, engine) = attached else { panic!("someone else's") };
    engine.stop();
}
