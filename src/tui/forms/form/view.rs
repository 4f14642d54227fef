//! A form on the screen: its steps, its fields below each other, the help of the one in focus, and the buttons.
//!
//! The box keeps its size from step to step, so that a slow line only gets what changed. Where not all fields fit, the one
//! in focus is seen.

mod field;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::text::columns::{fit, width};
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::view::field::{Drawn, Pen};
use crate::tui::forms::form::{Field, Focus, Form};
use crate::tui::session::{Link, Session};
use crate::tui::theme::{Look, Role, Tone};
use crate::tui::widgets::boxes::{buttons, window};
use crate::tui::widgets::paint::{ELLIPSIS, put, put_line, put_right, wrap};

/// The most columns that a form takes.
const WIDE: u16 = 100;

/// Rows that the fields have in any case, before what stands under them has its own.
const LEAST: usize = 5;

/// What stands around the fields.
#[derive(Default)]
pub struct FormChrome<'a> {
    /// The heading of the box.
    pub title: &'a str,
    /// How many rows it wants, its frame not counted.
    pub high: u16,
    /// What stands instead of the fields: a review, a report.
    pub text: Option<Vec<Line<'static>>>,
    /// The first line of that which is shown.
    pub scroll: usize,
    /// How many of its lines have to be read.
    pub end: usize,
    /// What stands under the fields.
    pub notes: Vec<(Tone, String)>,
    /// What stands instead of the help.
    pub help: Option<String>,
    /// The buttons: what they say, where the focus is, whether they can be pressed. The form's own where absent.
    pub buttons: Option<Vec<(String, bool, bool)>>,
    /// A word for what is under way.
    pub busy: &'a str,
    /// There is no engine: said above everything.
    pub gone: bool,
}

/// Whether a form says that there is no engine: its box may hide the rows below, where that is said as well.
pub fn gone(session: &Session) -> bool {
    matches!(session.link, Link::Lost { .. })
}

/// The columns that text in a form's box has.
pub fn room(buf: &Buffer) -> usize {
    usize::from(WIDE.min(buf.area.width.saturating_sub(2)).saturating_sub(4))
}

/// Draws it; returns where it is typed into. `ended` says whether what has to be read is on the screen up to its end.
pub fn draw(form: &Form, chrome: &FormChrome<'_>, look: &Look, ended: &mut bool, buf: &mut Buffer) -> Option<Position> {
    let note = match (buf.area.width, form.pages.len()) {
        (..60, _) => "Esc leaves",
        (_, 1) => "Tab next  Esc leaves",
        _ => "Tab next  PgDn PgUp steps  Esc leaves",
    };
    let inner = window(chrome.title, note, WIDE, chrome.high, look, buf);
    let mut top = inner.y;
    if form.pages.len() > 1 {
        steps(form, Rect { height: 1, ..inner }, look, buf);
        top += if inner.height >= 14 { 2 } else { 1 };
    }
    if chrome.gone {
        let said = if inner.width < 60 { "" } else { " What is typed here stays until one is back." };
        let said = format!("! The engine is gone.{said}");
        put(buf, inner.x, top, inner.right(), &said, look.style(Role::Danger));
        top += 1;
    }
    let foot = inner.bottom().saturating_sub(1);
    pressed(form, chrome, Rect { y: foot, height: 1, ..inner }, look, buf);
    let help = helped(form, chrome);
    let help = if help.is_empty() { Vec::new() } else { wrap(&help, usize::from(inner.width)) };
    let most = if inner.height >= 16 { 3 } else { 1 };
    let lines = u16::try_from(help.len().min(most)).unwrap_or(1);
    // Air is for what is high enough: the fields come first.
    let gap = u16::from(inner.height >= 22);
    let helps = foot.saturating_sub(lines + gap);
    for (at, (y, line)) in (helps..foot).zip(help.iter().take(most)).enumerate() {
        let cut = at + 1 == most && help.len() > most;
        let line =
            if cut { fit(&format!("{line} {ELLIPSIS}"), usize::from(inner.width), ELLIPSIS) } else { line.clone() };
        put(buf, inner.x, y, inner.right(), &line, look.style(Role::Dim));
    }
    let above = if lines > 0 { u16::from(inner.height >= 12) } else { 0 };
    let body = Rect { y: top, height: helps.saturating_sub(above).saturating_sub(top), ..inner };
    match &chrome.text {
        Some(text) => {
            *ended = read(text, chrome.scroll, body, look, buf) >= chrome.end;
            None
        }
        None => fields(form, chrome, body, look, buf),
    }
}

/// The steps, the one that is shown first among them. Where they do not fit, it alone.
fn steps(form: &Form, area: Rect, look: &Look, buf: &mut Buffer) {
    let named = |(at, page): (usize, &crate::tui::forms::form::Page)| format!("{} {}", at + 1, page.title);
    let all: Vec<String> = form.pages.iter().enumerate().map(named).collect();
    let wide: usize = all.iter().map(|text| width(text) + 3).sum();
    // Nothing stands behind the last.
    if wide > usize::from(area.width) + 1 {
        let text = format!("Step {} of {}: {}", form.page + 1, form.pages.len(), form.here().title);
        put(buf, area.x, area.y, area.right(), &text, look.style(Role::Heading));
        return;
    }
    let mut x = area.x;
    for (at, text) in all.iter().enumerate() {
        let style = look.style(match at.cmp(&form.page) {
            std::cmp::Ordering::Less => Role::Text,
            std::cmp::Ordering::Equal => Role::Selected,
            std::cmp::Ordering::Greater => Role::Dim,
        });
        x = put(buf, x, area.y, area.right(), &format!(" {text} "), style) + 1;
    }
}

