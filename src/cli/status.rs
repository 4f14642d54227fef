//! `windlass status`: what is wrong, one line a problem, for an operator and for monitoring.
//!
//! It only looks. Where an engine runs it asks that one; where none does it opens the store for a moment, and nothing
//! that is due is done. It never makes a store: where there is none, that is said and is no "all is well".

use crate::words::sentence::{Sentence, say};
use crate::words::voice::Page;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde::{Deserialize, Serialize};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Failure;
use super::ask::aside;
use super::attach::{Way, engine, find, reach, warning};
use super::context::Context;
use super::output::when;
use super::process;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::view::{EngineView, PreviousView, RotationView, View};
use crate::engine::{Handle, Role};
use crate::text::sanitize;

pub mod problem;

use problem::{NamedRotation, Problem, Word, problems};

/// The width where the terminal does not say it.
const WIDTH: u16 = 80;

/// What is to be expected.
#[derive(Clone, Debug, Default, Args)]
#[command(after_long_help = "Exit status:
  0  all is well, or what waits has a date at which it continues
  1  something needs attention, fails or is overdue
  6  there is neither an engine nor a store
  7  the store is quarantined, damaged or cannot be written

Words, worst first:
  STORE      quarantined, or it cannot be written: nothing acts
  ENGINE     none runs, and something is due within a day
  ATTENTION  a rotation needs attention
  REFUSED    a connection is, and its rotations wait
  OVERDUE    due for more than an hour, and nothing has begun
  FAILING    retried automatically
  WAITING    due, and waits for room at Okta; exit 0 where it says until when
  HELD       an old secret stays: not all consumers have the new one, or a restore took its date
  PAUSED     paused by a rollback, until resumed
  RECOVERED  the store was damaged and put right; `windlass confirm` acknowledges it

Examples:
  windlass status                      # cut to the terminal's width
  windlass status | grep ^ATTENTION    # whole lines, with what to do
  windlass status --cron               # cron runs `serve --once`
  windlass status --quiet              # nothing where all is well: for what mails its output")]
pub struct Report {
    /// No engine stays here: cron runs `serve --once`, so that none runs now is no problem
    #[arg(long)]
    cron: bool,
}

/// How things stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    /// Nothing needs attention: whatever is listed ends by itself.
    pub ok: bool,
    /// What is not as it should be, worst first.
    pub problems: Vec<Problem>,
    /// The rotation that is due next, and when.
    pub next_rotation: Option<NamedRotation>,
    /// See `next_rotation`.
    pub next_rotation_at: Option<DateTime<Utc>>,
    /// Rotations that someone has paused. Those that a rollback paused are problems.
    #[serde(default)]
    pub paused: Vec<NamedRotation>,
    /// Rotations whose old secret has no date, by request or from the beginning.
    #[serde(default)]
    pub held: Vec<NamedRotation>,
    /// The engine that answers; `one-shot` where none runs and this command looked itself.
    pub engine: EngineView,
}

impl StatusView {
    /// How a view stands.
    pub fn of(view: View, cron: bool) -> Self {
        let problems = problems(&view, !cron);
        let due = view.secret_rotations.iter().filter_map(|row| Some((row.next_rotation_at?, row)));
        let next = due.min_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        let named = |row: &RotationView| NamedRotation { id: row.id, name: row.name.clone() };
        let those = |wanted: fn(&RotationView) -> bool| -> Vec<NamedRotation> {
            let rows = view.secret_rotations.iter().filter(|row| wanted(row));
            let troubled = |row: &&RotationView| problems.iter().any(|it| it.rotation == Some(named(row)));
            rows.filter(|row| !troubled(row)).map(named).collect()
        };
        Self {
            ok: problems.iter().all(|problem| problem.until.is_some()),
            paused: those(|row| row.paused.is_some()),
            held: those(|row| row.previous.as_ref().is_some_and(PreviousView::is_undated)),
            next_rotation: next.map(|(_, row)| named(row)),
            next_rotation_at: next.map(|(at, _)| at),
            problems,
            engine: view.engine,
        }
    }

    fn exit_status(&self) -> u8 {
        match self.problems.iter().find(|problem| problem.until.is_none()) {
            None => 0,
            Some(worst) if worst.state == Word::Store => 7,
            Some(_) => 1,
        }
    }
}

/// Looks, says what is wrong, and ends with the status that says how wrong.
pub async fn run(ctx: &Context, args: Report) -> Result<(), Failure> {
    ctx.warn_of_config();
    report(ctx, view(ctx).await?, args.cron)
}

fn report(ctx: &Context, view: View, cron: bool) -> Result<(), Failure> {
    let status = StatusView::of(view, cron);
    let (theirs, ours) = (status.engine.version.as_str(), env!("CARGO_PKG_VERSION"));
    if theirs != ours {
        ctx.output.warn(format!("the engine is version {theirs}, and this is {ours}: restart it with this one"));
    }
    if ctx.output.json {
        ctx.output.object(&status)?;
    } else if !(status.ok && ctx.output.quiet) {
        let terminal = ctx.output.out_is_terminal;
        let width = terminal.then(|| crossterm::terminal::size().map_or(WIDTH, |(width, _)| width).max(40));
        ctx.output.data(lines(&status, ctx, width).as_bytes())?;
        if let Some(next) = status.problems.first().filter(|_| terminal).and_then(more) {
            ctx.output.talk(next);
        }
    }
    match status.exit_status() {
        0 => Ok(()),
        bad => Err(Failure::Status(bad, None)),
    }
}

