//! What can happen to the UI, and what it may ask for: both plain data.
//!
//! The loop turns the first into calls of [`crate::tui::update::update`], and does the second. Neither mentions a runtime or a
//! terminal.

use crate::words::sentence::Sentence;
use std::time::Duration;

use uuid::Uuid;

use crate::core::secret::SecretValue;
use crate::engine::events::Event;
use crate::engine::refusal::Refusal;
use crate::engine::request::{Reply, Request};
use crate::engine::view::View;
use crate::tui::demo::{DemoKey, DemoView};
use crate::tui::forms::rotation::wanted::Wanted;
use crate::tui::keys::key::Key;
use crate::tui::panes::history::Ticket;
use crate::tui::theme::Tone;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// Text came at once, as no one types: a paste without brackets. More of it may follow.
    Burst(String),
    /// Such a text paused at the end of a line.
    LineEnd,
    /// The terminal has this size: columns, rows.
    Resize(u16, u16),
    /// A minute began: what is shown relative to now may have changed.
    Minute,
    /// An engine was found, and this is its view. `own` where it is in this process; notes are about its start.
    Linked {
        /// In this process.
        own: bool,
        /// What an operator should know about its start.
        notes: Vec<Sentence>,
        /// All rows.
        view: Box<View>,
    },
    /// The whole view again.
    View(Box<View>),
    /// Events, in order.
    Events(Vec<Event>),
    /// The engine is gone.
    Lost(Refusal),
    /// No engine may be opened.
    Barred(Refusal),
    /// The answer to a call.
    Replied(Purpose, Result<Reply, Refusal>),
    /// A file was read for a form, or was not.
    FileRead {
        /// The form.
        number: u64,
        /// It is to be saved untested.
        untested: bool,
        /// What it holds, or why it cannot be read.
        result: Result<SecretValue, String>,
    },
    /// A while has passed.
    Timer(Timer),
    /// An engine was left behind that outlives this session, and answers; or none was.
    LeftBehind(Result<(), Refusal>),
    /// What became of an effect.
    Toast(Tone, Sentence),
    /// What the demo shows.
    Demo(Box<DemoView>),
    /// A signal asks us to end. No question is asked.
    Stop,
}

/// What a call was made for; comes back with its answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// An item of a batch.
    Act {
        /// The batch.
        batch: u64,
        /// The row.
        id: Uuid,
    },
    /// The plan of a rotation, for the overlay with this number.
    Plan {
        /// The overlay.
        number: u64,
        /// The rotation.
        id: Uuid,
    },
    /// What is coming.
    Upcoming,
    /// The Okta secrets of a rotation.
    OktaSecrets(Uuid),
    /// The value, to be shown for a while.
    Reveal(String),
    /// The value, to the clipboard.
    CopyValue(String),
    /// The value, into a file.
    SaveValue(String),
    /// What happened before, for the log.
    Past,
    /// A page of the history.
    History(Ticket),
    /// Something for the wizard of this number.
    Wizard(u64, Wanted),
    /// Something for the form of a connection of this number.
    Connect(u64),
    /// Something for the form of a target of this number.
    Target(u64),
    /// What a delivery to a target would do.
    TargetPlan(Uuid),
    /// A target was changed: its name.
    TargetSaved(String),
}

/// What a timer is for. One that no one waits for any more means nothing when it rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A toast has been there long enough.
    Toast(u64),
    /// A revealed value is hidden again.
    Reveal(u64),
    /// A copied value is taken back.
    Copied(u64),
    /// The cursor has rested long enough for the history of its row.
    Rested,
}

/// Something that the UI asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the engine.
    Call(Purpose, Ask),
    /// Ring later.
    Wait(Timer, Duration),
    /// Put a text into the clipboard.
    Copy(String),
    /// Put a secret value into the clipboard.
    CopySecret(SecretValue),
    /// Take the secret value back.
    ForgetCopy,
    /// Ask the engine, after a while.
    CallLater(Duration, Purpose, Ask),
    /// Write something that is no secret into a private file: its name, and what it is to hold.
    Save(String, SecretValue),
    /// Write a secret value into a private file, which goes when the session does.
    SaveSecret(String, SecretValue),
    /// Read a small file that holds a credential, for a form.
    ReadFile {
        /// The form.
        number: u64,
        /// The path, as it was typed.
        path: String,
        /// It is to be saved untested.
        untested: bool,
    },
    /// Take the engine's view again.
    Refresh,
    /// Try to open the engine again.
    Retry,
    /// Become the engine.
    TakeOver,
    /// End the engine of this session, and have one started that outlives it.
    LeaveBehind,
    /// Forget what the terminal shows, and draw it all.
    Redraw,
    /// Draw in the theme of this name from now on.
    Theme(String),
    /// Keep the theme for the next start; where that cannot be, say how it is done by hand.
    KeepTheme {
        /// The theme's name.
        name: String,
        /// How it is kept by hand.
        by_hand: String,
    },
    /// Stop until the shell continues us.
    Suspend,
    /// A key of the demo.
    Demo(DemoKey),
    /// The end.
    Quit,
}

/// A request as data that can be compared: requests carry secrets, and so have no equality of their own.
#[derive(Clone, Debug)]
pub struct Ask(pub Request);

impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        // `Debug` of a request shows no value.
        format!("{:?}", self.0) == format!("{:?}", other.0)
    }
}

impl Effect {
    /// A call.
    pub fn call(purpose: Purpose, request: Request) -> Self {
        Self::Call(purpose, Ask(request))
    }

    /// A call after a while.
    pub fn call_later(wait: Duration, purpose: Purpose, request: Request) -> Self {
        Self::CallLater(wait, purpose, Ask(request))
    }
}
