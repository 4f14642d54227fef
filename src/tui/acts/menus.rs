//! The questions that are asked and the menus that are offered: what stands in them, and what each answer leads to.

use chrono::Duration;

use crate::core::rotation::Status;
use crate::core::state::State;
use crate::engine::request::{Act, PauseTerms, ResolveTerms, ResumeTerms, SkipTerms, TestTerms};
use crate::text::when;
use crate::tui::acts::task::{Target, Task, called};
use crate::tui::keys::action::Action;
use crate::tui::obstacle::{obstacle, only_reads};
use crate::tui::overlays::date::Dated;
use crate::tui::overlays::question::{Choice, Question, Then};
use crate::tui::panes::list_pane::List;
use crate::tui::rows::tried_again;
use crate::tui::selection::Selection;
use crate::tui::session::Session;
use crate::tui::theme::Tone;
use crate::words::sentence::{Sentence, say};

/// What is wrong with the row and what to do about it; the keys that do it are the answers.
pub fn remedy(session: &Session, selection: &Selection<'_>) -> Option<Question> {
    let mut text = Vec::new();
    let mut choices = Vec::new();
    let title;
    if let Some(row) = selection.connection() {
        let Some(fault) = &row.fault else { return None };
        title = format!("{} is {}", row.name, row.status);
        text.push((Tone::Bad, fault.problem.what()));
        text.push((Tone::Plain, fault.problem.todo()));
        let mut facts = Vec::new();
        facts.extend(row.refused_since.map(|at| format!("refused since {}", session.day_time(at))));
        facts.extend(row.next_probe_at.map(|at| tried_again(at, session.now)));
        text.push((Tone::Dim, facts.join(", ").into()));
        text.extend(ids(fault.okta_code.as_deref(), fault.request_id.as_deref()));
        if row.refused_since.is_some() {
            let can = obstacle(Action::Edit, session, selection);
            choices.push(Choice::new('e', "Give a new credential …", Then::Do(Action::Edit)).unless(can));
        }
        // This one, whatever is marked in the list.
        let test = Then::Act(vec![Task::new(Target { id: row.id, name: row.name.clone() }, TestTerms::default())]);
        choices.push(Choice::new('R', "Test it now", test).unless(obstacle(Action::Retry, session, selection)));
    } else if let Some(row) = selection.rotation() {
        title = row.name.clone();
        if let Some(attention) = &row.attention {
            text.push((Tone::Bad, attention.problem.what()));
            text.push((Tone::Plain, attention.problem.todo()));
            text.push((Tone::Dim, format!("since {}", session.day_time(attention.since)).into()));
        }
        if let Some(fault) = &row.fault {
            text.push((Tone::Bad, fault.problem.what()));
            text.push((Tone::Plain, fault.problem.todo()));
            let next = row.next_try_at.map(|at| format!("tries again by itself {}", when::relative(at, session.now)));
            text.extend(next.map(|next| (Tone::Dim, next.into())));
            text.extend(ids(fault.okta_code.as_deref(), fault.request_id.as_deref()));
        }
        let connection = session.rows.connections.get(&row.connection_id);
        let refused = connection.filter(|it| it.fault.is_some() && row.state == State::Waiting);
        if let Some((connection, fault)) = refused.and_then(|it| Some((it, it.fault.as_ref()?))) {
            if text.is_empty() {
                text.push((Tone::Bad, say!("it waits for {}: {}", &connection.name, fault.problem.what())));
                text.push((Tone::Plain, fault.problem.todo()));
            }
            choices.push(Choice::new('c', format!("Go to {}", connection.name), Then::Go(connection.id)));
        }
        if text.is_empty() {
            return None;
        }
        choices.push(Choice::new('R', "Retry now", Then::Do(Action::Retry)).unless(obstacle(
            Action::Retry,
            session,
            selection,
        )));
        if row.pending.as_ref().is_some_and(|pending| pending.status == Status::Active) {
            let target = Target { id: row.id, name: row.name.clone() };
            let withdraw =
                Then::Act(vec![Task::new(target.clone(), ResolveTerms { withdraw: true, ..ResolveTerms::default() })]);
            let no = only_reads(session);
            let untested = ResolveTerms { publish_unverified: true, ..ResolveTerms::default() };
            let publish = Then::Plan(untested.into(), vec![target]);
            choices.push(Choice::new('P', "Publish it untested …", publish).unless(no.clone()));
            choices.push(Choice::new('W', "Withdraw it", withdraw).unless(no));
        }
    } else {
        return None;
    }
    choices.push(Choice::new('q', "Close", Then::Nothing));
    let at = choices.len() - 1;
    Some(Question { title, text, choices, at, menu: false })
}

