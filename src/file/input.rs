//! What people hand over: a file, or a pipe such as `<(…)` and `/dev/stdin`. Bounded, and not waited for in vain.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, IsTerminal, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::statfs::fstatfs;
use zeroize::Zeroizing;

use super::{Links, Unfit, kind};

/// How long a FIFO is waited for that no process has open for writing. A shell opens it as soon as it starts the command
/// that writes, however long that takes to say something.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at such a FIFO.
const AGAIN: Duration = Duration::from_millis(20);
/// The file system of pipes without a name.
const PIPES: u64 = 0x5049_5045;

/// What was handed over.
pub struct Handed {
    /// All of it, wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// What it came from.
    pub meta: Metadata,
}

/// Reads what someone handed over. A terminal is refused: what is typed on it would be shown.
pub fn take(path: &Path, limit: u64) -> Result<Handed, Unfit> {
    take_with(path, limit, PATIENCE)
}

/// The same, with another patience.
pub fn take_with(path: &Path, limit: u64, patience: Duration) -> Result<Handed, Unfit> {
    let meta = fs::metadata(path)?;
    let what = meta.file_type();
    if what.is_file() {
        return Ok(Handed { bytes: super::read(path, Links::Followed, limit)?, meta });
    }
    if !what.is_fifo() && !what.is_char_device() {
        return Err(Unfit::Kind(kind(what)));
    }
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    if file.is_terminal() {
        return Err(Unfit::Kind("a terminal"));
    }
    // Of a pipe without a name the other end is there, or was.
    let named = what.is_fifo() && !is_nameless(&file);
    let bytes = drain(file, limit, if named { patience } else { Duration::ZERO })?;
    Ok(Handed { bytes, meta })
}

fn is_nameless(file: &File) -> bool {
    fstatfs(file).is_ok_and(|stat| {
        #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a magic number of 32 bits")]
        let magic = u64::from(stat.filesystem_type().0 as u32);
        magic == PIPES
    })
}

/// Reads to the end, which comes once all writers are gone.
#[expect(clippy::disallowed_methods, reason = "a pipe has a thread of its own to be waited for on, and no runtime")]
fn drain(mut file: File, limit: u64, patience: Duration) -> Result<Zeroizing<Vec<u8>>, Unfit> {
    let began = Instant::now();
    let most = usize::try_from(limit + 1).unwrap_or(usize::MAX);
    // At full length at once: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; most]);
    let (mut length, mut met) = (0, false);
    while length < most {
        match file.read(&mut bytes[length..]) {
            Ok(0) if met || patience.is_zero() => break,
            Ok(0) if began.elapsed() >= patience => return Err(Unfit::Silent),
            // No process writes to it yet.
            Ok(0) => thread::sleep(AGAIN),
            Ok(some) => {
                (length, met) = (length + some, true);
            }
            // One does, and says nothing at the moment.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                met = true;
                thread::sleep(AGAIN);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    if length == most {
        return Err(Unfit::Endless(limit));
    }
    bytes.truncate(length);
    Ok(bytes)
}
