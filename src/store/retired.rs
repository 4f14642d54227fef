//! That a store was retired: a copy of it runs elsewhere, and this one is for reading only.
//!
//! It stands in a file of its own in the data directory, so that it holds whatever state the store is in, and so that a copy
//! that was taken before does not have it. A file that cannot be read still says that the store was retired.

use std::fs;
use std::path::Path;

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

use super::dir::{Spot, Wanted, plain, replace, sync_dir};
use super::error::StoreError;

const FILE: &str = "retired.json";

/// The most that is read of it.
const LARGEST: u64 = 64 << 10;

/// When a store was retired, by whom, and where its rotations run since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// When.
    pub at: DateTime<Utc>,
    /// The host that runs its rotations.
    pub to: String,
    /// Who retired it.
    pub by: String,
}

/// Whether the store in a data directory was retired.
pub fn read(dir: &Path) -> Result<Option<Retired>, StoreError> {
    let path = dir.join(FILE);
    if !plain(&path, Wanted::File)? {
        return Ok(None);
    }
    let found = fs::metadata(&path).map_err(|error| StoreError::io("reading", &path, &error))?;
    let text = if found.is_file() && found.len() <= LARGEST { fs::read(&path).ok() } else { None };
    let known = text.and_then(|text| serde_json::from_slice(&text).ok());
    Ok(Some(known.unwrap_or_else(|| Retired {
        at: found.modified().map(DateTime::<Utc>::from).unwrap_or_default().trunc_subsecs(0),
        to: format!("an unknown host ({FILE} cannot be read)"),
        by: "unknown".into(),
    })))
}

/// Retires the store, or takes that back.
pub fn write(spot: &Spot, retired: Option<&Retired>) -> Result<(), StoreError> {
    spot.check()?;
    let path = spot.dir().join(FILE);
    let written = match retired {
        Some(retired) => {
            let mut text = serde_json::to_vec_pretty(retired).unwrap_or_default();
            text.push(b'\n');
            replace(&path, &text)
        }
        None => fs::remove_file(&path).and_then(|()| sync_dir(spot.dir())),
    };
    written.map_err(|error| StoreError::io("writing", &path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{Place, at, published, put as batch};

    #[test]
    fn it_is_kept_whatever_becomes_of_the_store_and_can_be_taken_back() {
        let place = Place::new();
        place.write(vec![batch(&published(1, 1))]);
        let retired = Retired { at: at(1), to: "bastion-2".into(), by: "mira".into() };
        let spot = Spot::of(&place.dir).expect("there");
        write(&spot, Some(&retired)).expect("written");
        assert_eq!(place.open().loaded.retired, Some(retired.clone()));
        fs::remove_dir_all(place.path("store")).expect("removed");
        let opened = place.open();
        assert!(opened.loaded.quarantine.is_some(), "rebuilt");
        assert_eq!(opened.loaded.retired, Some(retired));
        drop(opened);
        write(&spot, None).expect("taken back");
        assert_eq!(place.open().loaded.retired, None);
    }

    #[test]
    fn what_cannot_be_read_still_says_that_it_was_retired() {
        let place = Place::new();
        place.write(vec![batch(&published(1, 1))]);
        for text in ["", "{", "[1]"] {
            fs::write(place.path(FILE), text).expect("written");
            let retired = place.open().loaded.retired.expect("retired");
            assert!(retired.to.contains("unknown host"), "{retired:?}");
        }
    }
}
