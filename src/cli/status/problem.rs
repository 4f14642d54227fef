//! What is not as it should be, found in a view: pure, and said in the same words by `windlass status` and by the notify
//! command.
//!
//! One line for each thing that someone can do something about: a refused connection is one problem, however many
//! rotations wait for it, and a rotation has the worst of its problems.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cli::output::when;
use crate::core::fault;
use crate::core::rotation::hold::Hold;
use crate::core::state::State;
use crate::engine::view::{ConnectionView, EngineView, NamedConnection, Recovery, RotationView, View};
use crate::words::sentence::{Sentence, say};

/// How long after its due time a rotation that nothing has begun counts as overdue: others come first, and cron runs
/// `serve --once` only now and then.
const GRACE: Duration = Duration::hours(1);

/// How far ahead an engine is missed.
const AHEAD: Duration = Duration::hours(24);

/// What is wrong, in a word. The order is the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Word {
    /// The store is quarantined, or cannot be written: nothing acts.
    Store,
    /// No engine runs, and something is due.
    Engine,
    /// A rotation needs attention, or a connection whose rotations were refused in a row.
    Attention,
    /// A connection is refused, and its rotations wait.
    Refused,
    /// A due time has passed, and nothing has begun.
    Overdue,
    /// A rotation fails, and is retried automatically.
    Failing,
    /// A rotation is due, and waits.
    Waiting,
    /// An old secret stays beyond its date, for no consumer has fetched the new one.
    Held,
    /// A rotation is paused since a rollback, and no one has resumed it.
    Paused,
    /// Something of the store was damaged and put right again, and no operator has acknowledged it.
    Recovered,
}

impl Word {
    /// The word itself.
    pub fn word(self) -> &'static str {
        match self {
            Self::Store => "STORE",
            Self::Engine => "ENGINE",
            Self::Attention => "ATTENTION",
            Self::Refused => "REFUSED",
            Self::Overdue => "OVERDUE",
            Self::Failing => "FAILING",
            Self::Waiting => "WAITING",
            Self::Held => "HELD",
            Self::Paused => "PAUSED",
            Self::Recovered => "RECOVERED",
        }
    }
}

/// A rotation by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRotation {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// What, in a word.
    pub state: Word,
    /// The rotation, where it is one's.
    pub rotation: Option<NamedRotation>,
    /// The connection, or the rotation's; `None` where it is the engine's.
    pub connection: Option<NamedConnection>,
    /// Since when, where that is known.
    pub since: Option<DateTime<Utc>>,
    /// What happened, and what still works.
    pub cause: Sentence,
    /// What to do next.
    pub next: Sentence,
    /// When it is over by itself, where that is known: until then nothing has to be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl Problem {
    /// Whose it is, by name.
    pub fn whose(&self) -> &str {
        let rotation = self.rotation.as_ref().map(|rotation| rotation.name.as_str());
        rotation.or(self.connection.as_ref().map(|connection| connection.name.as_str())).unwrap_or("-")
    }
}

/// All problems, worst first, then the oldest. `expects_engine` where it is a problem that none runs.
pub fn problems(view: &View, expects_engine: bool) -> Vec<Problem> {
    let now = view.engine.now;
    let mut all: Vec<Problem> = view.engine.trouble.as_ref().map(of_store).into_iter().collect();
    all.extend(view.engine.recovered.iter().map(of_recovery));
    if expects_engine {
        all.extend(of_no_engine(view));
    }
    all.extend(view.app_connections.iter().filter_map(of_connection));
    let reported = |id: Uuid| view.app_connections.iter().any(|it| it.id == id && of_connection(it).is_some());
    let waits = |problem: &Problem, row: &RotationView| problem.state == Word::Waiting && reported(row.connection_id);
    // Without an engine nothing goes by itself that cron has let pass.
    let passed = |row: &RotationView| !view.engine.schedules && old_is_late(row, now);
    let of_rotation = |row: &RotationView| {
        let found = of_rotation(row, now).filter(|problem| !waits(problem, row))?;
        Some(Problem { until: found.until.filter(|_| !passed(row)), ..found })
    };
    all.extend(view.secret_rotations.iter().filter_map(of_rotation));
    // Those without a beginning were always there.
    all.sort_by(|a, b| (a.state, a.since, a.whose()).cmp(&(b.state, b.since, b.whose())));
    all
}

/// The engine's own: its store.
pub fn of_store(trouble: &fault::Problem) -> Problem {
    Problem {
        state: Word::Store,
        rotation: None,
        connection: None,
        since: None,
        cause: trouble.what(),
        next: trouble.todo(),
        until: None,
    }
}

