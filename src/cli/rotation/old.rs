//! Deciding about the old secret, and about a new one that cannot be tested.

use clap::{ArgGroup, Args};

use super::{Wait, show};
use crate::cli::Failure;
use crate::cli::ask::{agreement, consent};
use crate::cli::completions::rotations;
use crate::cli::context::Context;
use crate::cli::values::When;
use crate::engine::refusal::Kind;
use crate::engine::request::{Reply, Request, ResolveTerms, RetireTerms, RollbackTerms};
use crate::words::voice::Page;

/// What becomes of the old secret.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["now", "at", "hold"])))]
pub struct Retire {
    /// Name or id
    #[arg(add = rotations())]
    name: String,
    /// Switch it off now; it is deleted after its soak
    #[arg(long)]
    now: bool,
    /// Switch it off then: an instant, a date, or a span such as 7d
    #[arg(long, value_name = "WHEN")]
    at: Option<When>,
    /// Keep it as it is until you say otherwise
    #[arg(long)]
    hold: bool,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    wait: Wait,
    /// Do not ask where it would go earlier than was said
    #[arg(long)]
    yes: bool,
}

/// Back to the previous secret.
#[derive(Clone, Debug, Args)]
pub struct Rollback {
    /// Name or id
    #[arg(add = rotations())]
    name: String,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    wait: Wait,
}

/// What becomes of a new secret that cannot be tested.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["publish_unverified", "withdraw"])))]
pub struct Resolve {
    /// Name or id
    #[arg(add = rotations())]
    name: String,
    /// Publish it although nobody could test it
    #[arg(long)]
    publish_unverified: bool,
    /// Take it back; the secret that was current stays
    #[arg(long)]
    withdraw: bool,
    #[command(flatten)]
    wait: Wait,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Decides about the old secret. The engine says where that cuts something short; then a person is asked.
pub async fn retire(ctx: &Context, args: Retire) -> Result<(), Failure> {
    let Retire { name, now, at, hold, dry_run, wait, yes } = args;
    let at = at.map(|at| at.ahead(ctx.settings.clock.now(), ctx.settings.zone));
    let mut terms = RetireTerms { now, at, hold, yes, dry_run, wait_seconds: wait.seconds() };
    let request = |terms: RetireTerms| Request::Retire { id: name.clone(), terms };
    let reply = match ctx.watch(request(terms), Some(&name)).await {
        Err(Failure::Refused(mut refusal)) if refusal.error == Kind::NeedsConsent && !yes => {
            let plan = refusal.plan.take().unwrap_or_default();
            agreement(ctx, &plan, &name, "Go on?").await?;
            terms.yes = true;
            ctx.watch(request(terms), Some(&name)).await?
        }
        reply => reply?,
    };
    match &reply {
        Reply::Plan { plan } => show::planned(ctx, plan),
        Reply::Rotation { secret_rotation, .. } => {
            ctx.output.talk(&secret_rotation.old_secret().by(&Page(ctx.settings.zone)));
            show::row(ctx, &reply)
        }
        _ => Err(Failure::odd_reply()),
    }
}

/// Goes back to the previous secret.
pub async fn rollback(ctx: &Context, args: Rollback) -> Result<(), Failure> {
    let Rollback { name, dry_run, wait } = args;
    let terms = RollbackTerms { dry_run, wait_seconds: wait.seconds() };
    let waits = terms.wait_seconds != Some(0);
    let reply = ctx.watch(Request::Rollback { id: name.clone(), terms }, Some(&name)).await?;
    match &reply {
        Reply::Plan { plan } => show::planned(ctx, plan),
        Reply::Rotation { secret_rotation, .. } => {
            if let Some(current) = secret_rotation.current.as_ref().filter(|_| waits) {
                let id = current.secret_id.as_deref().unwrap_or_default();
                ctx.output.talk(&format!(
                    "{id} is published again as version {}; nothing starts by itself until `windlass rotation resume {name}`",
                    current.version
                ));
            }
            show::row(ctx, &reply)
        }
        _ => Err(Failure::odd_reply()),
    }
}

/// Has a new secret published untested, or withdrawn.
pub async fn resolve(ctx: &Context, args: Resolve) -> Result<(), Failure> {
    let Resolve { name, publish_unverified, withdraw, wait, yes } = args;
    let mut terms = ResolveTerms { publish_unverified, withdraw, yes, wait_seconds: wait.seconds() };
    let request = |terms: ResolveTerms| Request::Resolve { id: name.clone(), terms };
    let reply = match ctx.watch(request(terms), Some(&name)).await {
        Err(Failure::Refused(mut refusal)) if refusal.error == Kind::NeedsConsent && !yes => {
            let plan = refusal.plan.take().unwrap_or_default();
            consent(ctx, &plan, "Publish it?").await?;
            terms.yes = true;
            ctx.watch(request(terms), Some(&name)).await?
        }
        reply => reply?,
    };
    show::row(ctx, &reply)
}
