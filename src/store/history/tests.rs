use chrono::TimeDelta;

use super::*;
use crate::core::history::ending::Ending;
use crate::core::history::{Actor, Outcome, Via};
use crate::store::Purpose;
use crate::store::testing::*;
use crate::store::{Change, HistoryPage, HistoryQuery, Store, lock, open};
use uuid::Uuid;

/// A store with these entries, so many to a commit.
fn with(entries: &[Entry], together: usize) -> (Place, Box<dyn Store>) {
    let place = Place::new();
    let mut store = place.open().store;
    for batch in entries.chunks(together) {
        store
            .commit(vec![batch.iter().map(|entry| Change::Append(Box::new(entry.clone()))).collect()])
            .expect("written");
    }
    (place, store)
}

fn again(place: &Place, store: Box<dyn Store>) -> Box<dyn Store> {
    drop(store);
    place.open().store
}

/// Entries of five rotations, three users and all outcomes. They are appended when they end: every seventh attempt took
/// long, and comes after others that started later.
fn many(count: u128) -> Vec<Entry> {
    let mut all: Vec<Entry> = (1..=count)
        .map(|n| {
            let mut entry = entry(n, rotation_id(n % 5));
            entry.ending = Ending::said("m".repeat(600));
            entry.outcome =
                [Outcome::Success, Outcome::Failed, Outcome::Attention][usize::try_from(n % 3).expect("small")];
            entry.actor = match n % 4 {
                0 => Actor::schedule(),
                1 => Actor { user: "root".into(), login_user: Some("alice".into()), sudo_user: None, via: Via::Cli },
                _ => Actor { user: "bob".into(), login_user: None, sudo_user: None, via: Via::Ui },
            };
            entry
        })
        .collect();
    all.sort_by_key(|entry| entry.id.as_u128() + if entry.id.as_u128() % 7 == 0 { 200 } else { 0 });
    all
}

/// Reads all pages, as the handle does.
fn read(store: &dyn Store, mut query: HistoryQuery) -> Vec<Entry> {
    let mut all = Vec::new();
    loop {
        let HistoryPage { entries, next, unreadable } = store.history(&query).expect("read");
        assert!(entries.len() <= query.limit);
        assert_eq!(unreadable, 0);
        all.extend(entries);
        if next.is_none() {
            return all;
        }
        assert!(query.before.is_none_or(|before| next.expect("set") < before), "each page gets on");
        query.before = next;
    }
}

#[test]
fn every_page_of_every_question_is_what_a_plain_search_finds() {
    let entries = many(240);
    let (place, store) = with(&entries, 9);
    let mut store = store;
    let all = HistoryQuery::default;
    let questions = [
        all(),
        HistoryQuery { rotation: Some(rotation_id(3)), ..all() },
        HistoryQuery { rotation: Some(rotation_id(77)), ..all() },
        HistoryQuery { since: Some(at(200)), ..all() },
        HistoryQuery { until: Some(at(30)), ..all() },
        HistoryQuery { since: Some(at(150)), until: Some(at(160)), ..all() },
        HistoryQuery { outcome: Some(Outcome::Attention), ..all() },
        HistoryQuery { outcome: Some(Outcome::Running), ..all() },
        HistoryQuery { actor: Some("alice".into()), ..all() },
        HistoryQuery { actor: Some("nobody".into()), ..all() },
        HistoryQuery { before: Some(Uuid::from_u128(131)), ..all() },
        HistoryQuery { before: Some(Uuid::nil()), ..all() },
        HistoryQuery {
            rotation: Some(rotation_id(1)),
            outcome: Some(Outcome::Success),
            actor: Some("bob".into()),
            since: Some(at(100)),
            ..all()
        },
    ];
    for (restarted, limits) in [(false, [37, 1000]), (true, [11, 1000])] {
        for question in &questions {
            let mut expected: Vec<&Entry> = entries
                .iter()
                .filter(|entry| question.wants(entry) && question.before.is_none_or(|before| entry.id < before))
                .collect();
            expected.sort_by_key(|entry| std::cmp::Reverse(entry.id));
            for limit in limits {
                let found = read(&*store, HistoryQuery { limit, ..question.clone() });
                let ids = |all: &mut dyn Iterator<Item = &Entry>| all.map(|it| it.id.as_u128()).collect::<Vec<_>>();
                assert_eq!(
                    ids(&mut found.iter()),
                    ids(&mut expected.iter().copied()),
                    "{question:?} by {limit}, restarted: {restarted}"
                );
                assert!(found.iter().zip(&expected).all(|(found, expected)| found == *expected));
            }
        }
        store = again(&place, store);
    }
    let blocks = Tally::of(&place, store).blocks;
    assert!(blocks > 8, "the test is about more than one block: {blocks}");
}

impl Tally {
    /// The tally of a store, which is closed for that.
    fn of(place: &Place, store: Box<dyn Store>) -> Self {
        drop(store);
        let (files, seal) = place.files();
        crate::store::read::Read::new(&files, &seal).expect("read").state.expect("a state").history
    }
}

