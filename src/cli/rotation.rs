//! `windlass rotation`: what is rotated, when, and what became of it.

use clap::{Args, Subcommand};

use super::Failure;
use super::completions::rotations;
use super::context::Context;
use super::values::{Span, When};
use crate::engine::request::Request;

mod act;
mod create;
mod import;
mod listing;
mod old;
mod show;
mod update;

/// What can be done with rotations.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Test everything, issue the first secret, and rotate it from then on
    #[command(after_long_help = "Examples:
  windlass rotation create payments --connection acme --app 0oa1gjh63g214q0Hq0g4 --every 30 --at 02:30
  windlass rotation create payments --connection acme --app Payments --path /payments --overlap 7d --soak 24h --dry-run
  windlass rotation create --from-file request.json --connection acme

The request body is the API's own:
  {\"name\":\"payments\",\"connectionId\":\"acme\",\"environment\":\"prod\",\"secretPath\":\"/\",\"rotationInterval\":30,
   \"rotateAt\":{\"hours\":2,\"minutes\":30,\"timeZone\":\"Europe/Berlin\"},\"parameters\":{\"clientId\":\"0oa…\"},
   \"secretsMapping\":{\"clientId\":\"OKTA_CLIENT_ID\",\"clientSecret\":\"OKTA_CLIENT_SECRET\"}}")]
    Create(Box<create::Create>),
    /// Create several from a file: the peer's list, requests, or CSV
    Import(import::Import),
    /// All rotations, most urgent first
    List,
    /// One rotation
    Show {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
    },
    /// Change a rotation's settings
    Update(Box<update::Update>),
    /// Make, test and publish a new secret now
    #[command(after_long_help = "Examples:
  windlass rotation rotate payments --dry-run
  windlass rotation rotate payments --wait=5m
  windlass rotation rotate payments --replace ocs2f… --yes
  windlass rotation rotate payments --retire-now    # after a leak: the old secret goes at once")]
    Rotate(act::Rotate),
    /// Check for drift now: compare a rotation with what is at Okta
    #[command(alias = "look")]
    Check {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
    },
    /// Decide about the old secret: off now, off on a date, or kept
    #[command(after_long_help = "Examples:
  windlass rotation retire payments --now
  windlass rotation retire payments --at 2026-12-01
  windlass rotation retire payments --hold")]
    Retire(old::Retire),
    /// Go back to the previous secret; keeps both, and pauses until you resume
    Rollback(old::Rollback),
    /// Decide about a new secret that cannot be tested
    Resolve(old::Resolve),
    /// Drop the next due time
    Skip {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
        /// Bring the due time back that was skipped last
        #[arg(long)]
        undo: bool,
    },
    /// Hold starts and retirements, until resumed or until a date
    Pause {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
        /// Until when: an instant, a date, or a span such as 7d
        #[arg(long, value_name = "WHEN")]
        until: Option<When>,
    },
    /// End a pause; a due time that passed meanwhile takes the next opening
    Resume {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
        /// Run a due time that passed meanwhile now
        #[arg(long)]
        now: bool,
    },
    /// The due times to come
    Upcoming(listing::Upcoming),
    /// The pairs of credentials, with their values
    Credentials {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
        /// Print the values on a terminal too
        #[arg(long)]
        reveal: bool,
    },
    /// Every Okta secret of a rotation, past and present, without values
    Secrets {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
    },
    /// Stop rotating; the mapped secrets stay as plain secrets unless told otherwise
    Delete(act::Delete),
}

/// How long to wait for the end of an attempt.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Wait {
    /// Wait for the end, at most that long [default: 90s]
    #[arg(long, value_name = "SPAN", num_args = 0..=1, require_equals = true, default_missing_value = "90s")]
    wait: Option<Span>,
    /// Return as soon as it has begun
    #[arg(long, conflicts_with = "wait")]
    no_wait: bool,
}

impl Wait {
    /// As the engine takes it.
    fn seconds(self) -> Option<u64> {
        if self.no_wait { Some(0) } else { self.wait.map(|span| span.0) }
    }
}

/// Does it.
pub async fn run(ctx: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create::run(ctx, *args).await,
        Command::Import(args) => import::run(ctx, args).await,
        Command::List => show::reply(ctx, &ctx.call(Request::RotationList).await?),
        Command::Show { name } => show::reply(ctx, &ctx.call(Request::RotationShow { id: name }).await?),
        Command::Update(args) => update::run(ctx, *args).await,
        Command::Rotate(args) => act::rotate(ctx, args).await,
        Command::Check { name } => act::check(ctx, name).await,
        Command::Retire(args) => old::retire(ctx, args).await,
        Command::Rollback(args) => old::rollback(ctx, args).await,
        Command::Resolve(args) => old::resolve(ctx, args).await,
        Command::Skip { name, undo } => act::skip(ctx, name, undo).await,
        Command::Pause { name, until } => act::pause(ctx, name, until).await,
        Command::Resume { name, now } => act::resume(ctx, name, now).await,
        Command::Upcoming(args) => listing::upcoming(ctx, args).await,
        Command::Credentials { name, reveal } => listing::credentials(ctx, name, reveal).await,
        Command::Secrets { name } => listing::secrets(ctx, name).await,
        Command::Delete(args) => act::delete(ctx, args).await,
    }
}

#[cfg(test)]
mod tests;
