//! What a page of documentation has in it: blocks of commands to copy, and commands in the middle of sentences.

use std::path::Path;

/// A command as it stands on a page.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where: page and line.
    pub place: String,
    /// The whole command, without a comment behind it; over several lines where it is continued.
    pub text: String,
}

/// A page.
pub struct Page {
    /// To be copied: the lines of the blocks that are marked as a shell's.
    pub commands: Vec<Shown>,
    /// To be read: in transcripts, and between backticks.
    pub mentioned: Vec<Shown>,
}

/// The pages in the order in which they are walked: each finds what those before it made.
const ORDER: [&str; 18] = [
    "README",
    "docs/okta-credential",
    "docs/first-rotation",
    "docs/concepts",
    "docs/verify",
    "docs/consumers",
    "docs/targets",
    "docs/production",
    "docs/monitoring",
    "docs/backup-and-move",
    "docs/runbook",
    "docs/faults",
    "docs/screen",
    "docs/shell",
    "docs/config",
    "docs/api",
    "docs/security",
    "docs/architecture",
];

/// The pages. None in `docs/` is left out.
pub fn all() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(root.join("docs")).expect("docs") {
        let name = format!("docs/{}", entry.expect("readable").file_name().display());
        let known = name.strip_suffix(".md").is_some_and(|name| ORDER.contains(&name));
        assert!(known, "{name} stands in no order, so it is not walked");
    }
    let names = ORDER.map(|name| format!("{name}.md"));
    names.iter().map(|name| read(name, &std::fs::read_to_string(root.join(name)).expect(name))).collect()
}

/// Takes a page apart.
pub fn read(name: &str, text: &str) -> Page {
    let mut page = Page { commands: Vec::new(), mentioned: Vec::new() };
    let mut fence: Option<String> = None;
    let (mut prose, mut begun) = (String::new(), 1);
    let mut half: Option<Shown> = None;
    for (index, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", index + 1);
        let inner = line.trim();
        if let Some(tag) = inner.strip_prefix("```") {
            assert!(half.is_none(), "{place}: a command continues behind the end of its block");
            let known = ["", "sh", "toml", "json", "ini", "yaml"].contains(&tag);
            assert!(
                known || fence.is_some(),
                "{place}: commands to copy stand in ```sh, so that they are walked: {tag}"
            );
            fence = if fence.is_some() { None } else { Some(tag.to_owned()) };
            continue;
        }
        match fence.as_deref() {
            Some("sh") if half.is_none() && (inner.is_empty() || inner.starts_with('#')) => {}
            Some("sh") => {
                let mut shown = half.take().unwrap_or(Shown { place, text: String::new() });
                shown.text.push_str(inner);
                match shown.text.strip_suffix('\\').map(str::to_owned) {
                    Some(more) => half = Some(Shown { text: more, ..shown }),
                    None => page.commands.push(Shown { text: uncommented(&shown.text), ..shown }),
                }
            }
            Some(_) => {
                if let Some(text) = inner.strip_prefix("$ ") {
                    page.mentioned.push(Shown { place, text: text.to_owned() });
                }
            }
            None if inner.is_empty() || inner.starts_with('|') => {
                page.mentioned.extend(spans(name, begun, &prose));
                (prose, begun) = (format!("{inner} "), index + 1);
            }
            None => prose.extend([inner, " "]),
        }
    }
    page.mentioned.extend(spans(name, begun, &prose));
    page
}

/// What stands between backticks in a paragraph.
fn spans(name: &str, line: usize, prose: &str) -> Vec<Shown> {
    let code = prose.split('`').skip(1).step_by(2);
    code.map(|text| Shown { place: format!("{name}:{line}"), text: text.trim().to_owned() }).collect()
}

/// A line without the comment at its end.
fn uncommented(line: &str) -> String {
    let (mut single, mut double, mut before) = (false, false, ' ');
    for (at, c) in line.char_indices() {
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            '#' if !single && !double && before == ' ' => return line[..at].trim_end().to_owned(),
            _ => {}
        }
        before = c;
    }
    line.to_owned()
}

/// The words of the first program in a line, as a shell splits them; what is piped or redirected is another's.
pub fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '|' | '>' | '<' | '&' | ';') => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