/// The store's: something of it was recovered.
fn of_recovery(recovery: &Recovery) -> Problem {
    Problem {
        state: Word::Recovered,
        rotation: None,
        connection: None,
        since: Some(recovery.at),
        cause: recovery.to_string().into(),
        next: say!("`windlass confirm` says that you have read it"),
        until: None,
    }
}

/// A connection's: it is refused, or too many of its rotations were.
pub fn of_connection(row: &ConnectionView) -> Option<Problem> {
    let (state, waits) = match (row.status.as_str(), row.rotations) {
        ("refused", 0) => (Word::Refused, String::new()),
        ("refused", 1) => (Word::Refused, "; its rotation waits".into()),
        ("refused", many) => (Word::Refused, format!("; its {many} rotations wait")),
        ("held", _) => (Word::Attention, String::new()),
        _ => return None,
    };
    let fault = row.fault.as_ref()?;
    Some(Problem {
        state,
        rotation: None,
        connection: Some(NamedConnection { app: row.app.clone(), name: row.name.clone(), id: row.id }),
        since: row.refused_since,
        cause: say!("{}{}", fault.problem.what(), waits),
        next: fault.problem.todo(),
        until: None,
    })
}

/// The worst of a rotation's.
pub fn of_rotation(row: &RotationView, now: DateTime<Utc>) -> Option<Problem> {
    let problem = |state: Word, since: Option<DateTime<Utc>>, cause: Sentence, next: Sentence| {
        let rotation = Some(NamedRotation { id: row.id, name: row.name.clone() });
        Some(Problem { state, rotation, connection: Some(row.connection.clone()), since, cause, next, until: None })
    };
    if let Some(attention) = &row.attention {
        return problem(Word::Attention, Some(attention.since), attention.problem.what(), attention.problem.todo());
    }
    let fault = row.fault.as_ref();
    match row.state {
        State::Failing => {
            let cause = fault.map_or_else(|| say!("a call failed"), |fault| fault.problem.what());
            let tries = if row.tries > 1 { format!(" ({} tries in a row)", row.tries) } else { String::new() };
            let again = row.next_try_at.map_or_else(
                || "it is retried automatically".to_owned(),
                |at| format!("it is retried automatically {}", at_or_now(at, now)),
            );
            let hint = fault.map(|fault| fault.problem.todo()).unwrap_or_default();
            let next = Sentence::join([again.into(), hint], "; ");
            return problem(Word::Failing, row.stuck_since, say!("{}{}", cause, tries), next);
        }
        State::Waiting if !row.waits_for_consumers(now) => {
            let since = row.stuck_since.or(row.due_at).or(row.next_rotation_at);
            if let Some(fault) = fault {
                return problem(Word::Waiting, since, fault.problem.what(), fault.problem.todo());
            }
            let (cause, next) = room(row, now);
            let until = row.next_rotation_at.filter(|at| *at > now);
            return problem(Word::Waiting, since, cause, next).map(|problem| Problem { until, ..problem });
        }
        State::Attention | State::Rotating => return None,
        State::Waiting | State::Due | State::Ok | State::Paused => {}
    }
    let late = row.starts(now).filter(|at| *at + GRACE <= now && row.phase == "idle");
    if late.is_some() {
        if let Some(at) = row.next_try_at.filter(|at| *at > now) {
            let next = format!("it begins by itself {}", when::relative(at, now));
            return problem(Word::Overdue, late, say!("it is overdue with many others, and has its turn"), next.into());
        }
        let next = say!("see that an engine runs: `windlass serve`, or `windlass serve --once` from cron");
        return problem(Word::Overdue, late, say!("it is due, and no engine has begun it"), next);
    }
    if row.is_rolled_back() {
        return rolled_back(row);
    }
    let previous = row.previous.as_ref()?;
    let id = previous.secret_id.as_deref().unwrap_or("the old secret");
    if previous.lost_its_date() {
        let cause = say!("{}, its old secret, has no date: {}", id, previous.why_undated().unwrap_or_default());
        let next = say!(
            "nothing rotates until it has gone: `windlass rotation retire {} --at WHEN`, or `--now`; `--hold` keeps it",
            &row.name
        );
        return problem(Word::Held, previous.kept.map(|kept| kept.since), cause, next);
    }
    if previous.held_by != Some(Hold::Unread) {
        return None;
    }
    let (cause, next) = unreached(row, id, now);
    problem(Word::Held, previous.deactivate_at, cause, next)
}

/// An old secret that is kept for its consumers.
fn unreached(row: &RotationView, id: &str, now: DateTime<Utc>) -> (Sentence, Sentence) {
    let version = row.current.as_ref().map_or(0, |current| current.version);
    let known = row.consumers.say(version, now);
    if known.is_empty() {
        let next = say!(
            "have its consumers read the new one (a look does not count), or `windlass rotation retire {} --now`",
            &row.name
        );
        return (say!("no consumer has fetched the current secret, so the old one, {}, is kept", id), next);
    }
    let next = say!(
        "have the others read the new one (a look does not count), or, for one that is gone, `windlass rotation consumers {} \
         --dismiss CONSUMER`",
        &row.name
    );
    (say!("{}, so the old one, {}, is kept", known, id), next)
}

