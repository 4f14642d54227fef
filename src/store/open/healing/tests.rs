use super::*;
use crate::store::open::open_sled;
use crate::store::testing::*;
use crate::store::{Store, lock};

fn healing(place: &Place) -> Healing {
    let lock = lock(&place.dir).expect("free");
    let opened = open_sled(lock.clone(), &place.keys, at(0), Purpose::Act).expect("opens");
    let super::super::Done::Whole(sound) = opened else { panic!("damaged") };
    Healing::new(sound.sled, lock, place.keys.clone(), at(0))
}

#[test]
fn a_write_that_meets_damage_is_neither_lost_nor_half_done() {
    let place = Place::new();
    let mut entries: Vec<Change> =
        (1..=200).map(|number| Change::Append(Box::new(entry(number, rotation_id(1))))).collect();
    entries.extend(put(&published(1, 1)));
    place.write(vec![entries]);
    let mut store = healing(&place);
    store.sled.meets_damage = true;
    store.commit(vec![put(&published(2, 1))]).expect("written all the same");
    store.commit(vec![put(&published(3, 1))]).expect("and what comes next");
    let [recovery] = store.recovered().try_into().expect("it is said");
    assert!(recovery.what.contains("a write met damage") && recovery.lost.is_none(), "{recovery}");
    assert_eq!(place.names("store.damaged-").len(), 1, "the damaged files are kept");
    drop(store);
    let opened = place.open();
    assert_eq!((opened.loaded.quarantine, opened.loaded.rotations.len()), (None, 3));
    let page = opened.store.history(&HistoryQuery { limit: 1000, ..HistoryQuery::default() }).expect("read");
    assert_eq!(page.entries.len(), 200);
}
