//! Changing a target.

use clap::Args;

use super::create::{After, Key, Look, Restart, keys};
use super::show;
use crate::cli::Failure;
use crate::cli::completions::targets;
use crate::cli::context::Context;
use crate::cli::values::Span;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{ConfigBody, Request, TargetPatch};

/// Changes to a target.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass target update payments/file --mode 0640 --group pay
  windlass target update payments/file --after -- systemctl reload pay

Another place is another target. What is written in another way then is delivered anew.")]
pub struct Update {
    /// ROTATION/TARGET, or the target's name or id
    #[arg(add = targets())]
    id: String,
    /// New name
    #[arg(long = "name", value_name = "NEW")]
    new_name: Option<String>,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    restart: Restart,
    /// Restart nothing
    #[arg(long, conflicts_with = "restart")]
    no_restart: bool,
    /// The units that get its credentials
    #[arg(long, value_name = "UNITS")]
    unit: Option<String>,
    /// KMS key of a place at AWS; '' for the account's own
    #[arg(long, value_name = "KEY")]
    kms_key_id: Option<String>,
    /// The names at the place, all of them: NAME=client-id or NAME=client-secret
    #[arg(long = "key", value_name = "NAME=WHAT")]
    keys: Vec<Key>,
    /// Whether the old secret waits until this has the new one
    #[arg(long, value_name = "BOOL")]
    gate: Option<bool>,
    /// Let the old secret wait this much longer once this has the new one, such as 1h
    #[arg(long, value_name = "SPAN")]
    settle: Option<Span>,
    /// What to do where others change what was delivered
    #[arg(long, value_parser = ["restore", "attend"])]
    drift: Option<String>,
    /// Run nothing after a delivery
    #[arg(long, conflicts_with = "after")]
    no_after: bool,
    #[command(flatten)]
    after: After,
}

/// Changes it, and shows it as it is then.
pub async fn run(ctx: &Context, args: Update) -> Result<(), Failure> {
    let config = if args.look.is_empty() { ConfigBody::default() } else { args.look.config(None)? };
    let restart = args.restart.named().or_else(|| args.no_restart.then(Vec::new));
    let config = ConfigBody { restart, unit: args.unit, kms_key_id: args.kms_key_id, ..config };
    let patch = TargetPatch {
        name: args.new_name,
        destination_config: config,
        keys: keys(args.keys),
        gates: args.gate,
        settle_seconds: args.settle.map(|span| span.0),
        drift: args.drift,
        after: args.after.command().or_else(|| args.no_after.then(Vec::new)),
    };
    if patch == TargetPatch::default() {
        let hint = "nothing was changed; `windlass target update --help` lists what can be";
        return Err(Refusal::new(Kind::Invalid, "there is nothing to change", hint).into());
    }
    show::one(ctx, &ctx.call(Request::TargetUpdate { id: args.id, patch: Box::new(patch) }).await?).await
}
