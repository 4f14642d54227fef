//! Opening a store without ever starting over silently.
//!
//! Three witnesses say what there should be: the store itself (the number of its last commit, and what its tables must
//! come to), the ledger (the last commit that it was told of) and the newest backup. A store that is whole and behind
//! neither of the others is opened. Anything else is rebuilt from what can be rescued, next to the damaged files, which
//! are kept, and is quarantined. Where nothing can be rescued, or where the key does not fit, nothing is changed.
//!
//! A crash leaves none of that: the ledger may hold values that the store never got (they were never used), and may be
//! one commit behind. Both are put right here.

use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::backend::Sled;
use super::backup::{self, Backups};
use super::dir::{Lock, aside, drop_ballast, take_ballast};
use super::error::StoreError;
use super::files::{Files, Identity};
use super::key::{self, KeySource};
use super::ledger::{Found, Held, Ledger};
use super::quiet::guard;
use super::read::Read;
use super::rebuild::{Rescued, Sources, rebuild};
use super::seal::{MasterKey, Seal};
use super::{Loaded, Quarantine, Store};

mod catch_up;
mod look;
mod places;
mod renew;
mod unwritable;

use catch_up::{bring_up, values_of};
use look::{Look, Readable, look};
use places::Places;

/// An open store.
pub struct Opened {
    /// The store.
    pub store: Box<dyn Store>,
    /// Its records.
    pub loaded: Loaded,
    /// The sealing key's file, where it was made just now.
    pub key_made: Option<PathBuf>,
    /// What a person should be told.
    pub notes: Vec<String>,
}

/// Opens the store of a locked data directory.
pub fn open(lock: Lock, keys: &KeySource, now: DateTime<Utc>) -> Result<Opened, StoreError> {
    match open_sled(lock.clone(), keys, now) {
        Ok((store, loaded, key_made, notes)) => Ok(Opened { store: Box::new(store), loaded, key_made, notes }),
        Err(error @ (StoreError::Full | StoreError::ReadOnly)) => unwritable::open(lock, keys, error, now),
        Err(error) => Err(error),
    }
}

/// The same, with the store still known for what it is.
pub fn open_sled(
    lock: Lock,
    keys: &KeySource,
    now: DateTime<Utc>,
) -> Result<(Sled, Loaded, Option<PathBuf>, Vec<String>), StoreError> {
    let places = Places::new(lock.dir())?;
    let fresh = places.is_fresh()?;
    let key::Found { key, path, made } = keys.find(&places.dir, fresh)?;
    let mut opening = Opening { places, key, key_path: path, now, notes: Vec::new() };
    let whole = match opening.run(fresh) {
        // sled writes when it opens; the ballast is there for that.
        Err(StoreError::Full) => {
            drop_ballast(lock.dir());
            opening.run(fresh)?
        }
        other => {
            let whole = other?;
            take_ballast(lock.dir());
            whole
        }
    };
    let backups = Backups::new(lock.dir(), &opening.key, now);
    let (store, loaded) = Sled::new(lock, whole.files, whole.ledger, whole.seal, backups, whole.read);
    Ok((store, loaded, made.then_some(opening.key_path), opening.notes))
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
    notes: Vec<String>,
}

impl Opening {
    fn run(&mut self, fresh: bool) -> Result<Whole, StoreError> {
        if fresh {
            return self.create();
        }
        let (mut ledger, look) = self.read()?;
        if let Look::Readable(readable) = &look {
            self.check_identity(readable, &ledger)?;
            if let Found::Unreadable { .. } = ledger {
                ledger = Ledger::open(&self.places.ledger, &self.key, Some(readable.seal.store()))?;
            }
        }
        let seal = match (&look, store_of(&ledger)) {
            (Look::Readable(readable), _) => Some(readable.seal.clone()),
            (_, Some(store)) => Some(self.key.seal_for(store)),
            _ => self.seal_of_backups()?,
        };
        let Some(seal) = seal else {
            let what = "neither the store nor the ledger can be read, and there is no backup";
            return Err(StoreError::Damaged(what.into()));
        };
        let backed_up = backup::list(&self.places.dir).iter().find_map(|(_, path)| backup::sequence(path, &seal));
        let head = ledger_of(&ledger).map_or(0, Ledger::head).max(backed_up.unwrap_or(0));
        match look {
            Look::Readable(readable) if readable.read.faults.is_empty() && readable.read.sequence() >= head => {
                self.accept(*readable, ledger)
            }
            Look::Readable(readable) => {
                let found = match readable.read.faults.as_slice() {
                    [] => format!(
                        "it ends at commit {}, but commit {head} was made: it was restored from an older copy, or lost \
                         its end",
                        readable.read.sequence()
                    ),
                    faults => faults.join("; "),
                };
                self.rebuild(Some(*readable), ledger, &seal, head, &found)
            }
            other => {
                let unused =
                    matches!(&ledger, Found::Whole(ledger) if ledger.head() == 0 && ledger.live().next().is_none());
                if unused && backed_up.is_none() {
                    return self.create_over(other, ledger);
                }
                let found = match other {
                    Look::Broken(why) => format!("it cannot be opened ({why})"),
                    Look::Empty(_) => "it is empty".into(),
                    _ => "it is gone".into(),
                };
                self.rebuild(None, ledger, &seal, head, &found)
            }
        }
    }

