//! The walls between rings and floors, held by reading imports: which may know of which, and that no files know of each
//! other in a circle.
//!
//! Tests and what only tests use are not read: they may look anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use source::{Import, Source, sources};

mod source;

/// What each ring may import of the crate, beside itself. See `src/lib.rs`.
const RINGS: [(&str, &[&str]); 17] = [
    ("text", &[]),
    ("core", &["text"]),
    ("clock", &[]),
    ("file", &[]),
    ("trust", &["core", "text"]),
    ("jose", &["core"]),
    ("net", &["core", "file", "text", "trust"]),
    ("okta", &["core", "clock", "jose", "net", "text"]),
    ("delivery", &["clock", "core", "file", "net", "text", "trust"]),
    ("store", &["core", "file", "trust"]),
    ("engine", &["core", "clock", "delivery", "jose", "net", "okta", "store", "text", "trust"]),
    ("words", &["core", "engine", "text"]),
    ("api", &["core", "engine", "text", "trust", "words"]),
    ("tui", &["core", "clock", "engine", "file", "text", "trust", "words"]),
    ("sandbox", &["core", "clock", "jose"]),
    ("demo", &["core", "clock", "api", "engine", "sandbox", "text", "words"]),
    (
        "cli",
        &[
            "api", "clock", "core", "demo", "engine", "file", "jose", "net", "okta", "sandbox", "store", "text",
            "trust", "tui", "words",
        ],
    ),
];

/// Who may use what of other crates and of `std`. What stands here is no business of any other ring; the rest is free.
const OUTSIDE: [(&[&str], &[&str]); 8] = [
    (&["ratatui"], &["tui"]),
    (&["crossterm"], &["tui", "cli"]),
    (&["sled", "chacha20poly1305", "memsafe"], &["store"]),
    (&["reqwest"], &["net", "okta", "delivery", "api", "demo"]),
    (&["axum", "hyper", "hyper_util", "http_body_util"], &["api", "sandbox"]),
    (&["clap", "clap_complete", "clap_mangen", "csv", "tracing_subscriber"], &["cli"]),
    // The machine's clock and zone, files, processes, threads, and waiting: core, text and words are pure.
    (
        &["tokio", "tracing", "std::fs", "std::process", "std::env", "std::thread"],
        &[
            "main", "api", "cli", "clock", "delivery", "demo", "engine", "file", "net", "okta", "sandbox", "store",
            "trust", "tui",
        ],
    ),
    (&["nix"], &["api", "cli", "delivery", "demo", "engine", "file", "store", "trust", "tui"]),
];

/// The engine's floors from the ground up: each may import what comes before it.
const FLOORS: [&[&str]; 8] = [
    &[
        "engine::body",
        "engine::view",
        "engine::events",
        "engine::refusal",
        "engine::form",
        "engine::role",
        "engine::patience",
    ],
    &["engine::state"],
    &["engine::work"],
    &["engine::answer"],
    &["engine::request"],
    &["engine::dispatch"],
    &["engine::thread"],
    &["engine::local", "engine::bulk", "engine::foreseen"],
];

/// So many files may know of each other: two that are one thing, such as a type and its parts.
const CIRCLE: usize = 2;

/// The rings in which circles are looked for.
const ROUND: [&str; 3] = ["core", "engine", "tui"];

/// The files that may name an act, beside its own and the list: where an operator chooses among several, where one has a
/// question or a report of its own, or where something else rests on it. Whatever holds for all acts names none.
const NAME_ACTS: [&str; 18] = [
    "cli/confirm.rs",
    "cli/connection.rs",
    "cli/doctor.rs",
    "cli/retire_store.rs",
    "cli/act.rs",
    "cli/rotation/consumers.rs",
    "cli/rotation/deletion.rs",
    "cli/rotation/import.rs",
    "cli/target.rs",
    "cli/target/show.rs",
    "demo/director/prologue.rs",
    "tui/actions.rs",
    "tui/acts/menus.rs",
    "tui/acts/plan_box.rs",
    "tui/acts/retire.rs",
    "tui/overlays/delete.rs",
    "tui/row_acts.rs",
    "tui/target_acts.rs",
];

