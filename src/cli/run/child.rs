//! A program that is started beside us: its signals, its end.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process;
use tokio::time::{sleep, timeout};

use crate::cli::context::Context;
use crate::cli::process::{Terminal, harden, terminal};
use crate::cli::values::Span;

/// How long a program may take to end once it is asked to, by default.
pub const GRACE: Duration = Duration::from_secs(10);

/// Between two looks whether what it started has ended with it.
const AGAIN: Duration = Duration::from_millis(50);

/// Signals by which programs are made to read something anew.
const SIGNALS: [Signal; 8] = [
    Signal::SIGHUP,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGWINCH,
    Signal::SIGCONT,
];

/// Reads the name of a signal, with or without the SIG before it.
pub fn signals() -> impl TypedValueParser<Value = Signal> {
    let names = SIGNALS.map(|signal| {
        let name = signal.as_str();
        PossibleValue::new(name.trim_start_matches("SIG")).alias(name)
    });
    PossibleValuesParser::new(names).try_map(|name| {
        let name = name.to_ascii_uppercase();
        format!("SIG{}", name.trim_start_matches("SIG")).parse::<Signal>()
    })
}

/// Reads a number of seconds, or a span.
pub fn grace(text: &str) -> Result<Duration, String> {
    text.parse::<u32>().map(u64::from).or_else(|_| text.parse::<Span>().map(|span| span.0)).map(Duration::from_secs)
}

/// A program that runs.
pub struct Child {
    process: process::Child,
    pid: Pid,
    /// It leads a group of its own.
    leads: bool,
}

impl Child {
    /// Starts it, as it would be started without us.
    pub fn start(ctx: &Context, mut command: Command) -> io::Result<Self> {
        // At a terminal it stays in our group: what is typed there has to reach it, and it has to read there.
        let leads = terminal() == Terminal::None;
        if leads {
            command.process_group(0);
        }
        if let Some(before) = &ctx.before {
            before.restore();
        }
        let started = process::Command::from(command).spawn();
        if ctx.before.is_some() {
            harden();
        }
        let process = started?;
        // It has its number until it is waited for.
        let pid = process.id().and_then(|pid| i32::try_from(pid).ok()).map(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("it has no process number"))?;
        Ok(Self { process, pid, leads })
    }

    /// Waits for its end.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Sends it a signal.
    pub fn send(&self, signal: Signal) {
        // Once it was waited for, its number may be another's.
        if self.process.id().is_some() {
            let _ = kill(self.pid, signal);
        }
    }

    /// Passes on a signal that was sent to us; not where the kernel has sent it to both.
    pub fn pass_on(&self, signal: Signal) {
        let typed = matches!(signal, Signal::SIGINT | Signal::SIGQUIT | Signal::SIGHUP);
        if self.leads || !typed || terminal() != Terminal::Foreground {
            self.send(signal);
        }
    }

    /// Asks it to end, and what it started with it, and kills what is left after that long. Answers how it ended, and whether
    /// something had to be killed.
    pub async fn end(&mut self, grace: Duration) -> io::Result<(ExitStatus, bool)> {
        self.to_all(Signal::SIGTERM);
        let (group, leads) = (self.group(), self.leads);
        let ended = timeout(grace, async {
            let status = self.process.wait().await;
            while leads && kill(group, None).is_ok() {
                sleep(AGAIN).await;
            }
            status
        });
        if let Ok(status) = ended.await {
            return Ok((status?, false));
        }
        self.to_all(Signal::SIGKILL);
        Ok((self.process.wait().await?, true))
    }

    /// Its group, where it leads one.
    fn group(&self) -> Pid {
        if self.leads { Pid::from_raw(-self.pid.as_raw()) } else { self.pid }
    }

    fn to_all(&self, signal: Signal) {
        if self.leads || self.process.id().is_some() {
            // It fails where there is none left.
            let _ = kill(self.group(), signal);
        }
    }
}

/// An end as a shell has it: 128 and the signal's number where one ended it.
pub fn status(ended: ExitStatus) -> u8 {
    let status = ended.code().or_else(|| ended.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(status).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grace_is_seconds_or_a_span() {
        assert_eq!(grace("0"), Ok(Duration::ZERO));
        assert_eq!(grace("30"), Ok(Duration::from_secs(30)));
        assert_eq!(grace("2m"), Ok(Duration::from_mins(2)));
        for text in ["", "-1", "1.5", "ten"] {
            assert!(grace(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_end_by_a_signal_has_a_shells_status() {
        assert_eq!(status(ExitStatus::from_raw(3 << 8)), 3);
        assert_eq!(status(ExitStatus::from_raw(15)), 143);
    }
}
