//! What a thing on the screen is, for a theme to say how it looks.

use crate::core::state::State;
use crate::engine::events::Level;

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $name:literal $(or $fallback:ident)?,)*) => {
        /// What a thing is. A role that a theme leaves out looks like its fallback, and in the end like plain text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Role {
            $($(#[$doc])* $role,)*
        }

        impl Role {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$role,)*];

            /// Its name in a theme.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$role => $name,)*
                }
            }

            /// The role that it looks like where a theme says nothing about it.
            pub fn fallback(self) -> Option<Self> {
                match self {
                    $(Self::$role => None$(.or(Some(Self::$fallback)))?,)*
                }
            }
        }
    };
}

roles! {
    /// Whatever is nothing else, and the ground under everything.
    Text = "text",
    /// Of less weight.
    Dim = "dim" or Text,
    /// Titles and the heads of columns.
    Heading = "heading" or Text,
    /// The line at the top that says where one is.
    Header = "header" or Heading,
    /// The line at the bottom with the keys.
    Footer = "footer" or Dim,
    /// A pane's frame.
    Border = "border" or Dim,
    /// The frame of the pane that has the focus.
    BorderFocused = "border-focused" or Key,
    /// The row under the cursor.
    Selected = "selected",
    /// The row under the cursor of a pane without the focus.
    SelectedAway = "selected-away",
    /// A marked row.
    Marked = "marked" or Key,
    /// A key that can be pressed.
    Key = "key" or Heading,
    /// What a search found.
    Match = "match" or Warning,
    /// A field that is being typed in.
    Field = "field" or Text,
    /// An operator has to look.
    Attention = "attention" or Danger,
    /// Failing, and trying again by itself.
    Failing = "failing" or Danger,
    /// Waiting for its connection, or for room.
    Waiting = "waiting" or Warning,
    /// Being rotated.
    Rotating = "rotating" or Info,
    /// Due within a week.
    Due = "due" or Warning,
    /// All is well.
    Ok = "ok" or Text,
    /// Paused.
    Paused = "paused" or Dim,
    /// Destroys something, or is broken.
    Danger = "danger" or Warning,
    /// Wants care.
    Warning = "warning" or Heading,
    /// Worth knowing.
    Info = "info" or Text,
    /// A fault that is said across the screen.
    Banner = "banner" or Danger,
    /// A secret value while it is shown.
    Reveal = "reveal" or Warning,
    /// The timeline of the secret in use.
    LaneCurrent = "lane-current" or Ok,
    /// The timeline of the secret on its way out.
    LanePrevious = "lane-previous" or Waiting,
    /// A stretch of a timeline in which a secret is deactivated.
    LaneOff = "lane-off" or Dim,
    /// The word DEMO, and what belongs to it.
    Demo = "demo" or Warning,
}

impl From<State> for Role {
    fn from(state: State) -> Self {
        match state {
            State::Attention => Self::Attention,
            State::Failing => Self::Failing,
            State::Waiting => Self::Waiting,
            State::Rotating => Self::Rotating,
            State::Due => Self::Due,
            State::Ok => Self::Ok,
            State::Paused => Self::Paused,
        }
    }
}

impl From<Level> for Role {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warn => Self::Warning,
            Level::Error => Self::Danger,
        }
    }
}

/// How a sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// Aside.
    Dim,
    /// A heading, or what matters.
    Strong,
    /// It went well.
    Good,
    /// To be noticed.
    Warn,
    /// It did not go well.
    Bad,
}

impl From<Tone> for Role {
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Plain => Self::Text,
            Tone::Dim => Self::Dim,
            Tone::Strong => Self::Heading,
            Tone::Good => Self::Ok,
            Tone::Warn => Self::Warning,
            Tone::Bad => Self::Danger,
        }
    }
}
