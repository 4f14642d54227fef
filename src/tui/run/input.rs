//! The keyboard, on a thread of its own: it blocks in the kernel, so that an idle UI wakes nobody up.
//!
//! crossterm only parses here. It is called when the kernel says that there is something to read, and not at all once
//! the terminal is gone: left alone it would read the end of a vanished terminal for ever.
//!
//! A key may come in two pieces, over a network or in a flood of keys, and crossterm takes the first byte of an arrow for
//! Esc, which leaves things. So an Esc waits a moment for the rest: see [`split`].

use std::io;
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{Feed, Happening};
use crate::tui::app::key::{Code, Key};
use crate::tui::app::msg::Msg;

/// Longer than crossterm needs to look into its own buffer; a zero would make it look nowhere.
const A_MOMENT: Duration = Duration::from_millis(1);

mod split;

/// Reads keys until the terminal is gone, and tells when it is.
pub fn listen(feed: Feed) -> io::Result<()> {
    let keys = feed.clone();
    thread::Builder::new().name("input".into()).spawn(move || {
        while wait(PollFlags::POLLIN) {
            while let Some(event) = next(A_MOMENT) {
                for event in split::mend(event, &mut next) {
                    if let Some(happening) = read(event)
                        && !keys.send(happening)
                    {
                        return;
                    }
                }
            }
        }
        keys.send(Happening::Gone);
    })?;
    // A second pair of eyes: the first may be inside crossterm when the line breaks.
    thread::Builder::new().name("hang-up".into()).spawn(move || {
        while wait(PollFlags::empty()) {}
        feed.send(Happening::Gone);
    })?;
    Ok(())
}

/// What comes within this time.
fn next(wait: Duration) -> Option<Event> {
    if event::poll(wait).unwrap_or(false) { event::read().ok() } else { None }
}

/// Waits for the terminal; `false` once it is gone.
fn wait(wanted: PollFlags) -> bool {
    let stdin = io::stdin();
    loop {
        let mut fds = [PollFd::new(stdin.as_fd(), wanted)];
        match poll(&mut fds, PollTimeout::NONE) {
            Err(nix::errno::Errno::EINTR | nix::errno::Errno::EAGAIN) => {}
            Err(_) => return false,
            Ok(_) => {
                let gone = PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL;
                return fds[0].revents().is_some_and(|found| !found.intersects(gone));
            }
        }
    }
}

fn read(event: Event) -> Option<Happening> {
    match event {
        Event::Key(key) => translate(key).map(|key| Happening::Msg(Msg::Key(key))),
        Event::Paste(text) => Some(Happening::Msg(Msg::Paste(text))),
        Event::Resize(columns, rows) => Some(Happening::Msg(Msg::Resize(columns, rows))),
        _ => None,
    }
}

fn translate(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::F(n) => Code::F(n),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    Some(Key { code, ctrl, alt })
}
