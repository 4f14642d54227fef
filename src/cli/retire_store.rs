//! `windlass retire-store`: a store that was moved acts no more at its old place.

use clap::{ArgGroup, Args};

use super::Failure;
use super::ask;
use super::context::Context;
use crate::engine::request::{Mode, Reply, RetireStoreTerms};

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
    let mode = Mode::with(yes);
    let reply = ask::act(ctx, "", RetireStoreTerms { to, undo }, mode).await?;
    let Reply::Engine { engine } = reply else { return Err(Failure::odd_reply()) };
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
