//! What happens in a step.

use super::format::Step;
use super::words::{fate, instant, span};
use crate::core::protocol::event::Event;
use crate::core::protocol::retire::Decision;
use crate::core::protocol::tests::model::{Maker, Way};
use crate::core::protocol::tests::world::World;
use crate::core::protocol::tests::{days, start, value};
use crate::core::rotation::{AuthMethod, Consent};

/// Takes a step, up to where it is compared.
pub fn take(world: &mut World, step: &Step) {
    world.reported = None;
    let until = match (&step.at, &step.after) {
        (Some(at), None) => Some(instant(at)),
        (None, Some(span_of)) => Some(world.now + span(span_of)),
        (None, None) => None,
        (Some(_), Some(_)) => panic!("a step has one time"),
    };
    if let Some(until) = until {
        assert!(until >= world.now, "time does not go back: it is {}", world.now);
        world.pass_until(until);
    }
    if let Some(fates) = &step.always {
        world.okta.fates =
            fates.iter().map(|text| fate(text)).map(|(step, way, says, _)| (step, (way, says))).collect();
    }
    if let Some(act) = &step.act {
        someone(world, act);
    }
    for text in &step.meets {
        let (call, way, says, times) = fate(text);
        for _ in 0..times {
            world.okta.says.clone_from(&says);
            world.meet(&call, way);
        }
    }
    match &step.before {
        Some(call) => world.stop_before(call),
        None => world.run(),
    }
    world.judge.assert();
}

fn someone(world: &mut World, act: &str) {
    let words: Vec<&str> = act.split(' ').collect();
    match words.as_slice() {
        ["create", terms @ ..] => {
            let consent = Consent { original_off_at: Some(start() + days(20)), ..consent(terms) };
            world.create(consent);
        }
        ["rotate", terms @ ..] => world.ask(consent(terms)),
        ["rollback"] => world.roll_back(),
        ["retire", "--now"] => world.decide(Decision::Now),
        ["retire", "--hold"] => world.decide(Decision::Hold),
        ["retire", "--at", at @ ..] => world.decide(Decision::At(instant(&at.join(" ")))),
        ["resolve", "--publish-unverified"] => world.resolve(true),
        ["resolve", "--withdraw"] => world.resolve(false),
        ["delete"] => world.delete(false),
        ["delete", "--revoke-credentials"] => world.delete(true),
        ["check"] => world.check(),
        ["retry"] => world.tell(Event::Wake),
        ["pause"] => world.settings(|rotation| rotation.auto = false),
        ["pause", "--until", until @ ..] => {
            let until = instant(&until.join(" "));
            world.settings(|rotation| rotation.paused_until = Some(until));
        }
        ["resume"] => world.resume(),
        ["skip"] => {
            let now = world.now;
            world.settings(|rotation| rotation.schedule = rotation.schedule.skip(now));
        }
        ["kill"] => world.crash(),
        ["kill", "once", "Okta", "has", "done", "it"] => world.crash_after(),
        ["kill", "after", count, "effects"] => kill_after(world, count.parse().expect("a number")),
        ["a", "consumer", "fetches"] => world.fetched = true,
        ["consumers", "sleep"] => world.readers = false,
        ["consumers", "wake"] => (world.readers, world.fetched) = (true, true),
        ["others", ..] | ["the", "app" | "clock", ..] => elsewhere(world, &words),
        _ => panic!("no operator can {act:?}"),
    }
}

/// What others do at Okta, and to the clock.
fn elsewhere(world: &mut World, words: &[&str]) {
    let there = |world: &World, id: &str| assert!(world.okta.find(id).is_some(), "there is no {id}");
    match words {
        ["others", "switch", id, "off"] => {
            there(world, id);
            world.okta.switch(id, false, world.now);
        }
        ["others", "switch", id, "on"] => {
            there(world, id);
            world.okta.switch(id, true, world.now);
        }
        ["others", "delete", id] => {
            there(world, id);
            world.okta.drop_secret(id);
        }
        ["others", "make", "a", "secret"] => {
            world.okta.make(value(900), Maker::Stranger);
        }
        ["the", "app", "is", "deleted"] => world.okta.app_gone = true,
        ["the", "app", "is", "back"] => world.okta.restore_app(),
        ["the", "app", "is", "INACTIVE"] => world.okta.app.status = "INACTIVE".into(),
        ["the", "app", "uses", method] => {
            let method = serde_json::from_value(serde_json::json!(method)).expect("a method");
            world.okta.use_method(method);
            assert_ne!(method, AuthMethod::Unknown);
        }
        ["the", "clock", "jumps", by @ ..] => world.clock_jumps(span(&by.join(" "))),
        ["the", "clock", "is", "set", "right"] => world.clock_is_set(),
        _ => panic!("nothing that happens: {words:?}"),
    }
}

fn consent(terms: &[&str]) -> Consent {
    match terms {
        [] => Consent::default(),
        ["--yes"] => Consent { cut_previous: true, ..Consent::default() },
        ["--retire-now"] => Consent { retire_now: true, ..Consent::default() },
        ["--replace", id] => Consent { replace: Some((*id).to_owned()), ..Consent::default() },
        _ => panic!("no such terms: {terms:?}"),
    }
}

/// Executes so many effects, as far as there are any, and ends the process there.
fn kill_after(world: &mut World, count: u32) {
    for _ in 0..count {
        if world.queue.is_empty() && (world.operation().is_none() || world.next().is_none()) {
            break;
        }
        if !world.queue.is_empty() {
            world.execute(Way::Clear);
        }
    }
    world.crash();
}
