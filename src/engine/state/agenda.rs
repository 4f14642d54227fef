//! What happens when: one entry for each rotation and each refused connection, first come first.
//!
//! It keeps instants only; what is to be done then is decided when the time has come. A change costs O(log n).

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A refused connection is to be probed.
    Connection(Uuid),
    /// A rotation does something by itself.
    Rotation(Uuid),
    /// A target of a rotation is delivered to, or looked at.
    Delivery(Uuid),
    /// A rotation is checked for drift, or the credential of a connection without any is used.
    Check(Uuid),
}

/// The entries, in order.
#[derive(Debug, Default)]
pub struct Agenda {
    order: BTreeSet<(DateTime<Utc>, Item)>,
    at: HashMap<Item, DateTime<Utc>>,
}

impl Agenda {
    /// Puts an item at an instant, or takes it out. Tells whether the first instant changed.
    pub fn put(&mut self, item: Item, at: Option<DateTime<Utc>>) -> bool {
        let before = self.first();
        if let Some(old) = self.at.remove(&item) {
            self.order.remove(&(old, item));
        }
        if let Some(at) = at {
            self.at.insert(item, at);
            self.order.insert((at, item));
        }
        self.first() != before
    }

    /// When an item's time comes, where it stands on it.
    pub fn at(&self, item: Item) -> Option<DateTime<Utc>> {
        self.at.get(&item).copied()
    }

    /// The first instant.
    pub fn first(&self) -> Option<DateTime<Utc>> {
        self.order.first().map(|(at, _)| *at)
    }

    /// All items up to an instant, in order.
    pub fn until(&self, at: DateTime<Utc>) -> Vec<Item> {
        self.order.iter().take_while(|(due, _)| *due <= at).map(|(_, item)| *item).collect()
    }

    /// Takes the first item out whose time has come.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Option<Item> {
        let (at, item) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.put(item, None);
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_order_and_once() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("valid");
        let (one, two) = (Item::Rotation(Uuid::from_u128(1)), Item::Rotation(Uuid::from_u128(2)));
        let mut agenda = Agenda::default();
        assert!(agenda.put(one, Some(at(10))));
        assert!(!agenda.put(two, Some(at(20))));
        assert!(agenda.put(two, Some(at(5))), "moved to the front");
        assert_eq!(agenda.take_due(at(4)), None);
        assert_eq!(agenda.take_due(at(10)), Some(two));
        assert_eq!(agenda.take_due(at(10)), Some(one));
        assert_eq!((agenda.take_due(at(10)), agenda.first()), (None, None));
    }
}
