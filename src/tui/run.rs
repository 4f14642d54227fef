//! The loop: what happens becomes messages, messages change the model, and a changed model is drawn.
//!
//! It sleeps until something happens, takes everything that has happened, and draws once, only what differs: at most every
//! 30 ms, but for a key after a while, which is answered at once. It knows what an effect is done with, and nothing of what
//! it is for. Rotations do not depend on it: a terminal that no one reads stops this loop in its write, and the engine has
//! a thread of its own.

mod keyboard;
mod panic;
mod signals;

use crate::words::sentence::Sentence;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

mod clipboard;
mod driver;
mod encode;
pub mod events;
mod handover;
mod left;
mod link;
mod terminal;
#[cfg(test)]
mod tests;

use crate::clock::Clock;
use crate::tui::demo::DemoKey;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg};
use crate::tui::run::clipboard::Clipboard;
use crate::tui::run::driver::{Driver, KeepTheme};
use crate::tui::run::events::{LoopEvent, Receiver, Sender};
use crate::tui::run::left::Left;
use crate::tui::run::link::CurrentEngine;
use crate::tui::run::terminal::{Surface, Terminal};
use crate::tui::session::Preferences;
use crate::tui::theme::{Look, Looks};
use crate::tui::update::update;
use crate::tui::{Connector, LocalEngine, screen};

/// Between two frames: faster is not seen, and costs a line its bytes.
const FRAME: Duration = Duration::from_millis(30);

/// As much is taken in before a frame at the most, so that a flood of input does not keep it from being drawn.
const MAX_EVENTS_PER_FRAME: usize = 20_000;

/// What the UI is run with.
pub struct Options {
    /// Finds the engine.
    pub connector: Arc<dyn Connector>,
    /// Tells the time.
    pub clock: Clock,
    /// What the reader brought along.
    pub preferences: Preferences,
    /// How everything can look.
    pub looks: Looks,
    /// Keeps a theme that was chosen for the next start, or says why not; `None` where nothing is kept.
    pub keep_theme: Option<KeepTheme>,
    /// What is to be read first: what of the config is left out.
    pub notes: Vec<Sentence>,
    /// Who does the demo's keys, where this is one.
    pub demo: Option<mpsc::UnboundedSender<DemoKey>>,
}

/// Runs the UI on the process's own terminal until someone leaves it. Returns the engine that is still to be stopped,
/// where it is in this process; the terminal is given back by then.
pub async fn run(options: Options, sender: Sender, receiver: Receiver) -> io::Result<Option<LocalEngine>> {
    let current = Arc::new(CurrentEngine::default());
    let (ended, over) = watch::channel(false);
    let tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
    let left = Left::new(Clipboard::new(tmux));
    signals::watch(sender.clone(), current.clone(), left.clone(), over)?;
    panic::watch(sender.clone(), current.clone(), left.clone());
    let terminal = Terminal::take()?;
    keyboard::listen(sender.clone())?;
    let done = Loop::new(options, terminal, sender, current.clone(), left)?.run(receiver).await;
    ended.send_replace(true);
    done?;
    Ok(current.take_own())
}

/// The loop, on any surface.
struct Loop<S> {
    model: Model,
    looks: Looks,
    look: Look,
    memory: screen::Memory,
    surface: S,
    driver: Driver,
    clock: Clock,
    /// The frame that the surface shows.
    shown: Option<Buffer>,
    /// The frame before that, whose cells are used again.
    spare: Buffer,
    drawn: Option<Instant>,
    /// A key was pressed whose answer was not drawn yet.
    typed: bool,
    /// When the answer to a key was drawn last.
    answered: Option<Instant>,
    over: bool,
}

impl<S: Surface> Loop<S> {
    fn new(options: Options, surface: S, sender: Sender, current: Arc<CurrentEngine>, left: Left) -> io::Result<Self> {
        let Options { connector, clock, preferences, looks, keep_theme, notes, demo } = options;
        let read_only = preferences.read_only;
        let mut model = Model::new(clock.now(), preferences, surface.size()?);
        model.themes = (&looks).into();
        model.note("The config file", notes);
        let driver = Driver::new(connector, current, sender, read_only, demo, left).keeping_themes(keep_theme);
        Ok(Self {
            model,
            look: looks.look(&looks.active),
            looks,
            memory: screen::Memory::default(),
            surface,
            driver,
            clock,
            shown: None,
            spare: Buffer::empty(Rect::default()),
            drawn: None,
            typed: false,
            answered: None,
            over: false,
        })
    }

