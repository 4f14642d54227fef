//! The wizard on the screen: its fields, the review in sentences, the steps while it is made, and what came of it.

#[cfg(test)]
mod tests;

use crate::tui::acts::plan_box::view as plan;
use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::text::{Line, Span};

use crate::engine::view::AppRow;
use crate::text::columns::{fit, width};
use crate::text::when::rough;
use crate::tui::forms::form::view::FormChrome;
use crate::tui::forms::form::{Focus, view as form_view};
use crate::tui::forms::rotation::delivery::Delivery;
use crate::tui::forms::rotation::making::{can_ask_again, obstacle};
use crate::tui::forms::rotation::order::Order;
use crate::tui::forms::rotation::wizard::{APPLICATION, BEHAVIOUR, DETAILS, REVIEW, Stage, Wizard};
use crate::tui::forms::rotation::{apps, deliver, edit, words};
use crate::tui::forms::target;
use crate::tui::scene::Scene;
use crate::tui::theme::{Look, Role, Tone};
use crate::tui::widgets::paint::{ELLIPSIS, wrap};

/// Fewer columns than this are few.
const NARROW: usize = 50;

/// As many rows as there are: the box is the same in every step.
const HIGH: u16 = 24;

/// Draws it; returns where it is typed into. `ended` says whether the end of the plan in a review is on the screen.
pub fn draw(wizard: &Wizard, scene: &Scene<'_>, ended: &mut bool, buf: &mut Buffer) -> Option<Position> {
    let title = match &wizard.edits {
        Some(row) => format!("Edit {}", row.name),
        None => "New rotation".into(),
    };
    let mut chrome = FormChrome { title: &title, high: HIGH, scroll: wizard.scroll, ..FormChrome::default() };
    let room = form_view::room(buf);
    chrome.gone = form_view::gone(scene.session);
    match (wizard.stage, wizard.form.page) {
        (Stage::Filling, REVIEW) => {
            let (text, end) = review(wizard, scene, room);
            (chrome.text, chrome.end) = (Some(text), end);
            chrome.help = Some(String::new());
            let can = obstacle(wizard).is_none();
            let focus = wizard.form.focus;
            let act = wizard.form.here().next.to_owned();
            let mut all = vec![("Back".into(), focus == Focus::Back, true), (act, focus == Focus::Next, can)];
            if can_ask_again(wizard) {
                all.insert(0, ("R again".into(), false, true));
            }
            if words::command(wizard, scene.session).is_some() && (room >= NARROW || all.len() < 3) {
                all.insert(0, (copy(room), false, true));
            }
            chrome.buttons = Some(all);
        }
        (Stage::Filling, page) => {
            if let Some(form) = deliver::shown(wizard) {
                (chrome.notes, chrome.busy) = (target::view::notes(form, scene), target::view::busy(form));
                return form_view::draw(&form.form, &chrome, scene.look, ended, buf);
            }
            chrome.notes = notes(wizard, scene, page);
        }
        (Stage::Working, _) => {
            chrome.text = Some(progress(wizard, room, scene));
            chrome.help = Some("Esc leaves; it continues in the background.".into());
            chrome.busy = if wizard.edits.is_some() { "saving …" } else { "creating …" };
        }
        (Stage::Done, _) => {
            chrome.text = Some(progress(wizard, room, scene));
            chrome.help = Some(String::new());
            chrome.buttons = Some(ends(wizard, room));
        }
    }
    form_view::draw(&wizard.form, &chrome, scene.look, ended, buf)
}

/// What stands under the fields of a page.
fn notes(wizard: &Wizard, scene: &Scene<'_>, page: usize) -> Vec<(Tone, String)> {
    let mut notes = Vec::new();
    match page {
        BEHAVIOUR => notes.push((Tone::Strong, words::upcoming(wizard, scene.session))),
        APPLICATION => notes.extend(of_app(wizard, scene.session.now)),
        DETAILS if wizard.is_many() => {
            let said = "the review shows each. Once they are made, D delivers one to files and servers";
            notes.push((Tone::Dim, format!("{} rotations; {said}.", wizard.count())));
        }
        DETAILS if wizard.edits.is_some() => {
            notes.push((Tone::Dim, "Where it is delivered to is changed in the list of its targets, by D.".into()));
        }
        _ => {}
    }
    if let Some(refusal) = &wizard.refusal {
        notes.push((Tone::Bad, scene.words(&refusal.problem.what())));
        notes.push((Tone::Plain, scene.words(&refusal.problem.todo())));
    }
    notes.retain(|(_, text)| !text.is_empty());
    notes
}

