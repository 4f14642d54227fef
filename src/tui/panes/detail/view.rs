//! What is known about the row: a strip of five lines, or a pane with everything.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::core::rotation::Status;
use crate::engine::view::OktaSecretView;
use crate::text::columns::width;
use crate::tui::panes::content::Content;
use crate::tui::panes::detail::facts::{Fact, connection, rotation, through, trouble};
use crate::tui::panes::detail::{Detail, timeline};
use crate::tui::scene::Scene;
use crate::tui::selection::{Row, Selection};
use crate::tui::theme::{Glyph, Look, Role};
use crate::tui::widgets::boxes::heading;
use crate::tui::widgets::paint::{put, put_line, put_right, rule, wrap};
use crate::tui::widgets::pane::PaneMemory;

/// As high as everything about a row can be, its Okta secrets and what goes through a connection not counted.
const ROWS: u16 = 60;

/// As many of those are shown at most.
const MOST: u16 = 500;

/// The strip below a list; `place` says which of its rows it is.
pub fn strip(scene: &Scene<'_>, place: &str, area: Rect, buf: &mut Buffer) {
    let look = scene.look;
    rule(buf, Rect { height: 1, ..area }, look.glyph(Glyph::Horizontal), look.style(Role::Border));
    let Some(row) = scene.selection.row else { return };
    heading(area, title(&scene.selection), place, look.style(Role::Header), look, buf);
    let lines = match row {
        Row::Rotation(row) => rotation(scene, row, true),
        Row::Connection(row) => connection(scene, row),
    };
    write(&lines, look, Rect { y: area.y + 1, height: area.height - 1, ..area }, buf);
}

/// The name of what is shown.
pub fn title<'a>(selection: &Selection<'a>) -> &'a str {
    selection.name().unwrap_or("Detail")
}

/// As many rows as the strip takes so that what is wrong with the row, and what to do about it, can be read whole.
pub fn wanted(scene: &Scene<'_>, wide: u16) -> u16 {
    let Some(row) = scene.selection.rotation() else { return 0 };
    let (_, indent) = indents(wide);
    let room = usize::from(wide.saturating_sub(indent + 1));
    let rows: usize = trouble(scene, row).iter().map(|(_, _, text)| wrap(text, room).len()).sum();
    u16::try_from(rows + 1).unwrap_or(u16::MAX)
}

impl Content for Detail {
    /// Everything, from the line on that was scrolled to. It is drawn whole beside the screen, for how high it is shows
    /// only then.
    fn draw(&self, scene: &Scene<'_>, _: &mut PaneMemory, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let secrets = self.secrets.as_ref().map_or(0, |(_, secrets)| secrets.len());
        let rows = scene.selection.connection().map_or(0, |row| row.rotations);
        let more = u16::try_from(secrets.max(rows)).unwrap_or(u16::MAX).min(MOST);
        let whole = Rect { x: 0, y: 0, width: area.width, height: ROWS + more };
        let mut tall = Buffer::empty(whole);
        tall.set_style(whole, scene.look.style(Role::Text));
        all(self, scene, whole, &mut tall);
        let blank = |y: u16| (0..whole.width).all(|x| tall[(x, y)].symbol() == " ");
        let used = (0..whole.height).rev().find(|y| !blank(*y)).map_or(0, |y| y + 1);
        let more = used > area.height;
        let shown = if more { area.height.saturating_sub(1) } else { area.height };
        let first =
            u16::try_from(self.first_line(scene.selection.id())).unwrap_or(u16::MAX).min(used.saturating_sub(shown));
        for y in 0..shown.min(whole.height - first.min(whole.height)) {
            for x in 0..area.width {
                buf[(area.x + x, area.y + y)] = tall[(x, first + y)].clone();
            }
        }
        if more {
            let keys = if scene.focused { "  PgDn PgUp scroll" } else { "" };
            let said = format!("{}-{} of {used}{keys}", first + 1, first + shown);
            put_right(
                buf,
                area.x,
                area.bottom().saturating_sub(1),
                area.right().saturating_sub(1),
                &said,
                scene.look.style(Role::Dim),
            );
        }
        None
    }
}

