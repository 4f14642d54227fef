//! Below everything: what is wrong, what was just said, and the keys of this place.

use crate::engine::view::ConnectionView;
use crate::words::sentence::Sentence;
use crate::words::sentence::say;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::text::columns::width;
use crate::tui::keys::action::Action;
use crate::tui::keys::{action, help};
use crate::tui::model::Model;
use crate::tui::obstacle::obstacle;
use crate::tui::panes::Pane;
use crate::tui::scene::Scene;
use crate::tui::session::Link;
use crate::tui::theme::{Role, Tone};
use crate::tui::widgets::paint::{put, wrap};

/// Banners at the most; the rest is counted.
const BANNERS: usize = 2;

/// Rows that one message may take at the most; what is longer is cut.
const TALL: usize = 3;

/// How many rows the messages want in so many columns.
pub fn count(model: &Model, scene: &Scene<'_>, wide: u16) -> usize {
    let lines: usize = lines(scene).iter().map(|(tone, text)| broken(*tone, text, wide).len()).sum();
    lines + usize::from(model.prompts().is_some())
}

/// A message in its rows, beside its sign. What a demo shows all the time has one.
fn broken(tone: Tone, text: &str, wide: u16) -> Vec<String> {
    if matches!(tone, Tone::Plain | Tone::Strong) {
        return vec![text.to_owned()];
    }
    let mut rows = wrap(text, usize::from(wide.saturating_sub(4)));
    if rows.len() > TALL {
        let rest = rows.split_off(TALL - 1).join(" ");
        rows.push(rest);
    }
    rows
}

/// Draws them, and what is being typed for a pane of text; returns where it is typed.
pub fn messages(model: &Model, scene: &Scene<'_>, mut area: Rect, buf: &mut Buffer) -> Option<Position> {
    let look = scene.look;
    let mut cursor = None;
    let prompt = model.prompts().and_then(|pane| model.content(pane).prompt());
    if let Some((prompt, hint)) = prompt.filter(|_| area.height > 0) {
        let y = area.bottom() - 1;
        area.height -= 1;
        let x = put(buf, area.x + 1, y, area.right(), "/", look.style(Role::Key));
        let end = put(buf, x, y, area.right(), prompt.field.text(), look.style(Role::Heading));
        let (role, hint) = prompt.fault.as_deref().map_or((Role::Dim, hint), |fault| (Role::Danger, fault));
        put(buf, end + 3, y, area.right(), hint, look.style(role));
        let typed = u16::try_from(width(prompt.field.before())).unwrap_or(0);
        cursor = Some(Position::new((x + typed).min(area.right() - 1), y));
    }
    let mut rows: Vec<(Tone, bool, String)> = Vec::new();
    for (tone, text) in lines(scene) {
        let broken = broken(tone, &text, area.width).into_iter().enumerate();
        rows.extend(broken.map(|(index, line)| (tone, index == 0, line)));
    }
    // Where not all fit, the latest are of more use.
    let skipped = rows.len().saturating_sub(usize::from(area.height));
    for (row, (said, first, text)) in area.rows().zip(rows.into_iter().skip(skipped)) {
        let style = look.style(said.into());
        if first && matches!(said, Tone::Bad | Tone::Warn) {
            put(buf, row.x + 1, row.y, row.right(), "!", style);
        }
        put(buf, row.x + 3, row.y, row.right() - 1, &text, style);
    }
    cursor
}

fn lines(scene: &Scene<'_>) -> Vec<(Tone, String)> {
    said(scene).into_iter().map(|(tone, sentence)| (tone, scene.words(&sentence))).collect()
}

