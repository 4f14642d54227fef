//! Sealing: XChaCha20-Poly1305 under the master key, each record bound to its place.
//!
//! The associated data names the store, the table and the record's key, so that a sealed record cannot be moved to
//! another place, nor into another store, and open there.

use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Length of a nonce. Random ones of this size do not repeat in any number of records.
const NONCE: usize = 24;

/// The master key: 32 bytes, wiped when dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A key from its bytes.
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// A key's name, which says nothing of the key: tells a wrong key from damage.
    pub fn id(&self) -> [u8; 8] {
        let digest = Sha256::new().chain_update(b"windlass key id").chain_update(self.0.as_slice()).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        id
    }

    /// What seals for one store.
    pub fn seal_for(&self, store: Uuid) -> Seal {
        Seal { cipher: XChaCha20Poly1305::new(self.0.as_slice().try_into().expect("a key has 32 bytes")), store }
    }
}

/// Seals and opens the records of one store.
#[derive(Clone)]
pub struct Seal {
    cipher: XChaCha20Poly1305,
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
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("records are far below 256 GiB");
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
        let opened = self.cipher.decrypt_in_place(&XNonce::from(*nonce), &self.place(table, key), &mut **buffer);
        opened.map(|()| buffer.as_slice()).map_err(|_| Broken)
    }

    fn place(&self, table: &str, key: &[u8]) -> Vec<u8> {
        // A table's name has no NUL, so that no two places read the same.
        [b"windlass 1\0".as_slice(), self.store.as_bytes(), table.as_bytes(), b"\0", key].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_opens_only_in_its_own_place() {
        let key = MasterKey::new(Zeroizing::new([7; 32]));
        let seal = key.seal_for(Uuid::from_u128(1));
        let sealed = seal.seal("secrets", b"a", b"value");
        assert_eq!(seal.open("secrets", b"a", &sealed).as_deref().map(Vec::as_slice), Ok(b"value".as_slice()));
        assert!(seal.open("secrets", b"b", &sealed).is_err(), "another record");
        assert!(seal.open("rotations", b"a", &sealed).is_err(), "another table");
        assert!(key.seal_for(Uuid::from_u128(2)).open("secrets", b"a", &sealed).is_err(), "another store");
        let other = MasterKey::new(Zeroizing::new([8; 32]));
        assert!(other.seal_for(Uuid::from_u128(1)).open("secrets", b"a", &sealed).is_err(), "another key");
        assert_ne!(key.id(), other.id());
    }
}
