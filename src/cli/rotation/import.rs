//! `windlass rotation import`: several rotations at once. All rows are checked before anything is made; then they are made
//! one by one, and one that fails holds up none of the others.
//!
//! What a row becomes is [`crate::engine::bulk`]'s to say; here it is read, shown and sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use serde::Serialize;

use crate::cli::Failure;
use crate::cli::completions::connections;
use crate::cli::connection::pages;
use crate::cli::context::Context;
use crate::cli::input::document;
use crate::cli::output::table::{Cell, Table, Way};
use crate::cli::output::{Ink, when};
use crate::engine::bulk::{Arranged, Fate, Start, There, Wanted, arrange};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{FolderQuery, Mode, Reply, Request, RotationBody, TestTerms};
use crate::engine::view::AppRow;

mod patience;
mod read;

use patience::Patience;

/// Which rotations.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass rotation import apps.csv --connection acme --spread --dry-run
  windlass rotation import list.json --connection acme --adopt
  windlass --json rotation list | windlass --data-dir /other rotation import - --connection acme

A row is an app. The file is what the API answers with (`{\"secretRotations\":[…]}`, also the peer's), a request to create
one on each line, or CSV with a heading whose columns are called as the options of `rotation create`:
  app,every,at,time-zone
  0oa1gjh63g214q0Hq0g4,30,02:30,Europe/Berlin
  Payments,90,,

Where there is no name it is made of the app's label; where two would read their secrets in one place each gets a folder of
its own, /NAME. A row that meets a used-up limit, or an org that cannot be reached, waits for up to 15 minutes. Given again, what is
there already is left alone, and what was begun continues.")]
pub struct Import {
    /// The file; - is stdin
    file: PathBuf,
    /// The connection of all of them, whatever the file says
    #[arg(long, add = connections())]
    connection: Option<String>,
    /// Adopt the apps' existing secrets instead of creating new ones; changes nothing at Okta
    #[arg(long)]
    adopt: bool,
    /// Spread the first due dates over the interval, from --first on, or from when each original secret is gone
    #[arg(long)]
    spread: bool,
    /// The first due date, at most an interval away
    #[arg(long, value_name = "DATE")]
    first: Option<NaiveDate>,
    /// Only show what would be made, and what is wrong
    #[arg(long)]
    dry_run: bool,
}

/// A row, and what became of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    place: String,
    name: String,
    app_id: String,
    app_label: String,
    environment: String,
    secret_path: String,
    first_rotation_at: Option<DateTime<Utc>>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<String>,
    #[serde(skip)]
    status: u8,
}

impl Line {
    fn of(row: &Arranged, outcome: &'static str, faults: Vec<String>, status: u8) -> Self {
        Self {
            place: row.place.clone(),
            name: row.body.name.clone(),
            app_id: row.body.parameters.app().to_owned(),
            app_label: row.label.clone(),
            environment: row.body.environment.clone().unwrap_or_else(|| "prod".into()),
            secret_path: row.body.secret_path.clone().unwrap_or_else(|| "/".into()),
            first_rotation_at: row.first,
            outcome,
            faults,
            status,
        }
    }

    fn refused(row: &Arranged, failure: &Failure) -> Self {
        let reported = failure.refusal().map(|refusal| refusal.problem.whole().to_string());
        Self::of(row, "failed", reported.into_iter().collect(), failure.status())
    }
}

/// Reads, checks, and makes them.
pub async fn run(ctx: &Context, args: Import) -> Result<(), Failure> {
    let (name, bytes) = document(&args.file).await?;
    let mut wanted = read::rows(&name, &bytes, &ctx.settings)?;
    for row in &mut wanted {
        if let Some(connection) = &args.connection {
            row.body.connection_id.clone_from(connection);
        }
        row.body.adopt |= args.adopt;
        (row.body.dry_run, row.body.wait_seconds) = (false, None);
    }
    if let Some(row) = wanted.first().filter(|_| ctx.settings.read_only && !args.dry_run) {
        Request::RotationCreate(Box::new(row.body.clone())).only_reads()?;
    }
    let patience = Patience::default();
    let rows = look(ctx, &patience, wanted, Start { first: args.first, spread: args.spread }).await?;
    let faulty = rows.iter().filter(|row| !row.faults.is_empty()).count();
    if args.dry_run || faulty > 0 {
        let lines = review(ctx, &patience, &rows, args.dry_run && faulty == 0).await;
        shown(ctx, &lines, !args.dry_run)?;
        return judged(&lines, "are not right as they are", "nothing was made; correct the file and give it again");
    }
    let lines = make(ctx, &patience, &rows).await;
    shown(ctx, &lines, false)?;
    judged(&lines, "were not made", "give the file again once that is fixed: what was made is left alone")
}