/// The app that was chosen, as Okta has it.
fn of_app(wizard: &Wizard, now: DateTime<Utc>) -> Option<(Tone, String)> {
    if apps::is_looking(wizard) {
        return Some((Tone::Dim, "asking Okta what secrets it has …".into()));
    }
    let app: &AppRow = wizard.app()?;
    let secret = |secret: &crate::engine::view::ListedSecret| {
        let age = secret.created_at.map(|at| format!(", {} old", rough(now - at))).unwrap_or_default();
        format!("{} {}{age}", secret.id, format!("{:?}", secret.status).to_uppercase())
    };
    let secrets: Vec<String> = app.listed.iter().map(secret).collect();
    let has = match secrets.len() {
        // They were not asked for.
        _ if app.secrets.is_none() => return Some((Tone::Plain, format!("{}, {}", app.label, app.method()))),
        0 => "no secret".to_owned(),
        1 => format!("one secret: {}", secrets[0]),
        many => format!("{many} secrets: {}", secrets.join("; ")),
    };
    let method = if app.method_open { "how it authenticates is not shown" } else { app.method() };
    Some((Tone::Plain, format!("{}, client id {}, {method}; {has}", app.label, app.client_id)))
}

/// What is read before it is agreed to, and how many of its lines are the plan: the command below says the same once more.
fn review(wizard: &Wizard, scene: &Scene<'_>, room: usize) -> (Vec<Line<'static>>, usize) {
    let mut lines = Vec::new();
    if let Some(refusal) = &wizard.refusal {
        refused(refusal, room, scene, &mut lines);
        lines.push(Line::default());
    }
    let mut say = |tone, text: &str| said(tone, text, room, scene.look, &mut lines);
    if let Some(row) = &wizard.edits {
        let (patch, reported) = edit::patch(wizard, row);
        if reported.is_empty() {
            say(Role::Text, "Nothing is changed yet.");
        }
        for (what, old, new) in &reported {
            let old = if old.is_empty() { "-" } else { old };
            let new = if new.is_empty() { "-" } else { new };
            say(Role::Text, &format!("{what}: {old} becomes {new}"));
        }
        say(Role::Heading, &edit::sentence(wizard, row, scene.session));
        if patch.secrets_mapping.is_some() {
            say(Role::Warning, "The old names go at once: whoever reads them finds nothing from then on.");
        }
        say(Role::Text, "Nothing is called at Okta by that.");
        if let Some(text) = edit::meanwhile(row, scene.session) {
            say(Role::Warning, &text);
        }
    } else if let [order] = wizard.orders.as_slice() {
        if let Some(cut) = order.plan.as_ref().and_then(|plan| plan.as_ref().ok()?.unread()) {
            let (does, back) = if cut.deletes { ("DELETES", " It cannot be undone.") } else { ("switches OFF", "") };
            let readers = cut.readers().map(|known| format!(" {known}.")).unwrap_or_default();
            say(
                Role::Danger,
                &format!("!! This {does} {} before any consumer has its successor.{readers}{back}", cut.secret_id),
            );
        }
        for sentence in words::sentences(wizard, scene.session, order) {
            say(Role::Text, &sentence);
        }
        lines.push(Line::default());
        match &order.plan {
            None => said(Role::Dim, "asking Okta what is there …", room, scene.look, &mut lines),
            Some(Ok(plan)) => plan::lines(plan, room, scene, &mut lines),
            Some(Err(refusal)) => refused(refusal, room, scene, &mut lines),
        }
    } else {
        table(wizard, room, scene, &mut lines);
    }
    let end = lines.len();
    if let Some(command) = words::command(wizard, scene.session) {
        lines.push(Line::default());
        said(Role::Dim, "The same by command:", room, scene.look, &mut lines);
        said(Role::Text, &command, room, scene.look, &mut lines);
    }
    (lines, end)
}

