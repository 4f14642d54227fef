//! Plays the files of `scenarios/`: each tells what happens to a rotation, and what must come of it. They are
//! written for people; README.md there explains their words. This runner knows no scenario by name.
//!
//! Beside what a file expects, the judge looks at the promises after every effect.

mod act;
mod check;
mod format;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::world::World;
use super::{days, start};
use crate::core::rotation::Consent;
use check::Before;
use format::{Scenario, Start, Step};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/core/protocol/tests/scenarios")
}

/// The files of the folder by name: scenarios, and the README.
fn files() -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder()).expect("the scenarios can be read");
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().expect("a plain name");
        (name, fs::read_to_string(entry.path()).expect("a text file"))
    };
    entries.map(|entry| read(entry.expect("an entry"))).collect()
}

fn scenarios() -> Vec<(String, Scenario)> {
    let parsed = |(name, text): (String, String)| {
        let scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, scenario)
    };
    files().into_iter().filter(|(name, _)| name != "README.md").map(parsed).collect()
}

/// One text for each combination of what `each` lists: `$name` stands for one of its values.
fn variants(text: &str, each: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut texts = vec![text.to_owned()];
    for (name, values) in each {
        let place = format!("${name}");
        assert!(text.contains(&place), "nothing uses {place}");
        texts = texts.iter().flat_map(|text| values.iter().map(|value| text.replace(&place, value))).collect();
    }
    texts
}

fn play(scenario: &Scenario) {
    assert!(scenario.step.last().is_some_and(Step::expects), "the last step expects something");
    let mut world = begin(&scenario.start);
    for (number, step) in scenario.step.iter().enumerate() {
        println!("step {}: {:?}", number + 1, step.reported());
        let before = Before::of(&world);
        act::take(&mut world, step);
        check::compare(&world, step, &before);
    }
}

/// The rotation as the scenario finds it.
fn begin(start_with: &Start) -> World {
    let mut world = World::new(start_with.originals);
    (world.okta.hide_values, world.okta.hide_hashes) = match start_with.role_hides.as_str() {
        "" => (false, false),
        "values" => (true, false),
        "hashes" => (false, true),
        "values and hashes" => (true, true),
        other => panic!("no role hides {other:?}"),
    };
    world.okta.other_hashes = start_with.other_hashes;
    let rotation = world.rotation_mut();
    let span = |text: &Option<String>, default| {
        text.as_ref().map_or(default, |text| words::span(text).num_seconds().unsigned_abs())
    };
    rotation.overlap = span(&start_with.overlap, rotation.overlap);
    rotation.soak = span(&start_with.soak, rotation.soak);
    rotation.auto = start_with.auto;
    rotation.retire_unread = start_with.retire_unread;
    if start_with.running {
        let off_at = (start_with.originals > 0).then(|| start() + days(20));
        world.create(Consent { original_off_at: off_at, ..Consent::default() });
        world.run();
        world.pass_until(start() + days(25));
        assert!(world.rotation().previous.is_none() && world.rotation().current.is_some());
        world.calls.clear();
    }
    world.readers = start_with.readers;
    world
}

#[test]
fn every_scenario_goes_as_its_file_says() {
    let mut failed = Vec::new();
    for (name, scenario) in scenarios() {
        assert!(!scenario.about.is_empty(), "{name} says what it is about");
        for (number, text) in variants(&files()[&name], &scenario.each).iter().enumerate() {
            let scenario: Scenario = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            println!("scenarios/{name}, variant {}: {}", number + 1, scenario.title);
            if std::panic::catch_unwind(|| play(&scenario)).is_err() {
                failed.push(format!("{name}, variant {}", number + 1));
            }
        }
    }
    assert!(failed.is_empty(), "as printed above: {failed:#?}");
}

#[test]
fn an_unknown_key_and_a_wrong_expectation_are_noticed() {
    let good = "title = 'x'\nabout = 'y'\n[[step]]\nat = 'day 28'\npublished = 'ocs2'\n";
    let parse = |text: &str| toml::from_str::<Scenario>(text);
    play(&parse(good).expect("well formed"));
    for (key, value) in [("publishd", "'ocs2'"), ("[start]\nrole", "'x'")] {
        assert!(parse(&format!("{good}{key} = {value}\n")).is_err(), "{key}");
    }
    let wrong = |more: &str| {
        let scenario = parse(&format!("{good}{more}\n")).expect("well formed");
        std::panic::catch_unwind(move || play(&scenario)).is_err()
    };
    for more in [
        "calls = ['create']",
        "at_okta = ['ocs1 ACTIVE']",
        "state = 'ATTENTION'",
        "attention = 'something'",
        "waits = 'something'",
        "reported = 'something'",
        "history = ['success: published']",
        "previous = 'ocs1'",
        "due = 'day 1'",
        "version = 2",
        "held = 'unread'",
        "values_drawn = 1",
        "record = 'gone'",
        "do = 'dance'",
        "meets = ['create: a friend']",
    ] {
        assert!(wrong(more), "{more}");
    }
    assert!(!wrong("calls = []\ndue = 'day 30'\nstate = 'DUE'\nrecord = 'there'\nhistory = []\nprevious = 'none'"));
}

#[test]
fn the_readme_names_every_file_and_every_case_of_the_design() {
    let files = files();
    let readme = &files["README.md"];
    for name in files.keys().filter(|name| *name != "README.md") {
        assert!(name.strip_suffix(".toml").is_some(), "nothing plays {name}");
    }
    let mut cases: Vec<u32> = Vec::new();
    for (name, scenario) in scenarios() {
        assert!(
            readme.contains(&format!("- `{name}`: {}.", scenario.title)),
            "the README does not list {name} by its title"
        );
        cases.extend(scenario.cases);
    }
    // `- Case 15: `src/engine/tests/many.rs`, `a_test_of_it`: what it shows`
    for line in readme.lines().filter_map(|line| line.strip_prefix("- Case ")) {
        let quoted: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        let [file, tests @ ..] = quoted.as_slice() else { panic!("no file in {line:?}") };
        let text = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)).expect(file);
        assert!(!tests.is_empty(), "no test in {line:?}");
        for test in tests {
            assert!(text.contains(&format!("fn {test}(")), "{file} has no test {test}");
        }
        cases.push(line.split(':').next().and_then(|number| number.parse().ok()).expect("a number"));
    }
    for case in 1..=16 {
        assert!(cases.contains(&case), "case {case} is shown nowhere");
    }
}
