//! Signs: one set for terminals that read UTF-8, one for those that read only ASCII.
//!
//! A sign is one column wide in both sets, so that the choice moves nothing. States have their own signs, which are
//! ASCII everywhere ([`crate::tui::theme::Look::sign`]).

/// Which set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Lines, blocks and arrows.
    Unicode,
    /// What every terminal has.
    Ascii,
}

impl Glyphs {
    /// By the locale: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set names it, and without one it is `C`.
    pub fn of(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let named = |name: &&str| env(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(named).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        if locale.contains("utf-8") || locale.contains("utf8") { Self::Unicode } else { Self::Ascii }
    }

    /// A sign of this set.
    pub fn text(self, glyph: Glyph) -> &'static str {
        let (unicode, ascii) = glyph.both();
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }
}

macro_rules! glyphs {
    ($($(#[$doc:meta])* $glyph:ident = $unicode:literal, $ascii:literal;)*) => {
        /// A sign.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Glyph {
            $($(#[$doc])* $glyph,)*
        }

        impl Glyph {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$glyph,)*];

            fn both(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$glyph => ($unicode, $ascii),)*
                }
            }
        }
    };
}

glyphs! {
    /// Before the row under the cursor.
    Cursor = "▌", ">";
    /// Before a marked row.
    Mark = "•", "*";
    /// Something was cut off.
    Ellipsis = "…", "~";
    /// Between things in a line.
    Dot = "·", "-";
    /// From here to there.
    Arrow = "→", ">";
    /// More above.
    Up = "↑", "^";
    /// More below.
    Down = "↓", "v";
    /// A line across.
    Horizontal = "─", "-";
    /// A line down.
    Vertical = "│", "|";
    /// A corner.
    TopLeft = "┌", "+";
    /// A corner.
    TopRight = "┐", "+";
    /// A corner.
    BottomLeft = "└", "+";
    /// A corner.
    BottomRight = "┘", "+";
    /// A line across of the pane with the focus.
    FocusHorizontal = "━", "=";
    /// A line down of the pane with the focus.
    FocusVertical = "┃", "#";
    /// A corner of the pane with the focus.
    FocusTopLeft = "┏", "+";
    /// A corner of the pane with the focus.
    FocusTopRight = "┓", "+";
    /// A corner of the pane with the focus.
    FocusBottomLeft = "┗", "+";
    /// A corner of the pane with the focus.
    FocusBottomRight = "┛", "+";
    /// A line across meets one going down.
    TeeDown = "┬", "+";
    /// A line across meets one going up.
    TeeUp = "┴", "+";
    /// A line down meets one going right.
    TeeRight = "├", "+";
    /// A line down meets one going left.
    TeeLeft = "┤", "+";
    /// Lines cross.
    Cross = "┼", "+";
    /// The part of a scroll bar that is seen.
    Thumb = "█", "#";
    /// The rest of a scroll bar.
    Track = "│", "|";
    /// A stretch of a timeline in which a secret works.
    LaneOn = "━", "=";
    /// A stretch of a timeline in which a secret is deactivated.
    LaneOff = "┄", ".";
    /// Something happens at this point of a timeline.
    LaneMark = "●", "o";
    /// Now, on a timeline.
    LaneNow = "┃", "|";
    /// A character of a value that is not shown.
    Mask = "•", "*";
    /// Ticked.
    Ticked = "×", "x";
}
