//! Taking over a store that is whole, with a ledger that goes with it.

use super::catch_up::{bring_up, values_of};
use super::inspect::Readable;
use super::{Done, Left, Opening, Whole, ledger_of};
use crate::store::Purpose;
use crate::store::dir::aside;
use crate::store::error::StoreError;
use crate::store::files::{Format, Identity};
use crate::store::ledger::{Found, Held, Ledger};
use crate::store::quiet::guard;
use crate::store::read::Read;
use crate::store::seal::Seal;

impl Opening {
    /// A whole store. The ledger is brought up to it, or made anew from it.
    pub(super) fn accept(&mut self, readable: Readable, ledger: Found) -> Result<Done<Whole>, StoreError> {
        let what = match &ledger {
            Found::Whole(_) => None,
            Found::Absent => Some("the ledger was gone"),
            Found::Damaged(_) => Some("the ledger was damaged"),
            Found::Unreadable { .. } => Some("the ledger could not be read"),
        };
        let lies = matches!(ledger, Found::Damaged(_) | Found::Unreadable { .. });
        if let Some(what) = what.filter(|_| self.purpose == Purpose::Read) {
            let records = readable.read.loaded.clone();
            return Ok(Done::Left(Box::new(Left { records, damaged: Some(readable), found: what.into() })));
        }
        let Readable { files, identity, seal, read, .. } = readable;
        let needed = Format::for_all(&read.loaded.secrets, &read.loaded.rotations, &read.loaded.connections);
        let format = identity.map_or(needed, |identity| identity.format.max(needed));
        let right = Identity { store: seal.store(), key: self.key.id(), format };
        if identity != Some(right) {
            guard("repairing the store", || files.set_identity(right))?;
        }
        let ledger = match ledger {
            Found::Whole(mut ledger) => {
                bring_up(&mut ledger, &read)?;
                *ledger
            }
            other => {
                let kept = if lies { Some(aside(&self.places.ledger, self.now)?) } else { None };
                let what = what.unwrap_or_default();
                let what = format!("{what}; it was written anew from the store, which is whole");
                self.note(what, None, kept.as_deref());
                // Under quarantine nothing is let go.
                let keep = ledger_of(&other).filter(|_| read.loaded.quarantine.is_some());
                self.make_ledger(&seal, &read, keep.into_iter().flat_map(Ledger::live).cloned().collect())?
            }
        };
        Ok(Done::Whole(Whole { files, seal, read, ledger }))
    }

    fn make_ledger(&self, seal: &Seal, read: &Read, keep: Vec<Held>) -> Result<Ledger, StoreError> {
        let mut values = values_of(read);
        values.extend(keep.into_iter().filter(|held| !read.known.uses(held.key)));
        Ledger::make(&self.places.ledger, &self.key, seal.store(), values, read.sequence())
    }
}
