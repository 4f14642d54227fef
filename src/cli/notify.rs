//! The notify command: run by an engine that stays, or by `serve --once`, when something comes to need attention, at the
//! third failed try in a row, and when that is over.
//!
//! It follows the live log on a thread of its own and asks for rows, like any frontend. It may not hold the engine up:
//! the engine waits for nothing here, one command runs at a time, and what comes meanwhile is reported by what stands
//! then (see [`board`]). A message is reported once; a command that fails is said in the live log, once, and is not run
//! again for it.
//!
//! What was reported is kept in `notified.json` in the data directory, written before the command is run, so that an
//! engine that starts over and over reports nothing twice. What stands at the start and was never reported is reported
//! then, but only where that could be written down first.

use std::fs;
use std::future::pending;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::pin::Pin;
use std::thread;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::time::Instant;

use super::settings::Settings;
use crate::clock::Clock;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Event, Level, News, Rows};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::{Handle, Local};
use crate::file::{self, Links};
use crate::store::Spot;
use crate::text::sanitize;
pub use crate::trust::command::found;
use crate::trust::command::run;

/// What was reported is never longer.
const LARGEST: u64 = 16 << 20;

mod board;
mod message;

use board::{Board, Standing};
use message::Message;

/// How long the command may take.
pub const LIMIT: Duration = Duration::from_secs(30);

/// The file that keeps what was reported.
const FILE: &str = "notified.json";

/// The thread that sends the messages.
pub struct Notifier {
    thread: thread::JoinHandle<()>,
}

impl Notifier {
    /// Starts it, where a command is set. It ends by itself after the engine, and takes `patience` at most for what is
    /// still to be reported then.
    pub fn start(settings: &Settings, handle: Local, patience: Duration) -> Result<Option<Self>, Refusal> {
        let Some(command) = settings.found.config.notify.command.clone() else { return Ok(None) };
        let file = settings.data_dir.join(FILE);
        let worker = Worker {
            handle,
            command,
            file,
            spot: Spot::of(&settings.data_dir).ok(),
            clock: settings.clock,
            patience,
            failed: false,
            unwritable: false,
        };
        let broken = |error: io::Error| {
            let message = format!("the notify command cannot be run: {error}");
            Refusal::new(Kind::Failed, message, "see this machine's limits")
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
        let work = move || runtime.block_on(worker.run());
        let thread = thread::Builder::new().name("notify".into()).spawn(work).map_err(broken)?;
        Ok(Some(Self { thread }))
    }

    /// Waits until it has ended. The engine has, before.
    pub fn finish(self) {
        // A fault in it was reported when it happened.
        let _ = self.thread.join();
    }
}

struct Worker {
    handle: Local,
    command: Vec<String>,
    file: PathBuf,
    /// The data directory as it was when the engine had just opened it.
    spot: Option<Spot>,
    clock: Clock,
    patience: Duration,
    /// The last command failed, and it was said: once, until one ends well.
    failed: bool,
    /// It was said that nothing can be written down.
    unwritable: bool,
}

/// A command under way, and what it reports.
type Running<'a> = (Message, Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>);

impl Worker {
    async fn run(mut self) {
        if let Some(why) = self.command.first().and_then(|program| found(program).err()) {
            self.say(Level::Warn, None, &format!("{}; no messages are sent", self.failure(&why)));
        }
        // Before the view, so that nothing falls between the two.
        let Ok(mut events) = self.handle.events(None).await else { return };
        let mut board = Board::new(self.read());
        let Some(host) = self.poll(&mut board, true).await else { return };
        let line = self.command.clone();
        let mut running: Option<Running> = None;
        let mut end: Option<Instant> = None;
        loop {
            // Everything that is known already comes first: a row may be older than the view.
            while end.is_none() {
                match events.next().now_or_never() {
                    Some(Some(event)) => self.take(&mut board, &event).await,
                    Some(None) => end = Some(Instant::now() + self.patience),
                    None => break,
                }
            }
            if running.is_none() {
                running = self.next(&mut board, &host).map(|message| {
                    let mut input = serde_json::to_vec(&message).unwrap_or_default();
                    input.push(b'\n');
                    let line = &line;
                    let work =
                        async move { run(line, &input, LIMIT).await.map_err(|failed| failed.why + &failed.said) };
                    (message, Box::pin(work) as Pin<Box<_>>)
                });
            }
            if running.is_none() && end.is_some() {
                return;
            }
            let over = async {
                match end {
                    Some(end) => tokio::time::sleep_until(end).await,
                    None => pending().await,
                }
            };
            let done = async {
                match &mut running {
                    Some((_, work)) => work.await,
                    None => pending().await,
                }
            };
            tokio::select! {
                event = events.next(), if end.is_none() => match event {
                    Some(event) => self.take(&mut board, &event).await,
                    None => end = Some(Instant::now() + self.patience),
                },
                done = done => {
                    if let Some((message, _)) = running.take() {
                        self.report(&message, done);
                    }
                }
                () = over => {
                    if let Some((message, _)) = running.take() {
                        self.report(&message, Err("was killed, for the engine has ended".into()));
                    }
                    return;
                }
            }
        }
    }

