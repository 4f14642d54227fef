//! The list of rotations.

pub mod order;

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use self::order::{Sort, place};
use crate::core::rotation::Status;
use crate::core::state::State;
use crate::engine::view::{PreviousView, RotationView};
use crate::text::when;
use crate::tui::keys::action::Action;
use crate::tui::msg::Effect;
use crate::tui::panes::content::Content;
use crate::tui::panes::list_pane::filter::Filter;
use crate::tui::panes::list_pane::{List, view as list_pane_view};
use crate::tui::rows::state;
use crate::tui::scene::Scene;
use crate::tui::session::{Link, Session};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::paint::{put, wrap};
use crate::tui::widgets::pane::PaneMemory;
use crate::tui::widgets::table::{Cell, Column};

const COLUMNS: [Column; 8] = [
    Column::new("S", 0, 1, 1),
    Column::new("NAME", 0, 12, 32),
    Column::new("APP", 4, 11, 30),
    // No terminal is wide enough for the name that all rows have in common.
    Column::new("CONNECTION", 7, u16::MAX / 16, 0),
    Column::new("STATE", 1, 9, 9),
    Column::new("NEXT", 2, 10, 11),
    Column::new("AGE", 5, 4, 4),
    Column::new("OLD SECRET", 3, 10, 12),
];

/// The same where there are several connections: which one it is says more than the app, whose name the rotation's is
/// made from as a rule.
const OF_SEVERAL: [Column; 8] = {
    let mut columns = COLUMNS;
    columns[2] = Column::new("APP", 6, 14, 30);
    columns[3] = Column::new("CONNECTION", 4, 10, 18);
    columns
};

/// The list of rotations as it stands on the screen.
#[derive(Clone, Debug, Default)]
pub struct Rotations {
    /// Its rows.
    pub list: List,
    /// Their order.
    pub sort: Sort,
}