fn all(detail: &Detail, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(row) = scene.selection.rotation() else {
        if let Some(row) = scene.selection.connection() {
            let mut lines = connection(scene, row);
            if let Some(fault) = &row.fault {
                let span = |text: String, role| Line::from(Span::styled(text, scene.look.style(role)));
                lines.push(("fault", span(scene.words(&fault.problem.what()), Role::Danger)));
                lines.push(("to do", span(scene.words(&fault.problem.todo()), Role::Text)));
            }
            lines.extend(through(scene, row));
            write(&lines, scene.look, area, buf);
        }
        return;
    };
    let used = write(&rotation(scene, row, false), scene.look, area, buf);
    let left = Rect { y: area.y + used + 1, height: area.height.saturating_sub(used + 1), ..area };
    let used = timeline::draw(scene, row, left, buf);
    let left = Rect { y: left.y + used + 1, height: left.height.saturating_sub(used + 1), ..left };
    if let Some((_, secrets)) = detail.secrets.as_ref().filter(|(id, _)| *id == row.id) {
        okta_secrets(scene, secrets, left, buf);
    }
}

/// Where the labels and the facts begin.
fn indents(wide: u16) -> (u16, u16) {
    if wide < 60 { (1, 12) } else { (3, 15) }
}

/// Writes facts below each other, broken where they are long. Returns the rows that it took.
fn write(facts: &[Fact], look: &Look, area: Rect, buf: &mut Buffer) -> u16 {
    let mut y = area.y;
    let right = area.right().saturating_sub(1);
    let (margin, indent) = indents(area.width);
    let roomy = area.height > 8;
    for (label, line) in facts {
        if y >= area.bottom() {
            break;
        }
        put(buf, area.x + margin, y, area.x + indent - 1, label, look.style(Role::Dim));
        let x = area.x + indent;
        if let [Span { style, content: text }] = line.spans.as_slice() {
            // One sentence may go over several lines.
            let lines = wrap(text, usize::from(right.saturating_sub(x)));
            let more = lines.len() > usize::from(area.bottom() - y);
            for text in lines.iter().take(usize::from(area.bottom() - y)) {
                put(buf, x, y, right, text, *style);
                y += 1;
            }
            if more {
                put_right(buf, x, y - 1, right, " …", *style);
            }
            y += u16::from(lines.is_empty());
        } else {
            let mut at = x;
            for Span { style, content: text } in &line.spans {
                let wide = u16::try_from(width(text)).unwrap_or(u16::MAX);
                let mut text = text.as_ref();
                // A piece that has no room goes to the next line, without what parted it from the one before.
                if roomy && at > x && at.saturating_add(wide) > right {
                    (at, y) = (x, y + 1);
                    text = text.trim_start_matches([' ', ',']);
                }
                if y < area.bottom() {
                    at = put(buf, at, y, right, text, *style);
                }
            }
            y += 1;
        }
    }
    y.min(area.bottom()) - area.y
}

/// Every Okta secret of the rotation, newest first.
fn okta_secrets(scene: &Scene<'_>, secrets: &[OktaSecretView], area: Rect, buf: &mut Buffer) {
    if area.height < 3 {
        return;
    }
    let x = area.x + 3;
    let right = area.right().saturating_sub(1);
    put(buf, x, area.y, right, "SECRETS AT OKTA", scene.look.style(Role::Heading));
    let day = |at| scene.session.day(at);
    for (line, secret) in secrets.iter().rev().take(usize::from(area.height - 1)).enumerate() {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        let status = format!("{:?}", secret.status).to_uppercase();
        let style: Style = scene.look.style(if secret.status == Status::Active { Role::Ok } else { Role::Dim });
        let mut life = vec![format!("made {}", day(secret.created_at))];
        life.extend(secret.version.map(|version| format!("version {version}")));
        life.extend(secret.deactivated_at.map(|at| format!("off {}", day(at))));
        life.extend(secret.deleted_at.map(|at| format!("deleted {}", day(at))));
        life.extend(secret.retired_by.as_ref().map(|by| format!("by {by}")));
        let id = secret.secret_id.clone().unwrap_or_else(|| "(not known yet)".into());
        let line = Line::from(vec![
            Span::styled(format!("{id:<22}"), scene.look.style(Role::Text)),
            Span::styled(format!("{status:<9} "), style),
            Span::styled(life.join(", "), scene.look.style(Role::Dim)),
        ]);
        put_line(buf, x, y, right, &line);
    }
}

#[cfg(test)]
mod tests;
