//! Changing a rotation's settings.

use clap::Args;

use super::show;
use crate::cli::Failure;
use crate::cli::completions::{rotations, zones};
use crate::cli::context::Context;
use crate::cli::values::{At, Every, Span};
use crate::core::rotation::Verify;
use crate::core::schedule::zone::surprise;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{MappingBody, Parameters, Reply, Request, RotateAt, RotationPatch};

/// Changes to a rotation.
#[derive(Clone, Debug, Args)]
pub struct Update {
    /// Name or id
    #[arg(add = rotations())]
    name: String,
    #[command(flatten)]
    change: Change,
    /// Only show the row as it would be, and when it would rotate next
    #[arg(long)]
    dry_run: bool,
}

/// At least one of these.
#[derive(Clone, Debug, Args)]
struct Change {
    /// New name
    #[arg(long = "name", value_name = "NEW")]
    new_name: Option<String>,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Whole days from one due date to the next
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    every: Option<Every>,
    /// Local time of day
    #[arg(long, value_name = "HH:MM")]
    at: Option<At>,
    /// The zone of the time of day
    #[arg(long, value_name = "ZONE", add = zones())]
    time_zone: Option<String>,
    /// How long an old secret keeps working, such as 7d
    #[arg(long, value_name = "SPAN")]
    overlap: Option<Span>,
    /// How long it then stays INACTIVE before it is deleted, such as 24h
    #[arg(long, value_name = "SPAN")]
    soak: Option<Span>,
    /// Retire old secrets even where not all consumers have fetched the new one
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    retire_unread: Option<bool>,
    /// How a new secret is tested: by authenticating at /introspect or at /token, or not at all (listed); where Okta hides
    /// the app's method, it is named here
    #[arg(long, value_name = "HOW", value_parser = Verify::NAMES)]
    verify: Option<String>,
    /// The app's client id, where Okta does not show it
    #[arg(long, value_name = "CLIENT_ID")]
    client_id: Option<String>,
    /// Rotate only when asked to
    #[arg(long, conflicts_with = "auto")]
    manual: bool,
    /// Rotate when due
    #[arg(long)]
    auto: bool,
    /// The name that the client id is read under
    #[arg(long, value_name = "NAME")]
    client_id_name: Option<String>,
    /// The name that the client secret is read under
    #[arg(long, value_name = "NAME")]
    client_secret_name: Option<String>,
}

/// Changes it, and shows the row as it is then.
pub async fn run(ctx: &Context, args: Update) -> Result<(), Failure> {
    let Update { name, change, dry_run } = args;
    let mut patch = RotationPatch {
        name: change.new_name,
        description: change.description,
        is_auto_rotation_enabled: (change.manual || change.auto).then_some(change.auto),
        rotation_interval: change.every.map(|every| every.0),
        overlap_seconds: change.overlap.map(|span| span.0),
        soak_seconds: change.soak.map(|span| span.0),
        retire_unread: change.retire_unread,
        verify: change.verify,
        parameters: change.client_id.map(Parameters::of),
        ..RotationPatch::default()
    };
    let retimed = change.at.is_some() || change.time_zone.is_some();
    let renamed = change.client_id_name.is_some() || change.client_secret_name.is_some();
    if !retimed && !renamed && patch == RotationPatch::default() {
        let hint = "nothing was changed; `windlass rotation update --help` lists what can be";
        return Err(Refusal::new(Kind::Invalid, "there is nothing to change", hint).into());
    }
    if let Some(note) = change.time_zone.as_ref().and_then(|name| surprise(name)) {
        ctx.output.warn(&note);
    }
    if retimed || renamed {
        // The API changes a time with its zone, and both names at once: what was not typed stays as it is.
        let reply = ctx.call(Request::RotationShow { id: name.clone() }).await?;
        let Reply::Rotation { secret_rotation, .. } = reply else { return Err(Failure::odd_reply()) };
        let known = *secret_rotation;
        patch.rotate_at = retimed.then(|| RotateAt {
            hours: change.at.map_or(known.rotate_at.hours, |at| at.hours),
            minutes: change.at.map_or(known.rotate_at.minutes, |at| at.minutes),
            time_zone: change.time_zone.or(known.rotate_at.time_zone),
        });
        patch.secrets_mapping = renamed.then(|| MappingBody {
            client_id: change.client_id_name.unwrap_or(known.secrets_mapping.client_id),
            client_secret: change.client_secret_name.unwrap_or(known.secrets_mapping.client_secret),
        });
    }
    patch.dry_run = dry_run;
    let reply = ctx.call(Request::RotationUpdate { id: name, patch: Box::new(patch) }).await?;
    if let Reply::Rotation { secret_rotation, .. } = &reply
        && dry_run
    {
        let next = show::next_in_words(ctx, secret_rotation);
        ctx.output.talk(format!("nothing was changed; it would be so, and {next}"));
    }
    show::row(ctx, &reply)
}
