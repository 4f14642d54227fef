//! Opening a store without ever starting over silently.
//!
//! Three witnesses say what there should be: the store itself (the number of its last commit, and what its tables must
//! come to), the ledger (the last commit that it noted) and the newest backup. A store that is whole and behind neither
//! of the others is opened. Anything else is rebuilt from what can be rescued, next to the damaged files, which are
//! kept, and is quarantined. Where nothing can be rescued, or where the key does not fit, nothing is changed.
//!
//! Whoever only reads changes none of it: see [`Purpose`] and [`stand_in`]. Damage to sled's own snapshot or settings, and
//! to history, costs neither records nor trust.
//!
//! A crash leaves none of that: the ledger may hold values that the store never got (they were never used), and may be
//! one commit behind. Both are put right here.

use std::fs;
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::backend::Sled;
use super::backup::{self, Backups};
use super::dir::{Lock, Wanted, aside, drop_ballast, plain, take_ballast};
use super::error::StoreError;
use super::files::{Files, Format, Identity};
use super::key::{self, KeySource};
use super::ledger::{Found, Ledger};
use super::quiet::guard;
use super::read::Read;
use super::rebuild::Rescued;
use super::seal::{MasterKey, Seal};
use super::{Loaded, Recovery, Store, retired};

mod accept;
mod begin;
mod catch_up;
mod done;
mod healing;
mod inspect;
mod log_alone;
mod places;
mod recover;
mod renew;
mod stand_in;

pub use begin::{is_fresh, open_marked};
pub use done::{Done, Left, Sound};
use healing::Healing;
use inspect::{Inspected, Readable, inspect};
use places::Places;

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To act: what is damaged is put right once, and the damaged files are kept beside.
    Act,
    /// To read: what is damaged is left as it lies. What can be read comes from a store that refuses to be written.
    Read,
    /// To act, after a write met damage that opening does not show: all files are written anew.
    Renew,
}

/// An open store.
pub struct Opened {
    /// The store.
    pub store: Box<dyn Store>,
    /// Its records.
    pub loaded: Loaded,
    /// The sealing key's file, where it was made just now.
    pub key_made: Option<PathBuf>,
    /// Which store it is; `None` where another stands in for it.
    pub id: Option<Uuid>,
    /// It was begun just now.
    pub begun: bool,
    /// What an operator should know.
    pub notes: Vec<String>,
    /// Why nothing can be written, where the store stands in for one that cannot be used.
    pub stands_in: Option<StoreError>,
}

/// Opens the store of a locked data directory.
pub fn open(lock: Lock, keys: &KeySource, now: DateTime<Utc>, purpose: Purpose) -> Result<Opened, StoreError> {
    lock.check()?;
    let retired = retired::read(lock.dir())?;
    let mut opened = open_as_it_is(lock, keys, now, purpose)?;
    opened.loaded.retired = retired;
    Ok(opened)
}

fn open_as_it_is(lock: Lock, keys: &KeySource, now: DateTime<Utc>, purpose: Purpose) -> Result<Opened, StoreError> {
    if let Some(error) = lock.refused().cloned() {
        return stand_in::open(lock, keys, error, now);
    }
    match open_sled(lock.clone(), keys, now, purpose) {
        Ok(Done::Whole(Sound { sled, loaded, key_made, notes })) => {
            let id = Some(sled.id());
            let store = Box::new(Healing::new(sled, lock, keys.clone(), now));
            Ok(Opened { store, loaded, key_made, id, begun: false, notes, stands_in: None })
        }
        Ok(Done::Left(left)) => Ok(stand_in::of(lock, *left, now)),
        Err(error) if error.leaves_reading() => stand_in::open(lock, keys, error, now),
        Err(error) => Err(error),
    }
}

/// The same as [`open`], with the store still known for what it is.
pub fn open_sled(
    lock: Lock,
    keys: &KeySource,
    now: DateTime<Utc>,
    purpose: Purpose,
) -> Result<Done<Sound>, StoreError> {
    let places = Places::new(lock.dir())?;
    let fresh = places.is_fresh()?;
    let key::Found { key, path, made } = keys.find(&places.dir, fresh)?;
    let mut opening = Opening { places, key, key_path: path, now, purpose, recovered: Vec::new() };
    tracing::trace!(name: "key found", target: "start", "");
    let done = match opening.run(fresh) {
        // sled writes when it opens; the ballast is there for that.
        Err(StoreError::Full) => {
            drop_ballast(lock.dir());
            opening.run(fresh)?
        }
        other => {
            let done = other?;
            take_ballast(lock.dir());
            done
        }
    };
    let whole = match done {
        Done::Whole(whole) => whole,
        Done::Left(left) => return Ok(Done::Left(left)),
    };
    let backups = Backups::new(lock.spot(), &opening.key, now);
    let (mut sled, mut loaded) = Sled::new(lock, whole.files, whole.ledger, whole.seal, backups, whole.read);
    let notes = opening.recovered.iter().map(Recovery::to_string).collect();
    sled.keep(opening.recovered)?;
    loaded.recovered = sled.recovered();
    Ok(Done::Whole(Sound { sled, loaded, key_made: made.then_some(opening.key_path), notes }))
}

