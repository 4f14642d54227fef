use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::stat::Mode;
use tempfile::TempDir;

use super::*;
use crate::file::input::{take, take_with};

const LIMIT: u64 = 1 << 30;

fn place() -> (TempDir, impl Fn(&str) -> PathBuf) {
    let temp = tempfile::tempdir().expect("a directory");
    let dir = temp.path().to_owned();
    (temp, move |name| dir.join(name))
}

#[test]
fn what_is_no_plain_file_is_said_for_what_it_is_and_not_waited_for() {
    let (_temp, at) = place();
    nix::unistd::mkfifo(&at("fifo"), Mode::S_IRWXU).expect("made");
    let _listener = UnixListener::bind(at("socket")).expect("bound");
    fs::create_dir(at("directory")).expect("made");
    fs::write(at("file"), b"text").expect("written");
    symlink(at("file"), at("link")).expect("linked");
    symlink(at("fifo"), at("link to a fifo")).expect("linked");
    symlink("loop", at("loop")).expect("linked");
    let said = |path: &Path, links| read(path, links, LIMIT).map(|_| ()).expect_err("refused").to_string();
    for (name, what) in [("fifo", "a FIFO"), ("socket", "a socket"), ("directory", "a directory")] {
        assert_eq!(said(&at(name), Links::Refused), format!("it is {what}, not a file"));
    }
    assert_eq!(said(Path::new("/dev/zero"), Links::Refused), "it is a device, not a file");
    assert_eq!(said(&at("link"), Links::Refused), "it is a symbolic link, not a file");
    assert_eq!(said(&at("link to a fifo"), Links::Followed), "it is a FIFO, not a file");
    assert_eq!(read_text(&at("link"), Links::Followed, LIMIT).expect("read"), "text");
    assert!(!read(&at("loop"), Links::Followed, LIMIT).expect_err("refused").is_absent());
    assert!(read(&at("nothing"), Links::Followed, LIMIT).expect_err("refused").is_absent());
}

#[test]
fn what_is_too_long_is_not_read() {
    let (_temp, at) = place();
    let file = File::create(at("sparse")).expect("made");
    file.set_len(3 << 30).expect("grown");
    let said = |limit| read(&at("sparse"), Links::Refused, limit).map(|_| ()).expect_err("refused").to_string();
    assert_eq!(said(64 << 10), "it is 3072 MiB long, and the longest that makes sense is 64 KiB");
    assert_eq!(said(4 << 30), "it is 3072 MiB long, and nearly all of that is holes");
    fs::write(at("short"), [7; 10]).expect("written");
    assert_eq!(read(&at("short"), Links::Refused, 10).expect("read").len(), 10);
    assert!(read(&at("short"), Links::Refused, 9).is_err());
}

#[test]
fn that_it_is_unknown_whether_something_is_there_is_no_answer() {
    let (_temp, at) = place();
    fs::write(at("file"), b"").expect("written");
    symlink("loop", at("loop")).expect("linked");
    assert!(there(&at("file")).expect("known"));
    assert!(!there(&at("nothing")).expect("known"));
    assert!(there(&at("file/below")).is_err(), "not a directory");
    assert!(there(&at("loop/below")).is_err(), "a loop");
}

#[test]
fn what_is_handed_over_may_be_a_pipe_and_is_not_waited_for_in_vain() {
    let (_temp, at) = place();
    let fifo = at("fifo");
    nix::unistd::mkfifo(&fifo, Mode::S_IRWXU).expect("made");
    let said = |path: &Path, limit| {
        take_with(path, limit, Duration::ZERO.max(Duration::from_millis(1)))
            .map(|_| ())
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(said(&fifo, 9), "it is a FIFO, and no process writes to it");
    assert_eq!(said(&at(""), 9), "it is a directory, not a file");
    assert_eq!(said(Path::new("/dev/zero"), 9), "it is larger than 9 bytes");
    assert_eq!(take(Path::new("/dev/null"), 9).expect("read").bytes.as_slice(), b"");
    let mut writer = Command::new("sh")
        .args(["-c", "exec > \"$0\"; echo first; echo second"])
        .arg(&fifo)
        .stdin(Stdio::null())
        .spawn()
        .expect("started");
    assert_eq!(take(&fifo, 99).expect("read").bytes.as_slice(), b"first\nsecond\n");
    writer.wait().expect("ended");
    let (reader, mut writer) = io::pipe().expect("made");
    let nameless = PathBuf::from(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader)));
    io::Write::write_all(&mut writer, b"token").expect("written");
    drop(writer);
    assert_eq!(take(&nameless, 5).expect("read").bytes.as_slice(), b"token");
    assert_eq!(take(&nameless, 5).expect("read").bytes.as_slice(), b"", "its end is met at once");
}
