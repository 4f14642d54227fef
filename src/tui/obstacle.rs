//! Why an action cannot be done now: dispatch, the footer, the help, the palette and the menus ask here.

use crate::core::state::State;
use crate::tui::keys::action::Action;
use crate::tui::selection::Selection;
use crate::tui::session::{Link, Session};

/// Why nothing is changed where that was asked for; `None` where it may be.
pub fn only_reads(session: &Session) -> Option<String> {
    let theirs = session.who.as_ref().is_some_and(|who| who.read_only);
    let why = match (session.read_only, theirs) {
        (true, _) => "this session only reads: start windlass without --read-only to change something",
        (false, true) => "the engine was started with --read-only, and refuses whatever would change something",
        (false, false) => return None,
    };
    Some(why.into())
}

/// Why an action cannot be done now; `None` where it can.
pub fn obstacle(action: Action, session: &Session, selection: &Selection<'_>) -> Option<String> {
    let new = || session.bindings.way_to(Action::New);
    let no_row = || {
        let what = if selection.in_connections { "connection" } else { "rotation" };
        selection.row.is_none().then(|| format!("there is no {what} here; {} makes one", new()))
    };
    match action {
        Action::Act(kind) => no_rotation(selection)
            .or_else(|| if kind.spec().in_quarantine { quarantined(session) } else { acting(session) })
            .or_else(|| kind.obstacle(selection.rotation().filter(|_| !selection.on_marks)?)),
        Action::Pause | Action::Old => no_rotation(selection).or_else(|| acting(session)),
        Action::New => acting(session),
        Action::Edit => no_row().or_else(|| acting(session)),
        Action::Delete => no_row().or_else(|| acting(session)),
        Action::Test => no_row().or_else(|| unlinked(session)),
        Action::Reveal => no_rotation(selection).or_else(|| unlinked(session)).or_else(|| {
            let current = selection.rotation().and_then(|row| row.current.as_ref());
            current.is_none().then(|| "no secret was published yet".to_owned())
        }),
        Action::Open | Action::Copy | Action::RowLog | Action::Mark => no_row(),
        // It is tested, which changes nothing.
        Action::Retry if selection.in_connections => no_row().or_else(|| unlinked(session)),
        Action::Retry => no_row().or_else(|| acting(session)).or_else(|| {
            let row = selection.rotation().filter(|_| !selection.on_marks)?;
            let open = row.fault.is_some() || row.attention.is_some() || row.state == State::Waiting;
            (!open).then(|| format!("{} has nothing to retry: it neither fails nor waits", row.name))
        }),
        Action::Upcoming => unlinked(session),
        Action::Sort => (selection.in_connections).then(|| "connections are always by name".to_owned()),
        Action::TakeOver => match &session.link {
            Link::Lost { .. } if session.read_only => only_reads(session),
            Link::Lost { .. } => None,
            _ => Some("an engine runs already".into()),
        },
        Action::Suspend => session.own.then(|| {
            "this session is the engine: suspended, it would rotate nothing; open a second terminal instead".to_owned()
        }),
        _ => None,
    }
}

fn no_rotation(selection: &Selection<'_>) -> Option<String> {
    selection.rotation().is_none().then(|| "there is no rotation here".to_owned())
}

fn unlinked(session: &Session) -> Option<String> {
    (!matches!(session.link, Link::Up)).then(|| "no engine answers at the moment: it is looked for".into())
}

/// Why what is for a quarantine alone cannot be done.
fn quarantined(session: &Session) -> Option<String> {
    let trouble = session.who.as_ref().is_some_and(|who| who.trouble.is_some());
    let none = || (!trouble).then(|| "the store is not quarantined".into());
    unlinked(session).or_else(|| only_reads(session)).or_else(none)
}

fn acting(session: &Session) -> Option<String> {
    if let Some(why) = only_reads(session) {
        return Some(why);
    }
    let trouble = session.who.as_ref().and_then(|who| who.trouble.as_ref());
    unlinked(session).or_else(|| {
        trouble.map(|trouble| {
            // All of it stands above the footer already.
            let what = trouble.message.split([':', ';']).next().unwrap_or(&trouble.message);
            format!("not now: {what}")
        })
    })
}
