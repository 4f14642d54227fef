use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

const ADA: u32 = 1000;
const EVE: u32 = 1001;
const NOBODY: u32 = 65_534;

fn facts(kind: Kind, uid: u32, gid: u32, mode: u32) -> Facts {
    Facts { kind, uid, gid, mode }
}

#[test]
fn a_file_is_believed_by_its_owner_and_its_mode() {
    let ada = Reader { uid: ADA, unmapped: None, own_group: Some(ADA) };
    let root = Reader { uid: 0, unmapped: None, own_group: Some(0) };
    let boxed = Reader { uid: NOBODY, unmapped: Some(NOBODY), own_group: Some(NOBODY) };
    let alone = Reader { uid: NOBODY, unmapped: None, own_group: Some(NOBODY) };
    use Kind::{Device, Directory, File, Link};
    for (reader, facts, expected) in [
        // Whose it is.
        (ada, facts(File, ADA, ADA, 0o600), None),
        (ada, facts(File, 0, 0, 0o644), None),
        (ada, facts(File, EVE, EVE, 0o600), Some(Flaw::Owner)),
        (ada, facts(Directory, EVE, EVE, 0o755), Some(Flaw::Owner)),
        (root, facts(File, ADA, ADA, 0o600), Some(Flaw::Owner)),
        (root, facts(Directory, ADA, ADA, 0o700), Some(Flaw::Owner)),
        (root, facts(File, 0, 0, 0o600), None),
        // Who may write to it: the user's own group is the user, any other is not.
        (ada, facts(File, ADA, ADA, 0o664), None),
        (ada, facts(Directory, ADA, ADA, 0o775), None),
        (ada, facts(File, ADA, 100, 0o664), Some(Flaw::Group)),
        (ada, facts(Directory, 0, 0, 0o775), Some(Flaw::Group)),
        (Reader { own_group: None, ..ada }, facts(File, ADA, ADA, 0o620), Some(Flaw::Group)),
        (ada, facts(File, ADA, ADA, 0o602), Some(Flaw::World)),
        (ada, facts(File, 0, 0, 0o666), Some(Flaw::World)),
        (ada, facts(Directory, ADA, ADA, 0o777), Some(Flaw::World)),
        // In a sticky directory others' entries are theirs and ours are ours; a file has no such thing.
        (ada, facts(Directory, 0, 0, 0o1777), None),
        (ada, facts(Directory, ADA, 100, 0o1770), None),
        (ada, facts(Directory, EVE, EVE, 0o1777), Some(Flaw::Owner)),
        (ada, facts(File, ADA, ADA, 0o1666), Some(Flaw::World)),
        // A link has every bit, and belongs to someone all the same.
        (ada, facts(Link, 0, 0, 0o777), None),
        (ada, facts(Link, ADA, ADA, 0o777), None),
        (ada, facts(Link, EVE, EVE, 0o777), Some(Flaw::Owner)),
        (ada, facts(Device, 0, 0, 0o666), None),
        // A user who is not known here may be anyone, ourselves included.
        (boxed, facts(File, NOBODY, NOBODY, 0o600), Some(Flaw::Owner)),
        (Reader { unmapped: Some(NOBODY), ..ada }, facts(Directory, NOBODY, NOBODY, 0o755), Some(Flaw::Owner)),
        (alone, facts(File, NOBODY, NOBODY, 0o600), None),
    ] {
        assert_eq!(flaw(&facts, &reader), expected, "{facts:?} for {reader:?}");
    }
}

