//! Plain files, opened without waiting and never read beyond a bound.
//!
//! What lies at a path may be anything: a FIFO that no one writes to, a socket, a device, a directory, a file of three
//! gigabytes without content. Each of them is said for what it is; none is waited for, and none fills the memory.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use zeroize::Zeroizing;

pub mod input;

/// A file may be this long without being looked at for holes.
const SMALL: u64 = 64 << 20;

/// Whether a symbolic link at the end of a path is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// It is: people put links into their own directories.
    Followed,
    /// It is not, and counts as no plain file.
    Refused,
}

/// Why there is nothing to be read.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// Something else lies there.
    #[error("it is {0}, not a file")]
    Kind(&'static str),
    /// No such file has this length.
    #[error("it is {length} long, and the longest that makes sense is {}", size(*.limit), length = size(*.length))]
    Long {
        /// Its length in bytes.
        length: u64,
        /// The most that is read.
        limit: u64,
    },
    /// It has a length, and next to nothing of that is on the disk.
    #[error("it is {} long, and nearly all of that is holes", size(*.0))]
    Holes(u64),
    /// A pipe continues beyond what is read.
    #[error("it is larger than {}", size(*.0))]
    Endless(u64),
    /// A FIFO that no process has open for writing.
    #[error("it is a FIFO, and no process writes to it")]
    Silent,
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Unfit {
    /// Whether there is simply nothing at the path.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl From<Unfit> for io::Error {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Io(error) => error,
            other => Self::new(io::ErrorKind::InvalidInput, other.to_string()),
        }
    }
}

/// A length for people.
fn size(bytes: u64) -> String {
    let (mut left, mut unit) = (bytes, "bytes");
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if left < 10 << 10 {
            break;
        }
        (left, unit) = (left >> 10, next);
    }
    format!("{left} {unit}")
}

/// What something is, with its article.
pub fn kind(what: FileType) -> &'static str {
    match what {
        _ if what.is_file() => "a file",
        _ if what.is_dir() => "a directory",
        _ if what.is_symlink() => "a symbolic link",
        _ if what.is_fifo() => "a FIFO",
        _ if what.is_socket() => "a socket",
        _ => "a device",
    }
}

/// Checks that something is a plain file, no longer than it may be, and not all holes.
pub fn fit(meta: &Metadata, limit: u64) -> Result<(), Unfit> {
    if !meta.is_file() {
        return Err(Unfit::Kind(kind(meta.file_type())));
    }
    let length = meta.len();
    if length > limit {
        return Err(Unfit::Long { length, limit });
    }
    // What is sealed cannot be made smaller by a file system that compresses.
    if length > SMALL && meta.blocks() * 512 < length / 16 {
        return Err(Unfit::Holes(length));
    }
    Ok(())
}

/// The same for what lies at a path, without opening it.
pub fn check(path: &Path, links: Links, limit: u64) -> Result<(), Unfit> {
    let meta = match links {
        Links::Followed => fs::metadata(path)?,
        Links::Refused => fs::symlink_metadata(path)?,
    };
    fit(&meta, limit)
}

/// Opens a plain file to be read. Never waits for another process, whatever lies there.
pub fn open(path: &Path, links: Links, limit: u64) -> Result<File, Unfit> {
    open_as(path, links, limit, OpenOptions::new().read(true))
}

/// The same, in another way than for reading alone.
pub fn open_as(path: &Path, links: Links, limit: u64, options: &mut OpenOptions) -> Result<File, Unfit> {
    // Before it is opened: opening a device may set it going. What is not there may be about to be made.
    match check(path, links, limit) {
        Err(unfit) if unfit.is_absent() => {}
        other => other?,
    }
    let mut flags = OFlag::O_NONBLOCK;
    flags.set(OFlag::O_NOFOLLOW, links == Links::Refused);
    let file = options.custom_flags(flags.bits()).open(path)?;
    // And after: what was looked at may have been another one.
    fit(&file.metadata()?, limit)?;
    Ok(file)
}

/// Reads a plain file whole. It is wiped when dropped: many of these hold secrets.
pub fn read(path: &Path, links: Links, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unfit> {
    let file = open(path, links, limit)?;
    let length = file.metadata()?.len();
    // At full length at once: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length + 1).unwrap_or(0)));
    file.take(limit + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 {
        length if length > limit => Err(Unfit::Long { length, limit }),
        _ => Ok(bytes),
    }
}

/// The same, as text.
pub fn read_text(path: &Path, links: Links, limit: u64) -> Result<String, Unfit> {
    let bytes = read(path, links, limit)?;
    let text = str::from_utf8(&bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text"))?;
    Ok(text.to_owned())
}

/// Whether there is something at a path. That it is unknown is an error, never "no".
pub fn there(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