/// What there is, and the rows arranged by it.
async fn look(ctx: &Context, patience: &Patience, wanted: Vec<Wanted>, start: Start) -> Result<Vec<Arranged>, Failure> {
    let Reply::Rotations { secret_rotations: rotations } = ctx.call(Request::RotationList).await? else {
        return Err(Failure::odd_reply());
    };
    let Reply::Secrets { secrets } = ctx.call(Request::SecretList(FolderQuery::default())).await? else {
        return Err(Failure::odd_reply());
    };
    let mut typed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in &wanted {
        let connection = row.body.connection_id.trim().to_owned();
        typed.entry(connection).or_default().insert(row.body.parameters.app().to_owned());
    }
    typed.remove("");
    let mut apps = BTreeMap::new();
    for (connection, ids) in typed {
        let what = format!("the list of apps of {connection}");
        let list =
            patience.again(ctx, &connection, &what, async || apps_of(ctx, &connection, ids.clone()).await).await?;
        apps.insert(connection, list);
    }
    let there = There {
        apps: &apps,
        rotations: &rotations,
        secrets: &secrets,
        now: ctx.settings.clock.now(),
        zone: ctx.settings.zone,
    };
    Ok(arrange(wanted, there, start))
}

/// The apps of a connection, page by page, until all that are named by an id are found. A label needs the whole list: it
/// may be there twice.
async fn apps_of(ctx: &Context, connection: &str, mut sought: BTreeSet<String>) -> Result<Vec<AppRow>, Failure> {
    let found = |rows: &[AppRow]| {
        for app in rows {
            sought.remove(&app.id);
            sought.remove(&app.client_id);
        }
        sought.is_empty()
    };
    pages(ctx, connection, None, found).await
}

/// The rows with what is wrong with them; `asks` Okta about each as well, as making it would.
async fn review(ctx: &Context, patience: &Patience, rows: &[Arranged], asks: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let line = match row.fate {
            _ if !row.faults.is_empty() => Line::of(row, "wrong", row.faults.clone(), Kind::Invalid.exit_status()),
            Fate::There => Line::of(row, "there", Vec::new(), 0),
            Fate::Join => Line::of(row, "begun", Vec::new(), 0),
            Fate::New if !asks => Line::of(row, "new", Vec::new(), 0),
            Fate::New => {
                ctx.output.progress(format!("looking at {} of {}: {}", index + 1, rows.len(), row.label));
                let mut body = row.body.clone();
                body.dry_run = true;
                let request = Request::RotationCreate(Box::new(body));
                match patience.ask(ctx, request, row.body.connection_id.trim(), &row.body.name).await {
                    Ok(Reply::Plan { plan }) if plan.blockers.is_empty() => {
                        Line { first_rotation_at: plan.next_rotation_at, ..Line::of(row, "new", Vec::new(), 0) }
                    }
                    Ok(Reply::Plan { plan }) => {
                        let reported = plan.blockers.iter().map(|it| it.whole().to_string()).collect();
                        Line::of(row, "wrong", reported, Kind::Conflict.exit_status())
                    }
                    Ok(_) => Line::refused(row, &Failure::odd_reply()),
                    Err(failure) => Line::refused(row, &failure),
                }
            }
        };
        lines.push(line);
    }
    lines
}

/// Asks for a row, patiently. One that is begun continues automatically, so it is waited for after the others.
async fn ask(ctx: &Context, patience: &Patience, row: &Arranged, body: RotationBody) -> Result<Reply, Failure> {
    let connection = row.body.connection_id.trim();
    if patience.is_over(connection) {
        let message = format!("{connection} was out of reach for too long, so this was not tried");
        return Err(Refusal::new(Kind::Unavailable, message, "give the file again once it answers").into());
    }
    let create = Request::RotationCreate(Box::new(body));
    let asked = patience.again(ctx, connection, &row.body.name, async || match ctx.call(create.clone()).await {
        Err(failure) if Patience::passes(&failure) && is_begun(ctx, &row.body.name).await => Ok(Err(failure)),
        asked => asked.map(Ok),
    });
    asked.await?
}

async fn is_begun(ctx: &Context, name: &str) -> bool {
    ctx.call(Request::RotationShow { id: name.into() }).await.is_ok()
}

