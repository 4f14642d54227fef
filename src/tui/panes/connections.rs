//! The list of connections.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::core::state::State;
use crate::engine::view::ConnectionView;
use crate::text::when;
use crate::tui::keys::action::Action;
use crate::tui::msg::Effect;
use crate::tui::panes::content::Content;
use crate::tui::panes::list_pane::filter::Filter;
use crate::tui::panes::list_pane::{List, view as list_pane_view};
use crate::tui::scene::Scene;
use crate::tui::session::Session;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::paint::put;
use crate::tui::widgets::pane::PaneMemory;
use crate::tui::widgets::table::{Cell, Column};

const COLUMNS: [Column; 6] = [
    Column::new("S", 0, 1, 1),
    Column::new("NAME", 0, 12, 24),
    Column::new("ORG", 3, 14, 40),
    Column::new("STATUS", 1, 8, 8),
    Column::new("SINCE", 2, 8, 8),
    Column::new("ROTATIONS", 4, 9, 9),
];

/// The list of connections as it stands on the screen: always by name.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// Its rows.
    pub list: List,
}

impl Content for Connections {
    fn draw(&self, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let (area, cursor) = list_pane_view::filter(&self.list, scene, area, buf);
        if self.list.order.is_empty() {
            let text = if scene.session.rows.connections.is_empty() {
                let new = scene.session.preferences.bindings.way_to(Action::New);
                format!(
                    "No connection yet. {new} makes one: an org, and a credential for it, tested before it is saved."
                )
            } else {
                "no connection is like that".into()
            };
            put(buf, area.x + list_pane_view::MARGIN, area.y, area.right(), &text, scene.look.style(Role::Dim));
            return cursor;
        }
        list_pane_view::rows(&self.list, &COLUMNS, scene, memory, area, buf, |id| {
            Some(cells(scene, scene.session.rows.connections.get(id)?))
        });
        cursor
    }

    fn list(&self) -> Option<&List> {
        Some(&self.list)
    }

    fn list_mut(&mut self) -> Option<&mut List> {
        Some(&mut self.list)
    }

    fn count(&self, session: &Session) -> Option<usize> {
        Some(session.rows.connections.len())
    }

    fn note(&self, _: &Session) -> String {
        String::new()
    }

    fn corner(&self, session: &Session) -> String {
        session.rows.connections.len().to_string()
    }

    fn settle(&mut self, session: &Session) {
        let rows = &session.rows.connections;
        let filter = Filter::read(self.list.filter.text());
        let mut shown: Vec<_> = rows.values().filter(|row| filter.wants_connection(row)).collect();
        shown.sort_by(|a, b| a.name.cmp(&b.name));
        self.list.settle(shown.into_iter().map(|row| row.id).collect(), |id| rows.contains_key(id));
    }

    fn go(&mut self, to: Move, _: &Session) -> Vec<Effect> {
        self.list.go(to);
        Vec::new()
    }
}

fn cells<'a>(scene: &Scene<'_>, row: &'a ConnectionView) -> [Cell<'a>; 6] {
    let look = scene.look;
    let (text, dim) = (look.style(Role::Text), look.style(Role::Dim));
    let well = row.fault.is_none();
    let status = look.style(if well { Role::Ok } else { Role::Danger });
    let since = row.refused_since.or(row.last_ok_at);
    [
        (status, look.sign(if well { State::Ok } else { State::Attention }).into()),
        (text, row.name.as_str().into()),
        (dim, host(row).into()),
        (status, row.status.as_str().into()),
        (dim, since.map_or_else(|| "never".into(), |at| when::relative(at, scene.now()).into())),
        (dim, row.rotations.to_string().into()),
    ]
}

/// The org without the scheme that all of them have.
pub fn host(row: &ConnectionView) -> &str {
    let url = row.credentials.instance_url.as_str();
    url.strip_prefix("https://").unwrap_or(url).trim_end_matches('/')
}

#[cfg(test)]
mod tests;
