//! `run --watch`: the program, beside us for as long as it runs, with the values that are current.
//!
//! The new values are there, and the program is found, before the old one is asked to end. Nothing else ends it but itself, or
//! a signal that is passed on.

use std::ffi::OsString;
use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::signal::unix::SignalKind;
use tokio::time::Instant;

use super::child::{Child, status};
use super::news::{Follower, News, versions};
use super::{Ready, What, not_started};
use crate::cli::Failure;
use crate::cli::context::Context;
use crate::cli::fetch::{VARIABLE, note};
use crate::cli::process::Stops;
use crate::engine::refusal::{Kind, Refusal};

/// A program that fails within that time after it was restarted may have failed by the new values.
const SOON: Duration = Duration::from_mins(1);

/// What is done when a new version is current.
#[derive(Clone, Copy, Debug)]
pub enum WhenNew {
    /// The program is ended, killed after that long, and started again.
    Restart(Duration),
    /// It is sent a signal, and reads the new version itself.
    Signal(Signal),
}

/// The program, and what was done with it.
struct Watch<'a> {
    ctx: &'a Context,
    what: &'a What,
    line: (&'a OsString, &'a [OsString]),
    when_new: WhenNew,
    child: Child,
    signals: Stops,
    /// It was asked to end: it is not restarted any more.
    asked: bool,
    /// When it was restarted last, and for what.
    restarted: Option<(Instant, String, Option<String>)>,
}

/// Starts the program and stays until it ends.
pub async fn run(ctx: &Context, what: &What, line: (&OsString, &[OsString]), when_new: WhenNew) -> Result<(), Failure> {
    let mut signals = Stops::passed_on();
    ctx.handle().await?;
    if ctx.is_one_shot() {
        let message = "no engine is running, so nothing says when a new version is current";
        let hint = "start one with `windlass serve`, or leave out --watch; nothing was started";
        return Err(Refusal::new(Kind::Unavailable, message, hint).into());
    }
    let ready = tokio::select! {
        ready = what.ready(ctx, line.0) => ready?,
        _ = signals.next() => return Err(Failure::interrupted()),
    };
    let reads = matches!(when_new, WhenNew::Signal(_));
    let mut follower = Follower::new(ctx, what, Some(line.0.as_os_str()).filter(|_| !reads));
    let mut held = versions(&ready.secrets);
    let child = start(ctx, what, line, &ready, reads)?;
    follower.owed = what.fetch.read(ctx, &ready.secrets);
    drop(ready);
    let mut watch = Watch { ctx, what, line, when_new, child, signals, asked: false, restarted: None };
    let ended = loop {
        let news = {
            let mut next = pin!(follower.next(&held));
            loop {
                tokio::select! {
                    ended = watch.child.wait() => break Err(ended),
                    signal = watch.signals.next() => watch.pass_on(signal),
                    news = &mut next, if !watch.asked => break Ok(news),
                }
            }
        };
        let news = match news {
            Ok(news) => news,
            Err(ended) => break ended.map_err(|error| lost(&error))?,
        };
        held.clone_from(&news.versions);
        if let Some(ready) = &news.ready {
            // What it had is not to be counted any more.
            follower.owed = None;
            if let Some(ended) = watch.restart(ready, &news).await? {
                break ended;
            }
            follower.owed = what.fetch.read(ctx, &ready.secrets);
        } else {
            watch.signal(&news);
        }
    };
    if let Some(read) = follower.owed.take()
        && let Err(why) = note(ctx, read).await
    {
        ctx.output.warn(why);
    }
    watch.ended(ended)
}

/// Starts it. One that reads its secrets anew itself is the same consumer then.
fn start(
    ctx: &Context,
    what: &What,
    line: (&OsString, &[OsString]),
    ready: &Ready,
    reads: bool,
) -> Result<Child, Failure> {
    let mut command = ready.command(ctx, line);
    if let Some(name) = what.fetch.consumer(ctx).filter(|_| reads) {
        command.env(VARIABLE, name);
    }
    Child::start(ctx, command).map_err(|error| not_started(line.0, &error))
}

impl Watch<'_> {
    fn name(&self) -> String {
        self.line.0.display().to_string()
    }

    fn pass_on(&mut self, kind: SignalKind) {
        // A program may take another one and keep running.
        self.asked |= kind == SignalKind::terminate();
        if let Ok(signal) = Signal::try_from(kind.as_raw_value()) {
            self.child.pass_on(signal);
        }
    }

    /// Ends it and starts it again; how it ended, where it is to stay so.
    async fn restart(&mut self, ready: &Ready, news: &News) -> Result<Option<ExitStatus>, Failure> {
        let WhenNew::Restart(grace) = self.when_new else { return Ok(None) };
        let name = self.name();
        self.ctx.output.talk(format!("{name} is restarted; current now: {}", news.what));
        let (ended, killed) = {
            let mut end = pin!(self.child.end(grace));
            loop {
                tokio::select! {
                    ended = &mut end => break ended.map_err(|error| lost(&error))?,
                    // It is asked already.
                    signal = self.signals.next() => self.asked |= asks_to_end(signal),
                }
            }
        };
        if killed {
            let grace = grace.as_secs();
            self.ctx.output.warn(format!("{name} was killed: it had not ended {grace} s after SIGTERM"));
        }
        if self.asked {
            return Ok(Some(ended));
        }
        self.child = start(self.ctx, self.what, self.line, ready, false)?;
        self.restarted = Some((Instant::now(), news.what.clone(), news.rotation.clone()));
        Ok(None)
    }

    fn signal(&self, news: &News) {
        let WhenNew::Signal(signal) = self.when_new else { return };
        self.ctx.output.talk(format!("{} is sent {signal}; current now: {}", self.name(), news.what));
        self.child.send(signal);
    }

    /// Its end is ours.
    fn ended(&self, ended: ExitStatus) -> Result<(), Failure> {
        if ended.success() {
            return Ok(());
        }
        let status = status(ended);
        if let Some((at, what, rotation)) = &self.restarted
            && !self.asked
            && at.elapsed() < SOON
        {
            let back = rotation.as_deref().map_or_else(String::new, |rotation| {
                format!(
                    "; where they are the reason, `windlass rotation rollback {rotation}` goes back to the old secret"
                )
            });
            let name = self.name();
            self.ctx
                .output
                .warn(format!("{name} ended with status {status} soon after it got new values ({what}){back}"));
        }
        Err(Failure::Status(status, None))
    }
}

/// Whether a program that gets it is to end.
fn asks_to_end(kind: SignalKind) -> bool {
    [SignalKind::interrupt(), SignalKind::quit(), SignalKind::terminate()].contains(&kind)
}

fn lost(error: &io::Error) -> Failure {
    let hint = "it may run still, without windlass beside it";
    Refusal::new(Kind::Failed, format!("the program's end cannot be waited for: {error}"), hint).into()
}
