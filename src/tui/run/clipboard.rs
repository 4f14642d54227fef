//! The clipboard: tmux's own where this runs in one, else an escape sequence that the terminal may or may not obey.
//!
//! Whether anything arrived cannot be known, so it says who was asked and never "copied".

use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::core::secret::SecretValue;
use crate::tui::msg::Msg;
use crate::tui::run::events::Sender;
use crate::tui::run::left::End;
use crate::tui::theme::Tone;

/// Terminals drop longer sequences, some of them with all that follows.
const MAX_OSC52_LEN: usize = 74_000;

/// The name of our buffer in tmux.
const BUFFER: &str = "windlass";

/// Where copies go. Clones know of the same ones.
#[derive(Clone)]
pub struct Clipboard {
    tmux: bool,
    /// A secret is out there. Held while tmux takes one, so that taking it back comes after.
    secret: Arc<Mutex<bool>>,
}

impl Clipboard {
    /// tmux's own, or the terminal's.
    pub fn new(tmux: bool) -> Self {
        Self { tmux, secret: Arc::default() }
    }

    /// Copies. What it returns is for the terminal.
    pub fn put(&self, value: &SecretValue, secret: bool, sender: &Sender) -> Option<Vec<u8>> {
        let again = if secret { "; it is taken back in 30 s, or when you leave" } else { "" };
        if self.tmux {
            let (value, sender, known) = (value.clone(), sender.clone(), self.secret.clone());
            tokio::task::spawn_blocking(move || {
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                *known = secret;
                let (tone, text) = match load(&value) {
                    Ok(()) => {
                        (Tone::Good, format!("sent by tmux{again}; if nothing pastes, an outer tmux swallowed it"))
                    }
                    Err(error) => (Tone::Bad, format!("tmux did not take it: {error}; nothing was copied")),
                };
                sender.send(Msg::Toast(tone, text.into()));
            });
            return None;
        }
        let Some(bytes) = sequence(value.expose()) else {
            sender
                .send(Msg::Toast(Tone::Bad, "that is too long for a terminal's clipboard; nothing was copied".into()));
            return None;
        };
        *self.secret.lock().unwrap_or_else(PoisonError::into_inner) = secret;
        let text = format!("sent by OSC 52{again}; if nothing pastes, the terminal or a tmux swallowed it");
        sender.send(Msg::Toast(Tone::Good, text.into()));
        Some(bytes)
    }

    /// Takes a secret back, where one is out there. What it returns is for the terminal.
    pub fn forget(&self) -> Option<Vec<u8>> {
        if !self.tmux {
            return self.take_back(End::Orderly);
        }
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.take_back(End::Orderly));
        None
    }

    /// The same, on this thread: for the end. What it returns is for the terminal.
    pub fn take_back(&self, end: End) -> Option<Vec<u8>> {
        let mut secret = end.lock(&self.secret)?;
        if !std::mem::take(&mut *secret) {
            return None;
        }
        if self.tmux {
            let _ = load(&SecretValue::new(" "));
            return None;
        }
        // A blank: an empty one is a question to some terminals.
        sequence(" ")
    }
}

/// Gives it to tmux, which passes it on to the terminal; its own buffer is deleted at once.
fn load(value: &SecretValue) -> io::Result<()> {
    let quiet = |command: &mut Command| {
        command.stdout(Stdio::null()).stderr(Stdio::null());
    };
    let mut command = Command::new("tmux");
    command.args(["load-buffer", "-w", "-b", BUFFER, "-"]).stdin(Stdio::piped());
    quiet(&mut command);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(value.expose().as_bytes())?;
    }
    let loaded = child.wait()?.success();
    let mut delete = Command::new("tmux");
    delete.args(["delete-buffer", "-b", BUFFER]).stdin(Stdio::null());
    quiet(&mut delete);
    let _ = delete.status();
    if loaded { Ok(()) } else { Err(io::Error::other("it has to be version 3.2 or later")) }
}

fn sequence(text: &str) -> Option<Vec<u8>> {
    (text.len() <= MAX_OSC52_LEN).then(|| {
        let mut bytes = b"\x1b]52;c;".to_vec();
        bytes.extend_from_slice(STANDARD.encode(text).as_bytes());
        bytes.extend_from_slice(b"\x07");
        bytes
    })
}
