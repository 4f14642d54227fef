//! What an act would do, with or without the question whether to do it.

use crate::words::sentence::say;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::core::protocol::plan::Plan;
use crate::engine::request::Act;
use crate::text::columns::{cut, width};
use crate::text::when::rough;
use crate::tui::acts::plan_box::{PlanBox, SafeWay};
use crate::tui::overlays::view::form::field;
use crate::tui::scene::Scene;
use crate::tui::session::Session;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::boxes::{WIDE, buttons, window};
use crate::tui::widgets::paint::{ELLIPSIS, put, put_line, wrap};

/// Draws it; returns where it is typed into. `ended` says whether its end is on the screen.
pub fn draw(shown: &PlanBox, scene: &Scene<'_>, ended: &mut bool, buf: &mut Buffer) -> Option<Position> {
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let wanted = shown.wanted().filter(|_| shown.asks());
    let mut lines = Vec::new();
    if wanted.is_some() {
        worst(shown, room, scene, &mut lines);
    }
    match shown.targets.as_slice() {
        [only] => match shown.plans.get(&only.id) {
            None => lines.push(Line::from(Span::styled("asking Okta what is there …", scene.look.style(Role::Dim)))),
            Some(Ok(plan)) => one(&shown.act, plan, room, scene, &mut lines),
            Some(Err(refusal)) => {
                say(&scene.words(&refusal.problem.what()), "", room, scene.look, Role::Danger, &mut lines);
                say(&scene.words(&refusal.problem.todo()), "", room, scene.look, Role::Text, &mut lines);
            }
        },
        _ => many(shown, room, scene, &mut lines),
    }
    // What stands below it whatever is scrolled: the way that cuts no one off, and the answers.
    let mut below = Vec::new();
    if let Some(safe) = shown.safe().filter(|_| wanted.is_some()) {
        let why = safe.obstacle.map(|why| format!(" ({why})")).unwrap_or_default();
        let role = if safe.obstacle.is_some() { Role::Dim } else { Role::Ok };
        let way = way(safe.what, shown, scene.session, room);
        say(&format!("{way}{why}"), &format!("{}  ", safe.key), room, scene.look, role, &mut below);
        if buf.area.height >= 20 {
            below.insert(0, Line::default());
        }
    }
    let tail = u16::try_from(below.len()).unwrap_or(0) + if below.is_empty() { 2 } else { 1 };
    let high = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(tail);
    let name = crate::tui::acts::task::called(&shown.targets);
    let title = if shown.only {
        format!("What {} {name} now would do", shown.act.doing().to_lowercase())
    } else {
        shown.act.title(&name)
    };
    // The frame's own rows are two.
    let shows = usize::from(high.min(buf.area.height.saturating_sub(4)).saturating_sub(tail)).max(1);
    let first = shown.scroll.min(lines.len().saturating_sub(shows));
    *ended = first + shows >= lines.len();
    let keys = if wanted.is_some() { "Up Down scroll" } else { "j k scroll" };
    let more = format!("{}-{} of {}  {keys}", first + 1, (first + shows).min(lines.len()), lines.len());
    let inner = window(&title, if lines.len() > shows { &more } else { "" }, wide, high, scene.look, buf);
    let foot = inner.bottom().saturating_sub(1);
    let rows = inner.y..inner.bottom().saturating_sub(tail).max(inner.y + 1);
    for (y, line) in rows.zip(&lines[first.min(lines.len())..]) {
        put_line(buf, inner.x, y, inner.right(), line);
    }
    let start = foot.saturating_sub(u16::try_from(below.len()).unwrap_or(0)).max(inner.y);
    for (y, line) in (start..foot).zip(&below) {
        put_line(buf, inner.x, y, inner.right(), line);
    }
    let acts = shown.acts().len();
    let verb = shown.act.button();
    let read = shown.read || *ended;
    match wanted {
        Some(wanted) => {
            return Some(answers(shown, &wanted, read, Rect { y: foot, height: 1, ..inner }, scene.look, buf));
        }
        None if shown.asks() => {
            let act = if shown.targets.len() == 1 { format!("y {verb}") } else { format!("y {verb} {acts}") };
            // What is below the edge is not agreed to.
            let act = if read { act } else { format!("{act} (scroll)") };
            buttons(
                &[("n Cancel".into(), !shown.on_act, true), (act, shown.on_act, read)],
                inner,
                foot,
                scene.look,
                buf,
            );
        }
        None => buttons(&[("q Close".into(), true, true)], inner, foot, scene.look, buf),
    }
    None
}