/// A store and its ledger, both whole.
struct Whole {
    files: Files,
    seal: Seal,
    read: Read,
    ledger: Ledger,
}

struct Opening {
    places: Places,
    key: MasterKey,
    key_path: PathBuf,
    now: DateTime<Utc>,
    purpose: Purpose,
    recovered: Vec<Recovery>,
}

impl Opening {
    fn run(&mut self, fresh: bool) -> Result<Done<Whole>, StoreError> {
        if fresh {
            return self.create().map(Done::Whole);
        }
        let (mut ledger, look) = self.read()?;
        tracing::trace!(name: "store and ledger read", target: "start", "");
        if let Inspected::Readable(readable) = &look {
            self.check_identity(readable, &ledger)?;
            if let Found::Unreadable { .. } = ledger {
                ledger = Ledger::open(&self.places.ledger, &self.key, Some(readable.seal.store()))?;
            }
        }
        let seal = match (&look, store_of(&ledger)) {
            (Inspected::Readable(readable), _) => Some(readable.seal.clone()),
            (_, Some(store)) => Some(self.key.seal_for(store)),
            _ => self.seal_of_backups()?,
        };
        let Some(seal) = seal else {
            let what = "neither the store nor the ledger can be read, and there is no backup";
            return Err(StoreError::Damaged(what.into()));
        };
        let backed_up = backup::newest(&self.places.dir, &seal)?;
        let head = ledger_of(&ledger).map_or(0, Ledger::head).max(backed_up.unwrap_or(0));
        match look {
            Inspected::Readable(readable) if readable.is_whole_at(head) => match self.fault_beside(&readable) {
                Some(fault) if self.purpose == Purpose::Read => Ok(Done::Left(Box::new(Left {
                    records: readable.read.loaded.clone(),
                    damaged: Some(*readable),
                    found: fault,
                }))),
                Some(fault) => self.renew(*readable, ledger, &fault).map(Done::Whole),
                None => self.accept(*readable, ledger),
            },
            Inspected::Readable(readable) => {
                let found = match readable.read.faults.as_slice() {
                    [] => format!(
                        "it ends at commit {}, but commit {head} was made: it was restored from an older copy, or lost \
                         its end",
                        readable.read.sequence()
                    ),
                    faults => faults.join("; "),
                };
                // sled's checksums hold: whatever happened to these records, it was no failing disk.
                let damage = Damage { readable: Some(*readable), found, trusts_backup: false };
                self.rebuild(damage, ledger, &seal, head)
            }
            other => {
                let unused =
                    matches!(&ledger, Found::Whole(ledger) if ledger.head() == 0 && ledger.live().next().is_none());
                if unused && backed_up.is_none() {
                    return self.create_over(other, ledger).map(Done::Whole);
                }
                let damage = match other {
                    Inspected::Broken(why) => self.broken(&why, &seal)?,
                    Inspected::Empty(_) => Damage::replaced("it is empty"),
                    _ => Damage::replaced("its files are gone"),
                };
                match damage.readable {
                    Some(readable) if readable.is_whole_at(head) => self.take_log(readable, ledger, &damage.found),
                    _ => self.rebuild(damage, ledger, &seal, head),
                }
            }
        }
    }

    /// What there is to be had of a store that sled cannot open.
    fn broken(&self, why: &str, seal: &Seal) -> Result<Damage, StoreError> {
        let found = format!("it cannot be opened ({why})");
        if fs::metadata(self.places.store.join("db")).is_ok_and(|meta| meta.len() == 0) {
            return Ok(Damage::replaced("it is empty"));
        }
        let log = if self.purpose == Purpose::Read { None } else { self.log_alone(seal.store())? };
        Ok(match log {
            Some(Inspected::Empty(_) | Inspected::Absent) => Damage::replaced("it is empty"),
            Some(Inspected::Readable(readable)) => Damage { readable: Some(*readable), found, trusts_backup: true },
            Some(Inspected::Broken(_)) | None => Damage { readable: None, found, trusts_backup: true },
        })
    }

    /// What is wrong with a store whose records are whole.
    fn fault_beside(&self, readable: &Readable) -> Option<String> {
        match readable.read.history_faults.as_slice() {
            _ if readable.nameless => Some("it cannot say which store it is".into()),
            [] => (self.purpose == Purpose::Renew).then(|| "a write met damage in its files".into()),
            faults => Some(faults.join("; ")),
        }
    }

