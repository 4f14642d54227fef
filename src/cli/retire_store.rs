//! `windlass retire-store`: a store that was moved acts no more at its old place.

use clap::{ArgGroup, Args};

use super::Failure;
use super::ask::consent;
use super::context::Context;
use crate::engine::refusal::Kind;
use crate::engine::request::{Reply, Request, RetireStoreTerms};
use crate::engine::view::EngineView;

/// Where to, or back.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("what").required(true)), after_long_help = "The store can be read afterwards; whatever would act \
says since when it is retired, and where its rotations run. `windlass status` ends with 7, and /readyz answers 503.

Examples:
  windlass retire-store --to bastion-2     # on the old host, once the copy on bastion-2 runs
  windlass retire-store --undo             # it acts again, after `windlass confirm`")]
pub struct RetireStore {
    /// The host where its rotations run from now on
    #[arg(long, value_name = "HOST", group = "what")]
    to: Option<String>,
    /// Let it act again: it is quarantined until each rotation was compared with Okta
    #[arg(long, group = "what")]
    undo: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Shows what follows, asks, and does it.
pub async fn run(ctx: &Context, args: RetireStore) -> Result<(), Failure> {
    let RetireStore { to, undo, yes } = args;
    let terms = RetireStoreTerms { to, undo, yes };
    let question = if undo { "Is this store to act again?" } else { "Is this store to be retired?" };
    let engine = match asked(ctx, terms.clone()).await {
        Err(Failure::Refused(mut refusal)) if refusal.error == Kind::NeedsConsent && !yes => {
            let plan = refusal.plan.take().unwrap_or_default();
            consent(ctx, &plan, question).await?;
            asked(ctx, RetireStoreTerms { yes: true, ..terms }).await?
        }
        reply => reply?,
    };
    let done = match (&engine.retired, &engine.trouble) {
        (Some(retired), _) => {
            format!("retired: from now on its rotations run on {}, and here it is read only", retired.to)
        }
        (None, Some(_)) => {
            "it is retired no more; `windlass confirm` compares each rotation with Okta, then it acts again".into()
        }
        (None, None) => "it is retired no more".into(),
    };
    ctx.output.talk(&done);
    if ctx.output.json { ctx.output.object(&Reply::Engine { engine }) } else { Ok(()) }
}

async fn asked(ctx: &Context, terms: RetireStoreTerms) -> Result<Box<EngineView>, Failure> {
    match ctx.call(Request::RetireStore(terms)).await? {
        Reply::Engine { engine } => Ok(engine),
        _ => Err(Failure::odd_reply()),
    }
}
