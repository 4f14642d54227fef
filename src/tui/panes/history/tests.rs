use super::*;
use crate::core::history::ending::Ending;
use crate::core::history::noted::Noted;
use crate::core::history::{Actor, Outcome, StepOutcome, Trigger, Via};
use crate::engine::events::notice::Notice;
use crate::engine::events::{Level, Rows};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_000_000 + seconds, 0).expect("valid")
}

/// An attempt started at `n`, with so many steps; running where it has no outcome.
fn entry(n: u32, outcome: Option<Outcome>, steps: usize) -> Entry {
    let step = |index: usize| Step {
        at: at(i64::from(n) + i64::try_from(index).expect("small")),
        step: "create".into(),
        outcome: StepOutcome::Ok,
        noted: Noted::said(format!("step {index}")),
        http_status: Some(201),
        duration_ms: Some(120),
        okta_request_id: Some(format!("req{index}")),
    };
    Entry {
        id: Uuid::from_u128(u128::from(n)),
        rotation_id: Some(Uuid::from_u128(9_000_000)),
        rotation_name: Some("hr-sync".parse().expect("a slug")),
        connection_id: Some(Uuid::from_u128(2)),
        app_id: "0oa".into(),
        trigger: Trigger::Schedule,
        actor: Actor { user: "mira".into(), login_user: None, sudo_user: None, via: Via::Ui },
        started_at: at(i64::from(n)),
        ended_at: outcome.map(|_| at(i64::from(n) + 5)),
        outcome: outcome.unwrap_or(Outcome::Running),
        ending: Ending::said("rotated"),
        new_secret_id: None,
        previous_secret_id: None,
        steps: (0..steps).map(step).collect(),
    }
}

fn done(n: u32) -> Entry {
    entry(n, Some(Outcome::Success), 3)
}

fn event(attempt: u32) -> Event {
    Event {
        cursor: String::new(),
        at: at(0),
        level: Level::Info,
        kind: "create".into(),
        rotation: Some("hr-sync".into()),
        connection: None,
        attempt: Some(Uuid::from_u128(u128::from(attempt))),
        notice: Notice::Due,
        rows: Rows::default(),
    }
}

fn only(effects: Vec<Effect>) -> (Ticket, HistoryQuery) {
    let [Effect::Fetch { ticket, query, .. }] = <[Effect; 1]>::try_from(effects).expect("one effect");
    (ticket, query)
}

fn ids(history: &History) -> Vec<u128> {
    history.entries().iter().map(|entry| entry.id.as_u128()).collect()
}

/// A history that is seen, with the newest page loaded: `newest` down, a hundred of them, and more behind.
fn loaded(newest: u32) -> History {
    let mut history = History::default();
    let (ticket, query) = only(history.set_visible(true));
    assert_eq!((query.before, query.limit), (None, Some(PAGE)));
    let page: Vec<Entry> = (newest - 99..=newest).rev().map(done).collect();
    let next = page.last().map(|entry| entry.id);
    assert!(history.page(ticket, page, next).is_empty());
    history
}

#[test]
fn nothing_is_asked_for_until_someone_looks() {
    let mut history = History::default();
    assert!(history.event(&event(1)).is_empty());
    assert!(history.is_loading());
    assert_eq!(history.set_visible(true).len(), 1);
    assert!(history.set_visible(true).is_empty(), "it is asked for already");
}

#[test]
fn the_next_page_is_asked_for_near_the_end_and_once() {
    let mut history = loaded(1_000);
    assert!(history.act(Action::Move(50)).is_empty());
    let (ticket, query) = only(history.act(Action::Move(30)));
    assert_eq!(query.before, Some(Uuid::from_u128(901)));
    assert!(history.act(Action::Move(1)).is_empty());
    let before = history.selected().map(|entry| entry.id);
    history.page(ticket, (801..=900).rev().map(done).collect(), Some(Uuid::from_u128(801)));
    assert_eq!((history.entries().len(), history.selected().map(|entry| entry.id)), (200, before));
    let (ticket, _) = only(history.act(Action::Last));
    history.page(ticket, vec![done(3)], None);
    assert!(!history.has_more());
    assert!(history.act(Action::Last).is_empty());
    assert_eq!(history.selected().map(|entry| entry.id.as_u128()), Some(3));
    history.act(Action::First);
    assert_eq!(history.place(), 0);
}

#[test]
fn running_ones_stand_on_top_and_go_to_their_place_when_they_end() {
    let mut history = loaded(1_000);
    let (ticket, _) = only(history.event(&event(7)));
    let mut page = vec![entry(7, None, 1)];
    page.extend((902..=1_000).rev().map(done));
    assert!(history.page(ticket, page, Some(Uuid::from_u128(902))).is_empty());
    assert_eq!(ids(&history)[..2], [7, 1_000]);
    assert_eq!(history.entries().len(), 101);
    // It ends; it started long ago, so the newest page does not have it any more.
    let (ticket, _) = only(history.event(&event(7)));
    let effects = history.page(ticket, (901..=1_000).rev().map(done).collect(), Some(Uuid::from_u128(901)));
    let (ticket, query) = only(effects);
    assert_eq!((query.since, query.until), (Some(at(7)), Some(at(7) + Duration::milliseconds(1))));
    history.page(ticket, vec![entry(7, Some(Outcome::Failed), 4)], None);
    assert_eq!(ids(&history).first(), Some(&1_000));
    assert_eq!(history.entries().last().map(|entry| (entry.id.as_u128(), entry.outcome)), Some((7, Outcome::Failed)));
}