#[test]
fn many_pages_of_blocks_are_found_through_the_root() {
    // Few and large, so that there are many blocks.
    let large = |n: u128| Entry { ending: Ending::said("m".repeat(23_000)), ..entry(n, rotation_id(n / 20)) };
    let entries: Vec<Entry> = (1..=150).map(large).collect();
    let (place, mut store) = with(&entries, 10);
    for _ in 0..2 {
        let rotation = Some(rotation_id(2));
        let page = store.history(&HistoryQuery { rotation, limit: 100, ..HistoryQuery::default() }).expect("read");
        let ids: Vec<u128> = page.entries.iter().map(|entry| entry.id.as_u128()).collect();
        assert_eq!(ids, (40..60).rev().collect::<Vec<_>>());
        store = again(&place, store);
    }
    let tally = Tally::of(&place, store);
    assert!(tally.blocks >= 2 * PAGE, "two full pages: {tally:?}");
    assert_eq!(tally.entries, 150);
    // Without the root, and without a page, the same is found by reading more.
    let (files, seal) = place.files();
    let whole = History::load(files.trees(), &seal, tally).expect("read").0;
    for (id, what) in [(ROOT, "the root"), (number(0), "a page"), (number(tally.blocks / PAGE), "the open page")] {
        let gone = Write { table: Table::Pages, id, record: None, chunks_before: 9 };
        files.write(&[gone]).expect("removed");
        let history = History::load(files.trees(), &seal, tally).expect("read").0;
        let query = HistoryQuery { rotation: Some(rotation_id(0)), limit: 100, ..HistoryQuery::default() };
        let found = history.query(files.trees(), &seal, &query).expect("read");
        assert_eq!(found, whole.query(files.trees(), &seal, &query).expect("read"), "without {what}");
        assert_eq!(found.entries.len(), 19, "without {what}");
    }
}

#[test]
fn a_very_large_entry_is_one_like_any_other() {
    let mut entries = many(30);
    entries[10].ending = Ending::said("m".repeat(1 << 20));
    entries[20].steps = vec![entries[20].steps[0].clone(); 3000];
    let (place, store) = with(&entries, 3);
    let store = again(&place, store);
    let mut found = read(&*store, HistoryQuery { limit: 4, ..HistoryQuery::default() });
    found.sort_by_key(|entry| entry.id);
    entries.sort_by_key(|entry| entry.id);
    assert_eq!(found, entries);
}

#[test]
fn only_an_absurd_entry_is_refused() {
    let place = Place::new();
    let mut store = place.open().store;
    let absurd = Entry { ending: Ending::said("m".repeat(record::LARGEST)), ..entry(1, rotation_id(1)) };
    let refused = store.commit(vec![vec![Change::Append(Box::new(absurd))]]);
    assert!(matches!(refused, Err(StoreError::TooLarge(_))), "{refused:?}");
    let store = again(&place, store);
    assert_eq!(read(&*store, HistoryQuery { limit: 4, ..HistoryQuery::default() }), []);
}

#[test]
fn a_clock_that_jumped_does_not_hide_entries_nor_stop_the_pages() {
    let mut entries = many(150);
    // A year ahead, in the middle of the others.
    entries[100].id = Uuid::from_u128(1 << 100);
    entries[100].started_at += TimeDelta::days(365);
    let (_place, store) = with(&entries, 50);
    let found = read(&*store, HistoryQuery { limit: 9, ..HistoryQuery::default() });
    assert_eq!(found.len(), 150);
    assert!(found.is_sorted_by(|a, b| a.id > b.id));
}

#[test]
fn of_an_attempt_that_was_written_twice_the_later_state_is_shown() {
    let first = entry(5, rotation_id(1));
    let later = Entry { ending: Ending::said("later"), ..first.clone() };
    let filler = Entry { ending: Ending::said("m".repeat(BLOCK)), ..entry(4, rotation_id(1)) };
    for between in [vec![], vec![filler]] {
        let entries: Vec<Entry> = [first.clone()].into_iter().chain(between.clone()).chain([later.clone()]).collect();
        let (_place, store) = with(&entries, 1);
        let found = read(&*store, HistoryQuery { limit: 1, ..HistoryQuery::default() });
        assert_eq!(found[0], later);
        assert_eq!(found.len(), 1 + between.len());
    }
}

#[test]
fn a_damaged_block_is_counted_and_the_rest_is_read() {
    let entries = many(200);
    let (place, store) = with(&entries, 20);
    let tally = Tally::of(&place, store);
    let (files, seal) = place.files();
    let history = History::load(files.trees(), &seal, tally).expect("read").0;
    let lost = history.page[1].count;
    let mut sealed =
        record::row(&files.trees()[Table::Blocks], number(1)).expect("read").expect("there").expect("whole");
    sealed[100] ^= 1;
    let write = Write { table: Table::Blocks, id: number(1), record: Some(sealed), chunks_before: 1 };
    files.write(&[write]).expect("damaged");
    drop(files);
    let opened = open(lock(&place.dir).expect("free"), &place.keys, at(0), Purpose::Act).expect("opens");
    let page = opened.store.history(&HistoryQuery { limit: 1000, ..HistoryQuery::default() }).expect("read");
    assert_eq!((page.unreadable, page.entries.len()), (u64::from(lost), 200 - lost as usize));
}

#[test]
fn history_that_is_gone_costs_nothing_else_and_is_said() {
    let (place, mut store) = with(&many(5), 5);
    store.commit(vec![put(&published(1, 1))]).expect("written");
    drop(store);
    let (files, _) = place.files();
    let gone = Write { table: Table::Meta, id: TAIL, record: None, chunks_before: 1 };
    files.write(&[gone]).expect("removed");
    drop(files);
    let opened = place.open();
    assert_eq!(opened.loaded.quarantine, None, "no record depends on it");
    let [recovery] = opened.loaded.recovered.as_slice() else { panic!("{:?}", opened.loaded.recovered) };
    assert!(recovery.what.contains("the newest history is missing"), "{recovery}");
    assert_eq!(recovery.lost.as_deref(), Some("5 of 5 attempts in the history are lost"));
    assert_eq!(opened.notes, [recovery.to_string()]);
}