/// The rings that say things as data. What is said of a cause, a remedy or a problem is made elsewhere, for whoever reads it.
const SAY_DATA: [&str; 5] = ["core", "okta", "jose", "store", "engine"];

/// What makes the sentence of a cause, a remedy, a problem or an ending.
const SAYS: [&str; 5] = [".say()", ".brief()", ".what()", ".todo()", ".whole()"];

/// The files of those rings that have a sentence made all the same, and why.
const HAVE_SAID: [(&str, &str); 4] = [
    ("okta/client/answer.rs", "no secret that was sent may stand in it"),
    ("engine/view.rs", "the field `lastRotationMessage` of the API is a sentence"),
    ("engine/answer/check.rs", "the report of an act, of which the sentence is a part"),
    ("engine/answer/credential/okta.rs", "what is wrong with a field is a sentence"),
];

#[test]
fn rings_know_only_of_those_that_are_further_in() {
    let mut wrong = String::new();
    for source in sources() {
        let Some((ring, may)) = RINGS.iter().find(|(ring, _)| source.module[0] == *ring) else { continue };
        for Import { path, line } in &source.imports {
            let Some(first) = path.first().filter(|first| *first != ring) else { continue };
            if RINGS.iter().any(|(known, _)| known == first) && !may.contains(&first.as_str()) {
                let _ =
                    writeln!(wrong, "src/{}:{line}: {ring} may not import {}", source.file.display(), path.join("::"));
            }
        }
    }
    assert_eq!(wrong, "");
}

/// Whether a line of code names something of another crate, at the beginning of a path.
fn names(line: &str, what: &str) -> bool {
    line.match_indices(what).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let begins = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        begins && [";", "::", " as "].iter().any(|end| line[at + what.len()..].starts_with(end))
    })
}

#[test]
fn rings_use_only_what_of_the_outside_is_theirs() {
    let mut wrong = String::new();
    for source in sources() {
        for (index, line) in source.lines() {
            for (all, rings) in OUTSIDE.iter().filter(|(_, rings)| !rings.contains(&source.module[0].as_str())) {
                for what in all.iter().filter(|what| names(line, what)) {
                    let (file, line) = (source.file.display(), index + 1);
                    let _ = writeln!(wrong, "src/{file}:{line}: {what} is for {} alone", rings.join(", "));
                }
            }
        }
    }
    assert_eq!(wrong, "");
    assert!(names("use std::fs::{self, File};", "std::fs") && names("let it = tokio::spawn(", "tokio"));
    assert!(!names("crate::tokio::x", "tokio") && !names("use mytokio::x;", "tokio"));
}

#[test]
fn floors_know_only_of_those_below() {
    let floor = |path: &[String]| {
        let name = path.iter().take(2).cloned().collect::<Vec<_>>().join("::");
        FLOORS.iter().position(|floor| floor.contains(&name.as_str()))
    };
    let mut wrong = String::new();
    for source in sources() {
        let Some(own) = floor(&source.module) else { continue };
        for Import { path, line } in &source.imports {
            if let Some(other) = floor(path).filter(|other| *other > own) {
                let (own, other) = (FLOORS[own].join(", "), FLOORS[other].join(", "));
                let _ = writeln!(wrong, "src/{}:{line}: {own} may not import {other}", source.file.display());
            }
        }
    }
    assert_eq!(wrong, "");
}

/// Whether a file is one of those where the words of causes and remedies stand beside them.
fn has_words_of_its_own(file: &Path) -> bool {
    ["cause", "remedy"].iter().any(|noun| {
        let of = Path::new("core").join(noun);
        file.with_extension("") == of || file.starts_with(&of)
    })
}

