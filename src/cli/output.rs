//! What a command prints: data on stdout, talk on stderr, an error at the end.
//!
//! Every other module prints through [`Output`]. Human text from outside is sanitised where it is put into a table or
//! a sentence ([`text`]); JSON is the API's own and goes out as it is.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};

use chrono_tz::Tz;
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::Failure;
use super::fetch::out_is_null;
use crate::core::protocol::plan::Plan;
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::text::sanitize;
use crate::words::sentence::{Sentence, say};
use crate::words::voice::Page;

pub use crate::text::when;

mod plan;
pub mod table;

/// Whether to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A colour or weight, one of the terminal's own sixteen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// As the terminal writes.
    #[default]
    Plain,
    /// A heading.
    Bold,
    /// Not important.
    Dim,
    /// Needs attention.
    Red,
    /// Soon, or held.
    Yellow,
    /// Well.
    Green,
    /// Under way.
    Cyan,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "1;31",
            Self::Yellow => "33",
            Self::Green => "32",
            Self::Cyan => "36",
        }
    }
}

/// Where a command prints, and how.
pub struct Output {
    out: RefCell<Box<dyn Write>>,
    err: RefCell<Box<dyn Write>>,
    /// Print the API's objects.
    pub json: bool,
    /// No talk but warnings and errors.
    pub quiet: bool,
    /// Say more: also what went as it should.
    pub verbose: bool,
    /// The reader's zone, in which everything that is said has its times.
    pub zone: Tz,
    /// Stdout is a terminal.
    pub out_is_terminal: bool,
    /// Stderr is a terminal.
    pub err_is_terminal: bool,
    /// Stdin, stdout or stderr is a terminal.
    pub at_a_terminal: bool,
    /// What goes to stdout reaches no one.
    pub out_is_null: bool,
    /// How many columns a table on stdout may take; any where it is no terminal.
    pub columns: Option<usize>,
    color_out: bool,
    color_err: bool,
    /// Notes that wait for the end, where stderr belongs to the one error object.
    notes: RefCell<Vec<String>>,
}

impl Output {
    /// The process's own stdout and stderr.
    pub fn standard(json: bool, quiet: bool, color: Color) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let plain = set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb");
        let colored = |terminal: bool| match color {
            Color::Auto => terminal && !plain,
            Color::Always => true,
            Color::Never => false,
        };
        Self {
            color_out: colored(out),
            color_err: colored(err),
            out_is_terminal: out,
            err_is_terminal: err,
            at_a_terminal: out || err || io::stdin().is_terminal(),
            out_is_null: out_is_null(),
            columns: columns().filter(|_| out),
            ..Self::to(Box::new(io::stdout()), Box::new(io::stderr()), json, quiet)
        }
    }

    /// Into writers, without colours, as if neither were a terminal.
    pub fn to(out: Box<dyn Write>, err: Box<dyn Write>, json: bool, quiet: bool) -> Self {
        Self {
            out: RefCell::new(out),
            err: RefCell::new(err),
            json,
            quiet,
            verbose: false,
            zone: Tz::UTC,
            out_is_terminal: false,
            err_is_terminal: false,
            at_a_terminal: false,
            out_is_null: false,
            columns: None,
            color_out: false,
            color_err: false,
            notes: RefCell::default(),
        }
    }

    /// Data: bytes as they are.
    pub fn data(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = self.out.borrow_mut();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| Failure::stdout(&error))
    }

    /// Data: one object, on one line.
    pub fn object(&self, object: &impl Serialize) -> Result<(), Failure> {
        // Wiped afterwards: the object may carry values.
        let text = Zeroizing::new(serde_json::to_string(object).map_err(|error| unprintable(&error))?);
        self.line(&text)
    }

    /// Data: a text and a newline, in one: a reader that takes the text alone has got it whole or not at all.
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        let mut line = Zeroizing::new(Vec::with_capacity(text.len() + 1));
        line.extend_from_slice(text.as_bytes());
        line.push(b'\n');
        self.data(&line)
    }

    /// Data: a table.
    pub fn table(&self, table: &table::Table) -> Result<(), Failure> {
        self.data(table.draw(self.color_out, self.columns).as_bytes())
    }

    /// Talk: a sentence for an operator. Not in JSON, where stderr belongs to the error.
    pub fn talk(&self, sentence: impl Into<Sentence>) {
        if !self.quiet && !self.json {
            self.say(&self.read(&sentence.into()));
        }
    }

    /// A sentence as it is read: harmless to a terminal, and with its times in the reader's zone.
    fn read(&self, sentence: &Sentence) -> String {
        text(&sentence.by(&Page(self.zone)))
    }

    /// Progress: only for a terminal that is watched.
    pub fn progress(&self, sentence: impl Into<Sentence>) {
        if self.err_is_terminal && !self.quiet && !self.json {
            self.say(&self.painted(Ink::Dim, &self.read(&sentence.into())));
        }
    }

    /// Talk that a program may want as well.
    pub fn note(&self, sentence: impl Into<Sentence>) {
        if !self.quiet {
            self.warn(sentence);
        }
    }

    /// Talk that is not to be missed: printed even with `--quiet`. In JSON it waits for the end, where it becomes part
    /// of the error, or an object of its own.
    pub fn warn(&self, sentence: impl Into<Sentence>) {
        let sentence = sentence.into();
        if self.json {
            self.notes.borrow_mut().push(sentence.to_string());
        } else {
            self.say(&format!("{} {}", self.painted(Ink::Yellow, "note:"), self.read(&sentence)));
        }
    }

    /// Says the notes that wait: there is no error that they could be part of.
    pub fn say_notes(&self) {
        for note in self.notes.take() {
            self.say(&json!({ "note": note }).to_string());
        }
    }

    /// A plan, for an operator to read.
    pub fn plan(&self, plan: &Plan) {
        self.say(&plan::sentences(plan, self.zone));
    }

    /// A plan that was asked for: data.
    pub fn planned(&self, plan: &Plan) -> Result<(), Failure> {
        if self.json {
            return self.object(&json!({ "plan": plan }));
        }
        self.line(&plan::sentences(plan, self.zone))
    }

    /// The error that a command ends in.
    pub fn error(&self, refusal: &Refusal) {
        if self.json {
            return self.say(&error_object(refusal, self.notes.take()));
        }
        if let Some(plan) = refusal.plan.as_deref() {
            self.plan(plan);
        }
        let mut lines = vec![format!("{} {}", self.painted(Ink::Red, "error:"), self.read(&message(refusal)))];
        for line in self.read(&refusal.problem.todo()).lines() {
            lines.push(format!("{} {line}", self.painted(Ink::Bold, "hint:")));
        }
        let ids = [("Okta's error code", &refusal.okta_error_code), ("Okta's request id", &refusal.okta_request_id)];
        let ids = ids.iter().filter_map(|(what, id)| Some(format!("{what}: {}", text(id.as_deref()?))));
        lines.extend(ids);
        self.say(&lines.join("\n"));
    }

    /// A line on stderr. That it could not be written has nowhere else to be reported.
    pub fn say(&self, line: &str) {
        let mut err = self.err.borrow_mut();
        let _ = writeln!(err, "{line}").and_then(|()| err.flush());
    }

    /// Text on stderr that an operator answers on the same line.
    pub fn prompt(&self, question: &str) {
        let mut err = self.err.borrow_mut();
        let _ = write!(err, "{question}").and_then(|()| err.flush());
    }

    fn painted(&self, ink: Ink, text: &str) -> String {
        if self.color_err { painted(ink, text) } else { text.to_owned() }
    }
}

