//! `windlass confirm`: the way out of a quarantine, after the store was damaged or restored; and the word of an operator that
//! what was recovered has been read.

use clap::Args;

use super::Failure;
use super::ask;
use super::completions::rotations;
use super::context::Context;
use crate::engine::request::{ConfirmTerms, Mode, Reply, Request};
use crate::engine::view::EngineView;

/// Which rotations.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass confirm               # one after the other
  windlass confirm payments --yes")]
pub struct Confirm {
    /// Rotations, by name or id; all that are left where none is named
    #[arg(value_name = "ROTATION", add = rotations())]
    names: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Compares each with Okta, asks, and continues to the next.
pub async fn run(ctx: &Context, args: Confirm) -> Result<(), Failure> {
    let Confirm { mut names, yes } = args;
    let mode = Mode::with(yes);
    if names.is_empty() {
        let Reply::Engine { engine } = ctx.call(Request::Engine).await? else { return Err(Failure::odd_reply()) };
        if engine.trouble.is_none() && !engine.recovered.is_empty() {
            return acknowledge(ctx, mode).await;
        }
        let Reply::Rotations { secret_rotations } = ctx.call(Request::RotationList).await? else {
            return Err(Failure::odd_reply());
        };
        names = secret_rotations.into_iter().map(|rotation| rotation.name).collect();
    }
    let mut last = None;
    for name in &names {
        let engine = confirmed(ctx, name, mode).await?;
        let over = engine.trouble.is_none();
        last = Some(engine);
        if over {
            break;
        }
    }
    let engine = match last {
        Some(engine) => engine,
        None => confirmed(ctx, "", Mode::Ask).await?,
    };
    let left = if engine.trouble.is_none() {
        "the quarantine is over: rotations resume while an engine runs"
    } else {
        "confirmed; nothing starts before the others are confirmed as well"
    };
    ctx.output.talk(left);
    if engine.trouble.is_none() {
        warn_of_held(ctx).await?;
    }
    if ctx.output.json { ctx.output.object(&Reply::Engine { engine }) } else { Ok(()) }
}

/// What the confirmation leaves to be decided: no old secret goes without a new date, and nothing rotates before it has gone.
async fn warn_of_held(ctx: &Context) -> Result<(), Failure> {
    let Reply::Rotations { secret_rotations } = ctx.call(Request::RotationList).await? else {
        return Err(Failure::odd_reply());
    };
    for row in &secret_rotations {
        let Some(old) = row.previous.as_ref().filter(|old| old.lost_its_date()) else { continue };
        let id = old.secret_id.as_deref().unwrap_or("its old secret");
        ctx.output.warn(format!(
            "{name}: {id}, its old secret, is held without a date, and nothing rotates until it has gone; `windlass rotation \
             retire {name} --at WHEN`, or --now, gives it one",
            name = row.name
        ));
    }
    Ok(())
}

/// Nothing is quarantined: what was recovered only has to be read.
async fn acknowledge(ctx: &Context, mode: Mode) -> Result<(), Failure> {
    let engine = confirmed(ctx, "", mode).await?;
    ctx.output.talk("it is not said again");
    if ctx.output.json { ctx.output.object(&Reply::Engine { engine }) } else { Ok(()) }
}

async fn confirmed(ctx: &Context, name: &str, mode: Mode) -> Result<Box<EngineView>, Failure> {
    match ask::act(ctx, name, ConfirmTerms {}, mode).await? {
        Reply::Engine { engine } => Ok(engine),
        _ => Err(Failure::odd_reply()),
    }
}
