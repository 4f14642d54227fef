//! What keeps a store that can be written from acting.

use crate::core::cause::StoreCause;
use crate::core::fault::Problem;
use crate::core::remedy::{OnStore, Remedy};
use crate::store::{Quarantine, Retired};

/// What keeps a store that can be written from acting.
pub fn standing(retired: Option<&Retired>, quarantine: Option<&Quarantine>) -> Option<Problem> {
    retired.map(self::retired).or_else(|| quarantine.map(quarantined))
}

/// That it is quarantined.
pub fn quarantined(quarantine: &Quarantine) -> Problem {
    let cause = StoreCause::Quarantined { reason: quarantine.reason.clone() };
    Problem::because(cause).and(Remedy::Written(quarantine.next.clone()))
}

/// Since when a store is retired, and where its rotations run.
fn retired(retired: &Retired) -> Problem {
    let Retired { at, to, by } = retired.clone();
    Problem::because(StoreCause::Retired { at, to: to.clone(), by }).and(OnStore::ActThere { to })
}