fn said(scene: &Scene<'_>) -> Vec<(Tone, Sentence)> {
    let session = scene.session;
    let mut lines: Vec<(Tone, Sentence)> = Vec::new();
    match &session.link {
        Link::Lost { .. } if session.demo.is_some() => {
            lines.push((Tone::Bad, "the engine is gone; consumers keep what they have".into()));
        }
        Link::Lost { waits: true, since } => {
            let since = session.day_time(*since);
            lines.push((
                Tone::Bad,
                format!(
                    "the engine is gone since {since}: nothing rotates. Its service is waited for; {} takes over here",
                    session.preferences.bindings.way_to(Action::TakeOver)
                )
                .into(),
            ));
        }
        Link::Lost { waits: false, .. } => {
            lines.push((
                Tone::Bad,
                "the engine is gone, nothing rotates without one; another is being looked for".into(),
            ));
        }
        _ => {}
    }
    if let Some(trouble) = session.who.as_ref().and_then(|who| who.trouble.as_ref()) {
        lines.push((Tone::Bad, trouble.whole()));
    }
    if let Some((first, others)) = session.who.as_ref().and_then(|who| who.recovered.split_first()) {
        let more = if others.is_empty() { String::new() } else { format!("; {} more such notes", others.len()) };
        lines.push((Tone::Warn, say!("{}{}; `windlass confirm` acknowledges it", first.to_string(), more)));
    }
    let faults = session.rows.faults();
    let list = session.preferences.bindings.way_to(Action::Show(Pane::Connections));
    let more = format!("{list} {}", session.preferences.bindings.way_to(Action::Open));
    for row in faults.iter().take(BANNERS) {
        let Some(fault) = &row.fault else { continue };
        // The cause has it already, as a rule.
        let code = fault.okta_code.as_deref().filter(|code| fault.problem.cause.okta_code() != Some(*code));
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        let waits = match session.rows.waiting(row.id) {
            (0, _) => String::new(),
            (1, _) => "; 1 rotation waits".into(),
            (many, Some(at)) if at > session.now => {
                format!("; {many} rotations wait, first due {}", session.day_time(at))
            }
            (many, _) => format!("; {many} rotations wait"),
        };
        let what = fault.problem.what();
        lines.push((Tone::Bad, say!("{}: {}{}{}; {} says more", &row.name, what, code, waits, &more)));
    }
    if faults.len() > BANNERS {
        let others = format!("{} more connections are refused: {list} lists them", faults.len() - BANNERS);
        lines.push((Tone::Bad, others.into()));
    }
    if let Some(demo) = &session.demo {
        lines.extend(demo.strip.iter().map(|(tone, line)| (*tone, line.into())));
        let selected = scene.selection.rotation().map(|row| row.name.as_str());
        let slots = demo.slots.iter().find(|(name, _)| Some(name.as_str()) == selected);
        lines.extend(slots.map(|(_, line)| (Tone::Plain, line.into())));
    }
    lines.extend(session.toasts.back().map(|toast| {
        // What stands above it already is not said again at length.
        let is_above = |row: &&ConnectionView| {
            let of = toast.of.as_ref().zip(row.fault.as_ref());
            of.is_some_and(|((name, cause), fault)| *name == row.name && *cause == fault.problem.cause)
        };
        let again = faults.iter().copied().take(BANNERS).find(is_above);
        (toast.tone, again.map_or_else(|| toast.text.clone(), |row| say!("{}: refused, as said above", &row.name)))
    }));
    lines
}

/// The keys of this place, as many as fit; help and the palette always.
pub fn hints(focus: Pane, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let (look, session) = (scene.look, scene.session);
    let shows = |row: &action::Row| !row.short.is_empty() && !session.preferences.bindings.of(row.action).is_empty();
    let shown: Vec<_> =
        help::here(focus, scene.selection.in_connections, session.demo.is_some()).filter(|row| shows(row)).collect();
    let cell = |row: &action::Row| {
        let key = session.preferences.bindings.shown(row.action).unwrap_or_default();
        let wide = u16::try_from(width(&key) + width(row.short) + 3).unwrap_or(u16::MAX);
        (key, wide)
    };
    let kept = |row: &action::Row| {
        matches!(row.action, action::Action::Help | action::Action::Palette) || row.place == action::Place::Demo
    };
    let reserved: u16 = shown.iter().filter(|row| kept(row)).map(|row| cell(row).1).sum();
    let mut left = area.width.saturating_sub(reserved + 1);
    let mut full = false;
    let mut x = area.x + 1;
    for row in shown {
        let (key, wide) = cell(row);
        if !kept(row) {
            full |= wide > left;
            if full {
                continue;
            }
            left -= wide;
        }
        let can = obstacle(row.action, session, &scene.selection).is_none();
        let (strong, plain) = if can { (Role::Key, Role::Text) } else { (Role::Dim, Role::Dim) };
        x = put(buf, x, area.y, area.right(), &key, look.style(strong));
        x = put(buf, x + 1, area.y, area.right(), row.short, look.style(plain)) + 2;
    }
}

#[cfg(test)]
mod tests;
