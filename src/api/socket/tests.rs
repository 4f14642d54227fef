use std::os::unix::fs::{MetadataExt, symlink};

use super::*;

fn place() -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("windlass.sock");
    (dir, path)
}

#[test]
fn a_claimed_socket_is_private_and_found() {
    let (_dir, path) = place();
    assert_eq!(probe(&path).expect("probed"), Found::Nothing);
    let listener = claim(&path).expect("claimed");
    assert_eq!(fs::symlink_metadata(&path).expect("there").mode() & 0o777, 0o600);
    assert_eq!(probe(&path).expect("probed"), Found::Listener(Some(nix::unistd::geteuid().as_raw())));
    drop(listener);
    assert_eq!(probe(&path).expect("probed"), Found::Abandoned);
}

#[test]
fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
    let (_dir, path) = place();
    drop(claim(&path).expect("claimed"));
    let live = claim(&path).expect("without a listener");
    let refusal = claim(&path).expect_err("in use");
    assert_eq!(refusal.error, Kind::Conflict);
    assert!(refusal.message().contains("in use"), "{refusal}");
    assert_eq!(probe(&path).expect("probed"), Found::Listener(Some(nix::unistd::geteuid().as_raw())));
    drop(live);
}

#[test]
fn what_is_no_socket_is_left_alone() {
    let (dir, path) = place();
    fs::write(&path, "mine").expect("written");
    assert!(claim(&path).expect_err("a file").message().contains("not a socket"));
    assert_eq!(fs::read_to_string(&path).expect("still there"), "mine");
    fs::remove_file(&path).expect("removed");
    // A symlink is refused whether it leads to a stale socket, which could be replaced, or nowhere.
    let other = dir.path().join("other.sock");
    drop(claim(&other).expect("claimed"));
    for target in [other.as_path(), Path::new("/nowhere/at/all")] {
        symlink(target, &path).expect("linked");
        assert!(claim(&path).expect_err("a symlink").message().contains("symlink"));
        fs::remove_file(&path).expect("still there");
    }
    assert!(other.symlink_metadata().is_ok());
}

#[test]
fn a_path_that_is_too_long_is_refused_with_a_remedy() {
    let (dir, _) = place();
    let room = MAX_PATH - dir.path().as_os_str().len() - 1;
    let longest = dir.path().join("s".repeat(room));
    drop(claim(&longest).expect("just fits"));
    let refusal = claim(&dir.path().join("s".repeat(room + 1))).expect_err("too long");
    assert_eq!(refusal.error, Kind::Invalid);
    assert!(refusal.message().contains("108 bytes") && refusal.hint().contains("--socket"), "{refusal:?}");
}
