//! Where everything goes, by the size of the terminal. Pure geometry.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::tui::model::Model;
use crate::tui::panes::Pane;
use crate::tui::panes::detail::view as detail_view;
use crate::tui::scene::Scene;
use crate::tui::screen::footer;

/// Rows of the detail strip: its title and five lines.
const STRIP: u16 = 6;

/// Rows that are left to the list where the strip needs more: its heading and a few of its own.
const LIST: u16 = 6;

/// Rows of the detail at the most, where all panes are shown.
const DETAIL: u16 = 22;

/// Rows of the history and the log together at the least.
const TEXTS: u16 = 14;

/// The places of a frame.
#[derive(Debug)]
pub struct Places {
    /// The first row.
    pub header: Rect,
    /// The names of the panes, where they are not boxed.
    pub tabs: Option<Rect>,
    /// The panes that are shown.
    pub panes: Vec<(Pane, Rect)>,
    /// Panes have boxes of their own.
    pub boxed: bool,
    /// A few lines about the row.
    pub strip: Option<Rect>,
    /// Banners and toasts.
    pub messages: Rect,
    /// The keys of this place.
    pub hints: Option<Rect>,
}

/// Divides the screen. On the way down to the smallest, hints go first, then the detail.
pub fn of(model: &Model, scene: &Scene<'_>, area: Rect) -> Places {
    let wide = model.wide();
    let hints = u16::from(area.height >= 16);
    let messages = u16::try_from(footer::count(model, scene, area.width)).unwrap_or(0).min(area.height / 5);
    let list = model.focus.is_list();
    let strip = if !wide && list && !model.zoomed && area.height >= 20 {
        // What to do is never cut while the list can make room for it.
        let most = area.height.saturating_sub(3 + messages + LIST).max(STRIP);
        detail_view::wanted(scene, area.width).clamp(STRIP, most)
    } else {
        0
    };
    let tabs = u16::from(!wide);
    let rows = [
        Constraint::Length(1),
        Constraint::Length(tabs),
        Constraint::Fill(1),
        Constraint::Length(strip),
        Constraint::Length(messages),
        Constraint::Length(hints),
    ];
    let [header, tabs_area, body, strip_area, messages, hints_area] = Layout::vertical(rows).areas(area);
    Places {
        header,
        tabs: (tabs > 0).then_some(tabs_area),
        panes: if wide { panes(model, body) } else { vec![(model.focus, body)] },
        boxed: wide,
        strip: (strip > 0).then_some(strip_area),
        messages,
        hints: (hints > 0).then_some(hints_area),
    }
}

/// All panes at once, or the focused one alone.
fn panes(model: &Model, body: Rect) -> Vec<(Pane, Rect)> {
    if model.zoomed {
        return vec![(model.focus, body)];
    }
    // The list gets what its columns can use; the rest is prose, which can use anything.
    let left = (body.width * 46 / 100).clamp(58, 96);
    let [left, right] = Layout::horizontal([Constraint::Length(left), Constraint::Fill(1)]).areas(body);
    let connections =
        u16::try_from(model.session.rows.connections.len()).unwrap_or(u16::MAX).clamp(1, body.height / 5) + 3;
    let [connections, rotations] = Layout::vertical([Constraint::Length(connections), Constraint::Fill(1)]).areas(left);
    // The detail is as high as its facts and the lanes; what is left is for the two texts.
    let detail = right.height.saturating_sub(TEXTS).min(DETAIL);
    let history = (right.height - detail) / 2;
    let rows = [Constraint::Length(detail), Constraint::Length(history), Constraint::Fill(1)];
    let [detail, history, log] = Layout::vertical(rows).areas(right);
    let place = |pane| match pane {
        Pane::Rotations => rotations,
        Pane::Connections => connections,
        Pane::Detail => detail,
        Pane::History => history,
        Pane::Log => log,
    };
    Pane::ALL.into_iter().map(|pane| (pane, place(pane))).collect()
}
