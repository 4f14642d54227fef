//! Finding the file that a command names, before anything depends on it: starting it would show too late that it is not
//! there.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::unistd::{AccessFlags, eaccess};

/// Where programs are looked for without a PATH, as the C library has it.
const NO_PATH: &str = "/bin:/usr/bin";

/// How much of a script's first line the kernel reads.
const FIRST_LINE: u64 = 256;

/// The file of a program: as it is named where it has a slash in it, else the first one on `path` that may be run.
pub fn find(program: &OsStr, path: Option<OsString>) -> io::Result<PathBuf> {
    if program.is_empty() {
        return Err(Errno::ENOENT.into());
    }
    if program.as_bytes().contains(&b'/') {
        return runnable(Path::new(program)).map(|()| program.into());
    }
    let mut denied = None;
    for dir in env::split_paths(&path.unwrap_or_else(|| NO_PATH.into())) {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { &dir };
        let file = dir.join(program);
        match runnable(&file) {
            Ok(()) => return Ok(file),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => denied = Some(error),
            Err(_) => {}
        }
    }
    Err(denied.unwrap_or_else(|| Errno::ENOENT.into()))
}

fn runnable(file: &Path) -> io::Result<()> {
    is_program(file)?;
    match interpreter(file) {
        Some(interpreter) => is_program(&interpreter).map_err(|error| {
            io::Error::new(error.kind(), format!("{error} ({}, its interpreter)", interpreter.display()))
        }),
        None => Ok(()),
    }
}

fn is_program(file: &Path) -> io::Result<()> {
    if !fs::metadata(file)?.is_file() {
        return Err(Errno::EACCES.into());
    }
    Ok(eaccess(file, AccessFlags::X_OK)?)
}

/// What a script's first line names. A program that only runs, and is not to be read, is no script.
fn interpreter(file: &Path) -> Option<PathBuf> {
    let mut start = Vec::new();
    File::open(file).ok()?.take(FIRST_LINE).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?.trim_ascii_start();
    let name = line.split(|byte| matches!(byte, b' ' | b'\t')).next()?;
    // Without a name the file is run by the shell.
    (!name.is_empty()).then(|| OsStr::from_bytes(name).into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A directory with these files: their names, modes and contents.
    fn dir(files: &[(&str, u32, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a directory");
        for (name, mode, text) in files {
            let path = dir.path().join(name);
            fs::write(&path, text).expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).expect("set");
        }
        dir
    }

    #[test]
    fn the_first_file_on_the_path_that_may_be_run_is_found() {
        let (one, two) = (dir(&[("pay", 0o600, "")]), dir(&[("pay", 0o700, ""), ("sub", 0o700, "")]));
        fs::create_dir(one.path().join("sub")).expect("made");
        let path = env::join_paths([Path::new("/nonexistent"), one.path(), two.path()]).expect("a path");
        let find = |name: &str| find(OsStr::new(name), Some(path.clone()));
        assert_eq!(find("pay").expect("in the second"), two.path().join("pay"));
        assert_eq!(find("sub").expect("a directory is passed over"), two.path().join("sub"));
        assert_eq!(find("none").expect_err("nowhere").kind(), io::ErrorKind::NotFound);
        assert_eq!(find("").expect_err("no name").kind(), io::ErrorKind::NotFound);
        let only = env::join_paths([one.path()]).expect("a path");
        let refused = super::find(OsStr::new("pay"), Some(only)).expect_err("not executable");
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied, "and not: it is not there");
        assert!(super::find(OsStr::new("sh"), None).is_ok(), "without a PATH");
    }

    #[test]
    fn a_path_is_taken_as_it_is() {
        let dir = dir(&[("pay", 0o700, ""), ("text", 0o600, "")]);
        let find = |name: &str| find(dir.path().join(name).as_os_str(), None);
        assert!(find("pay").is_ok());
        assert_eq!(find("text").expect_err("not executable").kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(find("none").expect_err("not there").kind(), io::ErrorKind::NotFound);
        assert_eq!(find("").expect_err("a directory").kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_script_needs_its_interpreter() {
        let dir = dir(&[
            ("well", 0o700, "#!/bin/sh -e\ntrue\n"),
            ("spaced", 0o700, "#! /bin/sh"),
            ("bare", 0o700, "#!\ntrue\n"),
            ("moved", 0o700, "#!/nonexistent/python\n"),
            ("windows", 0o700, "#!/bin/sh\r\n"),
        ]);
        let find = |name: &str| find(dir.path().join(name).as_os_str(), None);
        for name in ["well", "spaced", "bare"] {
            assert!(find(name).is_ok(), "{name}");
        }
        for name in ["moved", "windows"] {
            let error = find(name).expect_err(name);
            assert!(error.kind() == io::ErrorKind::NotFound && error.to_string().contains("interpreter"), "{error}");
        }
    }
}
