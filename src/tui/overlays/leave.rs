//! Leaving: the question that is asked where something would be late, and the engine that is left behind. `q` asks only there,
//! `^C` at the top always.
//!
//! What is said about an engine in the background is what came of it, never what was hoped for: the screen stays until
//! one answers, and says why where none does.

use chrono::{DateTime, Duration, Utc};

use crate::core::fault::Problem;
use crate::core::rotation::Status;
use crate::core::state::State;
use crate::text::when;
use crate::tui::overlays::question::{Choice, Question, Then};
use crate::tui::session::{Link, Session};
use crate::tui::theme::Tone;

/// The question whether to quit. `open` acts are not answered yet.
pub fn question(session: &Session, open: usize) -> Question {
    let late = late(session, open);
    let own = is_engine(session);
    let mut text = Vec::new();
    if let Some(first) = late.first() {
        let more = match late.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more within a day"),
        };
        text.push((Tone::Strong, format!("{first}{more}.").into()));
    } else if own {
        text.push((Tone::Strong, "Nothing is due within a day.".into()));
    } else {
        text.push((Tone::Strong, "The engine keeps running without this screen.".into()));
    }
    if own {
        text.push((Tone::Plain, "This session is the engine. Nothing rotates and no old secret goes while no engine runs: what is due runs late, at the next start. Nothing is lost.".into()));
        text.push((Tone::Dim, "An engine in the background keeps running when you log out, unless systemd ends what a user left running (KillUserProcesses); a service is safe from that.".into()));
    }
    let mut choices = vec![Choice::new('s', "Stay", Then::Nothing)];
    if own {
        let forbidden = session.preferences.read_only.then(|| "--read-only forbids it".to_owned());
        choices.push(Choice::new('b', "Keep a background engine", Then::LeaveBehind).unless(forbidden));
    }
    choices.push(Choice::new('q', if late.is_empty() { "Quit" } else { "Quit, it runs late" }, Then::Quit));
    Question { title: "Quit?".into(), text, choices, at: 0, menu: true }
}

/// Whether this session does the rotating. A demo's engine is no one's.
fn is_engine(session: &Session) -> bool {
    session.own && session.link == Link::Up && session.demo.is_none()
}

/// What would be late without this session, soonest first: what is under way, what is due within a day, and the old secrets
/// that are to go within a day.
pub fn late(session: &Session, open: usize) -> Vec<String> {
    if !is_engine(session) {
        return Vec::new();
    }
    let soon = session.now + Duration::hours(24);
    let schedules = session.who.as_ref().is_some_and(|who| who.schedules);
    let mut late: Vec<(Option<DateTime<Utc>>, String)> = Vec::new();
    if open > 0 {
        late.push((None, format!("{open} of what was asked for is not done yet")));
    }
    let at = |at: DateTime<Utc>| format!("{} ({})", session.day_time(at), when::relative(at, session.now));
    for row in session.rows.rotations.values() {
        let name = &row.name;
        if row.state == State::Rotating {
            late.push((None, format!("{name} is being rotated")));
        } else if row.attempt.is_some() {
            let next = row.next_try_at.map(|next| format!(", and is tried again {}", at(next))).unwrap_or_default();
            late.push((None, format!("an attempt on {name} is under way{next}")));
        } else if let Some(due) = row.next_rotation_at.filter(|due| schedules && *due <= soon) {
            late.push((Some(due), format!("{name} is due {}", at(due))));
        }
        let Some(old) = row.previous.as_ref().filter(|_| schedules) else { continue };
        let id = old.secret_id.as_deref().unwrap_or("the old secret");
        let how = if old.status == Status::Inactive { "deleted" } else { "deactivated" };
        if let Some(goes) = old.goes_at().filter(|goes| *goes <= soon) {
            late.push((Some(goes), format!("{id}, the old secret of {name}, is to be {how} {}", at(goes))));
        }
    }
    late.sort();
    late.into_iter().map(|(_, what)| what).collect()
}

/// What is read where no engine could be left behind.
pub fn not_left(problem: &Problem) -> Question {
    let text = vec![
        (Tone::Bad, problem.what()),
        (Tone::Plain, problem.todo()),
        (Tone::Plain, "This session tries to be the engine again; the header tells whether it is.".into()),
    ];
    Question::note("No engine runs in the background", text)
}

#[cfg(test)]
mod tests;
