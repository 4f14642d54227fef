//! What the engine says, for a program that calls the API: its hints name commands and options, which such a caller does not
//! have. Here they become calls and fields. The text for people at a terminal stays as it is.

use crate::core::history::Via;
use crate::core::protocol::plan::Plan;
use crate::engine::refusal::Refusal;
use crate::engine::request::Reply;
use crate::engine::view::{ConnectionView, RotationView};
use crate::words::voice::{Shell, Voice};

mod table;

use table::{COMMANDS, Command, Field, NAMED, OPTIONS};

/// A refusal in the API's words.
pub fn refusal(refusal: Refusal) -> Refusal {
    let plan = refusal.plan.map(|plan| Box::new(self::plan(*plan)));
    Refusal { message: said(&refusal.message), hint: said(&refusal.hint), plan, ..refusal }
}

/// A reply in the API's words.
pub fn reply(reply: Reply) -> Reply {
    match reply {
        Reply::Plan { plan } => Reply::Plan { plan: self::plan(plan) },
        Reply::Rotation { secret_rotation, plan } => {
            Reply::Rotation { secret_rotation: Box::new(rotation(*secret_rotation)), plan: plan.map(self::plan) }
        }
        Reply::Rotations { secret_rotations } => {
            Reply::Rotations { secret_rotations: secret_rotations.into_iter().map(rotation).collect() }
        }
        Reply::Connection { app_connection, notes } => {
            let notes = notes.iter().map(|note| said(note)).collect();
            Reply::Connection { app_connection: Box::new(connection(*app_connection)), notes }
        }
        Reply::Connections { app_connections } => {
            Reply::Connections { app_connections: app_connections.into_iter().map(connection).collect() }
        }
        Reply::View { cursor, mut view } => {
            view.secret_rotations = view.secret_rotations.into_iter().map(rotation).collect();
            view.app_connections = view.app_connections.into_iter().map(connection).collect();
            Reply::View { cursor, view }
        }
        other => other,
    }
}

fn plan(mut plan: Plan) -> Plan {
    for blocker in &mut plan.blockers {
        (blocker.message, blocker.hint) = (said(&blocker.message), said(&blocker.hint));
    }
    plan
}

/// How whoever calls this way is spoken to: our own faces have the commands that are named.
pub fn voice(via: Via) -> &'static (dyn Voice + Sync) {
    if via == Via::Api { &Caller } else { &Shell }
}

/// Programs that call the API: a command is a call, and an option a field.
pub struct Caller;

impl Voice for Caller {
    fn command(&self, words: &[String]) -> String {
        format!("`{}`", call(&format!("windlass {}", words.join(" "))))
    }

    fn option(&self, name: &str, value: Option<&str>) -> String {
        prose(&Shell.option(name, value))
    }
}

fn rotation(mut row: RotationView) -> RotationView {
    if let Some(attention) = &mut row.attention {
        attention.next = said(&attention.next);
    }
    if let Some(fault) = &mut row.fault {
        fault.hint = said(&fault.hint);
    }
    row
}

fn connection(mut row: ConnectionView) -> ConnectionView {
    if let Some(fault) = &mut row.fault {
        fault.hint = said(&fault.hint);
    }
    row
}

/// A sentence with calls for commands, and fields for options.
pub fn said(text: &str) -> String {
    let text = text.replace("giving the command again with", "sending the request again with");
    let text = text.replace("you give the command again", "the request is sent again");
    if text.matches('`').count() % 2 == 1 {
        // A quote that does not end: nothing in it is taken for a command.
        return text;
    }
    let parts = text.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { format!("`{}`", call(part)) } else { prose(part) }).collect()
}

/// A command as a call, where it is one.
fn call(code: &str) -> String {
    let words: Vec<&str> = code.split_whitespace().map(|word| word.trim_matches(['[', ']'])).collect();
    let words = words.strip_prefix(&["windlass"]).unwrap_or(&words);
    let found = COMMANDS.iter().find(|command| {
        let mut typed = words.iter();
        command.words.split(' ').all(|word| typed.next().is_some_and(|typed| *typed == word))
    });
    let Some(Command { words: verb, call, query }) = found else { return code.to_owned() };
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

/// Options in a sentence.
fn prose(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("--") {
        let (before, option) = rest.split_at(at);
        said.push_str(before);
        let end = option.find(|c: char| !(c == '-' || c.is_ascii_lowercase())).unwrap_or(option.len());
        let (word, behind) = option.split_at(end);
        rest = behind;
        match OPTIONS.iter().find(|(known, _)| *known == word).map(|(_, field)| field) {
            None => said.push_str(word),
            Some(Field::Flag(field)) => said.push_str(&nested(field, "true")),
            Some(Field::Value(field)) => {
                let value = rest.strip_prefix(' ').unwrap_or_default();
                let end = value.find(|c: char| c.is_whitespace() || ",;.)".contains(c)).unwrap_or(value.len());
                let value = &value[..end];
                let known = ["introspect", "token", "listed"].contains(&value) || value.starts_with('/');
                let filled = value.len() > 1 && quoted(value) == "\"…\"";
                if known || filled {
                    rest = &rest[1 + end..];
                }
                let named = if known { nested(field, &quoted(value)) } else { format!("\"{field}\"") };
                said.push_str(&named);
            }
        }
    }
    said + rest
}

#[cfg(test)]
mod tests;