fn helped(form: &Form, chrome: &FormChrome<'_>) -> String {
    if let Some(help) = &chrome.help {
        return help.clone();
    }
    match form.field() {
        Some(item) => {
            let keys = item.input.keys();
            let gap = if keys.is_empty() { "" } else { "  " };
            format!("{}{gap}{keys}", item.help)
        }
        None => String::new(),
    }
}

fn pressed(form: &Form, chrome: &FormChrome<'_>, area: Rect, look: &Look, buf: &mut Buffer) {
    if !chrome.busy.is_empty() {
        put(buf, area.x, area.y, area.right(), chrome.busy, look.style(Role::Rotating));
        return;
    }
    let own = || {
        let back = form.page > 0;
        let mut all = vec![(form.here().next.to_owned(), form.focus == Focus::Next, true)];
        if form.pages.len() > 1 {
            all.insert(0, ("Back".to_owned(), form.focus == Focus::Back, back));
        }
        all
    };
    buttons(&chrome.buttons.clone().unwrap_or_else(own), area, area.y, look, buf);
}

/// A text that may be longer than its room. Returns the place behind the last line that is shown.
fn read(text: &[Line<'static>], scroll: usize, area: Rect, look: &Look, buf: &mut Buffer) -> usize {
    let all = usize::from(area.height).max(1);
    // Where there is more, the last row says so.
    let room = if text.len() > all { (all - 1).max(1) } else { all };
    let first = scroll.min(text.len().saturating_sub(room));
    for (y, line) in (area.top()..area.bottom()).zip(text[first.min(text.len())..].iter().take(room)) {
        put_line(buf, area.x, y, area.right(), line);
    }
    if text.len() > all {
        let last = area.bottom().saturating_sub(1);
        let said = format!("{}-{} of {}: j k scroll", first + 1, (first + room).min(text.len()), text.len());
        put_right(buf, area.x, last, area.right(), &said, look.style(Role::Key));
    }
    if area.height == 0 { 0 } else { first + room }
}

fn fields(form: &Form, chrome: &FormChrome<'_>, area: Rect, look: &Look, buf: &mut Buffer) -> Option<Position> {
    let items = &form.here().fields;
    let label = items.iter().map(|item| width(item.key.label)).max().unwrap_or(0);
    let pen = Pen { look, wide: usize::from(area.width), label: label + 4 };
    let mut drawn: Vec<Drawn> = Vec::new();
    let mut focus = 0..0;
    let notes: Vec<Drawn> = chrome
        .notes
        .iter()
        .flat_map(|(toned, text)| {
            let style = look.style((*toned).into());
            wrap(text, usize::from(area.width))
                .into_iter()
                .map(move |line| Drawn::of(Line::from(Span::styled(line, style))))
        })
        .collect();
    // What stands under the fields is seen whatever is scrolled above it, where that leaves room for the field in focus.
    let under = if notes.is_empty() { 0 } else { notes.len() + 1 };
    let high = usize::from(area.height);
    let apart = under > 0 && high >= under + LEAST;
    let all = if apart { high - under } else { high };
    // A picker that is open has the room that the others leave.
    let others = items.iter().enumerate().filter(|(at, _)| form.focus != Focus::Field(*at));
    let taken: usize = others.map(|(_, item)| 1 + usize::from(item.fault.is_some())).sum();
    let list = high.saturating_sub(taken + under + 2).clamp(3, 12);
    for (at, item) in items.iter().enumerate() {
        let here = form.focus == Focus::Field(at);
        let start = drawn.len();
        pen.item(item, here, list, &mut drawn);
        if here {
            focus = start..drawn.len();
        }
    }
    if apart {
        let end = u16::try_from(drawn.len().min(all)).unwrap_or(0);
        for (y, line) in (area.y.saturating_add(end + 1)..area.bottom()).zip(&notes) {
            line.put(Rect { y, height: 1, ..area }, buf);
        }
    } else if !notes.is_empty() {
        drawn.push(Drawn::default());
        if !matches!(form.focus, Focus::Field(_)) {
            // Nothing above is being filled in: what is said is looked for.
            focus = drawn.len()..drawn.len() + notes.len();
        }
        drawn.extend(notes);
    }
    let area = Rect { height: u16::try_from(all).unwrap_or(area.height), ..area };
    // Where there is more, the last row says so.
    let room = if drawn.len() > all { all.saturating_sub(1) } else { all };
    // The whole block of the focus where it fits, its first line in any case.
    let first =
        if drawn.len() <= room || focus.is_empty() { 0 } else { focus.end.saturating_sub(room).min(focus.start) };
    let mut cursor = None;
    for (y, line) in (area.top()..area.bottom()).zip(drawn.iter().skip(first).take(room)) {
        line.put(Rect { y, height: 1, ..area }, buf);
        if let Some(column) = line.cursor {
            let x = area.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
            cursor = Some(Position::new(x.min(area.right().saturating_sub(1)), y));
        }
    }
    let below = drawn.len().saturating_sub(first + room);
    if below > 0 && room > 0 {
        let y = area.bottom().saturating_sub(1);
        put_right(buf, area.x, y, area.right(), &format!("{below} more below"), look.style(Role::Dim));
    }
    cursor
}

/// What a secret looks like: always the same, whatever its length.
fn masked(item: &Field, look: &Look) -> String {
    let Input::Secret(secret) = &item.input else { return String::new() };
    if secret.is_empty() {
        return String::new();
    }
    let mask = look.glyph(crate::tui::theme::Glyph::Mask).repeat(8);
    match secret.lines() {
        0 | 1 => mask,
        lines => format!("{mask}  {lines} lines"),
    }
}
