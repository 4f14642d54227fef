//! The keyboard, on a thread of its own: it blocks in the kernel, so that an idle UI wakes no one up.
//!
//! What the bytes mean is decided in [`decode`], which has the time as an argument. Here they are only read, when the kernel
//! says that there are some, and not at all once the terminal is gone: left alone it would read the end of a vanished
//! terminal for ever.

use std::io;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use zeroize::Zeroizing;

use crate::tui::msg::Msg;
use crate::tui::run::events::{LoopEvent, Sender};
use crate::tui::run::keyboard::decode::{Decoder, Input};

mod decode;
mod sequence;

/// As many bytes are read at once: more than a line of a terminal holds.
const ROOM: usize = 16 << 10;

/// How long a lone Esc waits for what it may be the beginning of; over a network a key may come in pieces.
const HERE: Duration = Duration::from_millis(100);
const FAR: Duration = Duration::from_millis(200);

/// What the terminal has for us.
enum Found {
    Bytes,
    Nothing,
    Gone,
}

/// Reads keys until the terminal is gone, and reports that.
pub fn listen(sender: Sender) -> io::Result<()> {
    let keys = sender.clone();
    let remote = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some());
    thread::Builder::new().name("input".into()).spawn(move || {
        read(&keys, if remote { FAR } else { HERE });
        keys.send_event(LoopEvent::Gone);
    })?;
    // A second thread that only waits for that: the first may be inside a read when the line breaks.
    thread::Builder::new().name("hang-up".into()).spawn(move || {
        while !matches!(wait(PollFlags::empty(), None), Found::Gone) {}
        sender.send_event(LoopEvent::Gone);
    })?;
    Ok(())
}

fn read(sender: &Sender, patience: Duration) {
    let (stdin, began) = (io::stdin(), Instant::now());
    let mut decoder = Decoder::new(patience);
    // Someone may type or paste a credential.
    let mut bytes = Zeroizing::new(vec![0; ROOM]);
    let mut came = Vec::new();
    loop {
        let left = decoder.due().map(|due| due.saturating_sub(began.elapsed()));
        match wait(PollFlags::POLLIN, left) {
            Found::Gone => return,
            Found::Nothing => decoder.tick(began.elapsed(), &mut came),
            Found::Bytes => match nix::unistd::read(&stdin, &mut bytes) {
                Ok(0) => return,
                Ok(count) => decoder.feed(&bytes[..count], began.elapsed(), &mut came),
                Err(Errno::EINTR | Errno::EAGAIN) => {}
                Err(_) => return,
            },
        }
        for input in came.drain(..) {
            let msg = match input {
                Input::Key(key) => Msg::Key(key),
                Input::Paste(text) => Msg::Paste(text),
                Input::Burst(text) => Msg::Burst(text),
                Input::LineEnd => Msg::LineEnd,
            };
            if !sender.send(msg) {
                return;
            }
        }
    }
}

/// Waits for the terminal, at most so long.
fn wait(wanted: PollFlags, patience: Option<Duration>) -> Found {
    let stdin = io::stdin();
    // Never a little too early: the next round would be for nothing.
    let patience = patience.map_or(PollTimeout::NONE, |span| {
        PollTimeout::try_from(span + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX)
    });
    let mut fds = [PollFd::new(stdin.as_fd(), wanted)];
    match poll(&mut fds, patience) {
        Err(Errno::EINTR | Errno::EAGAIN) | Ok(0) => Found::Nothing,
        Err(_) => Found::Gone,
        Ok(_) => {
            let gone = PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL;
            if fds[0].revents().is_none_or(|found| found.intersects(gone)) { Found::Gone } else { Found::Bytes }
        }
    }
}