/// Asks the engine that runs; where none does, looks into the store for a moment.
pub async fn view(ctx: &Context) -> Result<View, Failure> {
    let settings = &ctx.settings;
    if !settings.has_store() && reach(settings)?.is_err() {
        settings.expect_store().map_err(Refusal::from)?;
        let message = format!("no engine answers, and there is no store in {}", settings.data_dir.display());
        let hint = "start the engine (`windlass serve`), run this as its user, or name a store with --data-dir";
        return Err(Refusal::new(Kind::Unavailable, message, hint).into());
    }
    let reply = match find(settings, |busy| ctx.output.progress(format!("{busy}; waiting for it"))).await? {
        Way::Engine(remote) => {
            if let Some(warning) = warning(&remote) {
                ctx.output.warn(&warning);
            }
            remote.call(Request::View).await?
        }
        Way::Lock(lock) => {
            let engine = engine(settings, lock, Role::OneShot, false)?;
            let reply = engine.handle(process::actor()).call(Request::View).await;
            aside(move || engine.stop()).await;
            reply?
        }
    };
    let Reply::View { view, .. } = reply else { return Err(Failure::odd_reply()) };
    Ok(*view)
}

/// What there is to read, each line ended. Cut to a width where there is one; whole, with what to do, where there is none.
fn lines(status: &StatusView, ctx: &Context, width: Option<u16>) -> String {
    let now = status.engine.now;
    let all: Vec<String> = if status.problems.is_empty() {
        vec![well(status, ctx)]
    } else {
        // A long name must not push the cause off the screen.
        let most = if width.is_some() { 24 } else { usize::MAX };
        let column = status.problems.iter().map(|problem| problem.whose().width()).max().unwrap_or(0).min(most);
        let zone = ctx.settings.zone;
        status.problems.iter().map(|problem| line(problem, column, (now, zone), width.is_none())).collect()
    };
    let cut = |line: String| width.map_or_else(|| line.clone(), |width| fit(&line, usize::from(width)));
    all.into_iter().map(|line| cut(line) + "\n").collect()
}

/// Word, whose, since when, what happened, and where there is room for it what to do.
fn line(problem: &Problem, column: usize, (now, zone): (DateTime<Utc>, Tz), whole: bool) -> String {
    let whose = fit(problem.whose(), column);
    let gap = " ".repeat(column - whose.width());
    let since = problem.since.map_or_else(|| "-".to_owned(), |since| when::rough(now - since));
    let mut said = vec![problem.cause.clone()];
    said.extend(whole.then(|| problem.next.clone()));
    let reported = sanitize(&Sentence::join(said, "; ").by(&Page(zone)), 2048);
    format!("{:<9}  {whose}{gap}  {since:>3}  {reported}", problem.state.word())
}

/// The one line where nothing is wrong.
fn well(status: &StatusView, ctx: &Context) -> String {
    let engine = &status.engine;
    let next = status.next_rotation.as_ref().zip(status.next_rotation_at).map(|(rotation, at)| {
        let at = if at > engine.now {
            format!(
                "{} ({})",
                when::relative(at, engine.now),
                when::weekday_time_zone(at, ctx.settings.zone, engine.now)
            )
        } else {
            "now".into()
        };
        format!("; next {} {at}", rotation.name)
    });
    let count = match engine.rotations {
        0 => "no rotations yet".to_owned(),
        1 => "1 rotation".to_owned(),
        many => format!("{many} rotations"),
    };
    let names = |rows: &[NamedRotation]| {
        let first: Vec<&str> = rows.iter().take(3).map(|row| row.name.as_str()).collect();
        let more = rows.len() - first.len();
        if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
    };
    let said = |what: &str, rows: &[NamedRotation]| {
        if rows.is_empty() { String::new() } else { format!("; {what}: {}", names(rows)) }
    };
    let still = said("paused", &status.paused) + &said("old secret held without a date", &status.held);
    let alone = if engine.schedules { String::new() } else { format!("; {}", problem::idle(engine)) };
    format!("{:<9}  {count}{}{still}{alone}", "OK", next.unwrap_or_default())
}

/// Where the rest of a line that was cut can be read.
fn more(problem: &Problem) -> Option<Sentence> {
    let (what, name) = match (&problem.rotation, &problem.connection) {
        (Some(rotation), _) => ("rotation", &rotation.name),
        (None, Some(connection)) => ("connection", &connection.name),
        (None, None) => return Some(problem.next.clone()).filter(|next| !next.is_empty()),
    };
    Some(say!("`windlass {} show {}` says what to do", what, name))
}

/// Text cut to so many columns.
fn fit(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in line.chars() {
        used += c.width().unwrap_or(0);
        if used >= columns {
            break;
        }
        cut.push(c);
    }
    cut + "…"
}

#[cfg(test)]
mod tests;
