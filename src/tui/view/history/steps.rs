//! The steps of one attempt, and the whole of the one under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::pane::{Scene, Window, cursor, put, row};
use super::{below, by};
use crate::core::history::{Entry, Step, StepOutcome};
use crate::text::when;
use crate::tui::app::history::{History, word};
use crate::tui::look::{Glyph, Role};
use crate::tui::text::wrap;

/// Rows of the part that shows one step whole: a line across, its ids, its detail.
const WHOLE: u16 = 5;

/// From here on there is room for the request ids beside the steps.
const IDS: u16 = 110;

/// Draws the steps.
pub fn draw(history: &History, entry: &Entry, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let look = scene.look;
    let mut body = area;
    let (style, sign) = look.outcome(entry.outcome);
    let x = put(buf, body.x + 1, row(body, 0), sign, style, look);
    let x = put(buf, x + 1, row(body, 0), entry.rotation_name.as_str(), look.style(Role::Heading), look);
    let x = put(buf, x + 2, row(body, 0), word(entry.outcome), style, look);
    put(buf, x + 2, row(body, 0), &facts(entry, scene), look.style(Role::Dim), look);
    body = below(body);
    if body.height > 3 {
        put(buf, body.x + 3, row(body, 0), &entry.message, look.style(Role::Text), look);
        body = below(body);
    }
    let Some((here, step)) = history.step_selected() else {
        put(buf, body.x + 3, row(body, 0), "no step was taken", look.style(Role::Dim), look);
        return;
    };
    if body.height > WHOLE + 3 {
        let whole = Rect { y: body.bottom() - WHOLE, height: WHOLE, ..body };
        body.height -= WHOLE;
        draw_whole(step, scene, whole, buf);
    }
    let wide = body.width >= IDS;
    if body.height > 2 {
        put_step(
            ["AT", "STEP", "RESULT", "HTTP", "TOOK", "REQUEST ID", "DETAIL"],
            None,
            wide,
            row(body, 0),
            scene,
            buf,
        );
        body = below(body);
    }
    // By the cursor alone: it begins at the newest step, and the rest is in sight or one key away.
    let room = usize::from(body.height);
    let window = Window::default().holding(here, entry.steps.len(), room, |_| 1);
    for (line, (place, step)) in entry.steps.iter().enumerate().skip(window.first).take(room).enumerate() {
        let line = row(body, line);
        let status = step.http_status.map(|status| status.to_string()).unwrap_or_default();
        let took = took(step);
        let id = step.okta_request_id.as_deref().unwrap_or_default();
        let at = when::clock(step.at, scene.zone);
        let (_, result) = result(step.outcome);
        let cells = [at.as_str(), &step.step, result, &status, &took, id, &step.detail];
        put_step(cells, Some(step.outcome), wide, line, scene, buf);
        if place == here {
            cursor(buf, line, scene);
        }
    }
}

fn facts(entry: &Entry, scene: &Scene<'_>) -> String {
    let started = when::weekday_time(entry.started_at, scene.zone, scene.now);
    let took = when::took(entry.ended_at.unwrap_or(scene.now) - entry.started_at);
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

/// Writes the cells of a step; a heading where there is no outcome.
fn put_step(
    cells: [&str; 7],
    outcome: Option<StepOutcome>,
    ids: bool,
    line: Rect,
    scene: &Scene<'_>,
    buf: &mut Buffer,
) {
    let look = scene.look;
    let widths = [8, 12, 8, 4, 6, if ids { 28 } else { 0 }, line.width];
    let mut x = line.x + 1;
    for (place, (wide, text)) in widths.into_iter().zip(cells).enumerate().filter(|(_, (wide, _))| *wide > 0) {
        let role = match (outcome, place) {
            (None, _) => Role::Heading,
            (Some(outcome), 2) => result(outcome).0,
            (Some(_), 0 | 5) => Role::Dim,
            _ => Role::Text,
        };
        let end = (x - line.x).saturating_add(wide).min(line.width);
        put(buf, x, Rect { width: end, ..line }, text, look.style(role), look);
        x = x.saturating_add(wide + 1).min(line.right());
    }
}

fn draw_whole(step: &Step, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let look = scene.look;
    let rule = look.glyph(Glyph::Horizontal).repeat(usize::from(area.width));
    put(buf, area.x, row(area, 0), &rule, look.style(Role::Border), look);
    let id = step.okta_request_id.as_deref();
    let id = id.map_or_else(|| "no Okta request id".to_owned(), |id| format!("Okta request id {id}"));
    let at = when::local_seconds(step.at, scene.zone);
    let x = put(buf, area.x + 1, row(area, 1), &at, look.style(Role::Dim), look);
    put(buf, x + 2, row(area, 1), &id, look.style(Role::Text), look);
    let rows = usize::from(area.height) - 2;
    let mut lines = wrap(&step.detail, usize::from(area.width.saturating_sub(2)));
    if lines.len() > rows {
        // The last line takes the rest, and is cut.
        let rest = lines.split_off(rows - 1).join(" ");
        lines.push(rest);
    }
    for (line, text) in lines.iter().enumerate() {
        put(buf, area.x + 1, row(area, line + 2), text, look.style(Role::Text), look);
    }
}