/// One that a rollback has paused: it stays so until someone resumes it.
fn rolled_back(row: &RotationView) -> Option<Problem> {
    let pause = row.paused.as_ref()?;
    let old = row.previous.as_ref().and_then(|previous| previous.secret_id.as_deref());
    let kept = old.map(|id| format!(", and {id}, the newer secret, is kept")).unwrap_or_default();
    let next = say!("once its consumers work with a new secret: `windlass rotation resume {}`", &row.name);
    Some(Problem {
        state: Word::Paused,
        rotation: Some(NamedRotation { id: row.id, name: row.name.clone() }),
        connection: Some(row.connection.clone()),
        since: Some(pause.since),
        cause: say!("{}: nothing rotates{}", row.why_paused().unwrap_or_default(), kept),
        next,
        until: None,
    })
}

/// A due rotation that waits for its old secret to go, or where it has none for its connection.
fn room(row: &RotationView, now: DateTime<Utc>) -> (Sentence, Sentence) {
    let Some(previous) = &row.previous else {
        let name = &row.connection.name;
        let next = say!("`windlass connection show {}` says what that waits for", name);
        return (say!("it is due, and waits for its connection {}", name), next);
    };
    let id = previous.secret_id.as_deref().unwrap_or("the old secret");
    let cause = say!("it is due, but {} is still there, and Okta allows no third secret", id);
    let next = match row.next_rotation_at.filter(|at| *at > now) {
        Some(at) => say!("the old one goes first; it rotates by itself on {}", at),
        None => say!("let the old one go: `windlass rotation retire {} --now`", &row.name),
    };
    (cause, next)
}

/// Why nothing is done by itself.
pub fn idle(engine: &EngineView) -> &'static str {
    // A command that finds no engine opens the store itself. Whether it does that with `--read-only` is no reason why
    // nothing runs.
    let session = engine.read_only && engine.role == "ui";
    if session { "the engine was started with --read-only" } else { "no engine runs" }
}

/// No one does what is due soon, or was already.
fn of_no_engine(view: &View) -> Option<Problem> {
    let EngineView { now, schedules, trouble, .. } = &view.engine;
    if *schedules || trouble.is_some() {
        return None;
    }
    let soon = |(at, _, _): &(DateTime<Utc>, _, _)| *at <= *now + AHEAD;
    let mut due: Vec<_> = view.secret_rotations.iter().flat_map(|row| acts(row, *now)).filter(soon).collect();
    due.sort_by_key(|(at, row, _)| (*at, row.name.clone()));
    let (at, row, what) = due.first()?;
    let rotations = due.iter().map(|(_, row, _)| row.id).collect::<std::collections::HashSet<_>>().len();
    let more = if rotations > 1 { format!(", and {} more", rotations - 1) } else { String::new() };
    let tense = if *at <= *now { "was" } else { "is" };
    let idle = idle(&view.engine);
    let cause = format!("{idle}: the {what} of {} {tense} due {}{more}", row.name, when::relative(*at, *now)).into();
    let next = if view.engine.read_only && view.engine.role == "ui" {
        say!(
            "end that session of {} (pid {}), then start an engine: `windlass serve`",
            &view.engine.user,
            view.engine.pid
        )
    } else {
        say!("start one: `windlass serve`; where `serve --once` runs from cron, ask with `--cron`")
    };
    Some(Problem { state: Word::Engine, rotation: None, connection: None, since: None, cause, next, until: None })
}

/// When the old secret's next step is due, where nothing holds it.
fn old_step(row: &RotationView, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let previous = row.previous.as_ref()?;
    let at = previous.goes_at()?;
    Some(if at > now { at } else { previous.delete_at.or(previous.deactivate_at).unwrap_or(at) })
}

/// Whether that has passed, and nothing has begun it.
fn old_is_late(row: &RotationView, now: DateTime<Utc>) -> bool {
    row.phase == "idle" && old_step(row, now).is_some_and(|at| at + GRACE <= now)
}

/// What a rotation would do by itself, if an engine ran.
fn acts(row: &RotationView, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, &RotationView, &'static str)> {
    let acts = [(row.starts(now), "rotation"), (row.next_try_at, "next try"), (old_step(row, now), "old secret")];
    acts.into_iter().filter_map(|(at, what)| Some((at?, row, what))).collect()
}

fn at_or_now(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if at > now { when::relative(at, now) } else { "now".into() }
}