/// Where the words are typed that are wanted, and what Enter does.
fn answers(shown: &PlanBox, wanted: &str, read: bool, area: Rect, look: &Look, buf: &mut Buffer) -> Position {
    let (button, can) = match (shown.matches(), shown.typed.text().is_empty()) {
        (_, true) => ("Cancel".to_owned(), true),
        (true, _) if read => (shown.act.button().to_owned(), true),
        (true, _) => ("read to the end first".to_owned(), false),
        (false, _) => (if shown.mistyped { "not that" } else { "Cancel: Esc" }.to_owned(), true),
    };
    let end = area.right().saturating_sub(u16::try_from(width(&button) + 5).unwrap_or(0)).max(area.x);
    let long = format!("or type {wanted}: ");
    // The title has the name, where there is no room for it here.
    let label = if width(&long) + 8 > usize::from(end - area.x) { "or type it: ".to_owned() } else { long };
    let x = put(buf, area.x, area.y, end, &label, look.style(Role::Warning));
    let typed = field(&shown.typed, Rect { x, width: end.saturating_sub(x), ..area }, look, buf);
    buttons(&[(button, true, can)], area, area.y, look, buf);
    typed
}

/// The worst line first: what is taken from whom.
fn worst(shown: &PlanBox, room: usize, scene: &Scene<'_>, lines: &mut Vec<Line<'static>>) {
    let unread = shown.unread();
    let none = unread.iter().all(|(_, cut)| cut.missing.is_empty());
    let who = if none { "No consumer has" } else { "Not all consumers have" };
    let text = match (shown.targets.as_slice(), unread.as_slice()) {
        ([_], [(_, cut)]) => {
            let does = if cut.deletes { "this DELETES" } else { "this switches OFF" };
            let back = if cut.deletes { " It cannot be undone." } else { "" };
            let readers = cut.readers().map(|known| say!(" {}.", known)).unwrap_or_default();
            say!("{}, and {} {}.{}{}", cut.not_fetched(), does, &cut.secret_id, back, readers)
        }
        (_, [(target, cut)]) => {
            let does =
                if cut.deletes { "DELETES its old secret. It cannot be undone" } else { "switches its old secret OFF" };
            say!("{} fetched the new version of {}, and this {}.", who, &target.name, does)
        }
        (_, many) => {
            let deletes = many.iter().filter(|(_, cut)| cut.deletes).count();
            let does = match deletes {
                0 => "switches OFF their old secrets".to_owned(),
                all if all == many.len() => "DELETES their old secrets. It cannot be undone".to_owned(),
                some => format!("switches their old secrets OFF and DELETES {some}. It cannot be undone"),
            };
            say!("{} fetched the new versions of {}, and this {}.", who, many.len(), does)
        }
    };
    say(&scene.words(&text), "!! ", room, scene.look, Role::Danger, lines);
    lines.push(Line::default());
}

/// The way that cuts no one off, in words.
fn way(safe: SafeWay, shown: &PlanBox, session: &Session, room: usize) -> String {
    let unread = shown.unread();
    let fetched = match unread.as_slice() {
        [(_, cut)] => format!("version {} is fetched", cut.unread.unwrap_or_default()),
        _ => "the new versions are fetched".into(),
    };
    match safe {
        // On a narrow terminal the plan needs the rows.
        SafeWay::Later(Some(at)) if room < 50 => format!("rotate when the old one has gone: {}", session.local(at)),
        SafeWay::Later(Some(at)) => {
            format!("rotate when the old one has gone by itself ({}, once {fetched})", session.local(at))
        }
        SafeWay::Later(None) => "rotate when the old one has gone by itself".into(),
        SafeWay::SomeLater { now: 0, later } => {
            format!("rotate all {later} when their old ones have gone by themselves")
        }
        SafeWay::SomeLater { now, later } => {
            format!("rotate {now} now, and {later} when their old ones have gone by themselves")
        }
        SafeWay::OnceFetched => format!("let the old one go once {fetched}"),
        SafeWay::KeepsDates => "rotate, and retire the old one on its date".into(),
    }
}

/// One plan, whole, with the warning of an act that asks for agreement.
fn one(act: &Act, plan: &Plan, room: usize, scene: &Scene<'_>, lines: &mut Vec<Line<'static>>) {
    // Where a worse line stands above it, that says it.
    if let Some(warning) = act.risk().filter(|_| plan.asks && plan.unread().is_none()) {
        say(warning, "", room, scene.look, Role::Warning, lines);
        lines.push(Line::default());
    }
    self::lines(plan, room, scene, lines);
}

