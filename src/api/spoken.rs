//! The voice of the API: what people do by commands and options, a program does by calls and fields. The text for people at a
//! terminal stays as it is.

use crate::core::history::Via;
use crate::words::voice::{Shell, Voice};

mod table;

use table::{COMMANDS, Command, Field, NAMED, OPTIONS};

/// For a program that calls the API.
pub struct Calls;

impl Voice for Calls {
    fn command(&self, words: &[String]) -> String {
        format!("`{}`", call(words))
    }

    fn again(&self) -> &'static str {
        "sending the request again"
    }

    fn option(&self, name: &str, value: Option<&str>) -> String {
        let field = OPTIONS.iter().find(|(known, _)| *known == name).map(|(_, field)| field);
        match (field, value) {
            (None, None) => name.to_owned(),
            (None, Some(value)) => format!("{name} {value}"),
            (Some(Field::Flag(field)), _) => nested(field, "true"),
            (Some(Field::Value(field)), Some(value)) if quoted(value) != "\"…\"" => nested(field, &quoted(value)),
            (Some(Field::Value(field)), _) => format!("\"{field}\""),
        }
    }
}

/// How whoever calls this way is spoken to: our own frontends have the commands that are named.
pub fn voice(via: Via) -> &'static (dyn Voice + Sync) {
    if via == Via::Api { &Calls } else { &Shell }
}

/// A command as a call, where it is one.
fn call(words: &[String]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.trim_matches(['[', ']'])).collect();
    let found = COMMANDS.iter().find(|command| {
        let mut typed = words.iter();
        command.words.split(' ').all(|word| typed.next().is_some_and(|typed| *typed == word))
    });
    let Some(Command { words: verb, call, query }) = found else { return format!("windlass {}", words.join(" ")) };
    let mut rest = words[verb.split(' ').count()..].iter().peekable();
    let mut name = None;
    let mut fields: Vec<(&str, String)> = Vec::new();
    while let Some(word) = rest.next() {
        let Some((_, field)) = OPTIONS.iter().find(|(option, _)| option == word) else {
            name = name.or(Some(*word).filter(|word| !word.starts_with('-')));
            continue;
        };
        match field {
            Field::Flag(field) => fields.push((field, "true".into())),
            Field::Value(field) => {
                let value = rest.next_if(|next| !next.starts_with("--"));
                fields.push((field, value.map_or_else(|| "\"…\"".into(), |value| quoted(value))));
            }
        }
    }
    if let Some((_, field)) = NAMED.iter().find(|(known, _)| known == verb)
        && let Some(name) = name.take()
    {
        fields.insert(0, (field, quoted(name)));
    }
    let target = call.replace("{}", name.filter(|name| *name != "NAME").unwrap_or("{id}"));
    if fields.is_empty() {
        return target;
    }
    if *query {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", value.trim_matches('"'))).collect();
        return format!("{target}?{}", pairs.join("&"));
    }
    // What stands in one object comes together.
    fields.sort_by_key(|(name, _)| name.split_once('.').map(|(outer, _)| outer));
    let pairs: Vec<String> = fields.iter().map(|(name, value)| nested(name, value)).collect();
    format!(
        "{target} {{{}}}",
        pairs.join(", ").replace("}, \"credentials\": {", ", ").replace("}, \"secretsMapping\": {", ", ")
    )
}

/// A placeholder is for the caller to fill.
fn quoted(value: &str) -> String {
    let placeholder = value.len() > 1 && value.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c == '-');
    if placeholder { "\"…\"".into() } else { format!("\"{}\"", value.trim_matches('\'')) }
}

/// `credentials.apiToken` as JSON has it.
fn nested(name: &str, value: &str) -> String {
    match name.split_once('.') {
        Some((outer, inner)) => format!("\"{outer}\": {{\"{inner}\": {value}}}"),
        None => format!("\"{name}\": {value}"),
    }
}

#[cfg(test)]
mod tests;
