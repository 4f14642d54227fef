//! Scrolling a text.

use crate::tui::keys::key::{Code, Key};

/// Scrolls a text. How far it may go is known where it is drawn, and held there.
pub fn scroll(at: &mut usize, key: Key) {
    *at = match (key.code, key.ctrl) {
        (Code::Down | Code::Char('j'), false) => *at + 1,
        (Code::Up | Code::Char('k'), false) => at.saturating_sub(1),
        (Code::PageDown, _) | (Code::Char('d' | 'f'), true) => *at + 10,
        (Code::PageUp, _) | (Code::Char('u'), true) => at.saturating_sub(10),
        (Code::Home | Code::Char('g'), false) => 0,
        (Code::End | Code::Char('G'), false) => usize::MAX / 2,
        _ => *at,
    };
}
