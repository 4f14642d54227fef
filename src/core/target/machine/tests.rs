use uuid::Uuid;

use super::super::document::hashes;
use super::super::{Destination, Document, Keys, Leaving};
use super::*;
use crate::core::secret::{Credential, SecretValue};

mod explorer;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(seconds)
}

fn document(value: &str) -> Document {
    Document::from([("OKTA_CLIENT_SECRET".to_owned(), SecretValue::new(value))])
}

/// A target whose place can be read, by keys.
fn target() -> Target {
    Target::new(
        Uuid::from_u128(7),
        "pay".parse().expect("a slug"),
        Destination::File(crate::core::target::destination::File {
            path: "/run/pay/okta.env".into(),
            format: crate::core::target::destination::Format::default(),
            template: None,
            owner: None,
            group: None,
            mode: 0o600,
            in_place: false,
        }),
        Keys::from([("OKTA_CLIENT_SECRET".to_owned(), Credential::ClientSecret)]),
        at(0),
    )
}

/// Version `number` is wanted; those before it are known.
fn wanted(number: u32) -> Wanted {
    let value = |number: u32| document(&format!("v{number}"));
    let older = (1..number).map(|number| (number, value(number))).collect();
    Wanted { key: Uuid::from_u128(number.into()), version: number, document: value(number), older }
}

fn seen(value: Option<&str>, marker: Marker) -> Seen {
    let values = value.map(document).unwrap_or_default();
    Seen { exists: value.is_some(), values, marker, tidy: true, ..Seen::default() }
}

/// Plays one look, and what the machine wants to do about it.
fn looks(target: &Target, wanted: &Wanted, seen: Seen, now: DateTime<Utc>) -> Transition {
    let reading = handle(target, wanted, Event::Wake, now).target;
    handle(&reading, wanted, Event::Read(Ok(seen)), now)
}

fn writes(transition: &Transition) -> bool {
    transition.effects.iter().any(|effect| matches!(effect, Effect::Write(_)))
}

/// One that has delivered version 1.
fn delivered(target: &Target) -> Target {
    let step = looks(target, &wanted(1), seen(Some("v1"), Marker::Ours), at(0));
    assert!(step.target.state.confirmed.is_some());
    step.target
}

fn attends(transition: &Transition) -> Option<&TargetCause> {
    transition.effects.iter().find_map(|effect| match effect {
        Effect::Close(Closed::Attention(fault), _) => match &fault.problem.cause {
            crate::core::cause::Cause::Target(cause) => Some(cause),
            _ => None,
        },
        _ => None,
    })
}

#[test]
fn what_a_look_shows_decides_whether_the_place_is_written() {
    let fresh = target();
    let before = delivered(&target());
    // What is there, whose it says that it is, and whether it is written: where nothing was delivered before, and where it was.
    for (value, marker, first, later) in [
        (None, Marker::None, true, true),
        (Some("v2"), Marker::None, false, false),
        (Some("v1"), Marker::Ours, true, true),
        (Some("v1"), Marker::None, true, true),
        (Some("theirs"), Marker::None, false, true),
        // A mark alone does not say that this value was ours.
        (Some("theirs"), Marker::Ours, false, true),
        (Some("theirs"), Marker::Other("another".into()), false, false),
        (None, Marker::Other("another".into()), false, false),
    ] {
        for (target, writes_it) in [(&fresh, first), (&before, later)] {
            let step = looks(target, &wanted(2), seen(value, marker.clone()), at(10));
            assert_eq!(writes(&step), writes_it, "{value:?} {marker:?} {:?}", step.target.state.found);
            let is_there = value == Some("v2");
            assert_eq!(step.target.state.confirmed.as_ref().is_some_and(|it| it.version == 2), is_there);
        }
    }
}

#[test]
fn a_foreign_value_is_overwritten_only_where_exactly_that_was_agreed_to() {
    let step = looks(&target(), &wanted(1), seen(Some("theirs"), Marker::None), at(0));
    assert!(matches!(attends(&step), Some(TargetCause::Foreign { .. })), "{:?}", step.effects);
    let mut agreed = step.target;
    agreed.state.consent = Some(hashes(&document("theirs")));
    assert!(writes(&looks(&agreed, &wanted(1), seen(Some("theirs"), Marker::None), at(1))));
    let later = looks(&agreed, &wanted(1), seen(Some("theirs, changed"), Marker::None), at(1));
    assert!(!writes(&later), "it is another value than the one that was shown");
}

