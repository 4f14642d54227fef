//! Boxes that are typed into: the palette, a deletion, a date.

use chrono::Duration;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::text::columns::width;
use crate::tui::acts::task::called;
use crate::tui::overlays::date::{DateForm, Dated};
use crate::tui::overlays::delete::DeleteForm;
use crate::tui::overlays::palette::Palette;
use crate::tui::scene::Scene;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::boxes::{CLOSE, WIDE, buttons, window};
use crate::tui::widgets::paint::{put, put_right, wrap};
use crate::tui::widgets::text_input::TextInput;

/// The most that a field needs.
const FIELD: u16 = 40;

/// Draws a field, and returns where it is typed.
pub fn field(field: &TextInput, area: Rect, look: &Look, buf: &mut Buffer) -> Position {
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

/// What goes, and the name that has to be typed. Where not all of it fits, what the focus is on is seen, and what stands above
/// it: the worst of it first.
pub fn delete(form: &DeleteForm, look: &Look, buf: &mut Buffer) -> Option<Position> {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let what = if form.connection { "connection" } else { "rotation" };
    let text = if form.connection {
        "Its credential is forgotten here, and stays good at Okta: revoke it there if nothing else uses it."
    } else if form.force.is_some() {
        "It is being deleted already, and waits for what its details tell. It goes by itself once that is over, or now and \
         without a call to Okta, if you say so below: what it made keeps working there, and its values are kept for 90 \
         days."
    } else {
        "Okta's secrets keep working, and the mapped secrets stay readable, unless you say otherwise below."
    };
    let mut rows: Vec<Row> = Vec::new();
    if let Some(cut) = form.unread.as_ref().filter(|_| form.revoke) {
        let worst = format!(
            "!! {}. {}, which may still be in use, is DELETED by that. It cannot be undone.",
            cut.not_fetched(),
            cut.secret_id
        );
        rows.extend(wrap(&worst, room).into_iter().map(|line| Row::Said(Role::Danger, line)));
    }
    rows.extend(wrap(text, room).into_iter().map(|line| Row::Said(Role::Text, line)));
    rows.extend([Row::Air, Row::Name, Row::Air]);
    if !form.connection {
        let switches = [
            (1, Some(form.secrets), "its mapped secrets too: whoever reads them gets nothing"),
            (2, Some(form.revoke), "revoke ours at Okta too, except a last active one"),
            (5, form.force, "by force: now, and leave everything at Okta as it is"),
        ];
        rows.extend(switches.into_iter().filter_map(|(part, on, text)| Some(Row::Switch(part, on?, text))));
        rows.push(Row::Air);
    }
    let high = u16::try_from(rows.len() + 1).unwrap_or(u16::MAX);
    let note = if form.connection { "Tab next  Esc leaves" } else { "Tab next  Space ticks  Esc leaves" };
    let inner = window(&format!("Delete the {what} {}?", form.target.name), note, wide, high, look, buf);
    if inner.height < high {
        rows.retain(|row| !matches!(row, Row::Air));
    }
    let room = usize::from(inner.height.saturating_sub(1));
    let focus = rows.iter().position(|row| match row {
        Row::Name => form.at == 0,
        Row::Switch(part, ..) => form.at == *part,
        Row::Said(..) | Row::Air => false,
    });
    let first = (focus.unwrap_or(rows.len().saturating_sub(1)) + 1).saturating_sub(room);
    let mut cursor = None;
    for (y, row) in (inner.y..inner.bottom().saturating_sub(1)).zip(rows.iter().skip(first)) {
        match row {
            Row::Air => {}
            Row::Said(role, line) => drop(put(buf, inner.x, y, inner.right(), line, look.style(*role))),
            Row::Name => {
                let role = if form.at == 0 { Role::Key } else { Role::Dim };
                let x = put(buf, inner.x, y, inner.right(), "its name: ", look.style(role));
                let area = Rect { x, y, width: inner.right().saturating_sub(x), height: 1 };
                let typed = field(&form.typed, area, look, buf);
                cursor = (form.at == 0).then_some(typed);
            }
            Row::Switch(part, on, text) => {
                let style = look.style(if form.at == *part { Role::Selected } else { Role::Text });
                let mark = if *on { "[x] " } else { "[ ] " };
                put(buf, inner.x, y, inner.right(), &format!("{mark}{text}"), style);
            }
        }
    }
    let can = form.matches();
    let delete = if can { "Delete".to_owned() } else { "Delete, once the name matches".to_owned() };
    let answers = [("Cancel".to_owned(), form.at == 3, true), (delete, form.at == 4, can)];
    buttons(&answers, inner, inner.bottom().saturating_sub(1), look, buf);
    cursor
}

/// A row of a deletion.
enum Row {
    /// There to be read.
    Said(Role, String),
    /// Nothing, where there is room for that.
    Air,
    /// Where the name is typed.
    Name,
    /// A switch: its part, whether it is on, what it is.
    Switch(usize, bool, &'static str),
}

/// Until when these pause, or when their old secrets go.
pub fn date(form: &DateForm, scene: &Scene<'_>, buf: &mut Buffer) -> Position {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let day = (scene.session.now + Duration::days(7)).with_timezone(&scene.session.preferences.zone).format("%Y-%m-%d");
    let (role, text) = match &form.fault {
        Some(fault) => (Role::Danger, fault.clone()),
        None => (
            Role::Dim,
            format!("Such as {day}, {day} 08:00, 3d or 12h, on the clock of {}.", scene.session.preferences.zone),
        ),
    };
    let lines = wrap(&text, usize::from(wide.saturating_sub(4)));
    let high = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let name = called(&form.targets);
    let (title, note) = match form.what {
        Dated::Pause => (format!("Pause {name} until"), "Enter pauses  Esc leaves"),
        Dated::Retire => (format!("Old secret of {name}: off at"), "Enter shows the plan  Esc leaves"),
    };
    let inner = window(&title, note, wide, high, scene.look, buf);
    for (row, line) in inner.rows().skip(2).zip(&lines) {
        put(buf, row.x, row.y, row.right(), line, scene.look.style(role));
    }
    field(&form.field, inner, scene.look, buf)
}
