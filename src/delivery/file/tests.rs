use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::core::target::destination::Format;

/// A directory that only we write to.
fn dir() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).expect("ours alone");
    dir
}

fn file(path: PathBuf) -> File {
    File { path, format: Format::Value, template: None, owner: None, group: None, mode: 0o640, in_place: false }
}

fn document(value: &str) -> Document {
    Document::from([(WHOLE.to_owned(), SecretValue::new(value))])
}

fn names(dir: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).expect("listed");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn cause(fault: &Fault) -> String {
    fault.problem.cause.say().to_string()
}

#[tokio::test]
async fn a_file_is_made_replaced_and_removed_whole_and_nothing_is_left_beside_it() {
    let dir = dir();
    let path = dir.path().join("okta");
    let place = Local(file(path.clone()));
    let nothing = place.read().await.expect("read");
    assert!(!nothing.exists && nothing.values.is_empty());
    place.write(&document("one"), &nothing).await.expect("made");
    let seen = place.read().await.expect("read");
    assert!(seen.tidy && seen.values == document("one"));
    let before = fs::metadata(&path).expect("there").ino();
    place.write(&document("two, longer"), &seen).await.expect("replaced");
    let meta = fs::metadata(&path).expect("there");
    assert!(meta.ino() != before, "a reader of the old one has all of it");
    assert_eq!((fs::read_to_string(&path).expect("text"), meta.mode() & 0o7777), ("two, longer".into(), 0o640));
    assert_eq!(names(&dir), ["okta"]);
    place.strip(&place.read().await.expect("read"), true).await.expect("removed");
    assert_eq!(names(&dir), [""; 0]);
}

#[tokio::test]
async fn what_changed_since_the_look_is_neither_overwritten_nor_removed() {
    let dir = dir();
    let path = dir.path().join("okta");
    let place = Local(file(path.clone()));
    let nothing = place.read().await.expect("read");
    fs::write(&path, "theirs").expect("written");
    assert_eq!(place.write(&document("ours"), &nothing).await.expect_err("made meanwhile").code, Code::Changed);
    let seen = place.read().await.expect("read");
    fs::write(&path, "theirs, later").expect("written");
    assert_eq!(place.write(&document("ours"), &seen).await.expect_err("changed meanwhile").code, Code::Changed);
    assert_eq!(place.strip(&seen, true).await.expect_err("changed meanwhile").code, Code::Changed);
    // Between the last look and the writing itself as well, where nothing was there.
    let dress = write::Dress { owner: None, group: None, mode: 0o600 };
    let made = write::beside(&path, &SecretValue::new("ours"), &dress, false);
    assert_eq!(made.expect_err("there").kind(), io::ErrorKind::AlreadyExists);
    assert_eq!((fs::read_to_string(&path).expect("text"), names(&dir)), ("theirs, later".into(), vec!["okta".into()]));
}

#[tokio::test]
async fn a_file_that_is_mounted_by_itself_stays_the_same_file() {
    let dir = dir();
    let path = dir.path().join("okta");
    fs::write(&path, "a much longer value than the next one").expect("written");
    let before = fs::metadata(&path).expect("there").ino();
    let place = Local(File { in_place: true, ..file(path.clone()) });
    place.write(&document("two"), &place.read().await.expect("read")).await.expect("written");
    assert_eq!(fs::read_to_string(&path).expect("text"), "two");
    assert_eq!(fs::metadata(&path).expect("there").ino(), before);
    assert!(place.read().await.expect("read").tidy);
}

#[tokio::test]
async fn a_mode_that_is_not_right_is_seen() {
    let dir = dir();
    let path = dir.path().join("okta");
    let place = Local(file(path.clone()));
    place.write(&document("one"), &Seen::default()).await.expect("made");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("opened to all");
    let seen = place.read().await.expect("read");
    assert!(!seen.tidy);
    place.write(&document("one"), &seen).await.expect("written");
    assert!(place.read().await.expect("read").tidy);
}

