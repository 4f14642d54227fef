//! What lies over the panes: boxes in the middle, each only as large as it needs to be.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::barred::middle;
use super::boxes::frame;
use super::paint::{ELLIPSIS, Line, put, put_line, put_right, tone, wrap};
use super::plan;
use crate::text::when;
use crate::tui::app::batch::{Batch, Standing};
use crate::tui::app::overlay::{DateForm, DeleteForm, Overlay, Question, Reveal};
use crate::tui::app::palette::Palette;
use crate::tui::app::{Model, State, action};
use crate::tui::look::{Look, Role};
use crate::tui::text::{cut, width};

/// The width of a box of prose.
const WIDE: u16 = 76;

/// Draws one; returns where it is typed into.
pub fn draw(overlay: &Overlay, model: &Model, look: &Look, buf: &mut Buffer) -> Option<Position> {
    match overlay {
        Overlay::Help { scroll } => help(model, look, *scroll, buf),
        Overlay::Palette(palette) => return Some(search(palette, look, buf)),
        Overlay::Ask(question) => ask(question, look, buf),
        Overlay::Plan(shown) => plan::draw(shown, look, buf),
        Overlay::Delete(form) => return delete(form, look, buf),
        Overlay::Date(form) => return Some(date(form, look, buf)),
        Overlay::Batch { number, scroll } => {
            if let Some(batch) = model.batches.get(number) {
                results(batch, *scroll, look, buf);
            }
        }
        Overlay::Upcoming { rows, scroll } => {
            let lines = match rows {
                None => vec![vec![(look.style(Role::Dim), "asking the engine …".to_owned())]],
                Some(rows) if rows.is_empty() => {
                    vec![vec![(look.style(Role::Dim), "nothing is due: nothing rotates by itself".to_owned())]]
                }
                Some(rows) => rows.iter().map(|row| coming(model, look, row)).collect(),
            };
            text("What is coming", "", &lines, *scroll, look, buf);
        }
        Overlay::Reveal(reveal) => show(model, reveal, look, buf),
    }
    None
}