    async fn run(mut self, receiver: Receiver) -> io::Result<()> {
        let done = self.go_on(receiver).await;
        if let Some(bytes) = self.driver.end() {
            // A terminal that is gone has no clipboard that we could reach.
            let _ = self.surface.send(&bytes);
        }
        done
    }

    async fn go_on(&mut self, receiver: Receiver) -> io::Result<()> {
        let Receiver(mut events) = receiver;
        self.draw()?;
        tracing::trace!(name: "first frame", target: "start", "");
        while !self.over {
            tokio::select! {
                biased;
                event = events.recv() => match event {
                    Some(event) => self.take(event)?,
                    None => break,
                },
                () = tokio::time::sleep(self.next_minute()) => self.take(LoopEvent::Msg(Msg::Minute))?,
            }
            self.take_all(&mut events)?;
            // What comes too early for another frame is taken into the next one.
            while let Some(drawn) = self.drawn
                && !self.over
                && drawn.elapsed() < FRAME
                && !self.has_unanswered_key()
            {
                match tokio::time::timeout_at(drawn + FRAME, events.recv()).await {
                    Ok(Some(event)) => self.take(event)?,
                    Ok(None) | Err(_) => break,
                }
                self.take_all(&mut events)?;
            }
            if !self.over {
                self.draw()?;
            }
        }
        Ok(())
    }

    fn take_all(&mut self, events: &mut mpsc::UnboundedReceiver<LoopEvent>) -> io::Result<()> {
        for _ in 0..MAX_EVENTS_PER_FRAME {
            match events.try_recv() {
                Ok(event) if !self.over => self.take(event)?,
                _ => break,
            }
        }
        Ok(())
    }

    /// What is shown relative to now changes with the minute; on a fast clock not more often than can be seen, and on the
    /// machine's not again and again where it woke up a little early.
    fn next_minute(&self) -> Duration {
        let least = if self.clock == Clock::System { Duration::from_secs(1) } else { Duration::from_millis(250) };
        let passed = self.clock.now().timestamp_millis().rem_euclid(60_000);
        self.clock.real(chrono::Duration::milliseconds(60_001 - passed)).max(least)
    }

    /// Whether a key waits for its answer. Frames keep their distance from each other while nothing is typed, and while
    /// much is typed; but a single key does not wait because the engine had something drawn a moment before.
    fn has_unanswered_key(&self) -> bool {
        self.typed && self.answered.is_none_or(|at| at.elapsed() >= FRAME)
    }

    fn take(&mut self, event: LoopEvent) -> io::Result<()> {
        let msg = match event {
            LoopEvent::Msg(msg) => msg,
            LoopEvent::Resized => {
                let (columns, rows) = self.surface.size()?;
                Msg::Resize(columns, rows)
            }
            LoopEvent::Continued => {
                self.surface.retake()?;
                self.shown = None;
                return Ok(());
            }
            LoopEvent::Suspend => return self.suspend(),
            LoopEvent::Gone => Msg::Stop,
        };
        self.typed |= matches!(msg, Msg::Key(_) | Msg::Paste(_) | Msg::Burst(_) | Msg::LineEnd);
        for effect in update(&mut self.model, msg, self.clock.now()) {
            self.effect(effect)?;
        }
        Ok(())
    }

    fn effect(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Quit => self.over = true,
            Effect::Redraw => self.shown = None,
            Effect::Theme(name) => self.look = self.looks.look(&name),
            Effect::Suspend => self.suspend()?,
            effect => {
                if let Some(bytes) = self.driver.perform(effect) {
                    self.surface.send(&bytes)?;
                }
            }
        }
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.surface.suspend()?;
        self.shown = None;
        let (columns, rows) = self.surface.size()?;
        self.take(LoopEvent::Msg(Msg::Resize(columns, rows)))
    }

    fn draw(&mut self) -> io::Result<()> {
        self.model.settle();
        let (columns, rows) = self.model.size;
        let area = Rect::new(0, 0, columns, rows);
        let mut frame = std::mem::take(&mut self.spare);
        frame.resize(area);
        frame.reset();
        let cursor = screen::draw(&self.model, &self.look, &mut self.memory, &mut frame);
        let before = self.shown.take().filter(|shown| shown.area == area);
        self.surface.show(before.as_ref(), &frame, cursor)?;
        self.spare = before.unwrap_or_default();
        self.shown = Some(frame);
        self.model.saw(self.memory.ended);
        self.drawn = Some(Instant::now());
        if !self.model.session.rows.rotations.is_empty() {
            tracing::trace!(name: "rows shown", target: "start", "");
        }
        if std::mem::take(&mut self.typed) {
            self.answered = self.drawn;
        }
        Ok(())
    }
}
