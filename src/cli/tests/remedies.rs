//! What the program tells somebody to type is a whole command that it takes: in its help, and in what it says.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// What stands for something that is known when it is said, or to whoever reads it.
const STANDS_FOR: [(&str, &str); 14] = [
    ("windlass {}", "windlass help"),
    ("{option}", "--client-secret-name"),
    ("retire-store {way}", "retire-store --undo"),
    ("{way}", "introspect"),
    ("--verify {}", "--verify token"),
    ("{text}", "--verify introspect"),
    ("{verb}", "test"),
    ("{what}", "rotation"),
    ("{folder}", ""),
    ("{DAYS}", "30"),
    ("WHEN", "2027-04-01"),
    ("…", "x"),
    ("[", ""),
    ("]", ""),
];

/// Files of the program, without those of its tests.
fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("readable") {
        let path = entry.expect("readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("text").to_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && !["tests.rs", "testing.rs", "table.rs"].contains(&name.as_str())
        {
            found.push(path);
        }
    }
}

/// The commands between backticks in the strings of a source: what is a comment, or a test, is left out.
fn said(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().take_while(|line| *line != "mod tests {").collect();
    let code = code.into_iter().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut text = String::new();
    for part in code.split("\\\n") {
        text.push_str(if text.is_empty() { part } else { part.trim_start() });
    }
    let spans =
        text.match_indices("`windlass").filter_map(|(at, _)| text[at + 1..].split_once('`').map(|(span, _)| span));
    spans.filter(|span| !span.contains(['\n', '"'])).map(str::to_owned).collect()
}

/// The arguments of a command for windlass alone: no comment, no pipe, no redirection.
fn arguments(line: &str) -> Vec<String> {
    let mut line = line.to_owned();
    for (stands, means) in STANDS_FOR {
        line = line.replace(stands, means);
    }
    while let Some((before, (_, after))) = line.split_once('{').and_then(|(a, rest)| Some((a, rest.split_once('}')?))) {
        line = format!("{before}x{after}");
    }
    let end = [" #", " |", " >", " <", " &", ")\"", ";", "`"].iter().filter_map(|end| line.find(end)).min();
    let line = &line[..end.unwrap_or(line.len())];
    line.split_whitespace().map(|word| word.trim_matches(['\'', '"']).to_owned()).collect()
}

fn taken(line: &str) -> Result<(), String> {
    match Cli::try_parse_from(arguments(line)) {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => Ok(()),
        Err(error) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

#[test]
fn what_is_said_to_be_typed_is_a_whole_command() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in files {
        for line in said(&fs::read_to_string(&file).expect("text")) {
            count += 1;
            if let Err(why) = taken(&line) {
                wrong.push(format!("{}: `{line}`: {why}", file.display()));
            }
        }
    }
    assert!(count > 100, "{count} commands were found: the sources are read wrongly");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_of_a_remedy_is_a_whole_one() {
    let commands: Vec<String> =
        crate::words::samples::remedies().iter().flat_map(|it| it.say().commands().collect::<Vec<_>>()).collect();
    assert!(commands.len() > 25, "{commands:?}");
    for command in commands {
        assert_eq!(taken(&command), Ok(()), "{command}");
    }
}

#[test]
fn what_the_help_shows_is_a_whole_command() {
    fn examples(command: &clap::Command, found: &mut Vec<String>) {
        let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        for line in help.lines() {
            found.extend(line.match_indices("windlass ").map(|(at, _)| line[at..].to_owned()));
        }
        command.get_subcommands().for_each(|inner| examples(inner, found));
    }
    let mut lines = Vec::new();
    examples(&Cli::command(), &mut lines);
    assert!(lines.len() > 15, "{lines:?}");
    for line in lines {
        assert_eq!(taken(&line), Ok(()), "{line}");
    }
}
