//! Stand-ins for tests: an engine that answers from a script, and an output that is read back.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, stream};
use serde_json::{Value, json};

use super::ask::Answers;
use super::context::Context;
use super::output::Output;
use super::settings::Settings;
use super::{Cli, Failure, Global, dispatch};
use crate::engine::events::Event;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::view::{ConnectionView, RotationView, SecretView};
use crate::engine::{EventStream, Handle};

/// What was written, to be read back.
#[derive(Clone, Default)]
pub struct Written(Rc<RefCell<Vec<u8>>>, Option<io::ErrorKind>);

impl Written {
    /// As text.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("text")
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.map_or(Ok(()), |kind| Err(kind.into()))
    }
}

/// An output and both of its ends.
pub struct Capture {
    pub output: Output,
    pub out: Written,
    pub err: Written,
}

/// An output that is read back.
pub fn captured(json: bool) -> Capture {
    broken(json, None)
}

/// The same, whose stdout takes what it is given and fails when it is flushed.
fn broken(json: bool, out_fails: Option<io::ErrorKind>) -> Capture {
    let (out, err) = (Written(Rc::default(), out_fails), Written::default());
    let output = Output::to(Box::new(out.clone()), Box::new(err.clone()), json, false);
    Capture { output, out, err }
}

/// An engine that answers from a script, and remembers what it was asked.
#[derive(Default)]
pub struct Double {
    script: Mutex<VecDeque<Result<Reply, Refusal>>>,
    events: Mutex<Vec<Event>>,
    asked: Mutex<Vec<Request>>,
}

impl Handle for Double {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let reply = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let reply = reply.unwrap_or_else(|| Err(Refusal::new(Kind::Failed, "the script is over", "")));
        async move { reply }.boxed()
    }

    fn events(&self, _: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        let events = std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner));
        async move { Ok(Box::pin(stream::iter(events)) as EventStream) }.boxed()
    }
}

/// A command line that is run against a double.
pub struct Scene {
    pub engine: Arc<Double>,
    /// Answers to questions; none means that there is no terminal.
    pub answers: Vec<&'static str>,
    /// Stdout is a terminal.
    pub terminal: bool,
    /// Stdin and stderr are one.
    pub looked_at: bool,
    /// Stdout is the null device.
    pub null: bool,
    /// How writing to stdout fails.
    pub out_fails: Option<io::ErrorKind>,
}

/// How it ended.
pub struct Ended {
    pub done: Result<(), Failure>,
    pub out: String,
    pub err: String,
    pub asked: Vec<Request>,
}

impl Ended {
    /// The exit status.
    pub fn status(&self) -> u8 {
        self.done.as_ref().map_or_else(Failure::status, |()| 0)
    }
}

/// An engine that will answer with these.
pub fn scene(script: impl IntoIterator<Item = Result<Reply, Refusal>>) -> Scene {
    let engine = Double { script: Mutex::new(script.into_iter().collect()), ..Double::default() };
    Scene {
        engine: Arc::new(engine),
        answers: Vec::new(),
        terminal: false,
        looked_at: false,
        null: false,
        out_fails: None,
    }
}

impl Scene {
    /// The live log that it will show.
    pub fn events(self, events: Vec<Event>) -> Self {
        *self.engine.events.lock().unwrap_or_else(PoisonError::into_inner) = events;
        self
    }

    /// Runs a command line, written as in a shell without quotes.
    pub fn run(self, line: &str) -> Ended {
        let cli = parse(line).unwrap_or_else(|error| panic!("{error}"));
        let Capture { mut output, out, err } = broken(cli.global.json, self.out_fails);
        output.out_is_terminal = self.terminal;
        output.err_is_terminal = self.looked_at;
        output.at_a_terminal = self.terminal || self.looked_at;
        output.out_is_null = self.null;
        let answers = Answers::Given(RefCell::new(self.answers));
        let ctx = Context::new(settings(&cli.global), output, answers, None).attached(self.engine.clone());
        // No one has to sit through its waits.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let runtime = runtime.expect("a runtime");
        let done = runtime.block_on(dispatch(&ctx, cli.command.expect("a command")));
        if let Some(refusal) = done.as_ref().err().and_then(Failure::refusal) {
            ctx.output.error(refusal);
        }
        let asked = std::mem::take(&mut *self.engine.asked.lock().unwrap_or_else(PoisonError::into_inner));
        Ended { done, out: out.text(), err: err.text(), asked }
    }
}

/// Parses a command line, written as in a shell without quotes.
pub fn parse(line: &str) -> Result<Cli, clap::Error> {
    clap::Parser::try_parse_from(line.split_whitespace())
}

/// Settings of a machine in Berlin, at the instant that tests begin at.
pub fn settings(global: &Global) -> Settings {
    let env = |name: &str| match name {
        "HOME" => Some("/nonexistent".into()),
        "TZ" => Some("Europe/Berlin".into()),
        "WINDLASS_CLOCK" => Some(crate::clock::Clock::test().to_string().into()),
        _ => None,
    };
    Settings::resolve(global, &env).expect("valid")
}

/// A connection, with some fields changed.
pub fn connection(changes: Value) -> ConnectionView {
    let base = json!({
        "id": "018f0000-0000-7000-8000-000000000001", "name": "acme", "description": "", "app": "okta",
        "method": "api-token", "credentials": {"instanceUrl": "https://acme.okta.com"}, "status": "ok", "fault": null,
        "refusedSince": null, "nextProbeAt": null, "lastOkAt": null, "rotations": 1,
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z", "version": 1,
    });
    serde_json::from_value(changed(base, changes)).expect("a connection")
}

/// A rotation, with some fields changed.
pub fn rotation(changes: Value) -> Box<RotationView> {
    let base = json!({
        "id": "018f0000-0000-7000-8000-000000000002", "name": "payments", "description": "",
        "type": "okta-client-secret", "connectionId": "018f0000-0000-7000-8000-000000000001",
        "connection": {"app": "okta", "name": "acme", "id": "018f0000-0000-7000-8000-000000000001"},
        "environment": {"slug": "prod"}, "secretPath": "/", "projectId": "", "folder": {"path": "/"},
        "isAutoRotationEnabled": true, "pausedUntil": null, "rotationInterval": 30,
        "rotateAt": {"hours": 2, "minutes": 30, "timeZone": "Europe/Berlin"},
        "rotateAtUtc": {"hours": 1, "minutes": 30},
        "secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"},
        "parameters": {"clientId": "0oa1", "appId": "0oa1", "appLabel": "Payments"}, "activeIndex": 0,
        "rotationStatus": "success", "state": "OK", "phase": "idle", "attention": null, "fault": null,
        "nextTryAt": null, "lastRotatedAt": null, "lastRotationAttemptedAt": null, "lastRotationMessage": null,
        "isLastRotationManual": false, "nextRotationAt": null, "overlapSeconds": 604_800, "soakSeconds": 86_400,
        "retireUnread": false, "current": null, "previous": null,
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z", "version": 1,
    });
    serde_json::from_value(changed(base, changes)).expect("a rotation")
}

/// A secret with its value.
pub fn secret(name: &str, value: &str) -> SecretView {
    let object = json!({
        "name": name, "environment": "prod", "path": "/", "version": 3, "createdAt": "2026-01-01T00:00:00Z",
        "value": value,
    });
    serde_json::from_value(object).expect("a secret")
}

fn changed(mut base: Value, changes: Value) -> Value {
    if let (Value::Object(base), Value::Object(changes)) = (&mut base, changes) {
        base.extend(changes);
    }
    base
}
