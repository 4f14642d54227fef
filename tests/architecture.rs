//! The walks in docs/architecture.md are true: each step names a file that is there and a function that stands in it.
//!
//! A step is ``3. `src/engine/work/driver.rs` `drive` — …``, numbered from 1 in each walk.

use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/architecture.md";

/// The walks that a newcomer is promised, and how long one may be.
const WALKS: usize = 5;
const MOST_STEPS: usize = 15;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A step: its line on the page, and what stands between its first two pairs of backticks.
struct Step<'a> {
    line: usize,
    number: usize,
    file: &'a str,
    function: &'a str,
}

fn step(line: usize, text: &str) -> Option<Step<'_>> {
    let (number, rest) = text.split_once(". ")?;
    let number = number.parse().ok()?;
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let (Some(file), Some(function)) = (quoted.next(), quoted.next()) else {
        panic!("{PAGE}:{line}: a step names a file and a function: {text}")
    };
    Some(Step { line, number, file, function })
}

/// The walks: a heading that begins with "Walk", and the steps behind it.
fn walks(page: &str) -> Vec<(&str, Vec<Step<'_>>)> {
    let mut walks: Vec<(&str, Vec<Step<'_>>)> = Vec::new();
    let mut walking = false;
    for (index, line) in page.lines().enumerate() {
        if line.starts_with('#') {
            walking = line.starts_with("## Walk");
            if walking {
                walks.push((line, Vec::new()));
            }
        } else if walking && let Some(step) = step(index + 1, line) {
            walks.last_mut().expect("begun").1.push(step);
        }
    }
    walks
}

/// Whether a function of this name stands in a text.
fn defines(text: &str, function: &str) -> bool {
    let begin = format!("fn {function}");
    text.match_indices(&begin).any(|(at, _)| text[at + begin.len()..].starts_with(['(', '<']))
}

#[test]
fn every_step_of_every_walk_is_there() {
    let page = fs::read_to_string(root().join(PAGE)).expect("the page");
    let walks = walks(&page);
    assert_eq!(walks.len(), WALKS, "walks in {PAGE}");
    let mut wrong = Vec::new();
    for (heading, steps) in &walks {
        if steps.is_empty() || steps.len() > MOST_STEPS {
            wrong.push(format!("{heading}: {} steps, {MOST_STEPS} at most", steps.len()));
        }
        for (index, Step { line, number, file, function }) in steps.iter().enumerate() {
            if *number != index + 1 {
                wrong.push(format!("{PAGE}:{line}: step {number} is number {}", index + 1));
            }
            match fs::read_to_string(root().join(file)) {
                Err(_) => wrong.push(format!("{PAGE}:{line}: there is no {file}")),
                Ok(text) if !defines(&text, function) => {
                    wrong.push(format!("{PAGE}:{line}: {file} has no function {function}"));
                }
                Ok(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The drawing names each ring that there is, so that a new one is drawn.
#[test]
fn every_ring_is_drawn() {
    let page = fs::read_to_string(root().join(PAGE)).expect("the page");
    for entry in fs::read_dir(root().join("src")).expect("read") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.extension().is_some_and(|kind| kind == "rs") && name != "lib" && name != "fuzz" {
            assert!(page.contains(&format!("`{name}`")) || page.contains(&format!(" {name} ")), "{name} is not drawn");
        }
    }
}

#[test]
fn a_step_that_is_not_true_is_noticed() {
    assert!(defines("pub async fn drive(engine", "drive") && defines("fn take<T>(it: T)", "take"));
    assert!(!defines("fn driver(engine", "drive"));
    let page = "## Walk one\n\n1. `src/lib.rs` `a` — x\n2. `src/lib.rs` `b` — y\n\n## Other\n\n1. no step\n";
    let walks = walks(page);
    assert_eq!(walks.len(), 1);
    let steps: Vec<_> = walks[0].1.iter().map(|step| (step.number, step.function)).collect();
    assert_eq!(steps, [(1, "a"), (2, "b")]);
    assert!(Path::new(walks[0].1[0].file).is_relative());
}