/// The width of the terminal, as it says itself; where it does not, the usual 80 columns.
fn columns() -> Option<usize> {
    let reported = crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
    reported.filter(|columns| *columns > 0).or(Some(80))
}

fn painted(ink: Ink, text: &str) -> String {
    if ink == Ink::Plain { text.to_owned() } else { format!("\x1b[{}m{text}\x1b[0m", ink.code()) }
}

/// Text that may come from outside, line by line harmless to a terminal.
pub fn text(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| sanitize(line, 4096)).collect();
    lines.join("\n")
}

/// The error of a command as a program reads it: all five names, always.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorObject<'a> {
    code: Kind,
    message: Sentence,
    hint: Sentence,
    okta_error_code: Option<&'a str>,
    okta_request_id: Option<&'a str>,
}

/// What stderr holds after a command that failed: one object.
#[derive(Serialize)]
struct Ending<'a> {
    error: ErrorObject<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

fn error_object(refusal: &Refusal, notes: Vec<String>) -> String {
    let error = ErrorObject {
        code: refusal.error,
        message: refusal.problem.what(),
        hint: refusal.problem.todo(),
        okta_error_code: refusal.okta_error_code.as_deref(),
        okta_request_id: refusal.okta_request_id.as_deref(),
    };
    // Strings and an enum: this cannot fail.
    serde_json::to_string(&Ending { error, notes }).unwrap_or_default()
}

/// What happened, with each field also by the name of its option.
fn message(refusal: &Refusal) -> Sentence {
    let each = |fault: &FieldFault| match option(&fault.field) {
        Some(option) => say!("{} ({}): {}", option, &fault.field, &fault.message),
        None => say!("{}: {}", &fault.field, &fault.message),
    };
    match refusal.fields.as_slice() {
        // Where the values are fine by themselves the sentence says more than each of them.
        _ if refusal.error != Kind::Invalid => refusal.problem.what(),
        [] => refusal.problem.what(),
        [only] => each(only),
        many => {
            let lines = Sentence::join(many.iter().map(|fault| say!("  {}", each(fault))), "\n");
            say!("{} values are not valid:\n{}", many.len(), lines)
        }
    }
}

/// The option that a field of the API is typed as.
fn option(field: &str) -> Option<&'static str> {
    Some(match field {
        "connectionId" => "--connection",
        "environment" => "--environment",
        "description" => "--description",
        "secretPath" | "path" | "destinationConfig.path" => "--path",
        "rotationInterval" => "--every",
        "rotateAt" | "rotateAt.hours" | "rotateAt.minutes" => "--at",
        "rotateAt.timeZone" | "timeZone" => "--time-zone",
        "parameters.clientId" => "--app",
        "secretsMapping.clientId" => "--client-id-name",
        "secretsMapping.clientSecret" => "--client-secret-name",
        "overlapSeconds" => "--overlap",
        "soakSeconds" => "--soak",
        "replaceSecretId" => "--replace",
        "credentials.instanceUrl" | "instanceUrl" => "--url",
        "credentials.apiToken" | "apiToken" => "--token-file",
        "credentials.clientId" => "--client-id",
        "credentials.privateKey" => "--private-key-file",
        "credentials.keyId" => "--key-id",
        "destinationConfig.format" => "--format",
        "destinationConfig.template" => "--template",
        "destinationConfig.mode" => "--mode",
        "destinationConfig.argv" => "--",
        "keys" => "--key",
        "drift" => "--drift",
        "settleSeconds" => "--settle",
        "after" => "--after",
        "as" => "--as",
        _ => return None,
    })
}

fn unprintable(error: &serde_json::Error) -> Failure {
    Refusal::new(Kind::Failed, format!("the answer cannot be written as JSON: {error}"), "please report this").into()
}

#[cfg(test)]
mod tests;
