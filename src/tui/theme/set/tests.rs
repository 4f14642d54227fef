use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use ratatui::style::{Color, Style};

use super::*;
use crate::tui::theme::Role;

fn names(themes: &Themes) -> Vec<&str> {
    themes.all().map(|(name, _)| name).collect()
}

#[test]
fn a_broken_file_changes_no_theme_and_is_said_with_its_name() {
    let mut themes = Themes::built_in();
    let before = themes.get("dark").expect("built in").clone();
    let bad = themes.add("dark", "[roles]\nkey = \"nothing\"").expect_err("broken");
    assert!(bad.to_string().starts_with("theme dark, line 2: \"nothing\" is no colour"), "{bad}");
    assert_eq!(themes.get("dark"), Some(&before));
}

#[test]
fn a_directory_adds_and_replaces() {
    let dir = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("written");
    write("dark.toml", "[roles]\nok = \"cyan\"");
    write("nord.toml", "inherits = \"dark\"");
    write("broken.toml", "[roles]\nok = \"\"\"");
    write("notes.txt", "no theme");
    std::fs::create_dir(dir.path().join("dir.toml")).expect("made");
    write("large.toml", &"#".repeat(70_000));
    let mut themes = Themes::built_in();
    let bad: Vec<String> = themes.add_dir(dir.path()).iter().map(|bad| bad.theme.clone()).collect();
    assert_eq!(bad, ["broken", "dir", "large"]);
    assert_eq!(names(&themes), ["dark", "light", "high-contrast", "mono", "nord"]);
    assert_eq!(themes.get("dark").map(|theme| theme.style(Role::Ok)), Some(Style::new().fg(Color::Cyan)));
    assert!(themes.add_dir(&dir.path().join("none")).is_empty());
}

#[test]
fn files_that_others_could_have_written_are_not_used() {
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("nord.toml");
    std::fs::write(&file, "inherits = \"dark\"").expect("written");
    mode(&file, 0o606);
    let mut themes = Themes::built_in();
    let bad = themes.add_dir(dir.path());
    assert!(bad[0].reason.ends_with(&format!("chmod go-w {}", file.display())), "{bad:?}");
    assert!(themes.get("nord").is_none());
    mode(&file, 0o600);
    mode(dir.path(), 0o707);
    let bad = themes.add_dir(dir.path());
    assert!(bad.len() == 1 && bad[0].reason.contains("everybody can write to it"), "{bad:?}");
    mode(dir.path(), 0o700);
    assert!(themes.add_dir(dir.path()).is_empty() && themes.get("nord").is_some());
}

#[test]
fn a_theme_of_ones_own_says_so_also_in_the_place_of_a_built_in_one() {
    let mut themes = Themes::built_in();
    themes.add("nord", "").expect("sound");
    themes.add("light", "").expect("sound");
    let origins: Vec<_> = themes.all().collect();
    assert_eq!(origins[0], ("dark", Origin::BuiltIn));
    assert_eq!(origins[1], ("light", Origin::InPlace));
    assert_eq!(origins[4], ("nord", Origin::Own));
    assert_eq!(themes.nearest("lihgt"), Some("light"));
}

#[test]
fn hostile_files_do_no_harm_and_are_said_in_harmless_words() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = |name: &[u8]| dir.path().join(std::ffi::OsStr::from_bytes(name));
    let write = |name: &[u8], bytes: &[u8]| std::fs::write(file(name), bytes).expect("written");
    write(b"a\x1b[2J.toml", b"");
    write(b"b\xff.toml", b"");
    write(b"c.toml", b"\xff\xfe[roles]");
    write(b"d.toml", b"[roles]\n\"\x7f\xe2\x80\xaekey\" = \"red\"");
    write(b"e.toml", format!("[roles]\n{} = \"red\"", "k".repeat(40_000)).as_bytes());
    write(b"f.toml", format!("a = {}", "[".repeat(60_000)).as_bytes());
    write(b"g.toml", "[a]\n".repeat(15_000).as_bytes());
    write(b".toml", b"");
    write("h\u{202e}.toml".as_bytes(), b"");
    std::os::unix::fs::symlink(file(b"loop.toml"), file(b"loop.toml")).expect("linked");
    std::os::unix::fs::symlink("/dev/zero", file(b"zero.toml")).expect("linked");
    nix::unistd::mkfifo(&file(b"pipe.toml"), nix::sys::stat::Mode::S_IRWXU).expect("made");
    std::fs::File::create(file(b"sparse.toml")).expect("made").set_len(1 << 40).expect("grown");
    let mut themes = Themes::built_in();
    let bad = themes.add_dir(dir.path());
    assert_eq!(names(&themes), names(&Themes::built_in()), "none of them can be chosen");
    // A file that is all extension has none.
    assert_eq!(bad.len(), 12, "{bad:#?}");
    for bad in bad {
        let text = bad.to_string();
        assert!(crate::text::is_harmless(&text) && text.chars().count() < 300, "{text:?}");
    }
}

#[test]
fn more_files_than_anyone_has_are_cut_off_and_said() {
    let dir = tempfile::tempdir().expect("a directory");
    for number in 0..=MOST {
        std::fs::write(dir.path().join(format!("t{number:03}.toml")), "").expect("written");
    }
    let mut themes = Themes::built_in();
    let bad = themes.add_dir(dir.path());
    assert_eq!(bad.len(), 1);
    assert!(bad[0].theme == "t200" && bad[0].reason.contains("more than 200"), "{bad:?}");
    assert!(themes.get("t199").is_some() && themes.get("t200").is_none());
}
