use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A system with three zone files, two of which are one file.
fn system() -> TempDir {
    let root = tempfile::tempdir().expect("a directory");
    let write = |path: &str, content: &[u8]| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, content).expect("written");
    };
    for (name, content) in [
        ("Arctic/Longyearbyen", &b"TZif2 berlin"[..]),
        ("Europe/Berlin", b"TZif2 berlin"),
        ("Europe/Oslo", b"TZif2 berlin"),
        ("Asia/Tokyo", b"TZif2 tokyo!"),
        ("Etc/UTC", b"TZif2 utc"),
        ("UTC", b"TZif2 utc"),
        ("Africa/Abidjan", b"TZif2 abidjan"),
    ] {
        write(&format!("usr/share/zoneinfo/{name}"), content);
    }
    write(
        "usr/share/zoneinfo/zone1970.tab",
        b"# codes\nDE,NO\t+5230+01322\tEurope/Berlin\nJP\t+353916+1394441\tAsia/Tokyo\n",
    );
    fs::create_dir_all(root.path().join("etc")).expect("made");
    root
}

fn name(variable: Option<&str>, root: &TempDir) -> (String, bool) {
    let machine = machine(variable.map(Into::into), root.path());
    (machine.name, machine.doubt.is_some())
}

#[test]
fn a_plain_copy_of_a_zone_file_is_known_by_its_content() {
    let root = system();
    let localtime = root.path().join("etc/localtime");
    for (content, zone) in
        [(&b"TZif2 berlin"[..], "Europe/Berlin"), (b"TZif2 tokyo!", "Asia/Tokyo"), (b"TZif2 utc", "UTC")]
    {
        fs::write(&localtime, content).expect("written");
        assert_eq!(name(None, &root), (zone.into(), false));
    }
    fs::write(&localtime, b"TZif2 berlin").expect("written");
    fs::write(root.path().join("etc/timezone"), "Europe/Oslo\n").expect("written");
    assert_eq!(name(None, &root).0, "Europe/Oslo", "of two names for one file, the one that is written down");
    fs::write(root.path().join("etc/timezone"), "Asia/Tokyo\n").expect("written");
    assert_eq!(name(None, &root).0, "Europe/Berlin", "what is in effect counts, and not what was written once");
}

#[test]
fn a_zone_that_is_not_known_is_said_and_not_silently_utc() {
    let root = system();
    fs::write(root.path().join("etc/localtime"), b"TZif2 of an older release").expect("written");
    let found = machine(None, root.path());
    assert_eq!(found.name, "UTC");
    assert!(found.doubt.is_some_and(|doubt| doubt.contains("/etc/localtime")));
    fs::write(root.path().join("etc/timezone"), "# by hand\nAsia/Tokyo\n").expect("written");
    assert_eq!(name(None, &root), ("Asia/Tokyo".into(), false), "it is written down");
    let none = tempfile::tempdir().expect("a directory");
    assert_eq!(name(None, &none), ("UTC".into(), false), "no file is UTC, as everywhere on that machine");
}

#[test]
fn a_link_names_the_zone_wherever_the_zone_files_are() {
    for to in [
        "/usr/share/zoneinfo/Europe/Berlin",
        "../usr/share/zoneinfo/Europe/Berlin",
        "/nix/zoneinfo/posix/Europe/Berlin",
        "/usr/share/zoneinfo/right/Europe/Berlin",
    ] {
        let root = system();
        symlink(to, root.path().join("etc/localtime")).expect("linked");
        assert_eq!(name(None, &root), ("Europe/Berlin".into(), false), "{to}");
    }
}

#[test]
fn tz_is_understood_in_all_its_forms() {
    let root = system();
    symlink("/usr/share/zoneinfo/Asia/Tokyo", root.path().join("etc/localtime")).expect("linked");
    let copy = root.path().join("copy").display().to_string();
    fs::write(&copy, b"TZif2 berlin").expect("written");
    let forms = [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("posix/Europe/Berlin", "Europe/Berlin"),
        ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        (":/usr/share/zoneinfo/posix/Europe/Berlin", "Europe/Berlin"),
        (&copy, "Europe/Berlin"),
        ("UTC0", "UTC"),
        ("<+02>-2", "Etc/GMT-2"),
        ("EST5", "Etc/GMT+5"),
        ("CET-1", "Etc/GMT-1"),
        // Here the sign is POSIX's for UTC too: so the C library has it.
        ("UTC-2", "Etc/GMT-2"),
        ("", "Asia/Tokyo"),
    ];
    for (variable, zone) in forms {
        assert_eq!(name(Some(variable), &root), (zone.into(), false), "{variable}");
    }
    for variable in ["Europe/Berln", "CET-1CEST,M3.5.0,M10.5.0/3", "/nonexistent"] {
        assert_eq!(name(Some(variable), &root), ("Asia/Tokyo".into(), true), "{variable}");
    }
}
