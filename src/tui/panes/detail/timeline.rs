//! The two lanes: the old secret's life above the new one's, on one scale, with now across both.
//!
//! ```text
//!              25 Oct              now      1 Nov   2 Nov            24 Nov
//!    previous  ━━━━━━━━━━━━━━━━━━━━━┃━━━━━━━━━┄┄┄┄┄┄┄×
//!    current       ●━━━━━━━━━━━━━━━━┃━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//! ```

use chrono::{DateTime, Duration, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::core::rotation::Status;
use crate::engine::view::RotationView;
use crate::text::columns::width;
use crate::tui::scene::Scene;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::paint::put;

/// Rows that it takes.
const ROWS: u16 = 4;

/// Where the lanes begin.
const INDENT: u16 = 15;

/// From when to when, over how many cells.
struct Scale {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    x: u16,
    wide: u16,
}

impl Scale {
    fn at(&self, instant: DateTime<Utc>) -> u16 {
        let all = (self.until - self.from).num_seconds().max(1);
        let part = (instant - self.from).num_seconds().clamp(0, all);
        let cells = i64::from(self.wide - 1) * part / all;
        self.x + u16::try_from(cells).unwrap_or(0)
    }
}

/// Draws it where there is something to see and room for it. Returns the rows that it took.
pub fn draw(scene: &Scene<'_>, row: &RotationView, area: Rect, buf: &mut Buffer) -> u16 {
    let Some(current) = row.current.as_ref().filter(|_| area.height >= ROWS && area.width >= 50) else { return 0 };
    let now = scene.session.now;
    let previous = row.previous.as_ref();
    // Where it is off, since when is known.
    let off = previous.and_then(|it| it.goes_off_at.or(it.deactivate_at.filter(|_| it.status == Status::Inactive)));
    let gone = previous.and_then(|previous| previous.gone_at);
    let ends = [row.next_rotation_at, off, gone, Some(now)];
    let until = ends.into_iter().flatten().max().unwrap_or(now);
    let born = current.created_at.min(now);
    let lead = (until - born) / 12;
    let scale = Scale { from: born - lead, until: until + lead / 2, x: area.x + INDENT, wide: area.width - INDENT - 2 };
    let (dim, text) = (scene.look.style(Role::Dim), scene.look.style(Role::Text));
    let (lane, weak) = (scene.look.glyph(Glyph::LaneOn), scene.look.glyph(Glyph::LaneOff));
    let right = scale.x + scale.wide;

    let y = area.y + 1;
    put(buf, area.x + 3, y, scale.x - 1, "previous", dim);
    put(buf, area.x + 3, y + 1, scale.x - 1, "current", dim);
    if let Some(previous) = previous {
        let on = previous.status != Status::Inactive;
        let switch = if on { off.map_or(right, |at| scale.at(at)) } else { scale.at(now) };
        let end = gone.map_or(right, |at| scale.at(at));
        for x in scale.x..end.min(right) {
            let (glyph, style) = if x < switch && (on || x < scale.at(now)) { (lane, text) } else { (weak, dim) };
            put(buf, x, y, right, glyph, style);
        }
        if gone.is_some() {
            put(buf, end, y, right, scene.look.glyph(Glyph::Ticked), dim);
        }
    }
    let start = scale.at(born);
    let end = row.next_rotation_at.map_or(right, |at| scale.at(at));
    // Where it does not work any more, its lane is faint from now on.
    let works = current.status == Status::Active;
    let style = scene.look.style(if works { Role::Ok } else { Role::Danger });
    for x in start..end.min(right) {
        put(buf, x, y + 1, right, if works || x < scale.at(now) { lane } else { weak }, style);
    }
    put(buf, start, y + 1, right, scene.look.glyph(Glyph::LaneMark), style);
    if row.next_rotation_at.is_some() {
        put(buf, end, y + 1, right, scene.look.glyph(Glyph::LaneMark), scene.look.style(Role::Warning));
    }
    for y in [y, y + 1] {
        put(buf, scale.at(now), y, right, scene.look.glyph(Glyph::LaneNow), scene.look.style(Role::Header));
    }
    labels(scene, row, &scale, [off, gone], area, buf);
    ROWS
}

/// Dates above and below the lanes, each where there is room for it.
fn labels(
    scene: &Scene<'_>,
    row: &RotationView,
    scale: &Scale,
    [off, gone]: [Option<DateTime<Utc>>; 2],
    area: Rect,
    buf: &mut Buffer,
) {
    // What is near is labelled with its time of day.
    let day = |at: DateTime<Utc>| {
        if (at - scene.session.now).abs() < Duration::hours(20) {
            at.with_timezone(&scene.session.preferences.zone).format("%H:%M").to_string()
        } else {
            scene.session.day(at)
        }
    };
    let born = row.current.as_ref().map(|current| current.created_at);
    let still = row.previous.as_ref().is_some_and(|previous| previous.status != Status::Inactive);
    let above = [
        Some((scale.at(scene.session.now), "now".to_owned(), Role::Header)),
        off.filter(|_| still).map(|at| (scale.at(at), format!("off {}", day(at)), Role::Dim)),
        gone.map(|at| (scale.at(at), format!("deleted {}", day(at)), Role::Dim)),
    ];
    let below = [
        born.map(|at| (scale.at(at), format!("made {}", day(at)), Role::Dim)),
        row.next_rotation_at.map(|at| (scale.at(at), format!("next {}", day(at)), Role::Dim)),
        None,
    ];
    for (labels, y) in [(above, area.y), (below, area.y + 3)] {
        let mut labels: Vec<_> = labels.into_iter().flatten().collect();
        let room = usize::from(scale.wide);
        // The first are the more important; what the line cannot hold is left out.
        let wide = |labels: &[(u16, String, Role)]| labels.iter().map(|(_, text, _)| width(text) + 2).sum::<usize>();
        while wide(&labels) > room + 2 {
            labels.pop();
        }
        labels.sort_by_key(|(x, ..)| *x);
        for (x, text, role) in spread(labels, scale) {
            put(buf, x, y, area.right(), &text, scene.look.style(role));
        }
    }
}

/// Labels in the order of their instants, each as near to its own as the others leave it room.
fn spread(labels: Vec<(u16, String, Role)>, scale: &Scale) -> Vec<(u16, String, Role)> {
    let wide = |text: &str| u16::try_from(width(text)).unwrap_or(0);
    let mut free = scale.x;
    let mut placed = Vec::new();
    for (x, text, role) in labels {
        let at = x.saturating_sub(wide(&text) / 2).max(free);
        free = at + wide(&text) + 2;
        placed.push((at, text, role));
    }
    let mut end = scale.x + scale.wide;
    for (at, text, _) in placed.iter_mut().rev() {
        *at = (*at).min(end.saturating_sub(wide(text)));
        end = at.saturating_sub(2);
    }
    placed
}