impl Content for Rotations {
    fn draw(&self, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let (area, cursor) = list_pane_view::filter(&self.list, scene, area, buf);
        if self.list.order.is_empty() {
            empty(scene, area, buf);
            return cursor;
        }
        let columns = if scene.session.rows.connections.len() > 1 { &OF_SEVERAL } else { &COLUMNS };
        list_pane_view::rows(&self.list, columns, scene, memory, area, buf, |id| {
            Some(cells(scene, scene.session.rows.rotations.get(id)?))
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
        Some(session.rows.rotations.len())
    }

    fn note(&self, _: &Session) -> String {
        format!("sort: {}", self.sort.word())
    }

    fn corner(&self, session: &Session) -> String {
        format!("{}  {}", self.list.place(), self.note(session))
    }

    fn settle(&mut self, session: &Session) {
        let (rows, now) = (&session.rows, session.now);
        let filter = Filter::read(self.list.filter.text());
        let mut shown: Vec<&RotationView> = rows.rotations.values().collect();
        if !filter.is_empty() {
            shown.retain(|row| filter.wants(row, state(row, now)));
        }
        // What is compared is found out once for each row, not for each comparison.
        let mut shown: Vec<_> = shown.into_iter().map(|row| (place(self.sort, row, now), &row.name, row.id)).collect();
        shown.sort_unstable();
        self.list.settle(shown.into_iter().map(|(.., id)| id).collect(), |id| rows.rotations.contains_key(id));
    }

    fn go(&mut self, to: Move, _: &Session) -> Vec<Effect> {
        self.list.go(to);
        Vec::new()
    }
}

fn cells<'a>(scene: &Scene<'_>, row: &'a RotationView) -> [Cell<'a>; 8] {
    let look = scene.look;
    let (text, dim) = (look.style(Role::Text), look.style(Role::Dim));
    // The state is what is looked for; the rest is dim beside it.
    let shown = state(row, scene.session.now);
    let style = look.state(shown);
    let age = row.current.as_ref().map(|current| when::to_the_minute(scene.session.now - current.created_at));
    let count = row.reach();
    let waits = if count.is_some() { look.style(Role::Warning) } else { dim };
    let old = old_with(row.previous.as_ref(), count, scene.session.now);
    [
        (style, look.sign(shown).into()),
        (text, row.name.as_str().into()),
        (dim, row.parameters.app_label.as_str().into()),
        (dim, row.connection.name.as_str().into()),
        (style, shown.word().into()),
        (dim, next(scene.session, row, shown).into()),
        (dim, age.unwrap_or_default().into()),
        (waits, old.into()),
    ]
}

/// What happens next, in a word or two.
fn next(session: &Session, row: &RotationView, shown: State) -> String {
    let now = session.now;
    let due = || {
        let none = || if row.waits_undated() { "held".into() } else { "-".into() };
        row.starts(now).map_or_else(none, |at| when::relative(at, now))
    };
    match shown {
        // What a target needs keeps nothing from rotating.
        State::Attention if row.is_needy_by_a_target() => due(),
        State::Attention => "held".into(),
        State::Failing => row.next_try_at.map_or_else(
            || "retrying".into(),
            |at| {
                if at > now { format!("retry {}", when::rough(at - now)) } else { "retrying".into() }
            },
        ),
        State::Waiting if row.waits_for_consumers(now) => "consumers".into(),
        State::Waiting => {
            let down = session.rows.connections.get(&row.connection_id).is_some_and(|known| known.fault.is_some());
            let at = row.next_rotation_at.filter(|at| *at > now);
            if down { "connection".into() } else { at.map_or_else(|| "for room".into(), |at| when::relative(at, now)) }
        }
        State::Rotating => row.phase.clone(),
        State::Due | State::Ok => due(),
        State::Paused if row.is_rolled_back() => "rolled back".into(),
        State::Paused => match row.paused_until {
            Some(until) => format!("till {}", session.day(until)),
            None => "-".into(),
        },
    }
}

/// The old secret's life: how long it is on, when it goes, or what holds it.
pub fn old(previous: &PreviousView, now: DateTime<Utc>) -> String {
    match (previous.status, previous.goes_at()) {
        (Status::Gone, _) => "gone".into(),
        (_, None) => "held".into(),
        (Status::Inactive, Some(at)) if at <= now => "off, due".into(),
        (Status::Inactive, Some(at)) => format!("off, {}", when::to_the_minute(at - now)),
        (_, Some(at)) if at <= now => "on, due".into(),
        (_, Some(at)) => format!("on {}", when::to_the_minute(at - now)),
    }
}

/// The same in a list, with how many consumers and targets have its successor where one lacks it: `on 6d 2/3`.
fn old_with(previous: Option<&PreviousView>, count: Option<String>, now: DateTime<Utc>) -> String {
    let Some(previous) = previous else {
        return ["none".to_owned()].into_iter().chain(count).collect::<Vec<_>>().join(" ");
    };
    let Some(count) = count else { return old(previous, now) };
    let on = previous.goes_at().filter(|at| *at > now && previous.status != Status::Inactive);
    // There is room for the largest unit alone beside it.
    let stands = on.map_or_else(|| old(previous, now), |at| format!("on {}", when::rough(at - now)));
    format!("{stands} {count}")
}

/// What stands where no row does: nothing is there yet, or nothing is as it is asked for.
fn empty(scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let (look, session) = (scene.look, scene.session);
    let (new, quit) =
        (session.preferences.bindings.way_to(Action::New), session.preferences.bindings.way_to(Action::Quit));
    let first = session.rows.connections.is_empty();
    let begins = if first {
        format!("{new}  a connection first: an org, and a credential for it")
    } else {
        format!("{new}  a rotation for an app, in six steps: nothing is done before the last")
    };
    let runs = format!(
        "Rotations run while an engine runs. This session is one, and {quit} offers to keep one in the background; \
         `windlass serve` is for a service manager."
    );
    let mut lines: Vec<(Role, &str)> = Vec::new();
    if session.link == Link::Looking {
        lines.push((Role::Dim, "looking for the engine …"));
    } else if !session.rows.rotations.is_empty() {
        lines.push((
            Role::Dim,
            "No rotation is like that. A filter is words, and terms such as state:due app:hr connection:acme.",
        ));
    } else {
        lines.push((Role::Heading, "Nothing rotates yet."));
        lines.push((Role::Text, ""));
        let then = if first {
            "   then a rotation for an app of it, in six steps: nothing is done before the last"
        } else {
            "   the app's current secret keeps working beside the first new one"
        };
        lines.extend([
            (Role::Key, begins.as_str()),
            (Role::Text, then),
            (Role::Text, ""),
            (Role::Dim, "By command: windlass connection create --help, windlass rotation create --help"),
            (Role::Dim, "To look around first: windlass demo"),
            (Role::Text, ""),
            (Role::Dim, "Secrets are kept sealed on this machine. Back up the sealing key, apart from the data."),
        ]);
        if session.own {
            lines.push((Role::Dim, &runs));
        }
    }
    let wide = usize::from(area.width.saturating_sub(list_pane_view::MARGIN + 1));
    let lines = lines.into_iter().flat_map(|(role, text)| {
        let indent = text.len() - text.trim_start().len();
        let broken = wrap(text.trim_start(), wide.saturating_sub(indent)).into_iter();
        broken.chain(text.is_empty().then(String::new)).map(move |line| (role, indent, line))
    });
    for (row, (role, indent, line)) in area.rows().skip(1).zip(lines) {
        let x = row.x + list_pane_view::MARGIN + u16::try_from(indent).unwrap_or(0);
        put(buf, x, row.y, row.right(), &line, look.style(role));
    }
}

#[cfg(test)]
mod tests;
