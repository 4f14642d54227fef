//! Targets on a terminal.

use crate::cli::Failure;
use crate::cli::context::Context;
use crate::cli::output::table::{Cell, Sheet, Table, Way};
use crate::cli::output::{Ink, when};
use crate::core::target::{Drift, Stand};
use crate::engine::refusal::Refusal;
use crate::engine::request::{DeliverTerms, Mode, Reply, Request};
use crate::engine::view::TargetView;
use crate::text::when::span;
use crate::words::sentence::{Sentence, say};
use crate::words::voice::Page;

/// All of them.
pub fn all(ctx: &Context, reply: &Reply) -> Result<(), Failure> {
    if ctx.output.json {
        return ctx.output.object(reply);
    }
    let Reply::Targets { secret_syncs } = reply else { return Err(Failure::odd_reply()) };
    if secret_syncs.is_empty() {
        ctx.output.talk("there are no targets; `windlass target create --help` says how to make one");
        return Ok(());
    }
    ctx.output.table(&table(ctx, secret_syncs))
}

fn table(ctx: &Context, targets: &[TargetView]) -> Table {
    let now = ctx.settings.clock.now();
    let mut table = Table::new(&["target", "kind", "place", "stands", "version", "since", "why"]).narrowed(&[
        ("kind", Way::Out),
        ("since", Way::Out),
        ("place", Way::Cut(24)),
        ("why", Way::Below("why")),
    ]);
    for target in targets {
        let why = target.fault.as_ref().map(|fault| fault.problem.what().to_string()).unwrap_or_default();
        let since = target.since.or(target.last_synced_at).map(|at| when::relative(at, now)).unwrap_or_default();
        table.row([
            format!("{}/{}", target.rotation_name, target.name).as_str().into(),
            target.destination.as_str().into(),
            target.place.as_str().into(),
            Cell::new(target.stands(), ink(target)),
            target.confirmed_version.map(|number| number.to_string()).unwrap_or_default().into(),
            since.into(),
            why.into(),
        ]);
    }
    table
}

fn ink(target: &TargetView) -> Ink {
    match target.stands {
        Stand::Confirmed => Ink::Green,
        Stand::Behind if target.fault.is_some() => Ink::Red,
        Stand::Behind => Ink::Yellow,
        Stand::Attention => Ink::Red,
        Stand::Leaving => Ink::Dim,
    }
}

/// One. Of credentials that units fetch, the lines with which they do.
pub async fn one(ctx: &Context, reply: &Reply) -> Result<(), Failure> {
    if ctx.output.json {
        return ctx.output.object(reply);
    }
    let target = reply.target().ok_or_else(Failure::odd_reply)?;
    let mut sheet = sheet(ctx, target);
    for line in unit_lines(ctx, target).await? {
        sheet.line("in the unit", line);
    }
    ctx.output.data(sheet.draw().as_bytes())
}

/// The lines of a unit's file, for credentials that units fetch.
async fn unit_lines(ctx: &Context, target: &TargetView) -> Result<Vec<String>, Failure> {
    if target.destination_config.units().is_none() {
        return Ok(Vec::new());
    }
    let Reply::Engine { engine } = ctx.call(Request::Engine).await? else { return Err(Failure::odd_reply()) };
    Ok(target.unit_lines(&engine.credential_socket))
}

fn sheet(ctx: &Context, target: &TargetView) -> Sheet {
    let (zone, now) = (ctx.settings.zone, ctx.settings.clock.now());
    let said = |sentence: Sentence| sentence.by(&Page(zone));
    let at = |at| format!("{} ({})", when::local(at, zone), when::relative(at, now));
    let mut sheet = Sheet::default();
    sheet.line("target", format!("{}/{}", target.rotation_name, target.name));
    sheet.line("place", format!("{} {}", target.destination, target.place));
    sheet.line("stands", target.stands());
    if let (Some(version), Some(since)) = (target.confirmed_version, target.last_synced_at) {
        let remote = target.remote_version.as_ref().map(|remote| format!(", there as {remote}")).unwrap_or_default();
        sheet.line("has", format!("version {version}{remote}, since {}", at(since)));
    }
    let keys = target.keys.iter().map(|(name, holds)| format!("{name} ({})", what(*holds)));
    sheet.line("keys", keys.collect::<Vec<_>>().join(", "));
    sheet.line(
        "old secret",
        match (target.gates, target.settle_seconds) {
            (false, _) => "does not wait for it".to_owned(),
            (true, 0) => "waits for it".to_owned(),
            (true, settle) => format!("waits for it, and {} longer", span(settle)),
        },
    );
    sheet.line(
        "changed by others",
        match target.drift {
            Drift::Restore => "is delivered again, once a day at most",
            Drift::Attend => "is left, and needs attention",
        },
    );
    sheet.line("after a delivery", target.after.join(" "));
    if let (Some(found), Some(looked_at)) = (&target.found, target.looked_at) {
        sheet.line("last look", format!("{}: {}", at(looked_at), said(found.say())));
    }
    if let Some(fault) = &target.fault {
        sheet.line("why", said(fault.problem.what()));
        sheet.line("what to do", said(fault.problem.todo()));
        let tries = if target.tries == 1 { "once".to_owned() } else { format!("{} times", target.tries) };
        sheet.line(
            "tried",
            target.next_try_at.map_or_else(|| tries.clone(), |next| format!("{tries}; next {}", at(next))),
        );
    }
    sheet
}

fn what(holds: crate::core::secret::Credential) -> &'static str {
    match holds {
        crate::core::secret::Credential::ClientId => "client id",
        crate::core::secret::Credential::ClientSecret => "client secret",
    }
}

/// What a delivery would do.
pub fn plan(ctx: &Context, reply: &Reply) -> Result<(), Failure> {
    let Reply::TargetPlan { target_plan } = reply else { return Err(Failure::odd_reply()) };
    if ctx.output.json {
        ctx.output.object(reply)?;
    } else {
        for step in target_plan.steps() {
            ctx.output.line(&step.by(&Page(ctx.settings.zone)))?;
        }
    }
    match &target_plan.fault {
        Some(fault) => Err(Refusal::from_fault(fault).into()),
        None => Ok(()),
    }
}

/// Waits for the delivery to one that was made, and says how it ended: that it is made stands, however that went.
pub async fn delivered(ctx: &Context, id: &str) -> Result<(), Failure> {
    let first = ctx.call(Request::act(id, DeliverTerms::default(), Mode::Ask)).await;
    let reply = ctx.call(Request::TargetShow { id: id.to_owned() }).await?;
    if let (Some(target), Err(_)) = (reply.target(), &first) {
        let name = format!("{}/{}", target.rotation_name, target.name);
        ctx.output.talk(say!("{} is made; it is tried again by itself until it has the credentials", name));
    }
    one(ctx, &reply).await
}