    /// Reads the ledger and the store: at the same time, where the ledger begins as one of ours. Otherwise it comes first,
    /// for a store of another key is not touched.
    fn read(&self) -> Result<(Found, Look), StoreError> {
        let Self { places, key, now, .. } = self;
        let ledger = || Ledger::open(&places.ledger, key, None);
        let Some(store) = Ledger::begins(&places.ledger, key) else {
            let ledger = ledger()?;
            self.check_key(&ledger)?;
            places.settle(*now)?;
            let look = look(&places.store, key, store_of(&ledger))?;
            return Ok((ledger, look));
        };
        places.settle(*now)?;
        thread::scope(|scope| {
            let reading = thread::Builder::new().name("ledger".into()).spawn_scoped(scope, ledger);
            let failed = |error: io::Error| StoreError::Io { what: "starting a thread".into(), why: error.to_string() };
            let reading = reading.map_err(failed)?;
            let look = look(&places.store, key, Some(store));
            let ledger = reading.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            Ok((ledger, look?))
        })
    }

    /// The ledger comes first: where it is, the key is not made anew.
    fn create(&mut self) -> Result<Whole, StoreError> {
        let ledger = Ledger::make(&self.places.ledger, &self.key, Uuid::new_v4(), Vec::new(), 0)?;
        self.create_over(Look::Absent, Found::Whole(Box::new(ledger)))
    }

    /// Makes the store beside a ledger in which nothing was ever written. What may be there is from a creation that
    /// was interrupted.
    fn create_over(&mut self, look: Look, ledger: Found) -> Result<Whole, StoreError> {
        let Found::Whole(ledger) = ledger else { return Err(StoreError::Damaged("the ledger is damaged".into())) };
        let files = if let Look::Empty(files) = look {
            files
        } else {
            if self.places.store.join("db").exists() {
                let kept = aside(&self.places.store, self.now)?;
                self.notes.push(format!(
                    "a store in which nothing was ever written could not be opened; it is kept as {}",
                    kept.display()
                ));
            }
            guard("making the store", || Files::open(&self.places.store))?
        };
        let seal = self.key.seal_for(ledger.store());
        let identity = Identity { store: ledger.store(), key: self.key.id() };
        guard("making the store", || files.set_identity(identity))?;
        let read = Read::new(&files, &seal)?;
        Ok(Whole { files, seal, read, ledger: *ledger })
    }

    /// A ledger that was sealed with another key: nothing is touched. One whose key id alone was damaged opens.
    fn check_key(&self, ledger: &Found) -> Result<(), StoreError> {
        let ours = || {
            let mut backups = backup::list(&self.places.dir).into_iter();
            backups.any(|(_, path)| backup::identity(&path).is_some_and(|it| it.key == self.key.id()))
        };
        match ledger {
            Found::Unreadable { foreign: true } if !ours() => Err(self.foreign()),
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
            Some(store) if readable.is_ours() && store != readable.seal.store() => Err(StoreError::Damaged(format!(
                "the ledger {} belongs to another store",
                self.places.ledger.display()
            ))),
            _ => Ok(()),
        }
    }

    /// A seal for the store that the newest backup under our key is of.
    fn seal_of_backups(&self) -> Result<Option<Seal>, StoreError> {
        let mut foreign = false;
        for (_, path) in backup::list(&self.places.dir) {
            match backup::identity(&path) {
                Some(identity) if identity.key == self.key.id() => return Ok(Some(self.key.seal_for(identity.store))),
                Some(_) => foreign = true,
                None => {}
            }
        }
        if foreign { Err(self.foreign()) } else { Ok(None) }
    }

