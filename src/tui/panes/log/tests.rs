use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::line::stamp;
use super::*;
use crate::core::history::ending::Ending;
use crate::core::history::noted::Noted;
use crate::core::history::{Actor, Outcome, Step, StepOutcome, Trigger};
use crate::engine::events::Rows;
use crate::engine::events::notice::Notice;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_000_000 + seconds, 0).expect("valid")
}

fn event(seconds: i64, level: Level, rotation: &str, message: &str) -> Event {
    Event {
        cursor: String::new(),
        at: at(seconds),
        level,
        kind: "create".into(),
        rotation: Some(rotation.into()),
        connection: Some("okta-prod".into()),
        attempt: Some(Uuid::from_u128(7)),
        notice: Notice::Said { level, event: "create".into(), message: message.into() },
        rows: Rows::default(),
    }
}

fn log(count: i64) -> Log {
    let mut log = Log::default();
    for n in 0..count {
        log.push(&event(n, Level::Info, "hr-sync", &format!("line {n}")), at(n));
    }
    log
}

fn act(log: &mut Log, action: Action) {
    assert!(log.act(action, at(0)).is_empty());
}

fn here(log: &Log) -> Option<&str> {
    log.line(log.cursor()?).map(|line| line.message.as_str())
}

fn entry() -> Entry {
    let step = |seconds, step: &str, outcome, detail: &str| Step {
        at: at(seconds),
        step: step.into(),
        outcome,
        noted: Noted::said(detail),
        http_status: Some(201),
        duration_ms: Some(183),
        okta_request_id: Some("Xk2".into()),
    };
    Entry {
        id: Uuid::from_u128(5),
        rotation_id: Some(Uuid::from_u128(1)),
        rotation_name: Some("hr-sync".parse().expect("a slug")),
        connection_id: Some(Uuid::from_u128(2)),
        app_id: "0oa".into(),
        trigger: Trigger::Schedule,
        actor: Actor::schedule(),
        started_at: at(-20),
        ended_at: Some(at(-9)),
        outcome: Outcome::Success,
        ending: Ending::said("rotated"),
        new_secret_id: None,
        previous_secret_id: None,
        steps: vec![
            step(-19, "create", StepOutcome::Ok, "created ocs1"),
            step(-10, "verify", StepOutcome::Refused, "refused"),
        ],
    }
}

#[test]
fn it_follows_until_someone_scrolls_and_stays_where_they_are() {
    let mut log = log(10);
    assert!(log.follows());
    act(&mut log, Action::Move(-3));
    assert_eq!(here(&log), Some("line 6"));
    log.push(&event(10, Level::Info, "hr-sync", "line 10"), at(10));
    assert_eq!(here(&log), Some("line 6"));
    act(&mut log, Action::Move(99));
    assert_eq!(here(&log), Some("line 10"), "the end is reached before it is passed");
    act(&mut log, Action::Move(1));
    assert!(log.follows());
    act(&mut log, Action::First);
    assert_eq!(here(&log), Some("line 0"));
    act(&mut log, Action::ToggleFollow);
    assert!(log.follows());
    act(&mut log, Action::ToggleFollow);
    assert_eq!(here(&log), Some("line 10"));
    act(&mut log, Action::Last);
    assert!(log.follows());
}

#[test]
fn memory_is_bounded_by_lines_and_by_bytes() {
    let mut log = log(i64::try_from(LINES).expect("small"));
    act(&mut log, Action::First);
    for n in 0..50 {
        log.push(&event(n, Level::Info, "hr-sync", &format!("more {n}")), at(n));
    }
    assert_eq!(log.len(), LINES);
    assert_eq!(here(&log), Some("line 50"), "who stood on a line that is gone stands on the oldest");
    let long = "x".repeat(1_900);
    for n in 0..5_000 {
        log.push(&event(n, Level::Info, "hr-sync", &long), at(n));
    }
    assert!(log.bytes <= BYTES && log.len() < 3_000, "{} lines", log.len());
    assert_eq!(log.bytes, log.lines.iter().map(Line::bytes).sum::<usize>());
}

