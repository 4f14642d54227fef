//! The sources as they are read: each file's module path, and the paths of the crate that it names.

use std::fs;
use std::path::{Path, PathBuf};

/// A path of the crate that a file names: what, and on which line.
pub struct Import {
    pub path: Vec<String>,
    pub line: usize,
}

/// A file that is no test: its module path, its text and what it names.
pub struct Source {
    pub file: PathBuf,
    pub module: Vec<String>,
    pub text: String,
    pub imports: Vec<Import>,
}

impl Source {
    /// Its path in the crate.
    pub fn name(&self) -> String {
        self.module.join("::")
    }

    /// Its lines without comments, counted from 0.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter(|(_, line)| !line.trim().starts_with("//"))
    }
}

/// The text of a file without what is there for tests alone: every `#[cfg(test)]` item at the margin, its lines left empty.
fn code(text: &str) -> String {
    let mut kept = String::new();
    let mut skipped = false;
    for line in text.lines() {
        skipped |= line == "#[cfg(test)]";
        if !skipped {
            kept.push_str(line);
        }
        kept.push('\n');
        let ends = line == "}" || (line.ends_with(';') && !line.starts_with(' '));
        skipped &= !ends;
    }
    kept
}

fn is_for_tests(file: &Path) -> bool {
    let of_tests = ["tests", "samples", "fixture", "fuzz", "testing", "doubles", "harness"];
    file.iter().any(|part| of_tests.iter().any(|of| Path::new(part).file_stem().is_some_and(|stem| stem == *of)))
}

pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut dirs = vec![root.clone()];
    let mut all = Vec::new();
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).expect("read").map(|entry| entry.expect("an entry").path()) {
            let below = entry.strip_prefix(&root).expect("below").to_owned();
            if entry.is_dir() {
                dirs.push(entry);
            } else if below.extension().is_some_and(|it| it == "rs") && !is_for_tests(&below) {
                let text = code(&fs::read_to_string(&entry).expect("read"));
                let module: Vec<String> =
                    below.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
                all.push(Source { imports: imports(&text, &module), file: below, module, text });
            }
        }
    }
    assert!(all.len() > 200, "the sources were not found");
    all
}

/// The paths of the crate that a text names.
fn imports(text: &str, module: &[String]) -> Vec<Import> {
    let child = |line| str::strip_suffix(line, ";")?.trim_start_matches("pub ").strip_prefix("mod ");
    let children: Vec<&str> = text.lines().filter_map(child).collect();
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let code = line.trim();
        if code.starts_with("//") {
            continue;
        }
        let code = code.strip_prefix("pub(in crate::engine) ").unwrap_or(code);
        let (start, mut whole) = open.take().unwrap_or((index + 1, String::new()));
        whole.push_str(code);
        let is_use = whole.starts_with("use ") || whole.starts_with("pub use ");
        if is_use && !whole.ends_with(';') {
            open = Some((start, whole));
            continue;
        }
        for root in ["crate::", "super::", "self::"] {
            let mut rest = whole.as_str();
            while let Some(at) = rest.find(root) {
                let before = rest[..at].chars().next_back();
                let begins = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
                rest = &rest[at..];
                if begins {
                    paths(rest, module, start, &mut found);
                }
                rest = &rest[root.len()..];
            }
        }
        // `name::…` of a child.
        for (at, _) in whole.match_indices("::").filter(|_| !is_use) {
            let name = whole[..at].rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            let from = at - name.len();
            if children.contains(&name) && !whole[..from].ends_with(':') {
                paths(&format!("self::{}", &whole[from..]), module, start, &mut found);
            }
        }
        if is_use
            && let Some(path) = whole.split("use ").nth(1)
            && !["crate::", "super::", "self::", "std::"].iter().any(|root| path.starts_with(root))
        {
            paths(&format!("self::{path}"), module, start, &mut found);
        }
    }
    found
}

/// The paths that one begins, with all of its braces.
fn paths(text: &str, module: &[String], line: usize, found: &mut Vec<Import>) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    let mut base: Vec<String> = module.to_vec();
    let mut names = Vec::new();
    for part in head.split("::").filter(|part| !part.is_empty()) {
        match part {
            "crate" => base.clear(),
            "super" => drop(base.pop()),
            "self" => {}
            name => names.push(name.to_owned()),
        }
    }
    base.extend(names);
    if head.ends_with("::") && rest.starts_with('{') {
        let mut depth = 0;
        let mut start = 1;
        for (at, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (c == ',' && depth == 1) || depth == 0 {
                let part = rest[start..at].trim();
                start = at + 1;
                if !part.is_empty() {
                    let inner = if part == "self" { "self::".to_owned() } else { format!("self::{part}") };
                    paths(&inner, &base, line, found);
                }
            }
            if depth == 0 {
                break;
            }
        }
    } else {
        found.push(Import { path: base, line });
    }
}
