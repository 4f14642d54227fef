//! Unix sockets by path: whether a process listens, and how to become the one that does.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::socket::sockopt::PeerCredentials;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, connect, getsockopt, listen, socket,
};
use nix::sys::stat::{Mode, fchmod};

use crate::engine::refusal::{Kind, Refusal};
use crate::trust::user;

/// The longest path that the kernel takes: 108 bytes with the closing NUL.
const MAX_PATH: usize = 107;

/// The socket where systemd fetches credentials, beside that of an engine.
pub fn credential_socket(socket: &Path) -> PathBuf {
    socket.with_file_name("credentials.sock")
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing, or no such directory.
    Nothing,
    /// A socket, or another file, without a listener.
    Abandoned,
    /// Something that this user may not open.
    Locked,
    /// A listener, and the user whose process it is; the kernel does not say while its queue is full.
    Listener(Option<u32>),
}

/// Whether a process listens. Never waits: a listener whose queue is full still is one.
pub fn probe(path: &Path) -> io::Result<Found> {
    let address = UnixAddr::new(path)?;
    let socket = stream_socket()?;
    match connect(socket.as_raw_fd(), &address) {
        Ok(()) => Ok(Found::Listener(getsockopt(&socket, PeerCredentials).ok().map(|peer| peer.uid()))),
        Err(Errno::EAGAIN) => Ok(Found::Listener(None)),
        Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(Found::Nothing),
        Err(Errno::ECONNREFUSED) => Ok(Found::Abandoned),
        Err(Errno::EACCES | Errno::EPERM) => Ok(Found::Locked),
        Err(error) => Err(error.into()),
    }
}

/// Refuses a path that the kernel would not take.
pub fn check_length(path: &Path) -> Result<(), Refusal> {
    let length = path.as_os_str().len();
    if length <= MAX_PATH {
        return Ok(());
    }
    let message = format!("the socket path {} has {length} bytes; {MAX_PATH} are possible", path.display());
    Err(Refusal::new(
        Kind::Invalid,
        message,
        "name a shorter one with --socket or WINDLASS_SOCKET, or move the data directory",
    ))
}

/// Listens at a path, for this user only. A socket without a listener is replaced.
///
/// The caller holds the store's lock, so that no two processes do this for the same path at once.
pub fn claim(path: &Path) -> Result<UnixListener, Refusal> {
    check_length(path)?;
    clear(path)?;
    let failed = |error: Errno| {
        let message = format!("cannot listen at {}: {}", path.display(), error.desc());
        if error == Errno::EROFS {
            return read_only(message);
        }
        Refusal::new(Kind::Refused, message, "name another place with --socket or WINDLASS_SOCKET")
    };
    let socket = stream_socket().map_err(failed)?;
    // The file takes its mode from the socket at the moment of binding, so it is never open to others, whatever the umask.
    fchmod(&socket, Mode::S_IRUSR | Mode::S_IWUSR).map_err(failed)?;
    let address = UnixAddr::new(path).map_err(failed)?;
    // Binding follows no symlink and replaces nothing: what appeared meanwhile is an error.
    bind(socket.as_raw_fd(), &address).map_err(failed)?;
    listen(&socket, Backlog::new(1024).unwrap_or(Backlog::MAXCONN)).map_err(failed)?;
    Ok(UnixListener::from(socket))
}

/// Makes room at a path, where that takes nothing from a listener.
fn clear(path: &Path) -> Result<(), Refusal> {
    let conflict =
        |what: &str, hint: &str| Err(Refusal::new(Kind::Conflict, format!("{} {what}", path.display()), hint));
    // Not following symlinks: whoever can plant one would choose what is tested and replaced.
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            let message = format!("cannot look at {}: {error}", path.display());
            return Err(Refusal::new(Kind::Refused, message, "the directory must exist and be yours"));
        }
        Ok(found) if !found.file_type().is_socket() => {
            let what = if found.is_symlink() { "is a symlink" } else { "is not a socket" };
            return conflict(what, "nothing was changed; move it away, or name another place with --socket");
        }
        Ok(_) => {}
    }
    match probe(path) {
        Ok(Found::Abandoned) => {}
        Ok(Found::Nothing) => return Ok(()),
        Ok(Found::Listener(whose)) => {
            let by = whose.map(|uid| format!(" of {}", user(uid))).unwrap_or_default();
            let what = format!("is in use: another process{by} listens there");
            return conflict(&what, "`windlass status` shows which; or name another place with --socket");
        }
        Ok(Found::Locked) => return conflict("belongs to another user", "name another place with --socket"),
        Err(error) => return conflict(&format!("cannot be tested: {error}"), "name another place with --socket"),
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            Err(read_only(format!("cannot listen at {}: {error}", path.display())))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            conflict(&format!("is left over and cannot be removed: {error}"), "remove it, then try again")
        }
        _ => Ok(()),
    }
}

fn read_only(message: String) -> Refusal {
    let hint = "mount it writable, then start windlass again; secrets can still be read";
    Refusal::new(Kind::Store, message, hint)
}

fn stream_socket() -> Result<OwnedFd, Errno> {
    socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK, None)
}

#[cfg(test)]
mod tests;