#[test]
fn the_past_comes_first_and_what_is_live_is_not_shown_twice() {
    let mut log = Log::default();
    log.push(&event(1, Level::Info, "hr-sync", "live"), at(1));
    let mut past = entry();
    past.steps.push(Step { at: at(5), ..past.steps[0].clone() });
    log.seed(&[past], at(0));
    log.seed(&[entry()], at(0));
    let lines: Vec<String> = (0..log.len()).filter_map(|n| log.line(n)).map(Line::written).collect();
    let expected = [
        "2026-11-29T21:19:41.000Z INFO  hr-sync create created ocs1 (183 ms)\n",
        "2026-11-29T21:19:50.000Z WARN  hr-sync verify refused (183 ms)\n",
        "2026-11-29T21:19:51.000Z INFO  hr-sync attempt done: rotated\n",
        "2026-11-29T21:20:00.000Z INFO  - log the past ends here; what follows is live\n",
        "2026-11-29T21:20:01.000Z INFO  hr-sync create live\n",
    ];
    let tails = |lines: &[&str]| lines.iter().map(|line| line[24..].to_owned()).collect::<Vec<_>>();
    assert_eq!(tails(&lines.iter().map(String::as_str).collect::<Vec<_>>()), tails(&expected));
}

#[test]
fn a_log_without_a_past_is_not_empty_either() {
    let mut log = Log::default();
    log.seed(&[], at(0));
    assert_eq!(
        log.line(0).map(|line| line.message.as_str()),
        Some("nothing happened here before; what follows is live")
    );
}

#[test]
fn a_gap_is_said_at_the_time_it_was_noticed() {
    let mut log = log(1);
    let mut reset = event(0, Level::Info, "", "take the view again");
    (reset.kind, reset.at) = ("reset".into(), DateTime::UNIX_EPOCH);
    log.push(&reset, at(99));
    let line = log.line(1).expect("said");
    assert_eq!((line.at, line.level), (at(99), Level::Warn));
    assert!(line.message.contains("see the history"));
}

#[test]
fn a_search_goes_to_the_nearest_match_and_round() {
    let mut log = log(30);
    act(&mut log, Action::Search("LINE 2".into()));
    assert_eq!(log.matched(), (0, None), "capitals count where there are some");
    act(&mut log, Action::Search("line 2".into()));
    assert_eq!(here(&log), Some("line 29"));
    assert_eq!(log.matched(), (11, Some(11)));
    act(&mut log, Action::NextMatch);
    assert_eq!(here(&log), Some("line 2"));
    act(&mut log, Action::PreviousMatch);
    act(&mut log, Action::PreviousMatch);
    assert_eq!(here(&log), Some("line 28"));
    act(&mut log, Action::Search(String::new()));
    act(&mut log, Action::NextMatch);
    assert_eq!(here(&log), Some("line 28"));
}

#[test]
fn only_matches_only_louder_ones_and_only_one_rows() {
    let mut log = log(12);
    log.push(&event(20, Level::Warn, "billing", "put off"), at(20));
    act(&mut log, Action::Search("line 1".into()));
    act(&mut log, Action::ToggleMatchesOnly);
    assert_eq!((log.len(), log.hidden()), (3, 10));
    log.push(&event(21, Level::Info, "billing", "line 100"), at(21));
    log.push(&event(22, Level::Info, "billing", "other"), at(22));
    assert_eq!(log.len(), 4);
    act(&mut log, Action::ToggleMatchesOnly);
    act(&mut log, Action::CycleLevel);
    assert_eq!((log.len(), log.level()), (1, Level::Warn));
    act(&mut log, Action::Level(Level::Info));
    act(&mut log, Action::About(Some(About::Rotation("billing".into()))));
    assert_eq!(log.len(), 3);
    act(&mut log, Action::About(Some(About::Connection("okta-prod".into()))));
    assert_eq!(log.len(), 15);
    act(&mut log, Action::About(Some(About::Attempt(Uuid::from_u128(8), "hr-sync".into()))));
    assert!(log.is_empty());
    act(&mut log, Action::Move(-1));
    act(&mut log, Action::About(None));
    assert_eq!(log.len(), 15);
}

#[test]
fn a_filter_leaves_the_reader_as_near_as_can_be() {
    let mut log = log(10);
    log.push(&event(20, Level::Warn, "billing", "put off"), at(20));
    act(&mut log, Action::First);
    act(&mut log, Action::Level(Level::Warn));
    assert_eq!(here(&log), Some("put off"));
    act(&mut log, Action::Level(Level::Info));
    assert_eq!(here(&log), Some("put off"));
}