    /// A whole store. The ledger is brought up to it, or made anew from it.
    fn accept(&mut self, readable: Readable, ledger: Found) -> Result<Whole, StoreError> {
        let Readable { files, identity, seal, read } = readable;
        let right = Identity { store: seal.store(), key: self.key.id() };
        if identity != Some(right) {
            guard("mending the store", || files.set_identity(right))?;
        }
        let ledger = match ledger {
            Found::Whole(mut ledger) => {
                bring_up(&mut ledger, &read)?;
                *ledger
            }
            Found::Absent => {
                self.notes.push("the ledger was gone; it was written anew from the store, which is whole".into());
                self.make_ledger(&seal, &read, Vec::new())?
            }
            Found::Damaged(old) => {
                let kept = aside(&self.places.ledger, self.now)?;
                self.notes.push(format!(
                    "the ledger was damaged; it was written anew from the store, which is whole (the old one is kept as {})",
                    kept.display()
                ));
                // Under quarantine nothing is let go.
                let keep = if read.loaded.quarantine.is_some() { old.live().cloned().collect() } else { Vec::new() };
                self.make_ledger(&seal, &read, keep)?
            }
            Found::Unreadable { .. } => {
                let kept = aside(&self.places.ledger, self.now)?;
                self.notes.push(format!(
                    "the ledger could not be read; it was written anew from the store, which is whole (the old one is kept as \
                     {})",
                    kept.display()
                ));
                self.make_ledger(&seal, &read, Vec::new())?
            }
        };
        Ok(Whole { files, seal, read, ledger })
    }

    fn make_ledger(&self, seal: &Seal, read: &Read, keep: Vec<Held>) -> Result<Ledger, StoreError> {
        let mut values = values_of(read);
        values.extend(keep.into_iter().filter(|held| !read.known.uses(held.key)));
        Ledger::make(&self.places.ledger, &self.key, seal.store(), values, read.sequence())
    }

    fn rebuild(
        &mut self,
        damaged: Option<Readable>,
        ledger: Found,
        seal: &Seal,
        head: u64,
        found: &str,
    ) -> Result<Whole, StoreError> {
        let backup = backup::best(&self.places.dir, seal)?;
        let values: Vec<Held> = ledger_of(&ledger).into_iter().flat_map(Ledger::live).cloned().collect();
        let ledger_whole = matches!(ledger, Found::Whole(_));
        if damaged.is_none() && backup.is_none() && values.is_empty() && !ledger_whole {
            return Err(StoreError::Damaged(format!("{found}, and there is nothing to rebuild it from")));
        }
        let (files, store) = damaged.map(|damaged| (damaged.files, damaged.read)).unzip();
        // Where the end of the store is lost, so is that of its history.
        let whole_end = store.as_ref().and_then(|read| read.state.as_ref()).filter(|state| state.sequence >= head);
        let entries = whole_end.map_or(u64::MAX, |state| state.history.entries);
        let sequence = [&store, &backup].into_iter().flatten().map(Read::sequence).max().unwrap_or(0).max(head) + 1;
        let earlier = [&store, &backup].into_iter().flatten().find_map(|read| read.loaded.quarantine.clone());
        let sources = Sources { store: store.map(rescued), backup: backup.map(rescued), held: values, ledger_whole };
        let mut records = rebuild(sources);
        let kept = "the damaged files are kept";
        records.quarantine = Some(Quarantine {
            since: earlier.map_or(self.now, |earlier| earlier.since),
            reason: format!("{found}; it was rebuilt, and {kept}"),
            next: "nothing is rotated or retired until `windlass confirm` has compared each rotation with Okta; secrets can be \
                   read. Or put a whole copy of the data directory back, if there is one"
                .into(),
            confirmed: Vec::new(),
        });
        let identity = Identity { store: seal.store(), key: self.key.id() };
        let copied = renew::renew(&self.places.new, identity, seal, records, sequence, files.as_ref(), entries)?;
        // A damaged sled may panic once more when it is let go.
        let _ = guard("closing the damaged store", || {
            drop(files);
            Ok(())
        });
        let kept = self.places.replace_store(self.now)?;
        self.notes.push(match kept {
            Some(kept) => format!("the store was damaged ({found}) and was rebuilt; it is kept as {}", kept.display()),
            None => format!("the store was damaged ({found}) and was rebuilt"),
        });
        if !copied {
            self.notes.push("not all of the history could be rescued".into());
        }
        self.reopen(seal.store(), ledger)
    }

    /// Opens the rebuilt store like any other, and brings the ledger up to it.
    fn reopen(&mut self, store: Uuid, ledger: Found) -> Result<Whole, StoreError> {
        match look(&self.places.store, &self.key, Some(store))? {
            Look::Readable(readable) if readable.read.faults.is_empty() => self.accept(*readable, ledger),
            _ => Err(StoreError::Damaged("the rebuilt store cannot be read".into())),
        }
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

fn rescued(read: Read) -> Rescued {
    Rescued { sequence: read.sequence(), whole: read.faults.is_empty() && read.state.is_some(), loaded: read.loaded }
}

#[cfg(test)]
mod tests;