#[test]
fn what_others_change_is_delivered_again_once_a_day_and_then_needs_attention() {
    let mut target = delivered(&target());
    let drifted = looks(&target, &wanted(1), seen(Some("theirs"), Marker::Ours), at(100));
    assert!(writes(&drifted) && drifted.target.state.confirmed.is_none(), "the old secret waits for it again");
    let written = handle(&drifted.target, &wanted(1), Event::Written(Ok(String::new())), at(100)).target;
    let back = handle(&written, &wanted(1), Event::Read(Ok(seen(Some("v1"), Marker::Ours))), at(100));
    assert!(back.effects.iter().any(|effect| matches!(effect, Effect::Close(Closed::Delivered { restored: true }, _))));
    let again = looks(&back.target, &wanted(1), seen(Some("theirs"), Marker::Ours), at(3600));
    assert!(!writes(&again));
    assert!(matches!(attends(&again), Some(TargetCause::Drifted { again: true, .. })));
    assert!(writes(&looks(&back.target, &wanted(1), seen(None, Marker::None), at(3600))), "no one is overruled");
    assert!(writes(&looks(&back.target, &wanted(1), seen(Some("theirs"), Marker::Ours), at(90_000))));
    target.drift = Drift::Attend;
    let attended = looks(&target, &wanted(1), seen(Some("theirs"), Marker::Ours), at(100));
    assert!(matches!(attends(&attended), Some(TargetCause::Drifted { again: false, .. })));
}

#[test]
fn a_write_counts_once_it_is_read_back_and_after_its_minute_where_it_was_not_answered() {
    let writing = looks(&target(), &wanted(1), seen(None, Marker::None), at(0)).target;
    assert_eq!(writing.state.wrote, hashes(&wanted(1).document), "on disk before the write goes out");
    let read_back = handle(&writing, &wanted(1), Event::Written(Ok("3".into())), at(1)).target;
    let lied = handle(&read_back, &wanted(1), Event::Read(Ok(seen(None, Marker::None))), at(1)).target;
    assert!(lied.state.confirmed.is_none() && lied.state.fault.is_some());
    let lost = Fault::new(Code::TimedOut, TargetCause::NotThere);
    let doubtful = handle(&writing, &wanted(1), Event::Written(Err(lost)), at(1)).target;
    let early = looks(&doubtful, &wanted(1), seen(Some("v1"), Marker::Ours), at(5)).target;
    assert_eq!((early.state.confirmed.as_ref(), early.state.wake_at), (None, Some(at(65))));
    let late = looks(&early, &wanted(1), seen(Some("v1"), Marker::Ours), at(65)).target;
    assert!(late.state.confirmed.is_some());
}

#[test]
fn the_command_runs_for_what_was_written_until_it_ends_well_and_not_for_a_look() {
    let hooked = Target { after: vec!["true".into()], ..target() };
    let there = || Event::Read(Ok(seen(Some("v1"), Marker::Ours)));
    let writing = looks(&hooked, &wanted(1), seen(None, Marker::None), at(0)).target;
    let read_back = handle(&writing, &wanted(1), Event::Written(Ok(String::new())), at(1)).target;
    let running = handle(&read_back, &wanted(1), there(), at(1));
    assert!(running.effects.iter().any(|effect| matches!(effect, Effect::Run)));
    assert!(running.target.state.confirmed.is_none(), "its consumers may still use the old one");
    let later = Fault::new(Code::NoRoom, TargetCause::CommandLater { program: "true".into() });
    let failed = handle(&running.target, &wanted(1), Event::Ran(Err(later)), at(2)).target;
    let again = looks(&resume(&failed), &wanted(1), seen(Some("v1"), Marker::Ours), at(3));
    assert!(again.effects.iter().any(|effect| matches!(effect, Effect::Run)) && !writes(&again));
    let done = handle(&again.target, &wanted(1), Event::Ran(Ok(())), at(4)).target;
    assert!(done.state.confirmed.is_some());
    let daily = looks(&done, &wanted(1), seen(Some("v1"), Marker::Ours), at(90_000));
    assert!(daily.effects.iter().all(|effect| matches!(effect, Effect::Journal)), "{:?}", daily.effects);
}

#[test]
fn a_place_that_cannot_be_read_is_written_once_a_version() {
    let blind = Target { destination: Destination::Command { argv: vec!["deliver".into()] }, ..target() };
    let writing = looks(&blind, &wanted(1), Seen::default(), at(0));
    assert!(writes(&writing));
    let read_back = handle(&writing.target, &wanted(1), Event::Written(Ok(String::new())), at(1)).target;
    let done = handle(&read_back, &wanted(1), Event::Read(Ok(Seen::default())), at(1)).target;
    assert!(done.state.confirmed.is_some());
    assert!(!writes(&looks(&done, &wanted(1), Seen::default(), at(90_000))));
    assert!(writes(&looks(&done, &wanted(2), Seen::default(), at(90_000))));
}

