//! Credentials that systemd units fetch at their start. Nothing is brought to them, so what a look shows is what a unit that
//! starts now would get: the current version, as soon as that is published.

use super::Place;
use crate::core::fault::Fault;
use crate::core::target::Document;
use crate::core::target::judge::Seen;

/// What units get.
pub struct Offered(pub Document);

impl Place for Offered {
    async fn read(&self) -> Result<Seen, Fault> {
        Ok(Seen { values: self.0.clone(), exists: true, tidy: true, ..Seen::default() })
    }

    async fn write(&self, _: &Document, _: &Seen) -> Result<String, Fault> {
        Ok(String::new())
    }

    async fn strip(&self, _: &Seen, _: bool) -> Result<(), Fault> {
        Ok(())
    }
}
