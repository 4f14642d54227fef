//! Drawing: the model as it is, onto a buffer. Nothing here changes anything but [`Memory`], which holds scroll offsets.
//!
//! 80×24, one column with tabs; from 120 columns all panes at once; 40×10 at the least, below that a notice.
//!
//! ```text
//!  header   windlass  host  engine: this session      1 attention  2 due<7d  14
//!  tabs      1 Rotations(14)  2 Connections(3)  3 History  4 Log    sort: urgency
//!  list        S NAME             APP             STATE      NEXT     AGE  OLD SECRET
//!            ▌ ~ hr-sync          HR Sync         DUE        in 5h    29d  on 6d
//!
//!  detail   ── hr-sync ──────────────────────────────────────────────── 3 of 14 ─
//!              secret    ocs4f…  ACTIVE since 25 Oct, last fetched 2h ago
//!  message  ! okta-prod: token refused; 3 rotations wait, first due 02:15. Enter
//!  footer   Enter open  r rotate  p pause  / filter  : command  ? help
//! ```
//!
//! ```text
//!  header
//!  ┌ 2 Connections ──────┐┌ hr-sync ────────────────┐
//!  └─────────────────────┘│ fields, timeline        │
//!  ┏ 1 Rotations ━━━━━━━━┓└─────────────────────────┘
//!  ┃ ▌ ~ hr-sync         ┃┌ 3 History ──────────────┐
//!  ┃                     ┃└─────────────────────────┘
//!  ┃                     ┃┌ 4 Log ──────────────────┐
//!  ┗━━━━━━━━━━━━━━━━━━━━━┛└─────────────────────────┘
//!  message, footer
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

mod barred;
mod footer;
mod header;
mod layout;
#[cfg(test)]
mod tests;

use super::model::Model;
use super::overlays::view as overlays_view;
use super::panes::Pane;
use super::panes::detail::view as detail_view;
use super::panes::list_pane::List;
use super::scene::Scene;
use super::session::Link;
use super::theme::{Look, Role};
use super::widgets::pane::PaneMemory;

/// What drawing remembers from one frame to the next.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Of each pane.
    panes: [PaneMemory; Pane::ALL.len()],
    /// Whether the last frame showed the end of the plan that lies on top.
    pub ended: bool,
}

/// Draws everything; returns where the terminal's cursor is to stand, where a field is being typed into.
pub fn draw(model: &Model, look: &Look, memory: &mut Memory, buf: &mut Buffer) -> Option<Position> {
    buf.set_style(buf.area, look.style(Role::Text));
    let cursor = all(model, look, memory, buf);
    look.finish(buf);
    cursor
}

fn all(model: &Model, look: &Look, memory: &mut Memory, buf: &mut Buffer) -> Option<Position> {
    let area = buf.area;
    memory.ended = false;
    if model.too_small() {
        return barred::too_small(model, look, buf);
    }
    if let Link::Barred(refusal) = &model.session.link {
        barred::draw(refusal, look, buf);
        return None;
    }
    let scene = model.scene(look);
    let places = layout::of(model, &scene, area);
    header::draw(model, &scene, places.header, buf);
    let mut cursor = None;
    for (pane, area) in &places.panes {
        let scene = Scene { focused: model.focus == *pane, ..scene };
        let inner = if places.boxed { header::boxed(model, *pane, *area, &scene, buf) } else { *area };
        let typed = model.content(*pane).draw(&scene, &mut memory.panes[*pane as usize], inner, buf);
        cursor = cursor.or(typed);
    }
    if let Some(area) = places.tabs {
        header::tabs(model, &scene, area, buf);
    }
    if let Some(area) = places.strip {
        let place = model.content(model.list).list().map(List::place).unwrap_or_default();
        detail_view::strip(&scene, &place, area, buf);
    }
    cursor = footer::messages(model, &scene, places.messages, buf).or(cursor);
    if let Some(area) = places.hints {
        footer::hints(model.focus, &scene, area, buf);
    }
    for overlay in &model.overlays {
        cursor = overlays_view::draw(overlay, model, &scene, &mut memory.ended, buf);
    }
    cursor
}
