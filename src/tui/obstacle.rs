//! Why an action cannot be done now: dispatch, the footer, the help, the palette and the menus ask here.

use crate::core::cause::Cause;
use crate::core::state::State;
use crate::tui::keys::action::Action;
use crate::tui::selection::Selection;
use crate::tui::session::{Link, Session};

/// Whose `--read-only` keeps things from being changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// This session's.
    Session,
    /// The engine's.
    Engine,
}

impl Reads {
    /// Whose; `None` where something may be changed.
    pub fn of(session: &Session) -> Option<Self> {
        let theirs = session.who.as_ref().is_some_and(|who| who.read_only);
        if session.preferences.read_only { Some(Self::Session) } else { theirs.then_some(Self::Engine) }
    }

    /// Says it in a few words.
    pub fn brief(self) -> &'static str {
        match self {
            Self::Session => "this session only reads",
            Self::Engine => "the engine was started with --read-only",
        }
    }
}

/// Why nothing is changed where that was asked for; `None` where it may be.
pub fn only_reads(session: &Session) -> Option<String> {
    let reads = Reads::of(session)?;
    let more = match reads {
        Reads::Session => ": start windlass without --read-only to change something",
        Reads::Engine => ", and refuses any request that changes something",
    };
    Some(format!("{}{more}", reads.brief()))
}

/// Why an action cannot be done now; `None` where it can.
pub fn obstacle(action: Action, session: &Session, selection: &Selection<'_>) -> Option<String> {
    let new = || session.preferences.bindings.way_to(Action::New);
    let no_row = || {
        let what = if selection.in_connections { "connection" } else { "rotation" };
        selection.row.is_none().then(|| format!("there is no {what} here; {} makes one", new()))
    };
    match action {
        Action::Act(kind) => no_rotation(selection)
            .or_else(|| if kind.spec().in_quarantine { quarantined(session) } else { acting(session) })
            .or_else(|| kind.obstacle(selection.rotation().filter(|_| !selection.on_marks)?)),
        Action::Pause | Action::Old => no_rotation(selection).or_else(|| acting(session)),
        Action::Consumers => no_rotation(selection).or_else(|| acting(session)).or_else(|| {
            let row = selection.rotation().filter(|row| row.consumers.missing.is_empty())?;
            Some(format!("no consumer of {} is missing", row.name))
        }),
        Action::Targets => no_rotation(selection),
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
            let waits = row.state == State::Waiting && !row.waits_for_consumers(session.now);
            let open = row.fault.is_some() || row.attention.is_some() || waits;
            (!open).then(|| format!("{} has nothing to retry: it neither fails nor waits", row.name))
        }),
        Action::Upcoming => unlinked(session),
        Action::Sort => (selection.in_connections).then(|| "connections are always by name".to_owned()),
        Action::TakeOver => match &session.link {
            Link::Lost { .. } if session.preferences.read_only => only_reads(session),
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

/// Why the engine cannot be asked.
pub fn unlinked(session: &Session) -> Option<String> {
    (!matches!(session.link, Link::Up)).then(|| "no engine answers at the moment: it is looked for".into())
}

/// Why what is for a quarantine alone cannot be done.
fn quarantined(session: &Session) -> Option<String> {
    let trouble = session.who.as_ref().is_some_and(|who| who.trouble.is_some());
    let none = || (!trouble).then(|| "the store is not quarantined".into());
    unlinked(session).or_else(|| only_reads(session)).or_else(none)
}

/// Why nothing can be changed now.
pub fn acting(session: &Session) -> Option<String> {
    if let Some(why) = only_reads(session) {
        return Some(why);
    }
    let trouble = session.who.as_ref().and_then(|who| who.trouble.as_ref());
    unlinked(session).or_else(|| {
        trouble.map(|trouble| {
            // All of it stands above the footer already.
            let what = match &trouble.cause {
                Cause::Store(cause) => cause.brief(),
                _ => trouble.what(),
            };
            format!("not now: {what}")
        })
    })
}