/// A line for each of several.
fn table(wizard: &Wizard, room: usize, scene: &Scene<'_>, lines: &mut Vec<Line<'static>>) {
    let blocked = wizard.orders.iter().filter(|order| order.is_blocked()).count();
    let known = wizard.orders.iter().filter(|order| order.plan.is_some()).count();
    let all = wizard.orders.len();
    let asked = if known < all { format!("; {known} of {all} looked at so far") } else { String::new() };
    let cannot = match blocked {
        0 => String::new(),
        1 => "; 1 cannot be made and is left out".into(),
        many => format!("; {many} cannot be made and are left out"),
    };
    said(Role::Heading, &format!("{} rotations are made{cannot}{asked}.", all - blocked), room, scene.look, lines);
    let names = wizard.orders.iter().map(|order| width(&order.body.name)).max().unwrap_or(0).clamp(8, 28).min(room / 2);
    for order in &wizard.orders {
        let first = order.first.filter(|_| room >= NARROW);
        let first = first.map(|at| format!("first {}  ", scene.session.day(at))).unwrap_or_default();
        let (role, what) = match &order.plan {
            None => (Role::Dim, "asking Okta …".to_owned()),
            Some(Ok(plan)) => match plan.blockers.first() {
                Some(blocker) => (Role::Danger, scene.words(&blocker.what())),
                None => (Role::Ok, "can be made".into()),
            },
            Some(Err(refusal)) => (Role::Danger, scene.words(&refusal.problem.what())),
        };
        let name = fit(&order.body.name, names, ELLIPSIS);
        // Its name is made of its label, so that this goes first where there is little room.
        let label = if room < 70 { String::new() } else { format!("{}  ", fit(&order.label, 18, ELLIPSIS)) };
        let aside = format!("{label}{first}");
        let left = room.saturating_sub(names + 2 + width(&aside));
        let mut pieces = Line::from(vec![
            Span::styled(format!("{name}  "), scene.look.style(Role::Text)),
            Span::styled(aside, scene.look.style(Role::Dim)),
        ]);
        let mut rest = wrap(&what, left.max(16)).into_iter();
        pieces.push_span(Span::styled(rest.next().unwrap_or_default(), scene.look.style(role)));
        lines.push(pieces);
        lines.extend(
            rest.map(|line| Line::from(Span::styled(format!("{:1$}{line}", "", names + 2), scene.look.style(role)))),
        );
    }
}

/// What the engine reports while it works, and what came of it.
fn progress(wizard: &Wizard, room: usize, scene: &Scene<'_>) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if wizard.edits.is_some() {
        said(Role::Dim, "Nothing is called at Okta by that.", room, scene.look, &mut lines);
        return lines;
    }
    if let [order] = wizard.orders.as_slice() {
        match &order.outcome {
            None if order.steps.is_empty() => {
                said(Role::Dim, "everything is tested first …", room, scene.look, &mut lines);
            }
            None => {}
            // What came of it first: on a small terminal it is what is seen.
            Some(Ok(row)) => {
                said(Role::Ok, &format!("{} is there.", row.name), room, scene.look, &mut lines);
                let names = &row.secrets_mapping;
                let read = format!(
                    "{} and {} can be read in {}:{}.",
                    names.client_id, names.client_secret, row.environment.slug, row.secret_path
                );
                said(Role::Text, &read, room, scene.look, &mut lines);
                delivered(wizard, room, scene, &mut lines);
                if let Some(at) = row.next_rotation_at {
                    let next = format!("It rotates next {}.", scene.session.local(at));
                    said(Role::Text, &next, room, scene.look, &mut lines);
                }
                if scene.session.own {
                    let tip = "Rotations run while an engine runs; this session is one. When you leave, q offers to keep one \
                               in the background; `windlass serve` is for a service manager.";
                    said(Role::Dim, tip, room, scene.look, &mut lines);
                }
                lines.push(Line::default());
                said(Role::Dim, "A consumer reads it with:", room, scene.look, &mut lines);
                said(Role::Text, &crate::tui::acts::copy::command(row), room, scene.look, &mut lines);
            }
            Some(Err(refusal)) => refused(refusal, room, scene, &mut lines),
        }
        if order.outcome.is_some() && !order.steps.is_empty() {
            lines.push(Line::default());
            said(Role::Dim, "What was done:", room, scene.look, &mut lines);
        }
        for (level, step) in &order.steps {
            said(Role::from(*level), &scene.words(step), room, scene.look, &mut lines);
        }
        return lines;
    }
    let count = |wanted: fn(&Order) -> bool| wizard.orders.iter().filter(|order| wanted(order)).count();
    let (made, failed) = (count(|order| order.made().is_some()), count(|order| order.refusal().is_some()));
    let all = wizard.orders.len();
    let pace = match wizard.stage {
        Stage::Working => {
            let left =
                wizard.left(scene.session.now).map(|left| format!(", about {} more", rough(left))).unwrap_or_default();
            format!("{} of {all}{left}; Okta's rate limit sets the pace", made + failed)
        }
        _ if made == all => format!("{made} made."),
        _ => format!("{made} made, {} not. R tries those again; what is made is not made twice.", all - made),
    };
    said(Role::Heading, &pace, room, scene.look, &mut lines);
    for order in &wizard.orders {
        let (role, what) = match (&order.outcome, order.is_under_way()) {
            (Some(Ok(_)), _) => (Role::Ok, "made".to_owned()),
            (Some(Err(refusal)), _) => (Role::Danger, scene.words(&refusal.problem.whole())),
            (None, true) => (Role::Rotating, order.steps.last().map_or("…".into(), |(_, step)| scene.words(step))),
            (None, false) if order.is_blocked() => (Role::Dim, "left out".into()),
            (None, false) => (Role::Dim, "waits for its turn".into()),
        };
        let names = 24.min(room / 2);
        let mut rest = wrap(&what, room.saturating_sub(names + 2)).into_iter();
        lines.push(Line::from(vec![
            Span::styled(format!("{}  ", fit(&order.body.name, names, ELLIPSIS)), scene.look.style(Role::Text)),
            Span::styled(rest.next().unwrap_or_default(), scene.look.style(role)),
        ]));
        lines.extend(
            rest.map(|line| Line::from(Span::styled(format!("{:1$}{line}", "", names + 2), scene.look.style(role)))),
        );
    }
    lines
}

