//! What lies over the panes: boxes in the middle, each only as large as it needs to be.

mod reports;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::tui::acts::planned::view as planned_view;
use crate::tui::keys::{action, help};
use crate::tui::model::Model;
use crate::tui::overlays::{Overlay, Question};
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::boxes::{CLOSE, WIDE, buttons, text, window};
use crate::tui::widgets::paint::{Line, put, tone, wrap};

pub mod form;

/// While an engine is left behind.
const LEAVING: &str = "The engine of this session finishes its call and lets go of the store; then another is started and \
                       asked whether it runs. q leaves the screen now, and what came of it is told outside.";

/// Draws one; returns where it is typed into. `ended` says whether the end of the plan in it is on the screen.
pub fn draw(overlay: &Overlay, model: &Model, look: &Look, ended: &mut bool, buf: &mut Buffer) -> Option<Position> {
    *ended = true;
    match overlay {
        Overlay::Help { scroll } => help(model, look, *scroll, buf),
        Overlay::Palette(palette) => return Some(form::search(palette, look, buf)),
        Overlay::Ask(question) => ask(question, model, look, buf),
        Overlay::Plan(shown) => return planned_view::draw(shown, model, look, ended, buf),
        Overlay::Delete(form) => return form::delete(form, look, buf),
        Overlay::Date(form) => return Some(form::date(form, model, look, buf)),
        Overlay::Batch { number, scroll } => {
            if let Some(batch) = model.batches.get(number) {
                reports::results(batch, *scroll, look, buf);
            }
        }
        Overlay::Upcoming { rows, scroll } => reports::coming(rows.as_deref(), *scroll, model, look, buf),
        Overlay::Reveal(reveal) => reports::value(model, reveal, look, buf),
        Overlay::Leaving => {
            let said = wrap(LEAVING, usize::from(WIDE.min(buf.area.width.saturating_sub(6))));
            let lines: Vec<Line> = said.into_iter().map(|line| vec![(look.style(Role::Text), line)]).collect();
            text("An engine for the background", &lines, 0, look, buf);
        }
        Overlay::Wizard(wizard) => return crate::tui::forms::rotation::view::draw(wizard, model, look, ended, buf),
        Overlay::Connect(connect) => return crate::tui::forms::connection::view::draw(connect, model, look, buf),
        Overlay::Themes(chooser) => crate::tui::overlays::themes::view::draw(chooser, model, look, buf),
    }
    None
}

fn help(model: &Model, look: &Look, scroll: usize, buf: &mut Buffer) {
    let mut lines: Vec<Line> = Vec::new();
    let room = usize::from(buf.area.width.saturating_sub(6)).min(usize::from(WIDE));
    // The widest keys, and a gap.
    let indent = 12;
    for line in help::lines(help::here(model), &model.bindings) {
        let obstacle = action::obstacle(line.action, model);
        let (strong, plain) = if obstacle.is_none() { (Role::Key, Role::Text) } else { (Role::Dim, Role::Dim) };
        let said = wrap(line.name, room.saturating_sub(indent)).into_iter().map(|said| (plain, said));
        let why = obstacle.map(|why| wrap(&format!("not now: {why}"), room.saturating_sub(indent + 2)));
        let why = why.into_iter().flatten().map(|said| (Role::Dim, format!("  {said}")));
        for (index, (role, said)) in said.chain(why).enumerate() {
            let keys = if index == 0 { line.keys.join(" ") } else { String::new() };
            lines.push(vec![(look.style(strong), format!("{keys:<indent$}")), (look.style(role), said)]);
        }
    }
    text("Keys here", &lines, scroll, look, buf);
}

fn ask(question: &Question, model: &Model, look: &Look, buf: &mut Buffer) {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let mut lines: Vec<(Style, String)> = Vec::new();
    for (toned, text) in &question.text {
        let text = model.told(text);
        lines.extend(wrap(&text, room).into_iter().map(|line| (tone(look, *toned), line)));
    }
    let answers = if question.menu { question.choices.len() } else { 1 };
    let gap = usize::from(!lines.is_empty());
    let high = u16::try_from(lines.len() + gap + answers).unwrap_or(u16::MAX);
    let note = if question.menu { CLOSE } else { "" };
    let inner = window(&question.title, note, wide, high, look, buf);
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
