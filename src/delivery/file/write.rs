//! How a file that holds a value gets onto the disk.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, RenameFlags, renameat2};
use nix::unistd::{Gid, Uid, geteuid};

use crate::core::secret::SecretValue;

/// Whose a file is, and who may read it.
pub struct Dress {
    /// Its owner; as it is where there is none.
    pub owner: Option<Uid>,
    /// Its group.
    pub group: Option<Gid>,
    /// The mode's bits.
    pub mode: u32,
}

/// Writes a whole file beside it, and puts that in its place. Where nothing was there it fails if something is by now.
pub fn beside(path: &Path, value: &SecretValue, dress: &Dress, exists: bool) -> io::Result<()> {
    let new = name_beside(path);
    // One that a crash left behind: it may hold a value.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let put =
        write_new(&new, value, dress).and_then(|()| if exists { fs::rename(&new, path) } else { place(&new, path) });
    if put.is_err() {
        // It holds the value. Where even that fails, the error is reported anyway, and the next write begins with it.
        let _ = fs::remove_file(&new);
    }
    put?;
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

/// Puts it where nothing is: in one step where the file system can, so that nothing is left beside it.
fn place(new: &Path, path: &Path) -> io::Result<()> {
    match renameat2(AT_FDCWD, new, AT_FDCWD, path, RenameFlags::RENAME_NOREPLACE) {
        Err(Errno::EINVAL | Errno::ENOSYS) => fs::hard_link(new, path).and_then(|()| fs::remove_file(new)),
        placed => placed.map_err(io::Error::from),
    }
}

fn write_new(new: &Path, value: &SecretValue, dress: &Dress) -> io::Result<()> {
    let flags = OFlag::O_NOFOLLOW.bits();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).custom_flags(flags).open(new)?;
    file.write_all(value.expose().as_bytes())?;
    put_on(&file, dress)?;
    file.sync_all()
}

/// Writes it where it lies: what is mounted by itself stays the file that was mounted.
pub fn over(path: &Path, value: &SecretValue, dress: &Dress) -> io::Result<()> {
    let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
    let mut file = OpenOptions::new().write(true).custom_flags(flags).open(path)?;
    let meta = file.metadata()?;
    let ours = [geteuid(), dress.owner.unwrap_or_else(geteuid)].map(Uid::as_raw);
    if !meta.is_file() || meta.nlink() != 1 || !ours.contains(&meta.uid()) {
        // Whoever it belongs to could read it, or it is another file as well.
        let why = "the file that lies there is not the target's owner's, or has another name too";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let bytes = value.expose().as_bytes();
    // Whoever could read what was there must not read this before it may.
    put_on(&file, dress)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// The owner comes first: a change of it takes bits of the mode away.
fn put_on(file: &File, dress: &Dress) -> io::Result<()> {
    if dress.owner.is_some() || dress.group.is_some() {
        fchown(file, dress.owner.map(Uid::as_raw), dress.group.map(Gid::as_raw))?;
    }
    file.set_permissions(Permissions::from_mode(dress.mode))
}

/// Under which name it is written: always the same, so that a crash leaves one at most.
fn name_beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".windlass-new");
    path.with_file_name(name)
}
