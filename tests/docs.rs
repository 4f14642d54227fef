//! The pages hold together: the README is short, every page is reached from it, and every link leads somewhere. What the
//! pages say is held by `tests/program/readme.rs` and by the tests of what they show.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The README is read in one go.
const MOST_WORDS: usize = 600;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The pages by their path: those at the top, and those in `docs/`.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for dir in ["", "docs/"] {
        for entry in fs::read_dir(root().join(dir)).expect("read") {
            let name = format!("{dir}{}", entry.expect("an entry").file_name().display());
            if Path::new(&name).extension().is_some_and(|kind| kind == "md") {
                let text = fs::read_to_string(root().join(&name)).expect("text");
                pages.insert(name, text);
            }
        }
    }
    assert!(pages.len() > 10, "the pages were not found");
    pages
}

/// The links on a page, blocks of code left out: line and target.
fn links(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut code) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        code ^= line.trim_start().starts_with("```");
        if !code {
            found.extend(line.split("](").skip(1).map(|rest| (index + 1, rest.split(')').next().unwrap_or(rest))));
        }
    }
    found
}

/// The anchors of a page's headings.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let anchor = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn the_readme_is_read_in_one_go() {
    let words = pages()["README.md"].split_whitespace().count();
    assert!(words <= MOST_WORDS, "README.md has {words} words, {MOST_WORDS} at most");
}

#[test]
fn every_file_of_ours_that_a_page_names_is_there() {
    let ours = ["src/", "tests/", "docs/", "benches/", "packaging/", ".ci/", ".github/"];
    let mut seen = 0;
    for (name, text) in pages() {
        for (index, line) in text.lines().enumerate() {
            let quoted = line.split('`').skip(1).step_by(2).filter(|it| ours.iter().any(|dir| it.starts_with(dir)));
            // NAME is the reader's own.
            for path in quoted.filter(|path| !path.contains("NAME")) {
                seen += 1;
                assert!(root().join(path).exists(), "{name}:{}: there is no {path}", index + 1);
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

/// The README's tests are what must hold before main moves.
#[test]
fn the_readmes_test_command_is_the_one_that_ci_runs() {
    let readme = &pages()["README.md"];
    let command = readme.lines().find(|line| line.starts_with("cargo test")).expect("a command");
    let command = command.split('#').next().unwrap_or_default().trim();
    let ci = fs::read_to_string(root().join(".ci/run")).expect("text");
    assert!(ci.lines().any(|line| line == command), ".ci/run does not run `{command}`");
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    for (name, text) in &pages {
        for (line, target) in links(text).into_iter().filter(|(_, target)| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let dir = Path::new(name).parent().expect("a name");
            let path = if file.is_empty() { PathBuf::from(name) } else { dir.join(file) };
            assert!(root().join(&path).exists(), "{name}:{line}: {target} is not there");
            // `docs/../X` is `X`.
            let path = path.to_str().expect("text").replace("docs/../", "");
            let there = || anchors(&pages[&path]).iter().any(|known| known == anchor);
            assert!(anchor.is_empty() || there(), "{name}:{line}: {target}: no such heading");
        }
    }
}

#[test]
fn every_page_is_reached_from_the_readme_and_says_something() {
    let pages = pages();
    let reached: Vec<&str> = links(&pages["README.md"]).into_iter().map(|(_, target)| target).collect();
    for (name, text) in pages.iter().filter(|(name, _)| *name != "README.md") {
        assert!(reached.contains(&name.as_str()), "the README does not lead to {name}");
        assert!(text.split_whitespace().count() > 100, "{name} is empty");
    }
}