/// What became of the target that was asked for with it.
fn delivered(wizard: &Wizard, room: usize, scene: &Scene<'_>, lines: &mut Vec<Line<'static>>) {
    match &wizard.delivery {
        Delivery::None | Delivery::Asked(..) => {}
        Delivery::Making(_) => said(Role::Rotating, "Its target is being made …", room, scene.look, lines),
        Delivery::Made(row) => {
            let text = format!("It is delivered to {}; D shows how that goes.", row.destination_config);
            said(Role::Ok, &text, room, scene.look, lines);
        }
        Delivery::Refused(refusal) => {
            said(Role::Danger, "Its target was not made:", room, scene.look, lines);
            refused(refusal, room, scene, lines);
            said(Role::Text, "D opens the form with what was typed.", room, scene.look, lines);
        }
    }
}

/// The button that copies the command: shorter where there is little room, so that those beside it are seen.
fn copy(room: usize) -> String {
    if room < NARROW { "y copy" } else { "y copy the command" }.into()
}

/// What can be done once it is over.
fn ends(wizard: &Wizard, room: usize) -> Vec<(String, bool, bool)> {
    let failed = wizard.orders.iter().any(|order| order.refusal().is_some());
    let single = wizard.orders.len() == 1;
    let mut all = Vec::new();
    if failed {
        all.push(("R again".to_owned(), false, true));
        if single {
            all.push(("b back".to_owned(), false, true));
        }
    } else if single {
        all.push((copy(room), false, true));
        if room >= NARROW {
            let act = if wizard.delivery == Delivery::None { "D deliver it" } else { "D its targets" };
            all.push((act.to_owned(), false, true));
        }
    }
    if room >= NARROW || all.len() < 2 {
        all.push(("l log".to_owned(), false, true));
    }
    all.push(("Close".to_owned(), true, true));
    all
}

fn refused(refusal: &crate::engine::refusal::Refusal, room: usize, scene: &Scene<'_>, lines: &mut Vec<Line<'static>>) {
    said(Role::Danger, &scene.words(&refusal.problem.what()), room, scene.look, lines);
    said(Role::Text, &scene.words(&refusal.problem.todo()), room, scene.look, lines);
    if let Some(plan) = &refusal.plan {
        plan::lines(plan, room, scene, lines);
    }
}

fn said(role: Role, text: &str, room: usize, look: &Look, lines: &mut Vec<Line<'static>>) {
    lines.extend(wrap(text, room).into_iter().map(|line| Line::from(Span::styled(line, look.style(role)))));
}