/// An empty box with a frame. Returns what is inside, with a margin.
pub fn window(title: &str, note: &str, wide: u16, high: u16, look: &Look, buf: &mut Buffer) -> Rect {
    let area = middle(buf.area, wide, high.saturating_add(2));
    let blank = " ".repeat(usize::from(area.width));
    for y in area.top()..area.bottom() {
        buf.set_string(area.x, y, &blank, Style::reset().patch(look.style(Role::Text)));
        // A wide character that the box cuts in half would shift the row.
        if area.x > 0 && width(buf[(area.x - 1, y)].symbol()) > 1 {
            buf[(area.x - 1, y)].set_symbol(" ");
        }
    }
    let inner = frame(area, title, note, true, look, buf);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// A text that may be longer than its box.
pub fn text(title: &str, note: &str, lines: &[Line], scroll: usize, look: &Look, buf: &mut Buffer) {
    let high = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let room = usize::from(high.min(buf.area.height.saturating_sub(4))).max(1);
    let first = scroll.min(lines.len().saturating_sub(room));
    let more = lines.len() > room;
    let place = if more { format!("{}-{} of {}", first + 1, first + room, lines.len()) } else { note.to_owned() };
    let inner = window(title, &place, WIDE + 4, high, look, buf);
    for (y, line) in (inner.top()..inner.bottom()).zip(&lines[first.min(lines.len())..]) {
        put_line(buf, inner.x, y, inner.right(), line);
    }
}

fn help(model: &Model, look: &Look, scroll: usize, buf: &mut Buffer) {
    let mut lines: Vec<Line> = Vec::new();
    for row in action::here(model.focus, model.demo.is_some()).filter(|row| !row.keys.is_empty()) {
        let keys: Vec<String> = row.keys.iter().map(ToString::to_string).collect();
        let obstacle = action::obstacle(row.action, model);
        let (strong, plain) = if obstacle.is_none() { (Role::Key, Role::Text) } else { (Role::Dim, Role::Dim) };
        lines.push(vec![
            (look.style(strong), format!("{:<11}", keys.join(" "))),
            (look.style(plain), row.name.to_owned()),
        ]);
        if let Some(why) = obstacle {
            let wide = usize::from(buf.area.width.saturating_sub(20).min(WIDE - 14));
            for line in wrap(&why, wide) {
                lines.push(vec![(look.style(Role::Dim), format!("{:<13}{line}", ""))]);
            }
        }
    }
    text("Keys here", "Esc closes", &lines, scroll, look, buf);
}

fn search(palette: &Palette, look: &Look, buf: &mut Buffer) -> Position {
    let room = buf.area.height.saturating_sub(6).clamp(1, 12);
    let inner = window("Command", "", WIDE, room + 1, look, buf);
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

fn ask(question: &Question, look: &Look, buf: &mut Buffer) {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let mut lines: Vec<(Style, String)> = Vec::new();
    for (toned, text) in &question.text {
        lines.extend(wrap(text, room).into_iter().map(|line| (tone(look, *toned), line)));
    }
    let answers = if question.menu { question.choices.len() } else { 1 };
    let gap = usize::from(!lines.is_empty());
    let high = u16::try_from(lines.len() + gap + answers).unwrap_or(u16::MAX);
    let inner = window(&question.title, "", wide, high, look, buf);
    // The answers are never pushed out by the text; where not even they fit, the one that Enter takes is seen.
    let room = usize::from(inner.height);
    let shown = answers.min(room);
    let said = lines.len().min(room.saturating_sub(shown + gap));
    for (y, (style, line)) in (inner.y..inner.bottom()).zip(lines.iter().take(said)) {
        put(buf, inner.x, y, inner.right(), line, *style);
    }
    let y = inner.y + u16::try_from(if said > 0 { said + gap } else { 0 }).unwrap_or(0);
    if question.menu {
        let first = (question.at + 1).saturating_sub(shown);
        for (y, (index, choice)) in (y..inner.bottom()).zip(question.choices.iter().enumerate().skip(first)) {
            let here = index == question.at;
            let row = Rect { y, height: 1, ..inner };
            let mut base = look.style(if here { Role::Selected } else { Role::Text });
            if choice.obstacle.is_some() && !here {
                base = look.style(Role::Dim);
            }
            if here {
                buf.set_style(row, base);
            }
            let key = if here || choice.obstacle.is_some() { base } else { look.style(Role::Key) };
            put(buf, inner.x, y, inner.right(), &choice.key.to_string(), key);
            let end = put(buf, inner.x + 3, y, inner.right(), &choice.label, base);
            if let Some(why) = &choice.obstacle {
                put(buf, end + 2, y, inner.right(), &format!("({why})"), base);
            }
        }
    } else {
        let answers: Vec<(String, bool, bool)> = (question.choices.iter().enumerate())
            .map(|(index, it)| (format!("{} {}", it.key, it.label), index == question.at, it.obstacle.is_none()))
            .collect();
        buttons(&answers, inner, y, look, buf);
    }
}

/// Answers in a row at the right end: what they say, where the focus is, and whether they can be taken.
pub fn buttons(answers: &[(String, bool, bool)], inner: Rect, y: u16, look: &Look, buf: &mut Buffer) {
    let all: usize = answers.iter().map(|(text, ..)| width(text) + 6).sum();
    let mut x = inner.right().saturating_sub(u16::try_from(all).unwrap_or(0).saturating_sub(2)).max(inner.x);
    for (text, here, can) in answers {
        let style = match (here, can) {
            (true, _) => look.style(Role::Selected),
            (false, true) => look.style(Role::Text),
            (false, false) => look.style(Role::Dim),
        };
        let brackets = if *here { format!("[ {text} ]") } else { format!("  {text}  ") };
        x = put(buf, x, y, inner.right(), &brackets, style) + 2;
    }
}

fn delete(form: &DeleteForm, look: &Look, buf: &mut Buffer) -> Option<Position> {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let what = if form.connection { "connection" } else { "rotation" };
    let text = if form.connection {
        "Its rotations have to be deleted first. Nothing is changed at Okta."
    } else {
        "Okta's secrets go on working, and the mapped secrets stay readable, unless you say otherwise below."
    };
    let lines = wrap(text, room);
    let switches = if form.connection { 0 } else { 3 };
    let high = u16::try_from(lines.len() + 4 + switches).unwrap_or(u16::MAX);
    let inner = window(&format!("Delete the {what} {}?", form.target.name), "", wide, high, look, buf);
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
    let field = Rect { x, y, width: inner.right().saturating_sub(x).min(40), height: 1 };
    buf.set_style(field, look.style(Role::Field));
    put(buf, x, y, field.right(), form.typed.text(), look.style(Role::Field));
    let typed = u16::try_from(width(form.typed.before())).unwrap_or(0);
    let cursor = (form.at == 0).then(|| Position::new((x + typed).min(inner.right().saturating_sub(1)), y));
    y += 1 + gap;
    if !form.connection {
        let rows = [
            (1, form.secrets, "delete the mapped secrets too: consumers can no longer read them"),
            (2, form.revoke, "revoke at Okta too: our secrets go, except a last active one"),
        ];
        for (part, on, text) in rows {
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

fn date(form: &DateForm, look: &Look, buf: &mut Buffer) -> Position {
    let title = format!("Pause {} until", crate::tui::app::act::called(&form.targets));
    let inner = window(&title, "", WIDE, 3, look, buf);
    let field = Rect { height: 1, width: inner.width.min(40), ..inner };
    buf.set_style(field, look.style(Role::Field));
    put(buf, inner.x, inner.y, field.right(), form.field.text(), look.style(Role::Field));
    let (style, text) = match &form.fault {
        Some(fault) => (look.style(Role::Danger), fault.as_str()),
        None => (look.style(Role::Dim), "2026-12-24, 2026-12-24 08:00, 3d or 12h    Enter pauses, Esc leaves"),
    };
    put(buf, inner.x, inner.y + 2, inner.right(), text, style);
    let typed = u16::try_from(width(form.field.before())).unwrap_or(0);
    Position::new((inner.x + typed).min(inner.right().saturating_sub(1)), inner.y)
}

fn results(batch: &Batch, scroll: usize, look: &Look, buf: &mut Buffer) {
    let (done, refused, open) = batch.counts();
    let mut lines: Vec<Line> = Vec::new();
    for item in &batch.items {
        let (sign, style, text) = match &item.standing {
            Standing::Open => (look.sign(State::Rotating), look.style(Role::Rotating), "…".to_owned()),
            Standing::Done(text) => (look.sign(State::Ok), look.style(Role::Ok), text.clone()),
            Standing::Refused(message, hint) => {
                (look.sign(State::Attention), look.style(Role::Danger), format!("{message}; {hint}"))
            }
        };
        let wide = usize::from(buf.area.width.saturating_sub(32).min(WIDE - 26));
        let mut said = wrap(&text, wide).into_iter();
        lines.push(vec![
            (style, format!("{sign} ")),
            (look.style(Role::Text), format!("{:<22} ", cut(&item.target.name, 22, ELLIPSIS))),
            (style, said.next().unwrap_or_default()),
        ]);
        lines.extend(said.map(|line| vec![(style, format!("{:<25}{line}", ""))]));
    }
    let verb = batch.items.first().map_or("", |item| item.verb.doing());
    let note = if open > 0 {
        format!("{done} done, {refused} refused, {open} open")
    } else {
        format!("{done} done, {refused} refused")
    };
    lines.push(Vec::new());
    lines.push(vec![(look.style(Role::Dim), format!("{note}   Esc closes; what is under way goes on"))]);
    text(&format!("{verb} {}", batch.items.len()), &note, &lines, scroll, look, buf);
}

fn coming(model: &Model, look: &Look, row: &crate::engine::view::UpcomingRow) -> Line {
    let when = when::weekday_time(row.due_at, model.zone, model.now);
    let mut line = vec![
        (look.style(Role::Text), format!("{when:<18}")),
        (look.style(Role::Dim), format!("{:<9}", when::relative(row.due_at, model.now))),
        (look.style(Role::Heading), row.rotation.clone()),
    ];
    match (&row.held_by, row.deactivate_at) {
        (Some(held), _) => line.push((look.style(Role::Warning), format!("  held: {held}"))),
        (None, Some(at)) => {
            let off = when::day(at, model.zone, model.now);
            line.push((look.style(Role::Dim), format!("  the secret before goes off {off}")));
        }
        _ => {}
    }
    line
}

fn show(model: &Model, reveal: &Reveal, look: &Look, buf: &mut Buffer) {
    let value = reveal.value.expose();
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let lines = wrap(value, usize::from(wide.saturating_sub(4)));
    let inner = window(
        &format!("{}: {}", reveal.name, reveal.what),
        "",
        wide,
        u16::try_from(lines.len()).unwrap_or(1) + 2,
        look,
        buf,
    );
    for (y, line) in (inner.y..inner.bottom()).zip(&lines) {
        put(buf, inner.x, y, inner.right(), line, look.style(Role::Heading));
    }
    let until = reveal.until.with_timezone(&model.zone).format("%H:%M:%S");
    let text = format!("hidden again at {until}; any key hides it now");
    put(buf, inner.x, inner.bottom().saturating_sub(1), inner.right(), &text, look.style(Role::Dim));
}
