//! A socket's file: made, kept in its place while the engine runs, and gone with it; and who connects to it.
//!
//! An engine whose file is removed still listens, and no one reaches it. The kernel reports it (inotify), so that this
//! costs nothing while all is well, and another file is made at once.

use std::fs::{self, Metadata, Permissions};
use std::future::pending;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Receiver;
use tokio::time::{Instant, sleep, sleep_until};

use crate::api::socket;
use crate::engine::refusal::Refusal;

/// How soon making the file is tried again after it failed, and how often the file is checked where the kernel reports
/// nothing.
const AGAIN: Duration = Duration::from_secs(5);
const UNTOLD: Duration = Duration::from_secs(30);

/// A socket that is made, and whether another file may be made for it.
pub struct Bound {
    listener: Option<UnixListener>,
    place: Place,
}

/// A socket that is served.
pub struct Listening {
    listener: Option<tokio::net::UnixListener>,
    /// The one before, for those who came by the old file.
    before: Option<tokio::net::UnixListener>,
    place: Place,
}

/// Whether a file may be made.
type Holds = Arc<dyn Fn() -> bool + Send + Sync>;

/// Where the file is to be.
struct Place {
    path: PathBuf,
    file: Option<SocketFile>,
    holds: Holds,
    watched: Option<Watched>,
    next: Option<Instant>,
    said: bool,
}

impl Bound {
    /// Opens the socket, for this user only. The caller holds the store's lock.
    pub fn new(path: &Path) -> Result<Self, Refusal> {
        let listener = Some(socket::claim(path)?);
        Ok(Self { listener, place: Place::new(path, SocketFile::at(path)) })
    }

    /// The same for one that the engine can do without: where it cannot be opened yet that is said once, and tried again.
    pub fn or_later(path: &Path) -> Self {
        Self::new(path).unwrap_or_else(|refusal| {
            tracing::warn!("{}: {refusal}", path.display());
            Self { listener: None, place: Place { said: true, ..Place::new(path, None) } }
        })
    }

    /// Another file is made only as long as this holds: a data directory that was moved away may have another's engine in
    /// its place by then.
    pub fn only_while(&mut self, holds: Holds) {
        self.place.holds = holds;
    }

    /// Gives it up.
    pub fn remove(self) {
        drop(self.listener);
        self.place.remove();
    }

    /// Begins to serve it. Needs tokio's runtime.
    pub fn listen(mut self) -> io::Result<Listening> {
        let listener = self.listener.map(of_tokio).transpose()?;
        self.place.watch();
        Ok(Listening { listener, before: None, place: self.place })
    }
}

fn of_tokio(listener: UnixListener) -> io::Result<tokio::net::UnixListener> {
    listener.set_nonblocking(true)?;
    tokio::net::UnixListener::from_std(listener)
}

impl Listening {
    /// The file's mode, as it is when it is first served: it may have been opened to a group since it was made.
    pub fn mode(&self) -> Option<u32> {
        self.place.file.as_ref().map(|file| file.mode)
    }

    /// The next that connects. Nothing is lost where this is dropped and called again.
    pub async fn next(&mut self) -> io::Result<UnixStream> {
        loop {
            // Whoever came by the old name is still let in.
            if let Some(Some(Ok((stream, _)))) = self.before.as_ref().map(|before| before.accept().now_or_never()) {
                return Ok(stream);
            }
            self.before = None;
            let accepted = async {
                match &self.listener {
                    Some(listener) => listener.accept().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                renewed = self.place.renewed() => self.before = self.listener.replace(of_tokio(renewed)?),
                accepted = accepted => match accepted {
                    Ok((stream, _)) => return Ok(stream),
                    // Out of descriptors, or the client is gone already. That passes, but not at once.
                    Err(_) => sleep(Duration::from_millis(50)).await,
                }
            }
        }
    }

    /// Listens no more. Whoever was not let in yet finds the connection broken.
    pub fn end(self) {
        drop((self.listener, self.before));
        self.place.remove();
    }
}

impl Place {
    fn new(path: &Path, file: Option<SocketFile>) -> Self {
        Self { path: path.to_owned(), file, holds: Arc::new(|| true), watched: None, next: None, said: false }
    }

