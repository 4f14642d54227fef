//! A fault of the program's own: the terminal is given back, the engine of this session ends in good order, and what
//! happened can be read.
//!
//! Done in the panic hook, because a task's fault never comes as far as the loop: the runtime contains it, and the loop
//! would continue drawing on a terminal that was given back. The hook must not fault itself: it takes no lock that the loop
//! holds while it runs code of others.

use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::thread;

use crate::tui::msg::Msg;
use crate::tui::run::events::Sender;
use crate::tui::run::left::{End, Left};
use crate::tui::run::link::CurrentEngine;
use crate::tui::run::terminal;
use crate::tui::theme::Tone;

/// The exit status of a fault: the program's own failure.
const FAILED: i32 = 1;

/// From now on a fault on this thread ends the UI, and one on another thread is contained there and reported.
#[expect(clippy::disallowed_methods, reason = "it passes on to the one before it")]
pub fn watch(sender: Sender, current: Arc<CurrentEngine>, left: Left) {
    let ours = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == ours {
            end(info, &current, &left, &before);
        }
        let text =
            format!("internal error in a part of windlass {}; the screen keeps working. Please report it", place(info));
        sender.send(Msg::Toast(Tone::Bad, text.into()));
    }));
}

/// Where the fault was made. Not what its message says: that may show what was being drawn.
fn place(info: &PanicHookInfo<'_>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    info.location().map(|at| format!("(version {version}, {at})")).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the terminal, the clipboard and the engine were given back")]
fn end(
    info: &PanicHookInfo<'_>,
    current: &CurrentEngine,
    left: &Left,
    before: &(dyn Fn(&PanicHookInfo<'_>) + Send + Sync),
) -> ! {
    if let Some(bytes) = left.take_back(End::AtOnce) {
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(&bytes).and_then(|()| stdout.flush());
    }
    terminal::give_back();
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        // Someone is debugging it.
        before(info);
    }
    let own = current.take_own();
    let mut err = io::stderr().lock();
    // That it could not be written has nowhere else to be reported.
    let _ = err.write_all(report(&place(info), own.is_some()).as_bytes()).and_then(|()| err.flush());
    drop(err);
    if let Some(own) = own {
        // On a thread of its own: this one is the runtime's, which may not be waited on from inside.
        let _ = thread::Builder::new().spawn(move || own.stop()).map(thread::JoinHandle::join);
    }
    std::process::exit(FAILED)
}

/// What happened, what still works, and what to do.
fn report(place: &str, own: bool) -> String {
    let engine = if own {
        "This session was the engine. It finishes the call that is under way and ends; nothing rotates until an engine \
         runs again."
    } else {
        "The engine is another process, and keeps rotating."
    };
    format!(
        "windlass: the screen had a fault and was closed {place}\n\
         {engine} Published secrets keep working, and what was under way is on disk.\n\
         Start `windlass` again; `windlass history` tells what was done, `windlass serve` rotates without a screen.\n\
         Please report the first line.\n"
    )
}

#[cfg(test)]
mod tests;
