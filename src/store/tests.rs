mod damage;
mod kept;
mod kill;
mod moved;
mod worst;

use super::testing::*;
use super::*;

#[test]
fn everything_comes_back() {
    let place = Place::new();
    let Opened { mut store, loaded, key_made, notes, .. } = place.open();
    assert_eq!(key_made, Some(place.keys.own.clone()), "a fresh store makes its key");
    assert_eq!((shown(&loaded), loaded.quarantine, notes), (vec![], None, Vec::<String>::new()));
    let mut batches = vec![vec![Change::PutConnection(Box::new(connection(1)))], put(&published(1, 2))];
    batches[1].push(Change::Append(Box::new(entry(7, rotation_id(1)))));
    batches.push(put(&published(2, 1)));
    store.commit(batches).expect("written");
    store.commit(vec![vec![Change::DropRotation(rotation_id(2))]]).expect("written");
    let before = shown(&store.load().expect("read"));
    assert_eq!(before.len(), 1 + 1 + 4);
    store.close();
    drop(store);

    let Opened { store, loaded, key_made, notes, .. } = place.open();
    assert_eq!((shown(&loaded), loaded.quarantine, key_made), (before, None, None));
    assert_eq!(notes, Vec::<String>::new());
    let page = store.history(&HistoryQuery { limit: 10, ..HistoryQuery::default() }).expect("read");
    assert_eq!(page, HistoryPage { entries: vec![entry(7, rotation_id(1))], next: None, unreadable: 0 });
}