#[test]
fn a_group_is_the_users_own_by_number_name_and_members() {
    let own = |gid, group: &str, members: &[&str]| {
        is_own(ADA, "ada", gid, group, &members.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    };
    assert!(own(ADA, "ada", &[]) && own(ADA, "ada", &["ada"]));
    assert!(!own(ADA, "ada", &["eve"]), "another member");
    assert!(!own(ADA, "users", &[]), "another name");
    assert!(!own(100, "ada", &[]), "another number");
}

/// A directory for us alone with a file in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("inner/config.toml");
    fs::create_dir(dir.path().join("inner")).expect("made");
    fs::write(&file, "").expect("written");
    set(&dir.path().join("inner"), 0o700);
    set(&file, 0o600);
    (dir, file)
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

#[test]
fn the_file_and_every_directory_on_the_way_are_looked_at() {
    let (dir, file) = place();
    assert_eq!(check(&file), Ok(()));
    assert_eq!(check(&dir.path().join("not/there")), Ok(()), "that is for whoever opens it");
    set(dir.path(), 0o707);
    assert_eq!(check(&dir.path().join("not-there")), Ok(()), "there is nothing to be believed");
    assert!(check(&file).is_err());
    set(dir.path(), 0o700);
    set(&file, 0o602);
    let found = check(&file).expect_err("everyone writes to it");
    assert_eq!((found.path.as_path(), found.fix), (file.as_path(), format!("chmod go-w {}", file.display())));
    set(&file, 0o600);
    let inner = dir.path().join("inner");
    set(&inner, 0o777);
    let found = check(&file).expect_err("everyone can replace it");
    assert_eq!((found.path.as_path(), found.why.as_str()), (inner.as_path(), "everybody can write to it"));
    // Through a link as well, wherever that stands, and however it is written.
    let link = dir.path().join("link");
    symlink("inner/../inner/./config.toml", &link).expect("linked");
    assert_eq!(check(&link).expect_err("the same").path, inner);
    set(&inner, 0o1777);
    assert_eq!(check(&link), Ok(()), "sticky");
    symlink(&link, dir.path().join("circle")).expect("linked");
    fs::remove_file(&link).expect("removed");
    symlink("circle", &link).expect("linked");
    assert_eq!(check(&link), Ok(()), "the kernel says what is wrong with a circle");
}

#[test]
fn what_belongs_to_another_user_is_named_with_the_command_that_fixes_it() {
    let (dir, file) = place();
    if !geteuid().is_root() {
        // Only root can give a file away; the rule itself is tested above.
        return;
    }
    let inner = dir.path().join("inner");
    for (path, said) in [(&file, "chown root "), (&inner, "chown root ")] {
        std::os::unix::fs::chown(path, Some(54_321), None).expect("given away");
        let found = check(&file).expect_err("another's");
        assert_eq!(&found.path, path);
        assert!(found.why.contains("uid 54321") && found.fix.starts_with(said), "{found:?}");
        std::os::unix::fs::chown(path, Some(0), None).expect("taken back");
    }
    let link = dir.path().join("link");
    symlink(&file, &link).expect("linked");
    std::os::unix::fs::lchown(&link, Some(54_321), None).expect("given away");
    let found = check(&link).expect_err("whoever owns it leads anywhere");
    assert!(found.path == link && found.fix.starts_with("chown -h root "), "{found:?}");
}

#[test]
fn root_makes_nothing_in_another_users_directory() {
    let facts = |uid, mode| Facts { kind: Kind::Directory, uid, gid: 0, mode };
    assert!(is_anothers(&facts(1000, 0o755), None) && is_anothers(&facts(1000, 0o777), Some(65_534)));
    assert!(
        !is_anothers(&facts(0, 0o755), None) && !is_anothers(&facts(1000, 0o1777), None),
        "its own, and a sticky one"
    );
    assert!(!is_anothers(&facts(65_534, 0o755), Some(65_534)), "a namespace does not say whose it is");

    let (dir, _) = place();
    let below = dir.path().join("inner/.local/share/windlass");
    assert_eq!(for_making(&below), Ok(()));
    if !geteuid().is_root() {
        // Only root can give a directory away, and only root is meant.
        return;
    }
    std::os::unix::fs::chown(dir.path().join("inner"), Some(54_321), None).expect("given away");
    let found = for_making(&below).expect_err("another's");
    assert_eq!(found.path, dir.path().join("inner"));
    assert!(found.fix.contains("sudo -u '#54321' windlass") && found.fix.contains("sudo -H"), "{found:?}");
    let lock = crate::store::lock(&below).map(drop).expect_err("refused");
    assert!(lock.to_string().contains("root") && lock.hint().contains("sudo -u"), "{lock}: {}", lock.hint());
    assert!(!dir.path().join("inner/.local").exists(), "and nothing of root's is left there");
}

#[test]
fn what_a_shell_hands_over_has_no_way_to_it() {
    for path in ["/dev/stdin", "/dev/fd/63", "/proc/self/fd/0", "/dev/null"] {
        assert_eq!(check(Path::new(path)), Ok(()), "{path}");
    }
}