    /// Begins to watch the file.
    fn watch(&mut self) {
        self.watched = Watched::new(&self.path);
        self.next = self.watched.is_none().then(|| Instant::now() + UNTOLD);
        // Nothing reports what happened before it was watched.
        match (&self.file, SocketFile::at(&self.path)) {
            (Some(file), Some(found)) if file.identity == found.identity => self.file = Some(found),
            _ => self.next = Some(Instant::now()),
        }
    }

    /// Resolves with another listener once one had to be made. Nothing is lost where this is dropped and called again.
    async fn renewed(&mut self) -> UnixListener {
        loop {
            let next = self.next;
            let time = async {
                match next {
                    Some(at) => sleep_until(at).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = changed(self.watched.as_ref()) => {}
                () = time => {}
            }
            if let Some(listener) = self.probe() {
                return listener;
            }
        }
    }

    /// Looks whether the file is there, and makes another where it is not.
    fn probe(&mut self) -> Option<UnixListener> {
        let found = SocketFile::at(&self.path);
        if let (Some(file), Some(found)) = (&self.file, found)
            && file.identity == found.identity
        {
            // Who may come in is the next file's too.
            self.file = Some(found);
            self.next = self.watched.is_none().then(|| Instant::now() + UNTOLD);
            self.said = false;
            return None;
        }
        let path = self.path.display();
        if (self.holds)() {
            match socket::claim(&self.path) {
                Ok(listener) => {
                    let before = if self.file.is_some() {
                        "was removed; another one was made in its place"
                    } else {
                        "is there now"
                    };
                    tracing::warn!("the socket {path} {before}");
                    self.took();
                    return Some(listener);
                }
                Err(refusal) if !self.said => {
                    tracing::warn!("the socket {path} was removed, and no other can be made: {refusal}");
                    self.said = true;
                }
                Err(_) => {}
            }
        }
        self.next = Some(Instant::now() + AGAIN);
        None
    }

    /// The new file lets in whom the old one did.
    fn took(&mut self) {
        if let Some(old) = &self.file {
            // Either fails only where this user may not; the file is private then.
            let _ = lchown(&self.path, None, Some(old.gid));
            let _ = fs::set_permissions(&self.path, Permissions::from_mode(old.mode & 0o777));
        }
        self.file = SocketFile::at(&self.path);
        self.watch();
    }

    /// Takes the file along, unless it is a successor's.
    fn remove(self) {
        let Some(file) = self.file else { return };
        if SocketFile::at(&self.path).is_some_and(|found| found.identity == file.identity) {
            // Where it cannot be removed, the next engine finds it stale and says so if it minds.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The file of a socket that we made, and what tells it from another's.
struct SocketFile {
    identity: Identity,
    mode: u32,
    gid: u32,
}

/// Device, number and birth: numbers are given out again at once.
type Identity = (u64, u64, Option<SystemTime>);

impl SocketFile {
    fn at(path: &Path) -> Option<Self> {
        let found: Metadata = fs::symlink_metadata(path).ok()?;
        let identity = (found.dev(), found.ino(), found.created().ok());
        Some(Self { identity, mode: found.mode(), gid: found.gid() })
    }
}

/// Reports when a file or its directory is moved or removed, or others may come in. Other changes in the directory wake
/// nothing.
struct Watched(Receiver);

impl Watched {
    fn new(path: &Path) -> Option<Self> {
        let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC).ok()?;
        let gone = AddWatchFlags::IN_DELETE_SELF | AddWatchFlags::IN_MOVE_SELF;
        inotify.add_watch(path.parent()?, gone | AddWatchFlags::IN_ONLYDIR).ok()?;
        // A socket that listens is kept alive by its listener: its removal shows as one link less.
        inotify.add_watch(path, gone | AddWatchFlags::IN_ATTRIB | AddWatchFlags::IN_DONT_FOLLOW).ok()?;
        // Read like a pipe: that something happened is all that is asked.
        Receiver::from_owned_fd_unchecked(inotify.into()).ok().map(Self)
    }
}

/// Waits for a change; for ever where the kernel reports none.
async fn changed(watched: Option<&Watched>) {
    let Some(Watched(events)) = watched else { return pending().await };
    let mut buffer = [0; 4096];
    loop {
        if events.readable().await.is_err() {
            return pending().await;
        }
        match events.try_read(&mut buffer) {
            Ok(_) => return,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return pending().await,
        }
    }
}
