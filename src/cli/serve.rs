//! `windlass serve`: the engine alone, for a service manager or cron.
//!
//! The engine has its own thread; the socket and the log live here. A log that no one reads blocks this thread only.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::Notify;

use super::Failure;
use super::ask::aside;
use super::attach::{engine, reach, take};
use super::context::Context;
use super::notify::{LIMIT, Notifier};
use super::output::{Output, when};
use super::process::{self, Stops};
use super::settings::Settings;
use crate::api::client::Remote;
use crate::api::server;
use crate::clock::Clock;
use crate::engine::events::{Event, Level};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::view::EngineView;
use crate::engine::{Engine, EventStream, Handle, Role};
use crate::store::{self, StoreError};
use crate::words::voice::Page;

/// How long those who are attached may take to read their last answer.
const LINGER: Duration = Duration::from_secs(2);

/// How to run.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass serve                 # under a service manager: runs until SIGTERM
  windlass serve --once          # from cron: quiet unless something happened; exit 1 where a rotation needs attention
  windlass serve --once -v       # all that it does, step by step

Where an engine runs already `serve --once` leaves what is due to it: it says so, and ends with 0; -q keeps it quiet.")]
pub struct Serve {
    /// Do all that is due, and end
    #[arg(long)]
    once: bool,
    /// Leave the terminal and its session: how the UI starts the engine that it leaves behind
    #[arg(long, hide = true, conflicts_with = "once")]
    pub background: bool,
}

/// Runs the engine until a signal, or until nothing is due any more.
pub async fn run(ctx: &Context, args: Serve) -> Result<(), Failure> {
    let settings = &ctx.settings;
    let mut stops = if args.background { Stops::away_from_the_terminal()? } else { Stops::listen() };
    if settings.read_only {
        let message = "an engine changes things, and --read-only forbids it";
        return Err(Refusal::new(Kind::Refused, message, "leave out --read-only").into());
    }
    settings.for_an_engine()?;
    // The rest of the config is the terminal UI's, and that of commands.
    settings.found.reported().iter().for_each(|reported| ctx.output.warn(reported));
    if args.once
        && let Some(remote) = beside(settings).await?
    {
        return left_to(ctx, &remote).await;
    }
    let lock = tokio::select! {
        lock = take(settings, &ctx.output, !args.once) => lock?,
        _ = stops.next() => return Err(Failure::interrupted()),
    };
    // Before the store is opened: whoever looks for an engine from now on waits for this one.
    let socket = settings.own_socket();
    let spot = lock.spot().clone();
    let sockets = server::bind(&socket)?.only_while(move || spot.is_here());
    let role = if args.once { Role::Once } else { Role::Serve };
    let engine = match engine(settings, lock, role, true) {
        Ok(engine) => engine,
        Err(refusal) => {
            server::unbind(sockets);
            return Err(refusal.into());
        }
    };
    let dated = args.background.then_some(settings.clock);
    let brief = args.once && !ctx.output.verbose;
    let log = Log { output: &ctx.output, zone: settings.zone, dated, brief };
    for note in &engine.notes {
        ctx.output.warn(note.say());
    }
    // Cron runs it again and again, and whoever set the variable there knows.
    if settings.clock.is_fast() && !brief {
        ctx.output.warn("WINDLASS_CLOCK is set: the clock runs fast, which is for trying things out only");
    }
    // A log in JSON is read as it comes; its notes do not wait for an end that may be months away.
    ctx.output.say_notes();
    // The process that turns a staged clock reports each turn on stdin. Once it is gone the engine has no purpose any
    // more.
    let stage = async {
        match settings.clock {
            Clock::Staged(staged) => drop(staged.heed(io::stdin()).await),
            Clock::System | Clock::Fast(_) => pending().await,
        }
    };
    let handle = engine.handle(process::actor());
    let mut events = handle.events(None).await?;
    // Cron waits for what there is to report; a service manager does not.
    let patience = if args.once { LIMIT } else { LINGER };
    let notifier = Notifier::start(settings, handle.clone(), patience)?;
    log.line(Level::Info, &format!("serving on {} ({})", socket.display(), settings.data_dir.display()));
    let (stop, fell) = (Arc::new(Notify::new()), engine.fell());
    let reported = stop.clone();
    let served = server::serve(sockets, handle.clone(), async move { reported.notified().await }).fuse();
    let mut served = std::pin::pin!(served);
    let interrupted = tokio::select! {
        ended = &mut served => {
            ended?;
            false
        }
        () = log.follow(&mut events) => false,
        () = engine.all_done(), if args.once => false,
        _ = stops.next() => true,
        () = stage => true,
    };
    stop.notify_one();
    let outcome = if args.once && !interrupted { all_well(&handle).await } else { Ok(()) };
    if interrupted {
        log.line(Level::Info, "stopping: the call in flight finishes; a second signal ends at once");
    }
    // The engine ends first: that ends the calls and the live logs of whoever is attached, and with them the server.
    tokio::join!(wind_down(engine, &mut stops), tokio::time::timeout(LINGER, served)).1.ok();
    if let Some(notifier) = notifier {
        ends(move || notifier.finish(), &mut stops).await;
    }
    while let Some(Some(event)) = events.next().now_or_never() {
        log.event(&event);
    }
    if let Some(refusal) = fell.why() {
        // Whoever manages the service starts it again for this status.
        return Err(refusal.into());
    }
    log.line(Level::Info, "stopped");
    if interrupted && args.once { Err(Failure::interrupted()) } else { outcome }
}

