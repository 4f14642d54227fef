//! What an act would do, with or without the question whether to do it.

use ratatui::buffer::Buffer;

use super::boxes::{WIDE, buttons, window};
use super::paint::{ELLIPSIS, Line, put_line, wrap};
use crate::core::protocol::plan::Plan;
use crate::text::columns::cut;
use crate::text::when::{localized, rough};
use crate::tui::app::Model;
use crate::tui::app::planned::{PlanBox, Planned};
use crate::tui::look::{Look, Role};

/// Draws it.
pub fn draw(shown: &PlanBox, model: &Model, look: &Look, buf: &mut Buffer) {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let mut lines = Vec::new();
    match shown.targets.as_slice() {
        [only] => match shown.plans.get(&only.id) {
            None => lines.push(vec![(look.style(Role::Dim), "asking Okta what is there …".into())]),
            Some(Ok(plan)) => one(shown.what, plan, room, model, look, &mut lines),
            Some(Err(refusal)) => {
                let told = |text| localized(text, model.zone, model.now);
                say(&told(&refusal.message), "", room, look, Role::Danger, &mut lines);
                say(&told(&refusal.hint), "", room, look, Role::Text, &mut lines);
            }
        },
        _ => many(shown, room, look, &mut lines),
    }
    let acts = shown.acts().len();
    let high = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let name = crate::tui::app::act::called(&shown.targets);
    let title = shown.what.title(&name);
    // The answers and the air above them take two rows, and the frame's own another two.
    let shows = usize::from(high.min(buf.area.height.saturating_sub(4)).saturating_sub(2)).max(1);
    let first = shown.scroll.min(lines.len().saturating_sub(shows));
    let more = format!("{}-{} of {}  j k scroll", first + 1, first + shows, lines.len());
    let inner = window(&title, if lines.len() > shows { &more } else { "" }, wide, high, look, buf);
    for (y, line) in (inner.y..inner.bottom().saturating_sub(2)).zip(&lines[first.min(lines.len())..]) {
        put_line(buf, inner.x, y, inner.right(), line);
    }
    let y = inner.bottom().saturating_sub(1);
    if shown.asks() {
        let verb = shown.what.button();
        let act = if shown.targets.len() == 1 { format!("y {verb}") } else { format!("y {verb} {acts}") };
        buttons(&[("n Cancel".into(), !shown.on_act, true), (act, shown.on_act, true)], inner, y, look, buf);
    } else {
        buttons(&[("q Close".into(), true, true)], inner, y, look, buf);
    }
}

/// One plan, whole, with the warning of an act that asks for agreement.
fn one(what: Planned, plan: &Plan, room: usize, model: &Model, look: &Look, lines: &mut Vec<Line>) {
    if let Some(warning) = what.warning().filter(|_| plan.asks) {
        say(warning, "", room, look, Role::Warning, lines);
        lines.push(Vec::new());
    }
    self::lines(plan, room, model, look, lines);
}

/// What is at Okta, what follows, and what is in the way.
pub fn lines(plan: &Plan, room: usize, model: &Model, look: &Look, lines: &mut Vec<Line>) {
    let told = |text| localized(text, model.zone, model.now);
    for secret in &plan.secrets {
        let status = format!("{:?}", secret.status).to_uppercase();
        // The most important first: on a narrow terminal the rest is cut.
        lines.push(vec![
            (look.style(Role::Dim), if room < 60 { String::new() } else { "at Okta  ".into() }),
            (look.style(Role::Text), format!("{}  ", secret.id)),
            (look.style(Role::Heading), format!("{status:<9}")),
            (look.style(Role::Dim), format!("{:<9}", secret.whose)),
            (look.style(Role::Dim), secret.created_at.map(|at| rough(model.now - at)).unwrap_or_default()),
        ]);
    }
    if plan.secrets.is_empty() {
        lines.push(vec![(look.style(Role::Dim), "at Okta  no secret".into())]);
    }
    lines.push(Vec::new());
    for (number, step) in plan.steps.iter().enumerate() {
        say(&told(step), &format!("{}  ", number + 1), room, look, Role::Text, lines);
    }
    for blocker in &plan.blockers {
        say(&told(&blocker.message), "!  ", room, look, Role::Danger, lines);
        say(&told(&blocker.hint), "   ", room, look, Role::Text, lines);
    }
}

/// A line for each of many, and one to sum up.
fn many(shown: &PlanBox, room: usize, look: &Look, lines: &mut Vec<Line>) {
    let (mut can, mut cuts, mut cannot) = (0, 0, 0);
    for target in &shown.targets {
        let name = format!("{:<22} ", cut(&target.name, 22, ELLIPSIS));
        let (role, text) = match shown.plans.get(&target.id) {
            None => (Role::Dim, "asking Okta …".to_owned()),
            Some(Ok(plan)) if !plan.blockers.is_empty() => {
                cannot += 1;
                (Role::Danger, plan.blockers[0].message.clone())
            }
            Some(Ok(plan)) if plan.asks => {
                can += 1;
                cuts += 1;
                (Role::Warning, "can go ahead; cuts its previous secret short".into())
            }
            Some(Ok(_)) => {
                can += 1;
                (Role::Ok, "can go ahead".into())
            }
            Some(Err(refusal)) => {
                cannot += 1;
                (Role::Danger, refusal.message.clone())
            }
        };
        let mut said = wrap(&text, room.saturating_sub(23)).into_iter();
        lines.push(vec![(look.style(Role::Text), name), (look.style(role), said.next().unwrap_or_default())]);
        lines.extend(said.map(|line| vec![(look.style(role), format!("{:<23}{line}", ""))]));
    }
    lines.push(Vec::new());
    let cut = if cuts > 0 { format!(", {cuts} of them cut a previous secret short") } else { String::new() };
    say(&format!("{can} can go ahead{cut}; {cannot} cannot."), "", room, look, Role::Heading, lines);
}

fn say(text: &str, lead: &str, room: usize, look: &Look, role: Role, lines: &mut Vec<Line>) {
    let indent = " ".repeat(lead.chars().count());
    for (index, line) in wrap(text, room.saturating_sub(lead.chars().count())).into_iter().enumerate() {
        let lead = if index == 0 { lead } else { &indent };
        lines.push(vec![(look.style(Role::Dim), lead.to_owned()), (look.style(role), line)]);
    }
}
