//! Sealing: XChaCha20-Poly1305 under the master key, each record bound to its place.
//!
//! The associated data names the store, the table and the record's key, so that a sealed record cannot be moved to
//! another place, nor into another store, and open there.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use memsafe::type_state::{MemSafe, ReadOnly};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Length of a nonce. Random ones of this size do not repeat in any number of records.
const NONCE: usize = 24;

/// Length of a key.
const KEY: usize = 32;

/// The master key. There is one copy of its bytes, however often this is cloned: on a page of its own that is never
/// swapped out, never part of a core dump, and wiped when the last clone is dropped.
#[derive(Clone)]
pub struct MasterKey(Arc<Bytes>);

enum Bytes {
    Locked(MemSafe<[u8; KEY], ReadOnly>),
    /// Where the system locks no more memory for us (`ulimit -l`), or cannot.
    Boxed(Box<Zeroizing<[u8; KEY]>>),
}

impl MasterKey {
    /// A key whose bytes are written to where they are to stay.
    pub fn fill<E>(write: impl Fn(&mut [u8; KEY]) -> Result<(), E>) -> Result<Self, E> {
        if let Some(page) = locked(&write)? {
            return Ok(Self(Arc::new(Bytes::Locked(page))));
        }
        let mut bytes = Box::new(Zeroizing::new([0; KEY]));
        write(&mut bytes)?;
        Ok(Self(Arc::new(Bytes::Boxed(bytes))))
    }

    /// Its bytes, where they are.
    pub(super) fn bytes(&self) -> &[u8; KEY] {
        match &*self.0 {
            Bytes::Locked(page) => page,
            Bytes::Boxed(bytes) => bytes,
        }
    }

    /// A key's name, which says nothing of the key: tells a wrong key from damage.
    pub fn id(&self) -> [u8; 8] {
        let mut hash = Sha256::new();
        hash.update(b"windlass key id");
        hash.update(self.bytes());
        let mut id = [0; 8];
        id.copy_from_slice(&hash.finalize()[..8]);
        id
    }

    /// What seals for one store.
    pub fn seal_for(&self, store: Uuid) -> Seal {
        Seal { key: self.clone(), store }
    }
}

/// A page that was written to, or none where the system gives none.
fn locked<E>(write: impl Fn(&mut [u8; KEY]) -> Result<(), E>) -> Result<Option<MemSafe<[u8; KEY], ReadOnly>>, E> {
    let Some(mut page) = MemSafe::new([0; KEY]).ok().and_then(|page| page.read_write().ok()) else { return Ok(None) };
    write(&mut page)?;
    Ok(page.read_only().ok())
}

/// Seals and opens the records of one store.
#[derive(Clone)]
pub struct Seal {
    key: MasterKey,
    store: Uuid,
}

/// A buffer for what was opened, wiped when dropped.
#[derive(Default)]
pub struct Plain(Zeroizing<Vec<u8>>);

/// Bytes that do not open: another key, another place, or damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl Seal {
    /// The store that this seal is of.
    pub fn store(&self) -> Uuid {
        self.store
    }

    /// Seals bytes for a place: nonce, then ciphertext with its tag.
    pub fn seal(&self, table: &str, key: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("the system's CSPRNG works once it has worked");
        let payload = Payload { msg: plain, aad: &self.place(table, key) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("records are far below 256 GiB");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for that place.
    pub fn open(&self, table: &str, key: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
        let mut plain = Plain::default();
        self.open_into(&mut plain, table, key, sealed)?;
        Ok(plain.0)
    }

    /// The same, into a buffer that is used again for the next one: wiping costs as much as opening.
    pub fn open_into<'a>(&self, to: &'a mut Plain, table: &str, key: &[u8], sealed: &[u8]) -> Result<&'a [u8], Broken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Broken)?;
        let Plain(buffer) = to;
        if buffer.capacity() < sealed.len() {
            // A vector that grows by itself leaves its old bytes behind.
            *buffer = Zeroizing::new(Vec::with_capacity(sealed.len().next_power_of_two()));
        }
        buffer.clear();
        buffer.extend_from_slice(sealed);
        let opened = self.cipher().decrypt_in_place(&XNonce::from(*nonce), &self.place(table, key), &mut **buffer);
        opened.map(|()| buffer.as_slice()).map_err(|_| Broken)
    }

    /// Made anew each time, which copies 32 bytes: kept, it would be one more copy of the key.
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.bytes().into())
    }

    fn place(&self, table: &str, key: &[u8]) -> Vec<u8> {
        // A table's name has no NUL, so that no two places read the same.
        [b"windlass 1\0".as_slice(), self.store.as_bytes(), table.as_bytes(), b"\0", key].concat()
    }
}

#[cfg(test)]
mod tests;