/// The engine that has the store and does what is due, where there is one. One that does not act, such as a session
/// that only reads, does not count.
async fn beside(settings: &Settings) -> Result<Option<Remote>, Refusal> {
    // An engine elsewhere has nothing to do with this store; and a look makes no directory.
    if !settings.has_store() || !matches!(store::lock(&settings.data_dir), Err(StoreError::Busy { .. })) {
        return Ok(None);
    }
    let Ok(remote) = reach(settings)? else { return Ok(None) };
    let Reply::Engine { engine } = remote.call(Request::Engine).await? else { return Ok(None) };
    Ok(Some(remote).filter(|_| engine.schedules || engine.trouble.is_some()))
}

/// Another engine does what is due: what cron should hear of is reported all the same.
async fn left_to(ctx: &Context, remote: &Remote) -> Result<(), Failure> {
    if let Reply::Engine { engine } = remote.call(Request::Engine).await? {
        let EngineView { role, pid, user, .. } = *engine;
        ctx.output.talk(format!("an engine runs ({role}, pid {pid} of {user}), and does what is due"));
    }
    all_well(remote).await
}

/// Stops the engine: the call in flight finishes, what is under way is written down. A second signal ends at once, which
/// loses nothing either; the next start has more to look up.
pub async fn wind_down(engine: Engine, stops: &mut Stops) {
    ends(move || engine.stop(), stops).await;
}

#[expect(clippy::disallowed_methods, reason = "the second signal: whoever sends it waits for nothing more")]
async fn ends(end: impl FnOnce() + Send + 'static, stops: &mut Stops) {
    tokio::select! {
        _ = aside(end) => {}
        _ = stops.next() => std::process::exit(130),
    }
}

/// What cron should hear of: a store in which nothing was done, or rotations that need attention.
async fn all_well(handle: &dyn Handle) -> Result<(), Failure> {
    if let Reply::Engine { engine } = handle.call(Request::Engine).await?
        && let Some(trouble) = engine.trouble
    {
        return Err(Refusal::of(Kind::Store, trouble).into());
    }
    let Reply::Rotations { secret_rotations } = handle.call(Request::RotationList).await? else { return Ok(()) };
    let needy = secret_rotations.iter().filter(|rotation| rotation.attention.is_some()).count();
    if needy == 0 {
        return Ok(());
    }
    let message = format!("{needy} of the rotations need attention");
    let hint = "`windlass rotation list` shows which";
    Err(Failure::Status(1, Some(Refusal::new(Kind::Conflict, message, hint))))
}

/// The log on stderr, a line for each event.
struct Log<'a> {
    output: &'a Output,
    zone: Tz,
    /// The clock that dates our own lines in a background engine's log, which may be read a month later.
    dated: Option<Clock>,
    /// Only what happened, and what is wrong: cron sends it as mail.
    brief: bool,
}

/// The kinds of events that are the end of something, where that went well.
const ENDS: [&str; 2] = ["attempt", "deleted"];

impl Log<'_> {
    /// Writes events until the engine ends.
    async fn follow(&self, events: &mut EventStream) {
        while let Some(event) = events.next().await {
            self.event(&event);
        }
    }

    fn event(&self, event: &Event) {
        let said = !self.brief || ENDS.contains(&event.kind.as_str());
        if event.level == Level::Info && (self.output.quiet || !said) {
            return;
        }
        if self.output.json {
            self.output.say(&object(event));
            return;
        }
        self.output.say(&sentence(event, self.zone, journal()));
    }

    /// A line of our own.
    fn line(&self, level: Level, message: &str) {
        if !(self.output.quiet || self.output.json || self.brief) {
            let start = match self.dated {
                _ if journal() => priority(level).to_owned(),
                Some(clock) => dated(level, clock.now(), self.zone),
                None => String::new(),
            };
            self.output.say(&format!("{start}{}", super::output::text(message)));
        }
    }
}

/// Whether stderr goes to systemd's journal, which adds the time itself and reads priorities.
fn journal() -> bool {
    std::env::var_os("JOURNAL_STREAM").is_some()
}

fn priority(level: Level) -> &'static str {
    match level {
        Level::Info => "<6>",
        Level::Warn => "<4>",
        Level::Error => "<3>",
    }
}

/// How a line begins in a file or on a terminal.
fn dated(level: Level, at: DateTime<Utc>, zone: Tz) -> String {
    let level = match level {
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    format!("{} {level:<5} ", when::local_seconds(at, zone))
}

fn sentence(event: &Event, zone: Tz, journal: bool) -> String {
    let start = if journal { priority(event.level).to_owned() } else { dated(event.level, event.at, zone) };
    let subject = event.rotation.as_deref().or(event.connection.as_deref());
    let subject = subject.map(|name| format!("{name}: ")).unwrap_or_default();
    // One event is one line, whatever is in it.
    format!("{start}{}", crate::text::sanitize(&format!("{subject}{}", event.say().by(&Page(zone))), 4096))
}

/// The event as JSON, without the rows: a log is read for what happened.
fn object(event: &Event) -> String {
    let mut object = serde_json::to_value(event).unwrap_or_default();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("rows");
    }
    object.to_string()
}

#[cfg(test)]
mod tests;
