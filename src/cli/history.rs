//! `windlass history`: what was tried, by whom, and how it went.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use futures_util::StreamExt;
use uuid::Uuid;

use super::Failure;
use super::completions::rotations;
use super::context::Context;
use super::output::table::{Cell, Table, Way};
use super::output::{Ink, when};
use super::values::When;
use crate::core::history::{Entry, Outcome};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{HistoryQuery, Reply, Request};
use crate::words::voice::Page;

/// How an attempt stands, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ended {
    /// Done
    Success,
    /// Given up, with the old secret still current
    Failed,
    /// In progress
    Running,
    /// Needs attention
    Attention,
}

impl From<Ended> for Outcome {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Success => Self::Success,
            Ended::Failed => Self::Failed,
            Ended::Running => Self::Running,
            Ended::Attention => Self::Attention,
        }
    }
}

/// Which attempts.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass history payments --since 30d
  windlass history --outcome attention --json
  windlass history --follow")]
pub struct History {
    /// Only this rotation, by name or id
    #[arg(add = rotations())]
    rotation: Option<String>,
    /// Started at or after: an instant, a date, or a span ago such as 7d
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Started before: an instant, a date, or a span ago
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Only those with this outcome
    #[arg(long)]
    outcome: Option<Ended>,
    /// Only those of this Unix user
    #[arg(long, value_name = "USER")]
    actor: Option<String>,
    /// How many, newest first [default: 50]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Only those before this one: `next` of the page before
    #[arg(long, value_name = "ID")]
    before: Option<Uuid>,
    /// Print each attempt as it ends, oldest first, until interrupted
    #[arg(long, conflicts_with_all = ["until", "before"])]
    follow: bool,
}

const HEAD: [&str; 7] = ["started", "rotation", "why", "by", "outcome", "took", "message"];

/// The usual widths of the columns, so that they stay where they are while a log is followed: the longest trigger
/// (`schedule`) and outcome (`attention`), and names and spans of a usual length.
const LEAST: [usize; 7] = [24, 16, 8, 12, 9, 7, 0];

/// Shows them.
pub async fn run(ctx: &Context, args: History) -> Result<(), Failure> {
    if args.limit == Some(0) {
        return Err(Refusal::new(Kind::Invalid, "--limit is 1 or more", "leave it out for the newest 50").into());
    }
    let (now, zone) = (ctx.settings.clock.now(), ctx.settings.zone);
    let query = HistoryQuery {
        rotation: args.rotation,
        since: args.since.map(|since| since.back(now, zone)),
        until: args.until.map(|until| until.back(now, zone)),
        before: args.before,
        outcome: args.outcome.map(Outcome::from),
        actor: args.actor,
        limit: args.limit,
    };
    if args.follow {
        return follow(ctx, query).await;
    }
    let reply = ctx.call(Request::History(query)).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let Reply::History { history, next, unreadable } = &reply else { return Err(Failure::odd_reply()) };
    if *unreadable > 0 {
        ctx.output.warn(format!("{unreadable} entries cannot be read: that part of the store is damaged"));
    }
    if history.is_empty() {
        ctx.output.talk("nothing was tried in that time");
        return Ok(());
    }
    ctx.output.table(&table(ctx, Table::new(&HEAD), history.iter()))?;
    if let Some(next) = next {
        ctx.output.talk(format!("there is more: --before {next}, or a larger --limit"));
    }
    Ok(())
}

/// The page, then every attempt as it ends. One object a line in JSON.
async fn follow(ctx: &Context, query: HistoryQuery) -> Result<(), Failure> {
    let handle = ctx.handle().await?;
    if ctx.is_one_shot() {
        let message = "no engine is running, so there is nothing to follow";
        return Err(Refusal::new(Kind::Unavailable, message, "start one with `windlass serve`").into());
    }
    // From before the first page, so that nothing falls between the page and the log.
    let mut events = handle.events(None).await?;
    let started: DateTime<Utc> = ctx.settings.clock.now();
    let (mut seen, mut widths) = (HashSet::new(), Vec::new());
    ended(ctx, query.clone(), &mut seen, &mut widths).await?;
    // Later pages look back a day: an attempt stands in the history at its start.
    let since = query.since.unwrap_or(started - chrono::Duration::days(1)).max(started - chrono::Duration::days(1));
    let later = HistoryQuery { since: Some(since), limit: Some(1000), ..query };
    while let Some(event) = events.next().await {
        if event.attempt.is_some() || event.kind == "reset" {
            ended(ctx, later.clone(), &mut seen, &mut widths).await?;
        }
    }
    let hint = "operations in progress are on disk and resume when an engine runs again";
    Err(Refusal::new(Kind::Unavailable, "the engine has stopped", hint).into())
}

/// Prints those of a page that ended and were not printed yet, oldest first, in the columns of the pages before.
async fn ended(
    ctx: &Context,
    query: HistoryQuery,
    seen: &mut HashSet<Uuid>,
    widths: &mut Vec<usize>,
) -> Result<(), Failure> {
    let Reply::History { history, .. } = ctx.call(Request::History(query)).await? else {
        return Err(Failure::odd_reply());
    };
    let over = |entry: &&Entry| entry.outcome != Outcome::Running;
    let mut fresh: Vec<&Entry> = history.iter().filter(over).filter(|entry| seen.insert(entry.id)).collect();
    fresh.reverse();
    if ctx.output.json {
        return fresh.iter().try_for_each(|entry| ctx.output.object(entry));
    }
    let first = widths.is_empty();
    if fresh.is_empty() && !first {
        return Ok(());
    }
    let table = Table::new(&HEAD);
    let table = if first { table.at_least(LEAST.to_vec()) } else { table.continuing(std::mem::take(widths)) };
    let table = self::table(ctx, table, fresh.into_iter());
    *widths = table.widths();
    ctx.output.table(&table)
}

/// Fills an empty table.
fn table<'a>(ctx: &Context, table: Table, entries: impl Iterator<Item = &'a Entry>) -> Table {
    let zone = ctx.settings.zone;
    let mut table = table.narrowed(&[("message", Way::Below("")), ("took", Way::Out), ("rotation", Way::Cut(16))]);
    for entry in entries {
        let (outcome, ink) = match entry.outcome {
            Outcome::Success => ("success", Ink::Green),
            Outcome::Failed => ("failed", Ink::Red),
            Outcome::Running => ("running", Ink::Cyan),
            Outcome::Attention => ("attention", Ink::Red),
        };
        table.row([
            when::local_seconds(entry.started_at, zone).into(),
            entry.whose().into(),
            entry.trigger.word().into(),
            entry.actor.to_string().into(),
            Cell::new(outcome, ink),
            entry.ended_at.map(|ended| when::took(ended - entry.started_at)).unwrap_or_default().into(),
            entry.say().by(&Page(zone)).into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests;