/// Makes them, one by one. Where the store takes nothing more the rest is not tried.
async fn make(ctx: &Context, patience: &Patience, rows: &[Arranged]) -> Vec<Line> {
    let total = rows.iter().filter(|row| row.fate != Fate::There).count();
    let allowed = allowed(ctx, rows).await;
    let begun = ctx.settings.clock.now();
    let (mut done, mut over) = (0_usize, false);
    let mut lines = Vec::new();
    for row in rows {
        let line = if row.fate == Fate::There {
            Line::of(row, "there", Vec::new(), 0)
        } else if over {
            Line::of(row, "not tried", Vec::new(), Kind::Store.exit_status())
        } else {
            let left = left(ctx.settings.clock.now() - begun, done, total);
            ctx.output.progress(format!("{} of {total}{left}{allowed}: {}", done + 1, row.body.name));
            done += 1;
            let asked = ask(ctx, patience, row, row.body.clone()).await;
            over = asked.as_ref().is_err_and(|failure| failure.status() == Kind::Store.exit_status());
            made(row, asked)
        };
        lines.push(line);
    }
    for (row, line) in rows.iter().zip(&mut lines) {
        // What was begun and was not done in time may be by now.
        if line.status == Kind::Unavailable.exit_status() && !over && is_begun(ctx, &row.body.name).await {
            *line = made(row, ctx.call(Request::RotationCreate(Box::new(row.body.clone()))).await);
        }
    }
    lines
}

fn made(row: &Arranged, asked: Result<Reply, Failure>) -> Line {
    match asked {
        Ok(Reply::Rotation { secret_rotation, .. }) => {
            let line = Line::of(row, if row.fate == Fate::New { "made" } else { "finished" }, Vec::new(), 0);
            Line { first_rotation_at: secret_rotation.next_rotation_at, ..line }
        }
        Ok(_) => Line::refused(row, &Failure::odd_reply()),
        Err(failure) => Line::refused(row, &failure),
    }
}

/// How long the rest may take, by what was done.
fn left(passed: chrono::Duration, done: usize, total: usize) -> String {
    let (Ok(done), Ok(total)) = (i32::try_from(done), i32::try_from(total)) else { return String::new() };
    if done == 0 {
        return String::new();
    }
    match (passed / done * (total - done)).num_seconds() {
        ..60 => ", less than a minute".into(),
        seconds => format!(", about {} min", seconds.unsigned_abs().div_ceil(60)),
    }
}

/// Why it takes so long, for an operator who watches: a test of each connection shows how many calls Okta allows.
async fn allowed(ctx: &Context, rows: &[Arranged]) -> String {
    if !ctx.output.err_is_terminal || rows.len() < 10 {
        return String::new();
    }
    let connections: BTreeSet<&str> = rows.iter().map(|row| row.body.connection_id.as_str()).collect();
    let mut least: Option<u32> = None;
    for connection in connections {
        if let Ok(Reply::Test { test }) = ctx.call(Request::act(connection, TestTerms::default(), Mode::Ask)).await {
            least = least.into_iter().chain(test.rate_limit).min();
        }
    }
    least.map(|calls| format!(", Okta allows {calls} calls a minute")).unwrap_or_default()
}

/// One table, or one object. With `wrong_only` only the rows that keep the others from being made.
fn shown(ctx: &Context, lines: &[Line], wrong_only: bool) -> Result<(), Failure> {
    if ctx.output.json {
        return ctx.output.object(&serde_json::json!({ "import": lines }));
    }
    let ways: &[_] = &[("ROW", Way::Out), ("PATH", Way::Cut(8)), ("APP", Way::Cut(10))];
    let mut table = Table::new(&["ROW", "NAME", "APP", "PATH", "FIRST", "", "WHAT IS WRONG"]).narrowed(ways);
    for line in lines.iter().filter(|line| !wrong_only || line.status != 0) {
        let ink = if line.status == 0 { Ink::Plain } else { Ink::Red };
        table.row([
            line.place.as_str().into(),
            line.name.as_str().into(),
            line.app_label.as_str().into(),
            format!("{}:{}", line.environment, line.secret_path).into(),
            when::local_or_none(line.first_rotation_at, ctx.settings.zone).into(),
            Cell::new(line.outcome, ink),
            Cell::remedy(&line.faults.join("; ")),
        ]);
    }
    ctx.output.table(&table)
}

/// The exit status of the worst: what no one can fix by trying again is worse than what passes.
fn judged(lines: &[Line], what: &str, hint: &str) -> Result<(), Failure> {
    const WORST: [u8; 7] = [7, 5, 1, 4, 3, 2, 6];
    let bad: Vec<&Line> = lines.iter().filter(|line| line.status != 0).collect();
    let Some(worst) = bad.iter().min_by_key(|line| WORST.iter().position(|known| *known == line.status)) else {
        return Ok(());
    };
    let message = format!("{} of {} {what}", bad.len(), lines.len());
    Err(Failure::Status(worst.status, Some(Refusal::new(Kind::Failed, message, hint))))
}

#[cfg(test)]
mod tests;