fn ids(code: Option<&str>, request: Option<&str>) -> Option<(Tone, Sentence)> {
    let code = code.map(|code| format!("Okta's error code {code}"));
    let request = request.map(|id| format!("request id {id}"));
    let parts: Vec<String> = code.into_iter().chain(request).collect();
    (!parts.is_empty()).then(|| (Tone::Dim, parts.join(", ").into()))
}

/// Some of what is marked is not on the screen: the filter hides it.
pub fn hidden(list: &List, action: Action) -> Question {
    let (marks, hidden) = (list.marks.len(), list.hidden());
    let shown = marks - hidden;
    let question = match shown {
        0 => format!("{marks} marked, and all of them hidden by the filter: show them, or take the marks away?"),
        shown => format!("{marks} marked, {hidden} hidden: show them, or act on the {shown} shown?"),
    };
    let mut choices = vec![Choice::new('s', "show them", Then::ShowMarked)];
    if shown > 0 {
        choices.push(Choice::new('a', format!("act on the {shown} shown"), Then::OnShown(action)));
    }
    choices.push(Choice::new('c', "take all marks away", Then::Unmark));
    let text = vec![(Tone::Warn, question.into()), (Tone::Dim, "Nothing was done yet.".into())];
    let title = "Some marks are hidden".into();
    Question { title, text, choices, at: 0, menu: true }
}

/// How long to pause, or how to continue.
pub fn pause(session: &Session, targets: &[Target]) -> Question {
    let rows = targets.iter().filter_map(|target| session.rows.rotations.get(&target.id));
    let (mut runs, mut paused, mut missed) = (false, false, false);
    let (mut skips, mut skipped) = (Vec::new(), false);
    for row in rows {
        skips.extend(row.next_rotation_at.filter(|_| row.is_auto_rotation_enabled));
        skipped |= row.skipped > 0;
        let stands = !row.is_auto_rotation_enabled || row.paused_until.is_some();
        (runs, paused) = (runs || !stands, paused || stands);
        missed |= stands && row.due_at.or(row.next_rotation_at).is_some_and(|at| at <= session.now);
    }
    let all = |act: Act| Then::Act(Task::each(targets, act));
    let until = |days: i64| all(PauseTerms { until: Some(session.now + Duration::days(days)) }.into());
    let mut choices = Vec::new();
    if paused {
        choices.push(Choice::new('r', "resume: next at its coming due time", all(ResumeTerms { now: false }.into())));
        if missed {
            choices.push(Choice::new('m', "resume, and run the missed one now", all(ResumeTerms { now: true }.into())));
        }
    }
    if runs {
        choices.push(Choice::new('p', "pause until resumed", all(PauseTerms { until: None }.into())));
    }
    choices.push(Choice::new('1', "pause for a day", until(1)));
    choices.push(Choice::new('7', "pause for a week", until(7)));
    choices.push(Choice::new('u', "pause until …", Then::Date(Dated::Pause, targets.to_vec())));
    match skips.as_slice() {
        [] => {}
        [only] => {
            let label = format!("skip the next due time, {}", session.day_time(*only));
            choices.push(Choice::new('s', label, all(SkipTerms { undo: false }.into())));
        }
        _ => choices.push(Choice::new('s', "skip the next due time of each", all(SkipTerms { undo: false }.into()))),
    }
    if skipped {
        choices.push(Choice::new(
            'b',
            "bring the due time back that was skipped",
            all(SkipTerms { undo: true }.into()),
        ));
    }
    let text = "While it is paused nothing starts, and no old secret is deactivated or deleted.";
    let title = format!("Pause {}", called(targets));
    Question { title, text: vec![(Tone::Dim, text.into())], choices, at: 0, menu: true }
}

#[cfg(test)]
mod tests;
