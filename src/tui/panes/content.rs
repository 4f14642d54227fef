//! What a pane holds, how it is drawn, and what keys do to it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::engine::events::Event;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::Key;
use crate::tui::msg::Effect;
use crate::tui::panes::list_pane::List;
use crate::tui::panes::prompt::Prompt;
use crate::tui::scene::Scene;
use crate::tui::session::Session;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::pane::PaneMemory;

/// What a pane holds. A pane defines what it has; for the rest there are defaults.
pub trait Content {
    /// Draws it; returns where a line of it is typed.
    fn draw(&self, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) -> Option<Position>;

    /// Its rows, where it is a list that keys act on.
    fn list(&self) -> Option<&List> {
        None
    }

    /// The same, to change it.
    fn list_mut(&mut self) -> Option<&mut List> {
        None
    }

    /// How many there are of what it lists, for its tab.
    fn count(&self, _: &Session) -> Option<usize> {
        None
    }

    /// What stands at the end of the tabs' row while it hears the keys: how it is ordered, or the zone of its instants.
    fn note(&self, session: &Session) -> String {
        format!("times: {}", session.preferences.zone)
    }

    /// What stands in the corner of its box.
    fn corner(&self, _: &Session) -> String {
        String::new()
    }

    /// Puts its rows in order, where rows, filters or the order changed.
    fn settle(&mut self, _: &Session) {}

    /// An event came.
    fn event(&mut self, _: &Event, _: &Session) -> Vec<Effect> {
        Vec::new()
    }

    /// Moves the cursor.
    fn go(&mut self, _: Move, _: &Session) -> Vec<Effect> {
        Vec::new()
    }

    /// Does an action of its own.
    fn perform(&mut self, _: Action, _: &Session) -> Vec<Effect> {
        Vec::new()
    }

    /// One step back; `None` where there is nothing to go back from.
    fn back(&mut self, _: &Session) -> Option<Vec<Effect>> {
        None
    }

    /// The line that is being typed for it below the panes, and what can be typed there.
    fn prompt(&self) -> Option<(&Prompt, &'static str)> {
        None
    }

    /// Takes a key for that line.
    fn prompted(&mut self, _: Key, _: &Session) -> Vec<Effect> {
        Vec::new()
    }

    /// Takes a paste for that line.
    fn pasted(&mut self, _: &str, _: &Session) -> Vec<Effect> {
        Vec::new()
    }
}
