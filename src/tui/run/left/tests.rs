use super::*;
use crate::tui::run::events::Receiver;
use crate::tui::run::events::channel;

fn left() -> Left {
    Left::new(Clipboard::new(false))
}

/// Saves a value below a directory.
fn saved(left: &Left, dir: &Path) -> PathBuf {
    let (path, file) = create_in(dir, "payments.secret").expect("made");
    left.note(&path, &file).expect("noted");
    path
}

#[test]
fn files_of_values_go_with_the_session_and_others_stay() {
    let dir = tempfile::tempdir().expect("a directory");
    let left = left();
    let [first, second] = [saved(&left, dir.path()), saved(&left, dir.path())];
    let (log, _) = create_in(dir.path(), "windlass-log.txt").expect("made");
    // Another file stands where the first one stood, while that one is still there under another name.
    fs::rename(&first, dir.path().join("kept")).expect("renamed");
    fs::write(&first, "another's").expect("written");
    assert_eq!(left.take_back(End::Orderly), None);
    assert!(!second.exists(), "what holds a value is gone");
    assert!(first.exists() && log.exists(), "what does not is left alone");
    assert!(left.save("late", &SecretValue::new("value")).is_err(), "and none is written after the end");
}

#[test]
fn an_end_at_once_waits_for_nothing() {
    let left = left();
    let held = left.files.lock().expect("whole");
    assert_eq!(left.take_back(End::AtOnce), None);
    drop(held);
}

#[test]
fn only_a_secret_is_taken_back_from_the_clipboard_and_only_once() {
    let (sender, Receiver(_happenings)) = channel();
    let left = left();
    left.clipboard.put(&SecretValue::new("an id"), false, &sender).expect("sent");
    assert_eq!(left.take_back(End::Orderly), None);
    for end in [End::Orderly, End::AtOnce] {
        left.clipboard.put(&SecretValue::new("a value"), true, &sender).expect("sent");
        assert_eq!(left.take_back(end).as_deref(), Some(b"\x1b]52;c;IA==\x07".as_slice()), "{end:?}: a blank");
        assert_eq!(left.take_back(end), None, "{end:?}");
    }
}
