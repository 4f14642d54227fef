//! Whether a store may begin, before one is opened, and what is remembered of it outside.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Opened, Purpose, open, places};
use crate::store::dir::Lock;
use crate::store::error::StoreError;
use crate::store::key::KeySource;
use crate::store::marker::{Begin, Marker};

/// Opens the store of a locked data directory. One that was kept there and is gone is not begun anew unasked.
pub fn open_marked(
    lock: Lock,
    keys: &KeySource,
    begin: Begin,
    now: DateTime<Utc>,
    purpose: Purpose,
) -> Result<Opened, StoreError> {
    lock.check()?;
    let begun = is_fresh(lock.dir());
    let marker = Marker::of(lock.dir(), keys);
    if let Some(marker) = marker.as_ref().filter(|_| begun) {
        marker.may_begin(begin)?;
    }
    let opened = open(lock, keys, now, purpose)?;
    // What is only read is not remembered for it, unless it began.
    let kept = marker.filter(|_| !begin.read_only && (begun || purpose != Purpose::Read));
    let noted = kept.zip(opened.id).map(|(marker, id)| marker.note(id, begun, now));
    let notes = opened.notes.into_iter().chain(noted.unwrap_or_default()).collect();
    Ok(Opened { begun, notes, ..opened })
}

/// Whether certainly no store was ever kept in a directory, or there is no such directory.
pub fn is_fresh(dir: &Path) -> bool {
    !dir.exists() && std::fs::symlink_metadata(dir).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        || places::is_fresh(dir).unwrap_or(false)
}
