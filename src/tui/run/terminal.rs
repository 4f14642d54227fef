//! The terminal: how it is taken, how it is written to, and how it is given back as it was.
//!
//! Nothing here asks the terminal anything: an answer would take a round trip, and the input thread would eat it. One
//! frame is one write, between the brackets of a synchronized update.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::{ResetColor, force_color_output};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode, size,
};
use nix::sys::signal::{Signal, raise};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::tui::run::encode;

/// What frames are shown on.
pub trait Surface {
    /// Columns and rows.
    fn size(&self) -> io::Result<(u16, u16)>;

    /// Shows a frame, given the one before it; all of it where there is none.
    fn show(&mut self, before: Option<&Buffer>, frame: &Buffer, cursor: Option<Position>) -> io::Result<()>;

    /// Sends bytes that are no part of a frame.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Gives the terminal back, stops this process until the shell continues it, and takes the terminal again.
    fn suspend(&mut self) -> io::Result<()>;

    /// Takes the terminal again after someone else stopped and continued this process.
    fn retake(&mut self) -> io::Result<()>;
}

/// Whether the terminal is ours: it is given back once, whoever does it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The process's own terminal.
pub struct Terminal {
    out: Vec<u8>,
    cursor: Option<Position>,
}

impl Terminal {
    /// Takes it.
    pub fn take() -> io::Result<Self> {
        // The look decides what has colours; crossterm would otherwise drop even the resets.
        force_color_output(true);
        take()?;
        Ok(Self { out: Vec::with_capacity(16 << 10), cursor: None })
    }

    fn write(&mut self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.out).and_then(|()| stdout.flush());
        self.out.clear();
        written
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    let mut out = Vec::new();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    let mut stdout = io::stdout().lock();
    stdout.write_all(&out)?;
    stdout.flush()
}

/// Gives the terminal back as it was. Also called by the panic hook; the second time does nothing.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = Vec::new();
    // A terminal that is gone takes nothing, and there is nowhere else to report that.
    let _ = queue!(out, ResetColor, DisableBracketedPaste, Show, LeaveAlternateScreen);
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(&out).and_then(|()| stdout.flush());
    let _ = disable_raw_mode();
}

/// Gives only the modes of the line back: for a terminal that takes no bytes any more.
pub fn give_modes_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = disable_raw_mode();
    }
}

impl Surface for Terminal {
    fn size(&self) -> io::Result<(u16, u16)> {
        size()
    }

    fn show(&mut self, before: Option<&Buffer>, frame: &Buffer, cursor: Option<Position>) -> io::Result<()> {
        let blank;
        let known = if let Some(before) = before {
            before
        } else {
            blank = Buffer::empty(frame.area);
            &blank
        };
        let updates = known.diff(frame);
        if before.is_some() && updates.is_empty() && cursor == self.cursor {
            return Ok(());
        }
        queue!(self.out, BeginSynchronizedUpdate)?;
        if before.is_none() {
            queue!(self.out, ResetColor, Clear(ClearType::All))?;
        }
        if self.cursor.is_some() {
            queue!(self.out, Hide)?;
        }
        encode::write(updates, &mut self.out);
        if let Some(Position { x, y }) = cursor {
            queue!(self.out, MoveTo(x, y), Show)?;
        }
        queue!(self.out, EndSynchronizedUpdate)?;
        self.cursor = cursor;
        self.write()
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.extend_from_slice(bytes);
        self.write()
    }

    fn suspend(&mut self) -> io::Result<()> {
        give_back();
        let _ = raise(Signal::SIGSTOP);
        take()
    }

    fn retake(&mut self) -> io::Result<()> {
        // The shell may have set modes of its own meanwhile.
        disable_raw_mode()?;
        take()
    }
}