#[test]
fn saving_takes_what_is_shown_whole_and_in_utc() {
    let mut log = log(3);
    act(&mut log, Action::CycleTime);
    act(&mut log, Action::Search("line 1".into()));
    act(&mut log, Action::ToggleMatchesOnly);
    let effects = log.act(Action::Save, at(0));
    let [Effect::Save { name, text, lines }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(name, &format!("windlass-log-{}.txt", at(0).format("%Y%m%dT%H%M%SZ")));
    assert_eq!(text, &format!("{} INFO  hr-sync create line 1\n", stamp(at(1))));
    assert_eq!(*lines, 1);
}

#[test]
fn what_comes_from_outside_is_made_harmless_where_it_comes_in() {
    let mut log = Log::default();
    log.push(&event(0, Level::Info, "a\u{1b}b", "x\u{202e}y\nz"), at(0));
    let line = log.line(0).expect("one");
    assert_eq!((line.message.as_str(), line.name()), ("x\\u{202e}y\\u{a}z", "a\\u{1b}b"));
}

#[test]
fn a_search_finds_what_folds_to_it_where_it_stands() {
    let found = |wanted: &str, text: &str| Search::new(wanted).ranges(text);
    assert_eq!(found("zür", "Zürich, zürich"), [0..4, 9..13]);
    assert_eq!(found("aa", "aaaa"), [0..2, 2..4]);
    assert_eq!(found("Ab", "ab Ab"), vec![3..5; 1]);
    assert_eq!(found("i\u{307}s", "İs"), vec![0..3; 1]);
    assert!(found("", "x").is_empty());
}

#[test]
fn cut_lines_move_sideways_and_broken_ones_do_not() {
    let mut log = log(1);
    act(&mut log, Action::Sideways(2));
    assert_eq!(log.left(), 40);
    act(&mut log, Action::Sideways(-9));
    assert_eq!(log.left(), 0);
    act(&mut log, Action::ToggleWrap);
    act(&mut log, Action::Sideways(1));
    assert!(log.wraps() && log.left() == 0);
    assert_eq!(log.time(), TimeMode::Local);
}

fn actions() -> impl Strategy<Value = Action> {
    prop_oneof![
        (-40_isize..40).prop_map(Action::Move),
        Just(Action::First),
        Just(Action::Last),
        Just(Action::ToggleFollow),
        "[0-9]{0,2}".prop_map(Action::Search),
        Just(Action::NextMatch),
        Just(Action::PreviousMatch),
        Just(Action::ToggleMatchesOnly),
        Just(Action::CycleLevel),
        any::<bool>().prop_map(|one| Action::About(one.then(|| About::Rotation("odd".into())))),
    ]
}

proptest! {
    /// Keeping the shown lines up to date line by line comes to the same as looking at all of them.
    #[test]
    fn what_is_shown_is_what_is_wanted(steps in prop::collection::vec((actions(), 0_i64..30), 0..30)) {
        let mut log = Log::default();
        let mut seconds = 0;
        for (action, come) in steps {
            log.act(action, at(0));
            for _ in 0..come {
                seconds += 1;
                let level = if seconds % 5 == 0 { Level::Warn } else { Level::Info };
                log.push(&event(seconds, level, if seconds % 2 == 0 { "even" } else { "odd" }, &seconds.to_string()), at(0));
            }
            let wanted: Vec<u64> = (log.first..).zip(&log.lines).filter(|(_, line)| log.wants(line)).map(|(n, _)| n).collect();
            prop_assert_eq!(log.shown.iter().copied().collect::<Vec<_>>(), wanted);
            let found = |n: &&u64| log.lines.get(usize::try_from(**n - log.first).expect("small")).is_some_and(|line| log.search.finds(line));
            prop_assert_eq!(log.shown.iter().filter(found).collect::<Vec<_>>(), log.found.iter().collect::<Vec<_>>());
            prop_assert!(log.cursor().is_none_or(|place| place < log.len()));
            let spans = Duration::seconds(seconds);
            prop_assert!(log.lines.iter().all(|line| line.at <= at(0) + spans));
        }
    }
}
