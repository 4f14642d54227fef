//! What lies over the panes: boxes in the middle, each only as large as it needs to be.

mod reports;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::acts::plan_box::view as planned_view;
use crate::tui::keys::help;
use crate::tui::model::Model;
use crate::tui::obstacle::obstacle;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::question::Question;
use crate::tui::overlays::targets::view as targets_view;
use crate::tui::panes::Pane;
use crate::tui::scene::Scene;
use crate::tui::theme::Role;
use crate::tui::widgets::boxes::{CLOSE, WIDE, buttons, text, window};
use crate::tui::widgets::paint::{put, wrap};

pub mod form;

/// While an engine is left behind.
const LEAVING: &str = "The engine of this session finishes its call and lets go of the store; then another is started and \
                       asked whether it runs. q leaves the screen now, and the result is printed in the shell.";

/// Draws one; returns where it is typed into. `ended` says whether the end of the plan in it is on the screen.
pub fn draw(
    overlay: &Overlay,
    model: &Model,
    scene: &Scene<'_>,
    ended: &mut bool,
    buf: &mut Buffer,
) -> Option<Position> {
    *ended = true;
    match overlay {
        Overlay::Help { scroll } => help(model.focus, scene, *scroll, buf),
        Overlay::Palette(palette) => return Some(form::search(palette, scene.look, buf)),
        Overlay::Ask(question) => ask(question, scene, buf),
        Overlay::Plan(shown) => return planned_view::draw(shown, scene, ended, buf),
        Overlay::Delete(form) => return form::delete(form, scene.look, buf),
        Overlay::Date(form) => return Some(form::date(form, scene, buf)),
        Overlay::Batch { number, scroll } => {
            if let Some(batch) = model.batches.get(number) {
                reports::results(batch, *scroll, scene, buf);
            }
        }
        Overlay::Upcoming { rows, scroll } => reports::coming(rows.as_deref(), *scroll, scene, buf),
        Overlay::Reveal(reveal) => reports::value(reveal, scene, buf),
        Overlay::Leaving => {
            let said = wrap(LEAVING, usize::from(WIDE.min(buf.area.width.saturating_sub(6))));
            let lines: Vec<Line<'static>> =
                said.into_iter().map(|line| Line::from(Span::styled(line, scene.look.style(Role::Text)))).collect();
            text("An engine for the background", &lines, 0, scene.look, buf);
        }
        Overlay::Wizard(wizard) => return crate::tui::forms::rotation::view::draw(wizard, scene, ended, buf),
        Overlay::Connect(connect) => return crate::tui::forms::connection::view::draw(connect, scene, buf),
        Overlay::TargetForm(form) => return crate::tui::forms::target::view::draw(form, scene, buf),
        Overlay::Targets(shown) => targets_view::draw(shown, scene, buf),
        Overlay::Themes(chooser) => crate::tui::overlays::themes::view::draw(chooser, &model.themes, scene.look, buf),
    }
    None
}

fn help(focus: Pane, scene: &Scene<'_>, scroll: usize, buf: &mut Buffer) {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let room = usize::from(buf.area.width.saturating_sub(6)).min(usize::from(WIDE));
    // The widest keys, and a gap.
    let indent = 12;
    for line in help::lines(
        help::here(focus, scene.selection.in_connections, scene.session.demo.is_some()),
        &scene.session.preferences.bindings,
    ) {
        let barred = obstacle(line.action, scene.session, &scene.selection);
        let (strong, plain) = if barred.is_none() { (Role::Key, Role::Text) } else { (Role::Dim, Role::Dim) };
        let said = wrap(line.name, room.saturating_sub(indent)).into_iter().map(|said| (plain, said));
        let why = barred.map(|why| wrap(&format!("not now: {why}"), room.saturating_sub(indent + 2)));
        let why = why.into_iter().flatten().map(|said| (Role::Dim, format!("  {said}")));
        for (index, (role, said)) in said.chain(why).enumerate() {
            let keys = if index == 0 { line.keys.join(" ") } else { String::new() };
            lines.push(Line::from(vec![
                Span::styled(format!("{keys:<indent$}"), scene.look.style(strong)),
                Span::styled(said, scene.look.style(role)),
            ]));
        }
    }
    text("Keys here", &lines, scroll, scene.look, buf);
}

fn ask(question: &Question, scene: &Scene<'_>, buf: &mut Buffer) {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let mut lines: Vec<(Style, String)> = Vec::new();
    for (toned, text) in &question.text {
        let text = scene.words(text);
        lines.extend(wrap(&text, room).into_iter().map(|line| (scene.look.style((*toned).into()), line)));
    }
    let answers = if question.menu { question.choices.len() } else { 1 };
    let gap = usize::from(!lines.is_empty());
    let high = u16::try_from(lines.len() + gap + answers).unwrap_or(u16::MAX);
    let note = if question.menu { CLOSE } else { "" };
    let inner = window(&question.title, note, wide, high, scene.look, buf);
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
            let mut base = scene.look.style(if here { Role::Selected } else { Role::Text });
            if choice.obstacle.is_some() && !here {
                base = scene.look.style(Role::Dim);
            }
            if here {
                buf.set_style(row, base);
            }
            let key = if here || choice.obstacle.is_some() { base } else { scene.look.style(Role::Key) };
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
        buttons(&answers, inner, y, scene.look, buf);
    }
}

#[cfg(test)]
mod tests;
