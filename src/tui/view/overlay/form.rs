//! Boxes that are typed into: the palette, a deletion, a date.

use chrono::Duration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::boxes::{CLOSE, WIDE, buttons, window};
use super::super::paint::{put, put_right, wrap};
use crate::text::columns::width;
use crate::tui::app::Model;
use crate::tui::app::act::called;
use crate::tui::app::field::Field;
use crate::tui::app::overlay::{DateForm, Dated, DeleteForm};
use crate::tui::app::palette::Palette;
use crate::tui::look::{Look, Role};

/// The most that a field needs.
const FIELD: u16 = 40;

/// Draws a field, and returns where it is typed.
fn field(field: &Field, area: Rect, look: &Look, buf: &mut Buffer) -> Position {
    let area = Rect { width: area.width.min(FIELD), height: 1, ..area };
    buf.set_style(area, look.style(Role::Field));
    put(buf, area.x, area.y, area.right(), field.text(), look.style(Role::Field));
    let typed = u16::try_from(width(field.before())).unwrap_or(0);
    Position::new((area.x + typed).min(area.right().saturating_sub(1)), area.y)
}

/// Actions and rows, by a few of their letters.
pub fn search(palette: &Palette, look: &Look, buf: &mut Buffer) -> Position {
    let room = buf.area.height.saturating_sub(6).clamp(1, 12);
    let inner = window("Command", CLOSE, WIDE, room + 1, look, buf);
    let x = put(buf, inner.x, inner.y, inner.right(), ": ", look.style(Role::Key));
    put(buf, x, inner.y, inner.right(), palette.field.text(), look.style(Role::Heading));
    let typed = u16::try_from(width(palette.field.before())).unwrap_or(0);
    let cursor = Position::new((x + typed).min(inner.right().saturating_sub(1)), inner.y);
    let first = palette.at.saturating_sub(usize::from(room - 1));
    for (y, (index, item)) in (inner.y + 1..inner.bottom()).zip(palette.matches().enumerate().skip(first)) {
        let here = index == palette.at;
        let base = if here { look.style(Role::Selected) } else { look.style(Role::Text) };
        let base = if item.obstacle.is_some() && !here { look.style(Role::Dim) } else { base };
        if here {
            buf.set_style(Rect { y, height: 1, ..inner }, base);
        }
        let start = put_right(buf, inner.x, y, inner.right(), &item.keys, base);
        put(buf, inner.x, y, start.saturating_sub(1), &item.name, base);
        if let Some(why) = item.obstacle.as_ref().filter(|_| here) {
            let x = inner.x + u16::try_from(width(&item.name)).unwrap_or(0) + 2;
            put(buf, x, y, start.saturating_sub(1), &format!("({why})"), base);
        }
    }
    if palette.matches().len() == 0 {
        put(buf, inner.x, inner.y + 1, inner.right(), "nothing is called that", look.style(Role::Dim));
    }
    cursor
}

/// What goes, and the name that has to be typed.
pub fn delete(form: &DeleteForm, look: &Look, buf: &mut Buffer) -> Option<Position> {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let what = if form.connection { "connection" } else { "rotation" };
    let text = if form.connection {
        "Its credential is forgotten here, and stays good at Okta: revoke it there if nothing else uses it."
    } else if form.force.is_some() {
        "It is being deleted already, and waits for what its details tell. It goes by itself once that is over, or now and \
         without a call to Okta, if you say so below: what it made goes on working there, and its values are kept for 90 \
         days."
    } else {
        "Okta's secrets go on working, and the mapped secrets stay readable, unless you say otherwise below."
    };
    let lines = wrap(text, room);
    let switches = if form.connection { 0 } else { 3 + u16::from(form.force.is_some()) };
    let high = u16::try_from(lines.len() + 4).unwrap_or(u16::MAX).saturating_add(switches);
    let note = if form.connection { "Tab next  Esc leaves" } else { "Tab next  Space ticks  Esc leaves" };
    let inner = window(&format!("Delete the {what} {}?", form.target.name), note, wide, high, look, buf);
    // On a low terminal what has to be done is shown, and the prose and the air between is not.
    let tight = inner.height < high;
    let gap = u16::from(!tight);
    let mut y = inner.y;
    for line in lines.iter().take(if tight { 0 } else { lines.len() }) {
        put(buf, inner.x, y, inner.right(), line, look.style(Role::Text));
        y += 1;
    }
    y += gap;
    let label = "its name: ";
    let x = put(buf, inner.x, y, inner.right(), label, look.style(if form.at == 0 { Role::Key } else { Role::Dim }));
    let typed = field(&form.typed, Rect { x, y, width: inner.right().saturating_sub(x), height: 1 }, look, buf);
    let cursor = (form.at == 0).then_some(typed);
    y += 1 + gap;
    if !form.connection {
        let rows = [
            (1, Some(form.secrets), "its mapped secrets too: nobody reads them any more"),
            (2, Some(form.revoke), "revoke ours at Okta too, except a last active one"),
            (5, form.force, "by force: now, and leave everything at Okta as it is"),
        ];
        for (part, on, text) in rows.into_iter().filter_map(|(part, on, text)| Some((part, on?, text))) {
            let style = if form.at == part { look.style(Role::Selected) } else { look.style(Role::Text) };
            let mark = if on { "[x] " } else { "[ ] " };
            put(buf, inner.x, y, inner.right(), &format!("{mark}{text}"), style);
            y += 1;
        }
        y += gap;
    }
    let can = form.matches();
    let delete = if can { "Delete".to_owned() } else { "Delete, once the name matches".to_owned() };
    let answers = [("Cancel".to_owned(), form.at == 3, true), (delete, form.at == 4, can)];
    buttons(&answers, inner, y.min(inner.bottom().saturating_sub(1)), look, buf);
    cursor
}

/// Until when these pause, or when their old secrets go.
pub fn date(form: &DateForm, model: &Model, look: &Look, buf: &mut Buffer) -> Position {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let day = (model.now + Duration::days(7)).with_timezone(&model.zone).format("%Y-%m-%d");
    let (role, text) = match &form.fault {
        Some(fault) => (Role::Danger, fault.clone()),
        None => (Role::Dim, format!("Such as {day}, {day} 08:00, 3d or 12h, on the clock of {}.", model.zone)),
    };
    let lines = wrap(&text, usize::from(wide.saturating_sub(4)));
    let high = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let name = called(&form.targets);
    let (title, note) = match form.what {
        Dated::Pause => (format!("Pause {name} until"), "Enter pauses  Esc leaves"),
        Dated::Retire => (format!("Old secret of {name}: off at"), "Enter shows the plan  Esc leaves"),
    };
    let inner = window(&title, note, wide, high, look, buf);
    for (row, line) in inner.rows().skip(2).zip(&lines) {
        put(buf, row.x, row.y, row.right(), line, look.style(role));
    }
    field(&form.field, inner, look, buf)
}
