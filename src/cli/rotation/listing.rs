//! Looking ahead at due times, and at a rotation's secrets.

use chrono::{DateTime, Offset, Utc};
use chrono_tz::Tz;
use clap::Args;

use super::show;
use crate::cli::Failure;
use crate::cli::completions::rotations;
use crate::cli::context::Context;
use crate::cli::output::table::{Table, Way};
use crate::cli::output::when;
use crate::cli::secret::never_on_a_terminal;
use crate::core::rotation::Origin;
use crate::engine::request::{Reply, Request, UpcomingQuery};
use crate::engine::view::Happens;
use crate::text::shell_word;

/// Which due times.
#[derive(Clone, Debug, Args)]
pub struct Upcoming {
    /// Only this rotation, by name or id
    #[arg(add = rotations())]
    rotation: Option<String>,
    /// How many
    #[arg(long, value_name = "N", conflicts_with = "days")]
    count: Option<usize>,
    /// How far ahead
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// Only due times later than this instant [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    from: Option<DateTime<chrono::FixedOffset>>,
}

fn instant(text: &str) -> Result<DateTime<chrono::FixedOffset>, &'static str> {
    DateTime::parse_from_rfc3339(text).map_err(|_| "give an instant such as 2026-11-25T14:00:00Z")
}

/// The due times to come; five of them where no one says how many.
pub async fn upcoming(ctx: &Context, args: Upcoming) -> Result<(), Failure> {
    let Upcoming { rotation, count, days, from } = args;
    let count = count.or_else(|| days.is_none().then_some(5));
    let from: Option<DateTime<Utc>> = from.map(|from| from.to_utc());
    let reply = ctx.call(Request::Upcoming(UpcomingQuery { rotation, count, days, from })).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let Reply::Upcoming { upcoming, events } = &reply else { return Err(Failure::odd_reply()) };
    if upcoming.is_empty() && events.is_empty() {
        ctx.output.talk("nothing is due in that time");
        return Ok(());
    }
    let zone = ctx.settings.zone;
    let mut table = Table::new(&["when", "rotation", "what", "held by", "local there"]).narrowed(&[
        // The same instant, as the rotation's own clock shows it.
        ("local there", Way::Out),
        ("rotation", Way::Cut(20)),
    ]);
    for event in events {
        let secret = event.secret_id.as_deref().unwrap_or("the old secret");
        let what = match event.what {
            Happens::Rotates => "rotates".to_owned(),
            Happens::Deactivated => format!("{secret} is deactivated"),
            Happens::Deleted => format!("{secret} is deleted"),
            Happens::Held => "the old secret is held".to_owned(),
        };
        let what = if event.if_fetched { format!("{what}, if fetched by then") } else { what };
        let held = event.held_by.map(show::held).unwrap_or_default();
        let place = [when::local(event.at, zone).into(), event.rotation.as_str().into()];
        table.row(place.into_iter().chain([what.into(), held.into(), there(&event.local, event.at, zone).into()]));
    }
    ctx.output.table(&table)
}

/// The instant as the rotation's own clock shows it, where that is another than the reader's.
fn there(local: &str, at: DateTime<Utc>, zone: Tz) -> String {
    let Ok(local) = DateTime::parse_from_rfc3339(local) else { return local.to_owned() };
    let same = *local.offset() == at.with_timezone(&zone).offset().fix();
    if same { String::new() } else { local.format("%Y-%m-%d %H:%M %:z").to_string() }
}

/// The pairs of credentials, with their values.
pub async fn credentials(ctx: &Context, name: String, reveal: bool) -> Result<(), Failure> {
    let ways = format!("to hand them to a program: `windlass rotation credentials {} | PROGRAM`", shell_word(&name));
    never_on_a_terminal(ctx, reveal, &ways)?;
    let reply = ctx.call(Request::Credentials { id: name }).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let Reply::Credentials { generated_credentials, active_index, .. } = &reply else {
        return Err(Failure::odd_reply());
    };
    let mut table = Table::new(&["", "client id", "client secret", "secret id", "status"]);
    for (index, credential) in generated_credentials.iter().enumerate() {
        table.row([
            if index == *active_index { "current" } else { "previous" }.into(),
            credential.client_id.as_str().into(),
            credential.client_secret.expose().into(),
            credential.secret_id.as_deref().unwrap_or_default().into(),
            format!("{:?}", credential.status).to_uppercase().into(),
        ]);
    }
    ctx.output.table(&table)
}

/// Every Okta secret of a rotation, past and present.
pub async fn secrets(ctx: &Context, name: String) -> Result<(), Failure> {
    let reply = ctx.call(Request::OktaSecrets { id: name }).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let Reply::OktaSecrets { secrets } = &reply else { return Err(Failure::odd_reply()) };
    let zone = ctx.settings.zone;
    let head = ["secret id", "whose", "status", "created", "published", "off", "deleted", "by", "request ids"];
    let mut table = Table::new(&head).narrowed(&[
        ("request ids", Way::Below("request ids")),
        ("by", Way::Below("by")),
        ("deleted", Way::Below("deleted")),
        ("off", Way::Below("off")),
        ("published", Way::Below("published")),
    ]);
    for secret in secrets {
        let whose = match secret.origin {
            Origin::Ours => "ours",
            Origin::Original => "original",
            Origin::Replaced => "replaced",
        };
        let published = secret.published_at.map(|at| when::local(at, zone)).zip(secret.version);
        table.row([
            secret.secret_id.as_deref().unwrap_or_default().into(),
            whose.into(),
            format!("{:?}", secret.status).to_uppercase().into(),
            when::local(secret.created_at, zone).into(),
            published.map(|(at, version)| format!("{at} (version {version})")).unwrap_or_default().into(),
            when::local_or_none(secret.deactivated_at, zone).into(),
            when::local_or_none(secret.deleted_at, zone).into(),
            secret.retired_by.as_deref().unwrap_or_default().into(),
            secret.okta_request_ids.join(" ").into(),
        ]);
    }
    ctx.output.table(&table)
}