#[test]
fn a_removal_keeps_what_is_there_and_purges_only_what_is_ours() {
    let leaving = |purge| Target { leaving: Some(Leaving { since: at(1), purge }), ..delivered(&target()) };
    for (purge, value, marker, strips) in [
        (false, Some("v1"), Marker::None, None),
        (false, Some("v1"), Marker::Ours, Some(false)),
        (true, Some("v1"), Marker::None, Some(true)),
        (true, Some("theirs"), Marker::None, None),
        (true, Some("theirs"), Marker::Ours, Some(false)),
        (true, Some("v1"), Marker::Other("another".into()), None),
        (true, None, Marker::None, None),
    ] {
        let step = looks(&leaving(purge), &wanted(1), seen(value, marker.clone()), at(2));
        let found = step.effects.iter().find_map(|effect| match effect {
            Effect::Strip(_, purge) => Some(*purge),
            _ => None,
        });
        assert_eq!(found, strips, "{purge} {value:?} {marker:?}");
        let removed = step.effects.iter().any(|effect| matches!(effect, Effect::Remove));
        assert_eq!(removed, strips.is_none());
    }
}

#[test]
fn a_removal_waits_until_a_write_that_was_not_answered_cannot_arrive_any_more() {
    let wrote = looks(&delivered(&target()), &wanted(2), seen(Some("v1"), Marker::Ours), at(1)).target;
    let lost = Fault::new(Code::TimedOut, TargetCause::NotThere);
    let lost = handle(&wrote, &wanted(2), Event::Written(Err(lost)), at(31)).target;
    for purge in [false, true] {
        let leaving = Target { leaving: Some(Leaving { since: at(32), purge }), ..lost.clone() };
        let step = looks(&leaving, &wanted(2), seen(Some("v1"), Marker::Ours), at(33));
        let acts =
            |step: &Transition| step.effects.iter().any(|effect| matches!(effect, Effect::Strip(..) | Effect::Remove));
        assert!(!acts(&step), "{:?}", step.effects);
        let over = at(33) + MAY_ARRIVE;
        assert_eq!(due(&step.target, true, Some(wanted(2).key), at(34)), Some(over));
        // It has arrived by then, and goes.
        assert!(acts(&looks(&step.target, &wanted(2), seen(Some("v2"), Marker::Ours), over)));
    }
}

#[test]
fn what_a_store_of_an_older_state_does_not_know_is_left_for_a_day_and_not_said_to_be_others() {
    let mut target = delivered(&target());
    target.state.doubted_at = Some(at(10));
    let theirs = || seen(Some("newer"), Marker::None);
    let left = looks(&target, &wanted(1), theirs(), at(20));
    assert!(!writes(&left));
    let cause = left.target.state.fault.expect("said").problem.cause;
    assert!(matches!(cause, crate::core::cause::Cause::Target(TargetCause::MayBeNewer { .. })), "{cause:?}");
    assert!(writes(&looks(&target, &wanted(1), theirs(), at(10) + CONTESTED)));
}

#[test]
fn it_acts_at_once_where_another_secret_is_published_and_at_its_own_time_where_it_failed() {
    let target = delivered(&target());
    let current = |number: u128| Some(Uuid::from_u128(number));
    assert!(due(&target, false, current(1), at(10)).is_some_and(|at_| at_ > at(20 * 3600)));
    assert_eq!(due(&target, false, current(2), at(10)), Some(at(10)));
    assert_eq!(due(&target, false, None, at(10)), None, "nothing is published");
    let reading = handle(&target, &wanted(2), Event::Wake, at(10)).target;
    assert_eq!(due(&reading, false, current(2), at(10)), None);
    let failed =
        handle(&reading, &wanted(2), Event::Read(Err(Fault::new(Code::TimedOut, TargetCause::NotThere))), at(10));
    assert_eq!(due(&failed.target, false, current(2), at(10)), Some(at(11)));
    let set_back = at(-30 * 86_400);
    assert!(due(&failed.target, false, current(2), set_back) == Some(set_back));
}

#[test]
fn what_lost_the_current_version_holds_the_old_secret_again_until_it_is_there_again() {
    let before = Target { settle: 3600, ..delivered(&target()) };
    let key = Some(Uuid::from_u128(2));
    let there = looks(&before, &wanted(2), seen(Some("v2"), Marker::Ours), at(10)).target;
    assert_eq!(there.settled_at(key), Some(at(10 + 3600)));
    // Others put the version before back.
    let lost = looks(&there, &wanted(2), seen(Some("v1"), Marker::Ours), at(5000));
    assert!(writes(&lost) && lost.target.settled_at(key).is_none());
    let full = Fault::new(Code::NoRoom, TargetCause::NotThere);
    let failed = handle(&lost.target, &wanted(2), Event::Written(Err(full)), at(5001)).target;
    assert_eq!(failed.settled_at(key), None, "the write failed");
    let again = looks(&failed, &wanted(2), seen(Some("v2"), Marker::Ours), at(5002)).target;
    assert_eq!(again.settled_at(key), Some(at(5002 + 3600)), "it settles anew");
}

