//! Delivery: how each kind of place is read and written, and the servers that hold them. One read or one write at a time;
//! nothing is decided here, and nothing is tried again, but for a call that was turned away because its token had ended. Whether a place may be written is said in [`crate::core::target::judge`], and what follows from an answer
//! in [`crate::core::target::machine`].
//!
//! A file for each kind. This ring knows neither rotations nor the store.

use crate::core::fault::Fault;
use crate::core::target::Document;
use crate::core::target::judge::Seen;

pub mod aws;
pub mod call;
pub mod command;
pub mod file;
pub mod infisical;
pub mod kubernetes;
pub mod offered;
pub mod server;
pub mod vault;

/// A place that credentials are delivered to.
#[expect(async_fn_in_trait, reason = "it is awaited on the engine's thread alone")]
pub trait Place {
    /// Reads what stands there under our keys, and whose it is. What is definitely not there is no fault.
    async fn read(&self) -> Result<Seen, Fault>;

    /// Writes our keys and our marker, and nothing else of what is there, on condition that the place is as it was seen
    /// (`Code::Changed` where it is not). Returns what the place calls what it holds now: a version or an id, or nothing.
    async fn write(&self, document: &Document, seen: &Seen) -> Result<String, Fault>;

    /// Takes our marker off, and with `purge` our keys: what others have there stays.
    async fn strip(&self, seen: &Seen, purge: bool) -> Result<(), Fault>;
}

#[cfg(test)]
pub mod tests;
