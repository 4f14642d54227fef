//! Every command that the program names, in its help or in a message, is one that it takes as it stands.

use super::*;
use crate::words::samples;

/// Placeholders: what they stand for is known when the sentence is made, or to its reader.
const STANDS_FOR: [(&str, &str); 5] = [("WHEN", "2027-04-01"), ("…", "x"), ("[", ""), ("]", ""), ("DIR", "/tmp")];

/// The arguments of a command for windlass alone: no comment, no pipe, no redirection.
fn arguments(line: &str) -> Vec<String> {
    let mut line = line.to_owned();
    for (stands, means) in STANDS_FOR {
        line = line.replace(stands, means);
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
fn every_command_that_is_said_is_a_whole_one() {
    let sentences = samples::sentences();
    let commands: Vec<String> = sentences.iter().flat_map(|it| it.commands().collect::<Vec<_>>()).collect();
    assert!(commands.len() > 60, "{commands:?}");
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
