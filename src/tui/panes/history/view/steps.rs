//! The steps of one attempt, and the whole of the one under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::core::history::{Entry, Step, StepOutcome};
use crate::text::columns::{width, wrap};
use crate::text::when;
use crate::tui::panes::history::view::{below, by};
use crate::tui::panes::history::{History, word};
use crate::tui::scene::Scene;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::paint::{put, rule};
use crate::tui::widgets::pane::{Window, cursor};
use crate::tui::widgets::table::{Cell, Column, Table};
use crate::words::voice::Page;

/// Rows of the part that shows one step whole: a line across, its ids, its detail.
const WHOLE: u16 = 5;

const COLUMNS: [Column; 7] = [
    Column::new("AT", 0, 8, 8),
    Column::new("STEP", 0, 12, 12),
    Column::new("RESULT", 0, 8, 8),
    Column::new("HTTP", 3, 4, 4),
    Column::new("TOOK", 4, 6, 6),
    Column::new("REQUEST ID", 5, 28, 36),
    Column::new("DETAIL", 2, 16, u16::MAX),
];

/// The cursor's column.
const MARGIN: u16 = 1;

/// Draws the steps.
pub fn draw(history: &History, entry: &Entry, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let look = scene.look;
    let mut body = area;
    let right = body.right();
    let (style, sign) = look.outcome(entry.outcome);
    let x = put(buf, body.x + 1, body.y, right, sign, style);
    let x = put(buf, x + 1, body.y, right, entry.whose(), look.style(Role::Heading));
    let x = put(buf, x + 2, body.y, right, word(entry.outcome), style);
    put(buf, x + 2, body.y, right, &facts(entry, scene), look.style(Role::Dim));
    body = below(body);
    if body.height > 3 {
        put(buf, body.x + 3, body.y, right, &entry.say().by(&Page(scene.zone())), look.style(Role::Text));
        body = below(body);
    }
    let Some((here, step)) = history.step_selected() else {
        if !body.is_empty() {
            put(buf, body.x + 3, body.y, right, "no step was taken", look.style(Role::Dim));
        }
        return;
    };
    if body.height > WHOLE + 3 {
        let whole = Rect { y: body.bottom() - WHOLE, height: WHOLE, ..body };
        body.height -= WHOLE;
        draw_whole(step, scene, whole, buf);
    }
    let table = Table::new(&COLUMNS, body, MARGIN);
    if body.height > 2 {
        table.head(body.y, look, buf);
        body = below(body);
    }
    // By the cursor alone: it begins at the newest step, and the rest is in sight or one key away.
    let window = Window::default().holding(here, entry.steps.len(), usize::from(body.height), |_| 1);
    for (row, (place, step)) in body.rows().zip(entry.steps.iter().enumerate().skip(window.first)) {
        table.row(row.y, cells(step, scene), buf);
        if place == here {
            cursor(buf, row, scene.focused, scene.look);
        }
    }
}

fn cells<'a>(step: &'a Step, scene: &Scene<'_>) -> [Cell<'a>; 7] {
    let (text, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let (role, result) = result(step.outcome);
    [
        (dim, when::clock(step.at, scene.zone()).into()),
        (text, step.step.as_str().into()),
        (scene.look.style(role), result.into()),
        (text, step.http_status.map(|status| status.to_string()).unwrap_or_default().into()),
        (text, took(step).into()),
        (dim, step.okta_request_id.as_deref().unwrap_or_default().into()),
        (text, step.noted.say().by(&Page(scene.zone())).into()),
    ]
}

fn facts(entry: &Entry, scene: &Scene<'_>) -> String {
    let started = when::weekday_time(entry.started_at, scene.zone(), scene.now());
    let took = when::took(entry.ended_at.unwrap_or(scene.now()) - entry.started_at);
    let so_far = if entry.ended_at.is_none() { " so far" } else { "" };
    format!("{}, started {started}, {took}{so_far}", by(entry.trigger, &entry.actor))
}

fn took(step: &Step) -> String {
    match step.duration_ms {
        None => String::new(),
        Some(ms @ 0..1_000) => format!("{ms}ms"),
        Some(ms) => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
    }
}

fn result(outcome: StepOutcome) -> (Role, &'static str) {
    match outcome {
        StepOutcome::Ok => (Role::Ok, "ok"),
        StepOutcome::Refused => (Role::Failing, "refused"),
        StepOutcome::Doubtful => (Role::Waiting, "doubtful"),
        StepOutcome::Note => (Role::Dim, "note"),
    }
}

fn draw_whole(step: &Step, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let look = scene.look;
    let (x, right) = (area.x + 1, area.right());
    rule(buf, Rect { height: 1, ..area }, look.glyph(Glyph::Horizontal), look.style(Role::Border));
    let id = step.okta_request_id.as_deref();
    let id = id.map_or_else(|| "no Okta request id".to_owned(), |id| format!("Okta request id {id}"));
    let mut lines = vec![(Role::Text, id)];
    let at = when::local_seconds(step.at, scene.zone());
    let wide = usize::from(area.width.saturating_sub(2));
    // The id is what is copied: it is never cut for the sake of the time.
    if width(&at) + width(&lines[0].1) + 2 <= wide {
        lines[0].1 = format!("{at}  {}", lines[0].1);
    } else {
        lines.insert(0, (Role::Dim, at));
    }
    let mut detail = wrap(&step.noted.say().by(&Page(scene.zone())), wide);
    let rows = usize::from(area.height).saturating_sub(1 + lines.len());
    if detail.len() > rows {
        // The last line takes the rest, and is cut.
        let rest = detail.split_off(rows.saturating_sub(1)).join(" ");
        detail.push(rest);
    }
    lines.extend(detail.into_iter().map(|line| (Role::Text, line)));
    for (row, (role, line)) in area.rows().skip(1).zip(lines) {
        put(buf, x, row.y, right, &line, look.style(role));
    }
}