#[test]
fn a_value_under_a_key_that_was_added_later_is_not_ours() {
    let both = |id: &str, secret: &str| {
        let pairs = [("ID", id), ("OKTA_CLIENT_SECRET", secret)];
        Document::from(pairs.map(|(key, value)| (key.to_owned(), SecretValue::new(value))))
    };
    let before = delivered(&target());
    let wanted = Wanted { document: both("0oa1", "v1"), ..wanted(1) };
    let there =
        Seen { values: both("theirs", "v1"), exists: true, marker: Marker::Ours, tidy: true, ..Seen::default() };
    let step = looks(&before, &wanted, there, at(10));
    assert!(!writes(&step));
    assert!(matches!(attends(&step), Some(TargetCause::Foreign { keys, .. }) if *keys == ["ID"]), "{:?}", step.effects);
}

#[test]
fn what_came_from_us_under_a_former_name_is_taken_away_and_a_crash_does_not_forget_that() {
    let before = delivered(&target());
    let former = |value: &str| Document::from([("OLD".to_owned(), SecretValue::new(value))]);
    let there = |value: &str| Seen { former: former(value), ..seen(Some("v1"), Marker::Ours) };
    let step = looks(&before, &wanted(1), there("theirs"), at(10));
    assert!(!writes(&step), "it is not ours");
    // Also a client id, which no version is known by: it was what we wrote there last.
    let mut wrote = before;
    wrote.state.wrote.insert("OLD".into(), document::hash(&SecretValue::new("0oa1")));
    let gone = |step: &Transition| {
        let write = step.effects.iter().find_map(|it| if let Effect::Write(seen) = it { Some(seen) } else { None });
        write.map(|seen| seen.former.clone())
    };
    let step = looks(&wrote, &wanted(1), there("0oa1"), at(10));
    assert_eq!(gone(&step), Some(former("0oa1")));
    let again = looks(&resume(&step.target), &wanted(1), there("0oa1"), at(11));
    assert_eq!(gone(&again), Some(former("0oa1")));
    let done = looks(&resume(&again.target), &wanted(1), seen(Some("v1"), Marker::Ours), at(90));
    assert!(!writes(&done) && done.target.state.fault.is_none());
}

#[test]
fn under_names_that_are_new_nothing_is_missing() {
    let attends_to = Target { drift: Drift::Attend, ..delivered(&target()) };
    assert!(!writes(&looks(&attends_to, &wanted(1), seen(None, Marker::Ours), at(10))), "it was there, and is gone");
    let other = Document::from([("NEW".to_owned(), SecretValue::new("v1"))]);
    let wanted = Wanted { document: other, ..wanted(1) };
    assert!(writes(&looks(&attends_to, &wanted, seen(None, Marker::Ours), at(10))));
}

#[test]
fn one_that_cannot_be_read_is_not_written_again_for_its_command_and_does_not_wait_after_a_lost_answer() {
    let argv = vec!["deliver".to_owned()];
    let blind = Target { destination: Destination::Command { argv }, after: vec!["reload".into()], ..target() };
    let writing = looks(&blind, &wanted(1), Seen::default(), at(0)).target;
    let lost = Fault::new(Code::TimedOut, TargetCause::NotThere);
    let lost = handle(&writing, &wanted(1), Event::Written(Err(lost)), at(1)).target;
    let writing = looks(&lost, &wanted(1), Seen::default(), at(3)).target;
    let back = handle(&writing, &wanted(1), Event::Written(Ok(String::new())), at(3)).target;
    let running = handle(&back, &wanted(1), Event::Read(Ok(Seen::default())), at(3)).target;
    let failed = Fault::new(Code::NoRoom, TargetCause::CommandLater { program: "reload".into() });
    let failed = handle(&running, &wanted(1), Event::Ran(Err(failed)), at(4)).target;
    let again = looks(&failed, &wanted(1), Seen::default(), at(9));
    assert!(!writes(&again) && again.effects.iter().any(|effect| matches!(effect, Effect::Run)));
    let done = handle(&again.target, &wanted(1), Event::Ran(Ok(())), at(9)).target;
    assert_eq!(due(&done, false, Some(Uuid::from_u128(2)), at(60)), Some(at(60)), "the next version goes at once");
}