/// What is at Okta, what follows, and what is in the way.
pub fn lines(plan: &Plan, room: usize, scene: &Scene<'_>, lines: &mut Vec<Line<'static>>) {
    for secret in &plan.secrets {
        let status = format!("{:?}", secret.status).to_uppercase();
        // The most important first: on a narrow terminal the rest is cut.
        lines.push(Line::from(vec![
            Span::styled(if room < 60 { String::new() } else { "at Okta  ".into() }, scene.look.style(Role::Dim)),
            Span::styled(format!("{}  ", secret.id), scene.look.style(Role::Text)),
            Span::styled(format!("{status:<9}"), scene.look.style(Role::Heading)),
            Span::styled(format!("{:<9}", secret.whose), scene.look.style(Role::Dim)),
            Span::styled(
                secret.created_at.map(|at| rough(scene.session.now - at)).unwrap_or_default(),
                scene.look.style(Role::Dim),
            ),
        ]));
    }
    if plan.secrets.is_empty() {
        lines.push(Line::from(Span::styled("at Okta  no secret", scene.look.style(Role::Dim))));
    }
    lines.push(Line::default());
    for (number, step) in plan.steps.iter().enumerate() {
        say(&scene.words(&step.say()), &format!("{}  ", number + 1), room, scene.look, Role::Text, lines);
    }
    for blocker in &plan.blockers {
        say(&scene.words(&blocker.what()), "!  ", room, scene.look, Role::Danger, lines);
        say(&scene.words(&blocker.todo()), "   ", room, scene.look, Role::Text, lines);
    }
}

/// A line for each of many, and one to sum up.
fn many(shown: &PlanBox, room: usize, scene: &Scene<'_>, lines: &mut Vec<Line<'static>>) {
    let look = scene.look;
    let (mut can, mut cuts, mut cannot) = (0, 0, 0);
    // The worst first.
    let rank = |target: &&crate::tui::acts::task::Target| match shown.plans.get(&target.id) {
        Some(Ok(plan)) if plan.blockers.is_empty() && plan.unread().is_some() => 0,
        Some(Ok(plan)) if plan.blockers.is_empty() && plan.asks => 1,
        _ => 2,
    };
    let mut targets: Vec<_> = shown.targets.iter().collect();
    targets.sort_by_key(rank);
    for target in targets {
        let name = format!("{:<22} ", cut(&target.name, 22, ELLIPSIS));
        let (role, text) = match shown.plans.get(&target.id) {
            None => (Role::Dim, "asking Okta …".to_owned()),
            Some(Ok(plan)) if !plan.blockers.is_empty() => {
                cannot += 1;
                (Role::Danger, scene.words(&plan.blockers[0].what()))
            }
            Some(Ok(plan)) if plan.unread().is_some() => {
                can += 1;
                cuts += 1;
                let gone = plan.unread().is_some_and(|cut| cut.deletes);
                let does = if gone { "DELETES" } else { "switches OFF" };
                (Role::Danger, format!("{does} the old secret: not all consumers have the new one"))
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
                (Role::Danger, scene.words(&refusal.problem.what()))
            }
        };
        let mut said = wrap(&text, room.saturating_sub(23)).into_iter();
        lines.push(Line::from(vec![
            Span::styled(name, look.style(Role::Text)),
            Span::styled(said.next().unwrap_or_default(), look.style(role)),
        ]));
        lines.extend(said.map(|line| Line::from(Span::styled(format!("{:<23}{line}", ""), look.style(role)))));
    }
    lines.push(Line::default());
    let cut = if cuts > 0 { format!(", {cuts} of them cut a previous secret short") } else { String::new() };
    say(&format!("{can} can go ahead{cut}; {cannot} cannot."), "", room, look, Role::Heading, lines);
}

fn say(text: &str, lead: &str, room: usize, look: &Look, role: Role, lines: &mut Vec<Line<'static>>) {
    let indent = " ".repeat(lead.chars().count());
    for (index, line) in wrap(text, room.saturating_sub(lead.chars().count())).into_iter().enumerate() {
        let lead = if index == 0 { lead } else { &indent };
        lines.push(Line::from(vec![
            Span::styled(lead.to_owned(), look.style(Role::Dim)),
            Span::styled(line, look.style(role)),
        ]));
    }
}

#[cfg(test)]
mod tests;
