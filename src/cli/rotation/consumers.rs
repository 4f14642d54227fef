//! `windlass rotation consumers`: who fetches a rotation's secret, and who has the current one.

use clap::Args;

use crate::cli::Failure;
use crate::cli::completions::rotations;
use crate::cli::context::Context;
use crate::cli::output::table::{Table, Way};
use crate::cli::output::when;
use crate::core::reach::Stands;
use crate::engine::request::{ConsumersQuery, DismissTerms, Mode, Reply, Request};
use crate::engine::view::ConsumerView;

/// Whose, and which of them.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass rotation consumers payments
  windlass rotation consumers payments --dismiss payroll.service

An old secret is switched off once each consumer that fetched it has fetched the current one, or was dismissed. One that
was dismissed and fetches again is waited for again.")]
pub struct Consumers {
    /// Name or id
    #[arg(add = rotations())]
    name: String,
    /// No longer wait for this consumer, until it fetches again
    #[arg(long, value_name = "CONSUMER")]
    dismiss: Vec<String>,
    /// Those too that fetched neither the current secret nor the old one
    #[arg(long)]
    all: bool,
}

/// Dismisses those that are named, and shows all.
pub async fn run(ctx: &Context, args: Consumers) -> Result<(), Failure> {
    let Consumers { name, dismiss, all } = args;
    for consumer in dismiss {
        ctx.call(Request::act(name.clone(), DismissTerms { consumer: consumer.clone() }, Mode::Ask)).await?;
        ctx.output.talk(format!("{consumer} is not waited for any more, until it fetches again"));
    }
    let reply = ctx.call(Request::Consumers { id: name.clone(), query: ConsumersQuery { all } }).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let Reply::Consumers { consumers, reach, version } = &reply else { return Err(Failure::odd_reply()) };
    if consumers.is_empty() {
        ctx.output.talk(format!("no consumer of {name} is known by name yet: each is from its next fetch on"));
        return Ok(());
    }
    ctx.output.table(&table(ctx, consumers))?;
    let said = reach.say(*version, ctx.settings.clock.now());
    if !said.is_empty() {
        ctx.output.talk(said);
    }
    if !reach.missing.is_empty() {
        ctx.output.talk(format!(
            "the old secret waits for them; for one that is gone: windlass rotation consumers {name} --dismiss CONSUMER"
        ));
    }
    Ok(())
}

fn table(ctx: &Context, consumers: &[ConsumerView]) -> Table {
    let zone = ctx.settings.zone;
    let mut table = Table::new(&["consumer", "stands", "version", "last", "times", "user", "started by"]).narrowed(&[
        ("started by", Way::Out),
        ("times", Way::Out),
        ("user", Way::Out),
        ("last", Way::Below("last")),
    ]);
    for consumer in consumers {
        table.row([
            consumer.consumer.as_str().into(),
            stands(consumer.stands).into(),
            consumer.version.to_string().into(),
            when::local(consumer.last_fetched_at, zone).into(),
            consumer.fetches.to_string().into(),
            consumer.user.as_str().into(),
            consumer.unit.as_deref().or(consumer.parent.as_deref()).unwrap_or_default().into(),
        ]);
    }
    table
}

fn stands(stands: Stands) -> &'static str {
    match stands {
        Stands::Missing => "MISSING",
        Stands::Current => "has it",
        Stands::Dismissed => "dismissed",
        Stands::Gone => "earlier",
    }
}

#[cfg(test)]
mod tests;
