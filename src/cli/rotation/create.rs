//! Creating a rotation, from options or from the API's own request body.

use std::path::PathBuf;

use clap::Args;

use super::show;
use crate::cli::Failure;
use crate::cli::ask::instead;
use crate::cli::completions::{apps, connections, environments, paths, zones};
use crate::cli::context::Context;
use crate::cli::input::{ValueSource, rotation_body};
use crate::cli::values::{At, Every, Span};
use crate::core::rotation::Verify;
use crate::core::schedule::zone::surprise;
use crate::engine::request::{MappingBody, Parameters, Reply, Request, RotateAt, RotationBody};

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

/// A new rotation.
#[derive(Clone, Debug, Args)]
pub struct Create {
    /// Name: 1 to 64 of a-z, 0-9 and hyphen
    #[arg(required_unless_present = "from_file")]
    name: Option<String>,
    /// The connection to the app's org, by name or id
    #[arg(long, required_unless_present = "from_file", add = connections())]
    connection: Option<String>,
    /// The app: its id, its client id, or its exact label
    #[arg(long, required_unless_present = "from_file", add = apps())]
    app: Option<String>,
    /// The client id that is published, where Okta does not show the app's own [default: the app id]
    #[arg(long, value_name = "CLIENT_ID", requires = "app")]
    client_id: Option<String>,
    /// Take the request from a file (- is stdin), as the API takes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["app", "settings"])]
    from_file: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// Okta's id of a secret that may be deleted to make room
    #[arg(long, value_name = "SECRET_ID")]
    replace: Option<String>,
    /// Adopt the app's existing secret instead of creating one; changes nothing at Okta
    #[arg(long, conflicts_with = "replace")]
    adopt: bool,
    /// Okta's id of the secret to adopt, where the app has two
    #[arg(long, value_name = "SECRET_ID", requires = "adopt")]
    adopt_secret: Option<String>,
    #[command(flatten)]
    value: ValueSource,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    wait: Wait,
}

/// What a request body says as well.
#[derive(Clone, Debug, Args)]
#[group(id = "settings", multiple = true)]
struct Settings {
    /// Whole days from one due date to the next
    #[arg(long, value_name = "DAYS", default_value = "30", allow_negative_numbers = true)]
    every: Every,
    /// Local time of day
    #[arg(long, value_name = "HH:MM", default_value = "00:00")]
    at: At,
    /// The zone of --at; this machine's unless the config says otherwise
    #[arg(long, value_name = "ZONE", add = zones())]
    time_zone: Option<String>,
    /// The first due date, at most an interval away [default: an interval from today]
    #[arg(long, value_name = "DATE")]
    first: Option<String>,
    /// Environment that the secrets are read in [default: prod]
    #[arg(long, add = environments())]
    environment: Option<String>,
    /// Folder that the secrets are read in
    #[arg(long, default_value = "/", add = paths())]
    path: String,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Rotate only when asked to
    #[arg(long)]
    manual: bool,
    /// The name that the client id is read under
    #[arg(long, value_name = "NAME", default_value = "OKTA_CLIENT_ID")]
    client_id_name: String,
    /// The name that the client secret is read under
    #[arg(long, value_name = "NAME", default_value = "OKTA_CLIENT_SECRET")]
    client_secret_name: String,
    /// How long an old secret keeps working, such as 7d
    #[arg(long, value_name = "SPAN")]
    overlap: Option<Span>,
    /// How long it then stays INACTIVE before it is deleted, such as 24h
    #[arg(long, value_name = "SPAN")]
    soak: Option<Span>,
    /// Retire old secrets even where not all consumers have fetched the new one
    #[arg(long)]
    retire_unread: bool,
    /// How a new secret is tested: by authenticating at /introspect or at /token, or not at all (listed); where Okta hides
    /// the app's method, it is named here
    #[arg(long, value_name = "HOW", default_value = "introspect", value_parser = Verify::NAMES)]
    verify: String,
}

/// Creates it, prints the terms on stderr and the row on stdout.
pub async fn run(ctx: &Context, args: Create) -> Result<(), Failure> {
    let mut body = match &args.from_file {
        Some(path) => rotation_body(path).await?,
        None => body(ctx, &args)?,
    };
    if let Some(name) = args.name {
        body.name = name;
    }
    if let Some(connection) = args.connection {
        body.connection_id = connection;
    }
    body.replace_secret_id = args.replace.or(body.replace_secret_id);
    body.adopt |= args.adopt;
    let leftover = args.value.leftover();
    body.adopt_client_secret = args.value.read(&ctx.output).await?.or(body.adopt_client_secret);
    body.adopt_secret_id = args.adopt_secret.or(body.adopt_secret_id);
    body.wait_seconds = args.wait.seconds().or(body.wait_seconds);
    body.dry_run |= args.dry_run;
    let reply = asked_for(ctx, body).await?;
    match &reply {
        Reply::Plan { plan } => show::planned(ctx, plan),
        Reply::Rotation { plan, .. } => {
            if let Some(leftover) = leftover {
                ctx.output.talk(&leftover);
            }
            if let Some(plan) = plan.as_ref().filter(|_| !ctx.output.json && !ctx.output.quiet) {
                ctx.output.plan(plan);
            }
            show::row(ctx, &reply)
        }
        _ => Err(Failure::odd_reply()),
    }
}

/// Asks the engine. Where the names are taken in that folder, another one is proposed, and used once that is agreed to.
async fn asked_for(ctx: &Context, mut body: RotationBody) -> Result<Reply, Failure> {
    loop {
        let request = Request::RotationCreate(Box::new(body.clone()));
        match ctx.watch(request, Some(&body.name)).await {
            Err(Failure::Refused(refusal)) if refusal.free_path.is_some() => {
                let path = refusal.free_path.clone().unwrap_or_default();
                let question = format!("Have the secrets of {} read in its own folder, --path {path}?", body.name);
                instead(ctx, refusal, &question).await?;
                body.secret_path = Some(path);
            }
            asked => return asked,
        }
    }
}

fn body(ctx: &Context, args: &Create) -> Result<RotationBody, Failure> {
    let settings = args.settings.clone();
    let note = settings.time_zone.as_ref().map_or_else(|| ctx.settings.zone_note(), |name| surprise(name));
    if let Some(note) = note {
        ctx.output.warn(&note);
    }
    let time_zone = settings.time_zone.map_or_else(|| ctx.settings.time_zone(), Ok)?;
    let environment = settings.environment.map_or_else(|| ctx.settings.environment(), Ok)?;
    let At { hours, minutes } = settings.at;
    Ok(RotationBody {
        name: String::new(),
        description: settings.description,
        connection_id: String::new(),
        environment: Some(environment),
        secret_path: Some(settings.path),
        is_auto_rotation_enabled: Some(!settings.manual),
        rotation_interval: Some(settings.every.0),
        rotate_at_utc: None,
        rotate_at: Some(RotateAt { hours, minutes, time_zone: Some(time_zone) }),
        first_rotation_at: settings.first,
        parameters: Parameters::with(args.app.clone().unwrap_or_default(), args.client_id.clone()),
        secrets_mapping: Some(MappingBody {
            client_id: settings.client_id_name,
            client_secret: settings.client_secret_name,
        }),
        overlap_seconds: settings.overlap.map(|span| span.0),
        soak_seconds: settings.soak.map(|span| span.0),
        retire_unread: settings.retire_unread.then_some(true),
        replace_secret_id: None,
        verify: Some(settings.verify),
        adopt: false,
        adopt_secret_id: None,
        adopt_client_secret: None,
        dry_run: false,
        wait_seconds: None,
    })
}
