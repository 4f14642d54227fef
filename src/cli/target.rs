//! `windlass target`: where a rotation's credentials are delivered to.

use clap::Subcommand;

use super::Failure;
use super::act::{self, OfTarget, Typed};
use super::ask::consent;
use super::completions::{rotations, targets};
use super::context::Context;
use crate::core::protocol::plan::Plan;
use crate::engine::request::{Act, AdoptTerms, DeleteTargetTerms, Reply, Request, TargetsQuery};

mod create;
pub mod show;
mod update;

/// What can be done with targets.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Deliver a rotation's credentials to another place too, from now on
    #[command(subcommand_value_name = "KIND", subcommand_help_heading = "Kinds")]
    Create(create::Create),
    /// All targets, or those of a rotation
    List {
        /// Only those of this rotation, by name or id
        #[arg(add = rotations())]
        rotation: Option<String>,
    },
    /// One target, and how far it has come
    Show {
        /// ROTATION/TARGET, or the target's name or id
        #[arg(add = targets())]
        name: String,
    },
    /// Look at the place, and say what a delivery would do; nothing is changed
    #[command(visible_alias = "test")]
    Plan {
        /// ROTATION/TARGET, or the target's name or id
        #[arg(add = targets())]
        name: String,
    },
    /// Change a target
    Update(update::Update),
    /// What is done to one.
    #[command(flatten)]
    Act(Typed<OfTarget>),
}

/// Does it.
pub async fn run(ctx: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create::run(ctx, args).await,
        Command::List { rotation } => show::all(ctx, &ctx.call(Request::TargetList(TargetsQuery { rotation })).await?),
        Command::Show { name } => show::one(ctx, &ctx.call(Request::TargetShow { id: name }).await?).await,
        Command::Plan { name } => show::plan(ctx, &ctx.call(Request::TargetPlan { id: name }).await?),
        Command::Update(args) => update::run(ctx, args).await,
        Command::Act(typed) => act::run(ctx, typed).await,
    }
}

/// Shows what an act does, and asks. What was shown is what is agreed to.
pub async fn ask(ctx: &Context, name: &str, act: Act) -> Result<Act, Failure> {
    match act {
        Act::Adopt(terms) if terms.seen.is_none() => {
            let reply = ctx.call(Request::TargetPlan { id: name.to_owned() }).await?;
            let Reply::TargetPlan { target_plan } = &reply else { return Err(Failure::odd_reply()) };
            let mut steps: Vec<String> =
                target_plan.fault.iter().map(|fault| fault.problem.what().to_string()).collect();
            steps.extend(target_plan.steps().iter().map(ToString::to_string));
            consent(ctx, &Plan::question(steps), "Overwrite what is there?").await?;
            Ok(AdoptTerms { seen: target_plan.seen.clone() }.into())
        }
        Act::DeleteTarget(terms) => {
            let reply = ctx.call(Request::TargetShow { id: name.to_owned() }).await?;
            let target = reply.target().ok_or_else(Failure::odd_reply)?;
            consent(ctx, &deletion(&target.destination, &target.place, terms), "Delete this target?").await?;
            Ok(terms.into())
        }
        other => Ok(other),
    }
}

fn deletion(kind: &str, place: &str, terms: DeleteTargetTerms) -> Plan {
    let rest = match terms {
        DeleteTargetTerms { purge: true, .. } => "delete what is there, if all of it is from this rotation",
        DeleteTargetTerms { force: true, .. } => "leave what is there as it is, its mark too",
        _ => "leave what is there; it is not kept current any more",
    };
    Plan::question(vec![
        format!("deliver to {kind} {place} no more"),
        rest.to_owned(),
        "let the old secret no longer wait for it".into(),
    ])
}

#[cfg(test)]
mod tests;