#[test]
fn many_events_ask_once_and_once_more_after_a_while() {
    let mut history = loaded(1_000);
    let (ticket, _) = only(history.event(&event(1_001)));
    for _ in 0..50 {
        assert!(history.event(&event(1_001)).is_empty());
    }
    let page: Vec<Entry> = (902..=1_001).rev().map(done).collect();
    let effects = history.page(ticket, page.clone(), Some(Uuid::from_u128(902)));
    let [Effect::Fetch { wait, ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*wait, PAUSE);
    assert!(history.page(*ticket, page, Some(Uuid::from_u128(902))).is_empty());
    let connection = Event { attempt: None, kind: "connection".into(), ..event(1) };
    assert!(history.event(&connection).is_empty());
    let reset = Event { attempt: None, kind: "reset".into(), ..event(1) };
    assert_eq!(history.event(&reset).len(), 1);
}

#[test]
fn what_came_while_no_one_looked_is_asked_for_when_someone_does() {
    let mut history = loaded(1_000);
    assert!(history.set_visible(false).is_empty());
    assert!(history.event(&event(1_001)).is_empty());
    assert_eq!(history.set_visible(true).len(), 1);
}

#[test]
fn a_hole_between_the_newest_page_and_the_rest_is_not_hidden() {
    let mut history = loaded(1_000);
    let (ticket, _) = only(history.event(&event(5_000)));
    history.page(ticket, (4_901..=5_000).rev().map(done).collect(), Some(Uuid::from_u128(4_901)));
    assert_eq!((history.entries().len(), ids(&history)[0]), (100, 5_000));
    let (_, query) = only(history.act(Action::Last));
    assert_eq!(query.before, Some(Uuid::from_u128(4_901)));
}

#[test]
fn an_answer_to_an_older_filter_has_no_effect() {
    let mut history = loaded(1_000);
    let (old, _) = only(history.act(Action::Last));
    let filter = Filter { outcome: Some(Outcome::Running), ..Filter::default() };
    let (ticket, query) = only(history.act(Action::Filter(filter)));
    assert_eq!(query.outcome, Some(Outcome::Running));
    assert!(history.is_loading());
    history.page(old, vec![done(1)], None);
    assert!(history.entries().is_empty());
    history.page(ticket, vec![entry(8, None, 1)], None);
    history.act(Action::Open);
    // It ends, and is not what was asked for any more.
    let (ticket, _) = only(history.event(&event(8)));
    let (ticket, query) = only(history.page(ticket, Vec::new(), None));
    assert_eq!(query.outcome, None);
    history.page(ticket, vec![entry(8, Some(Outcome::Success), 4)], None);
    assert!(history.entries().is_empty() && history.opened().is_none());
    history.act(Action::Back);
    assert!(history.filter().is_empty());
}

#[test]
fn an_event_of_another_rotation_asks_for_nothing_under_a_filter() {
    let mut history = loaded(1_000);
    let filter = Filter { rotation: Some("billing".into()), ..Filter::default() };
    let (ticket, _) = only(history.act(Action::Filter(filter)));
    history.page(ticket, Vec::new(), None);
    assert!(history.event(&event(9)).is_empty());
}

#[test]
fn steps_open_at_the_newest_and_continue_while_it_runs() {
    let mut history = loaded(1_000);
    let (ticket, _) = only(history.event(&event(1_001)));
    let page = |steps| std::iter::once(entry(1_001, None, steps)).chain((902..=1_000).rev().map(done)).collect();
    history.page(ticket, page(2), Some(Uuid::from_u128(902)));
    history.act(Action::First);
    history.act(Action::Open);
    assert_eq!(history.step_selected().map(|(place, step)| (place, &step.noted)), Some((1, &Noted::said("step 1"))));
    let (ticket, _) = only(history.event(&event(1_001)));
    history.page(ticket, page(5), Some(Uuid::from_u128(902)));
    history.act(Action::Move(99));
    assert_eq!(history.step_selected().map(|(place, _)| place), Some(4));
    history.act(Action::First);
    assert_eq!(history.step_selected().map(|(place, _)| place), Some(0));
    history.act(Action::Back);
    assert!(history.opened().is_none() && history.place() == 0);
}

#[test]
fn what_is_kept_is_bounded_and_said() {
    let mut history = loaded(10_000);
    let mut oldest = 9_901;
    while !history.is_full() {
        let (ticket, query) = only(history.act(Action::Last));
        assert_eq!(query.before, Some(Uuid::from_u128(u128::from(oldest))));
        oldest -= 100;
        history.page(ticket, (oldest..oldest + 100).rev().map(done).collect(), Some(Uuid::from_u128(oldest.into())));
    }
    assert_eq!(history.entries().len(), KEPT);
    assert!(history.act(Action::Last).is_empty());
}

#[test]
fn a_page_that_does_not_come_is_said_and_can_be_asked_for_again() {
    let mut history = History::default();
    let (ticket, _) = only(history.set_visible(true));
    history.failed(ticket, "there is no rotation \"x\"");
    assert_eq!(history.fault(), Some("there is no rotation \"x\""));
    let (ticket, _) = only(history.act(Action::Filter(Filter::default())));
    history.page(ticket, vec![done(1)], None);
    assert_eq!((history.fault(), history.entries().len()), (None, 1));
}