    /// Takes an event in; the whole view where that says more.
    async fn take(&self, board: &mut Board, event: &Event) {
        board.event(event);
        if matches!(event.kind.as_str(), "store" | "reset") {
            self.poll(board, false).await;
        }
    }

    /// Takes the whole view in; the engine's host.
    async fn poll(&self, board: &mut Board, first: bool) -> Option<String> {
        let Ok(Reply::View { view, .. }) = self.handle.call(Request::View).await else { return None };
        board.view(&view, first);
        Some(view.engine.host)
    }

    /// The next message, written down as reported.
    fn next(&mut self, board: &mut Board, host: &str) -> Option<Message> {
        while let Some(tell) = board.next(self.clock.now(), host) {
            let Err(error) = self.write(board) else { return Some(tell.message) };
            if !std::mem::replace(&mut self.unwritable, true) {
                let message =
                    format!("{FILE} cannot be written: {error}; problems from before the start are not reported");
                self.say(Level::Warn, None, &message);
            }
            if !tell.stood_at_start {
                return Some(tell.message);
            }
        }
        None
    }

    fn report(&mut self, message: &Message, done: Result<(), String>) {
        let rotation = message.rotation.as_ref().map(|rotation| rotation.name.clone());
        match done {
            Ok(()) => {
                self.failed = false;
                let program = self.command.first().map(String::as_str).unwrap_or_default();
                self.say(Level::Info, rotation, &format!("{program} was notified: {}", message.event.word()));
            }
            Err(why) => {
                if !std::mem::replace(&mut self.failed, true) {
                    let message = format!("{}; not sent: {}", self.failure(&why), message.event.word());
                    self.say(Level::Warn, rotation, &message);
                }
            }
        }
    }

    fn failure(&self, why: &str) -> String {
        format!("the notify command {:?} {why}", self.command.first().map(String::as_str).unwrap_or_default())
    }

    /// Says something in the live log.
    fn say(&self, level: Level, rotation: Option<String>, message: &str) {
        let message = sanitize(message, 1024);
        let news = News {
            rotation,
            connection: None,
            attempt: None,
            notice: Notice::Notify { level, message },
            rows: Rows::default(),
        };
        self.handle.tell(self.clock.now(), news);
    }

    /// What earlier engines reported. A file that is not there or cannot be read counts as empty.
    fn read(&self) -> Vec<Standing> {
        let text = file::read(&self.file, Links::Refused, LARGEST);
        serde_json::from_slice(text.as_deref().map_or(&[], Vec::as_slice)).unwrap_or_default()
    }

    fn write(&self, board: &Board) -> io::Result<()> {
        if self.spot.as_ref().is_none_or(|spot| !spot.is_here()) {
            // Another store may be there now, with a file of its own.
            return Err(io::Error::other("the data directory was moved away or replaced"));
        }
        let beside = self.file.with_extension("new");
        let mut open = fs::OpenOptions::new();
        open.write(true).create(true).truncate(true).mode(0o600);
        let mut file = file::open_as(&beside, Links::Refused, LARGEST, &mut open)?;
        file.write_all(&serde_json::to_vec(&board.reported())?)?;
        file.sync_all()?;
        fs::rename(&beside, &self.file)
    }
}