    /// Reads the ledger and the store: at the same time, where the ledger begins as one of ours. Otherwise it comes first,
    /// for a store of another key is not touched.
    fn read(&self) -> Result<(Found, Inspected), StoreError> {
        let Self { places, key, now, .. } = self;
        let ledger = || Ledger::open(&places.ledger, key, None);
        let Some(store) = Ledger::begins(&places.ledger, key) else {
            let ledger = ledger()?;
            self.check_key(&ledger)?;
            places.settle(*now)?;
            let look = inspect(&places.store, key, store_of(&ledger))?;
            return Ok((ledger, look));
        };
        places.settle(*now)?;
        thread::scope(|scope| {
            let reading = thread::Builder::new().name("ledger".into()).spawn_scoped(scope, ledger);
            let failed = |error: io::Error| StoreError::Io { what: "starting a thread".into(), why: error.to_string() };
            let reading = reading.map_err(failed)?;
            let look = inspect(&places.store, key, Some(store));
            let ledger = reading.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            Ok((ledger, look?))
        })
    }

    /// The ledger comes first: where it is, the key is not made anew.
    fn create(&mut self) -> Result<Whole, StoreError> {
        let ledger = Ledger::make(&self.places.ledger, &self.key, Uuid::new_v4(), Vec::new(), 0)?;
        self.create_over(Inspected::Absent, Found::Whole(Box::new(ledger)))
    }

    /// Makes the store beside a ledger in which nothing was ever written. What may be there is from a creation that
    /// was interrupted.
    fn create_over(&mut self, look: Inspected, ledger: Found) -> Result<Whole, StoreError> {
        let Found::Whole(ledger) = ledger else { return Err(StoreError::Damaged("the ledger is damaged".into())) };
        let files = if let Inspected::Empty(files) = look {
            files
        } else {
            if plain(&self.places.store.join("db"), Wanted::File)? {
                let kept = aside(&self.places.store, self.now)?;
                self.note("a store in which nothing was ever written could not be opened", None, Some(&kept));
            }
            guard("making the store", || Files::open(&self.places.store))?
        };
        let seal = self.key.seal_for(ledger.store());
        let identity = Identity { store: ledger.store(), key: self.key.id(), format: Format::First };
        guard("making the store", || files.set_identity(identity))?;
        let read = Read::new(&files, &seal)?;
        Ok(Whole { files, seal, read, ledger: *ledger })
    }

    /// A ledger that was sealed with another key: nothing is touched. One whose key id alone was damaged opens.
    fn check_key(&self, ledger: &Found) -> Result<(), StoreError> {
        let ours = |(_, path): &(_, PathBuf)| backup::identity(path).is_some_and(|(_, key)| key == self.key.id());
        match ledger {
            Found::Unreadable { foreign: true } if !backup::list(&self.places.dir)?.iter().any(ours) => {
                Err(self.foreign())
            }
            _ => Ok(()),
        }
    }

    fn foreign(&self) -> StoreError {
        StoreError::ForeignKey { path: self.key_path.clone(), dir: self.places.dir.clone() }
    }

    fn check_identity(&self, readable: &Readable, ledger: &Found) -> Result<(), StoreError> {
        let other_key = readable.identity.is_some_and(|identity| identity.key != self.key.id());
        if other_key && !readable.is_ours() && ledger_of(ledger).is_none() {
            return Err(self.foreign());
        }
        match store_of(ledger) {
            Some(store) if readable.is_ours() && store != readable.seal.store() => {
                Err(StoreError::Mixed { ledger: self.places.ledger.clone() })
            }
            _ => Ok(()),
        }
    }

    /// A seal for the store that the newest backup under our key is of.
    fn seal_of_backups(&self) -> Result<Option<Seal>, StoreError> {
        let mut foreign = false;
        for (_, path) in backup::list(&self.places.dir)? {
            match backup::identity(&path) {
                Some((store, key)) if key == self.key.id() => return Ok(Some(self.key.seal_for(store))),
                Some(_) => foreign = true,
                None => {}
            }
        }
        if foreign { Err(self.foreign()) } else { Ok(None) }
    }

    fn note(&mut self, what: impl Into<String>, lost: Option<String>, kept: Option<&Path>) {
        let kept = kept.map(|kept| kept.display().to_string());
        self.recovered.push(Recovery { at: self.now, what: what.into(), lost, kept });
    }
}

/// What is wrong with a store.
struct Damage {
    /// What of its files can be read.
    readable: Option<Readable>,
    /// What was found.
    found: String,
    /// Whether a backup of the last commit is as good as the store: it was damaged, not replaced.
    trusts_backup: bool,
}

impl Damage {
    /// Nothing is left of it: someone may have begun anew, or put another copy there.
    fn replaced(found: &str) -> Self {
        Self { readable: None, found: found.into(), trusts_backup: false }
    }
}

fn ledger_of(found: &Found) -> Option<&Ledger> {
    match found {
        Found::Whole(ledger) | Found::Damaged(ledger) => Some(ledger),
        Found::Absent | Found::Unreadable { .. } => None,
    }
}

fn store_of(found: &Found) -> Option<Uuid> {
    ledger_of(found).map(Ledger::store)
}

fn rescued(read: &Read) -> Rescued {
    let loaded = read.loaded.clone();
    Rescued { sequence: read.sequence(), whole: read.faults.is_empty() && read.state.is_some(), loaded }
}

#[cfg(test)]
mod tests;