#[tokio::test]
async fn what_a_crash_left_beside_it_goes_with_the_next_write() {
    let dir = dir();
    let path = dir.path().join("okta");
    fs::write(dir.path().join(".okta.windlass-new"), "half a val").expect("left behind");
    Local(file(path)).write(&document("one"), &Seen::default()).await.expect("made");
    assert_eq!(names(&dir), ["okta"]);
}

#[tokio::test]
async fn what_is_no_file_or_can_be_redirected_is_not_touched() {
    let dir = dir();
    let elsewhere = dir.path().join("elsewhere");
    fs::write(&elsewhere, "theirs").expect("written");
    let link = dir.path().join("link");
    symlink(&elsewhere, &link).expect("a link");
    let fault = Local(file(link)).read().await.expect_err("a link");
    assert!(fault.code == Code::Precondition && cause(&fault).contains("symbolic link"), "{}", cause(&fault));
    let fault = Local(file(dir.path().to_owned())).read().await.expect_err("a directory");
    assert!(cause(&fault).contains("it is a directory"), "{}", cause(&fault));
    let open = dir.path().join("open");
    fs::create_dir(&open).expect("made");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("opened to all");
    let fault = Local(file(open.join("okta"))).read().await.expect_err("all can write to it");
    assert!(cause(&fault).starts_with("nothing is written through "), "{}", cause(&fault));
    assert_eq!(fs::read_to_string(&elsewhere).expect("text"), "theirs");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_by_itself() {
    let dir = dir();
    let fault = Local(file(dir.path().join("not-mounted").join("okta"))).read().await.expect_err("no directory");
    assert_eq!(fault.class(), crate::core::fault::Class::Passing, "{}", cause(&fault));
    let fault = Local(File { owner: Some("no-such-user-here".into()), ..file(dir.path().join("okta")) });
    let fault = fault.read().await.expect_err("no such user");
    assert_eq!(fault.class(), crate::core::fault::Class::Person, "{}", cause(&fault));
}

#[tokio::test]
async fn a_file_with_another_name_is_not_written_where_it_lies() {
    let dir = dir();
    let (path, other) = (dir.path().join("okta"), dir.path().join("other"));
    fs::write(&other, "theirs").expect("written");
    fs::hard_link(&other, &path).expect("linked");
    let place = Local(File { in_place: true, ..file(path) });
    let fault = place.write(&document("ours"), &place.read().await.expect("read")).await.expect_err("two names");
    assert!(fault.code == Code::Precondition && cause(&fault).contains("another name"), "{}", cause(&fault));
    assert_eq!(fs::read_to_string(&other).expect("text"), "theirs");
}

/// Run by the test below in a process of its own, none of whose files may grow: writes over what is there.
#[tokio::test]
async fn child_whose_disk_is_full() {
    let Ok(dir) = std::env::var("WINDLASS_TEST_PLACE") else { return };
    let place = Local(file(PathBuf::from(dir).join("okta")));
    let seen = place.read().await.expect("read");
    let fault = place.write(&document("the new one"), &seen).await.expect_err("no room");
    assert_eq!(fault.class(), crate::core::fault::Class::Passing, "{}", cause(&fault));
    println!("tried.");
}

#[tokio::test]
async fn on_a_full_disk_what_is_there_stays_whole_and_nothing_of_the_new_one_is_left() {
    let dir = dir();
    fs::write(dir.path().join("okta"), "the old one").expect("written");
    let script =
        "ulimit -S -f 0; trap '' XFSZ; exec \"$0\" --exact --nocapture delivery::file::tests::child_whose_disk_is_full";
    let mut child = tokio::process::Command::new("sh");
    child.args(["-c", script]).arg(std::env::current_exe().expect("known"));
    let out = child.env("WINDLASS_TEST_PLACE", dir.path()).output().await.expect("started");
    assert!(String::from_utf8_lossy(&out.stdout).contains("tried."), "{out:?}");
    assert_eq!(
        (fs::read_to_string(dir.path().join("okta")).expect("text"), names(&dir)),
        ("the old one".into(), vec!["okta".into()])
    );
}