#[test]
fn causes_and_remedies_stand_beside_their_words_and_nothing_further_in_than_the_faces_has_them_said() {
    let mut wrong = String::new();
    for source in sources() {
        let file = source.file.display().to_string();
        if has_words_of_its_own(&source.file) {
            continue;
        }
        if source.module[0] == "core" {
            for Import { path, line } in source.imports.iter().filter(|import| import.path[0] == "text") {
                let _ =
                    writeln!(wrong, "src/{file}:{line}: of core, causes and remedies alone import {}", path.join("::"));
            }
        }
        if SAY_DATA.contains(&source.module[0].as_str()) && !HAVE_SAID.iter().any(|(may, _)| *may == file) {
            for (index, line) in source.lines().filter(|(_, line)| SAYS.iter().any(|says| line.contains(says))) {
                let _ = writeln!(wrong, "src/{file}:{}: a sentence is made here: {}", index + 1, line.trim());
            }
        }
    }
    assert_eq!(wrong, "");
}

/// The acts of the list: name, file and terms.
fn acts() -> Vec<[String; 3]> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine/request/acts.rs");
    let list = fs::read_to_string(list).expect("the list");
    let (_, rows) = list.rsplit_once("acts! {").expect("the list");
    let row = |line: &str| {
        let (name, rest) = line.trim().split_once(": ")?;
        let (path, _) = rest.split_once(" => ")?;
        let (file, terms) = path.split_once("::")?;
        Some([name.to_owned(), file.to_owned(), terms.to_owned()])
    };
    rows.lines().take_while(|line| *line != "}").filter_map(row).collect()
}

#[test]
fn an_act_stands_in_its_own_file_and_in_the_list() {
    let acts = acts();
    assert!(acts.len() > 10, "{acts:?}");
    let (mut wrong, mut used) = (String::new(), BTreeSet::new());
    for source in sources() {
        let file = source.file.display().to_string();
        for [name, own, terms] in &acts {
            if file == format!("engine/answer/{own}.rs") || file == "engine/request/acts.rs" {
                continue;
            }
            let ways = [terms.clone(), format!("ActKind::{name}")];
            for (index, line) in source.lines() {
                if !ways.iter().any(|way| is_named(line, way)) {
                    continue;
                }
                used.insert(file.clone());
                if !NAME_ACTS.contains(&file.as_str()) {
                    let _ = writeln!(wrong, "src/{file}:{}: the act {name} is named here", index + 1);
                }
            }
        }
    }
    assert_eq!(wrong, "");
    let idle: Vec<&&str> = NAME_ACTS.iter().filter(|file| !used.contains(**file)).collect();
    assert!(idle.is_empty(), "no act is named there: {idle:?}");
}

/// Whether a name stands in a line as a whole word.
fn is_named(line: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| !line[..at].ends_with(part) && !line[at + name.len()..].starts_with(part))
}

#[test]
fn no_more_than_a_few_files_know_of_each_other_in_a_circle() {
    let sources = sources();
    let files: BTreeSet<String> = sources.iter().map(Source::name).collect();
    // The file that a path leads to, and the lines that name it.
    let mut knows: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for source in sources.iter().filter(|source| ROUND.contains(&source.module[0].as_str())) {
        for Import { path, line } in &source.imports {
            let target =
                (1..=path.len()).rev().map(|length| path[..length].join("::")).find(|name| files.contains(name));
            if let Some(target) = target.filter(|target| *target != source.name()) {
                knows.entry(source.name()).or_default().entry(target).or_insert(*line);
            }
        }
    }
    let reached = |from: &String| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(file) = next.pop() {
            for target in knows.get(&file).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(target.clone()) {
                    next.push(target.clone());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = knows.keys().map(|file| (file, reached(file))).collect();
    let mut wrong = BTreeSet::new();
    for (file, all) in &reach {
        let round: BTreeSet<&String> =
            all.iter().filter(|other| reach.get(other).is_some_and(|back| back.contains(*file))).collect();
        if round.len() > CIRCLE {
            let ways: Vec<String> = round
                .iter()
                .flat_map(|from| {
                    let targets = knows.get(*from).into_iter().flatten();
                    targets.filter(|(to, _)| round.contains(to)).map(move |(to, line)| format!("{from}:{line} → {to}"))
                })
                .collect();
            wrong.insert(format!("{} files know of each other:\n  {}\n", round.len(), ways.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<String>());
}
