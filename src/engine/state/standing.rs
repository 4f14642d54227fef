//! What keeps a store that can be written from acting, in words.

use crate::engine::view::Trouble;
use crate::store::{Quarantine, Retired};
use crate::text::when::instant;

/// What keeps a store that can be written from acting.
pub fn standing(retired: Option<&Retired>, quarantine: Option<&Quarantine>) -> Option<Trouble> {
    let retired = retired.map(|retired| Trouble { message: self::retired(retired), hint: retired_hint(retired) });
    retired.or_else(|| quarantine.map(quarantined))
}

/// That it is quarantined.
pub fn quarantined(quarantine: &Quarantine) -> Trouble {
    Trouble { message: format!("the store is quarantined: {}", quarantine.reason), hint: quarantine.next.clone() }
}

/// Since when a store is retired, and where its rotations run.
pub fn retired(retired: &Retired) -> String {
    let Retired { at, to, by } = retired;
    format!("this store was retired on {} by {by}: its rotations run on {to}", instant(*at))
}

/// What still works, and what to do.
fn retired_hint(retired: &Retired) -> String {
    format!(
        "act on {}; what is read here is as it was then. If this is the store that is to run: `windlass retire-store --undo`",
        retired.to
    )
}
