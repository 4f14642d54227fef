//! `windlass connection`: Okta orgs, servers that secrets are delivered to, and the credentials that they are called with.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::Failure;
use super::ask::consent;
use super::completions::connections;
use super::context::Context;
use super::input::{KeySource, TokenSource, VaultLogin};
use super::output::table::{Cell, Sheet, Table, Way};
use super::output::{Ink, when};
use crate::core::cause::AppCause;
use crate::core::connection::App;
use crate::core::fault::Problem;
use crate::core::pages::Pages;
use crate::core::protocol::plan::Plan;
use crate::core::remedy::{Automatic, InAdoption, OnConnection};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{
    AppsQuery, ConnectionPatch, CredentialsBody, DeleteConnectionTerms, Mode, Reply, Request, TestTerms,
};
use crate::engine::view::{AppRow, ConnectionView, TestView};
use crate::text::when::span;
use crate::words::voice::Page;

mod create;

/// Secrets are counted for so many apps at the most: each costs calls of the tightest limit.
const COUNTED: usize = 20;

/// What can be done with connections.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Save a connection to an Okta org, or to a server that secrets are delivered to, once its credential works
    #[command(after_long_help = "Examples:
  windlass connection create acme --url https://acme.okta.com --token-file ~/acme.token
  pass show okta/acme | windlass connection create acme --url https://acme.okta.com --token-stdin
  windlass connection create acme --url https://acme.okta.com --client-id 0oa1b2c3 --private-key-file ~/acme.pem
  windlass connection create bao --app hashicorp-vault --url https://vault.example.com:8200 --token-file ~/bao.token
  windlass connection create bao --app hashicorp-vault --url https://vault.example.com:8200 --role-id ID --secret-id-file ~/sid")]
    Create(create::Create),
    /// All connections
    List {
        /// Only those that lead to this
        #[arg(long, value_parser = PossibleValuesParser::new(App::ALL.map(App::as_str)))]
        app: Option<String>,
    },
    /// One connection
    Show {
        /// Name or id
        #[arg(add = connections())]
        name: String,
    },
    /// Change a connection's name, URL or credential; tested before it is saved
    Update(Update),
    /// Call it once and say what it answered
    Test {
        /// Name or id
        #[arg(add = connections())]
        name: String,
    },
    /// The org's apps: id, label, client id, auth method, and whether they can be rotated
    Apps {
        /// Name or id
        #[arg(add = connections())]
        name: String,
        /// Only apps whose label, id or client id contains this
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
    },
    /// Forget a connection that nothing uses
    Delete {
        /// Name or id
        #[arg(add = connections())]
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Changes to a connection.
#[derive(Clone, Debug, Args)]
pub struct Update {
    /// Name or id
    #[arg(add = connections())]
    name: String,
    /// New name
    #[arg(long = "name", value_name = "NEW")]
    new_name: Option<String>,
    /// New address of the same org or server
    #[arg(long)]
    url: Option<String>,
    #[command(flatten)]
    token: TokenSource,
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    vault: VaultLogin,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Save it even where the test fails
    #[arg(long)]
    no_test: bool,
}

/// Does it.
pub async fn run(ctx: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create::run(ctx, args).await,
        Command::List { app } => show(ctx, &ctx.call(Request::ConnectionList { app: app.unwrap_or_default() }).await?),
        Command::Show { name } => show(ctx, &ctx.call(Request::ConnectionShow { id: name }).await?),
        Command::Update(args) => update(ctx, args).await,
        Command::Test { name } => show(ctx, &ctx.call(Request::act(name, TestTerms::default(), Mode::Ask)).await?),
        Command::Apps { name, filter } => apps(ctx, &name, filter.as_deref()).await,
        Command::Delete { name, yes } => delete(ctx, name, yes).await,
    }
}

/// The apps of a connection, page by page, for an org may have more than go into one answer; until there are enough.
pub async fn pages(
    ctx: &Context,
    connection: &str,
    filter: Option<&str>,
    mut enough: impl FnMut(&[AppRow]) -> bool,
) -> Result<Vec<AppRow>, Failure> {
    let mut apps: Vec<AppRow> = Vec::new();
    let mut after = None;
    let mut read = Pages::default();
    loop {
        let query = AppsQuery { filter: filter.map(Into::into), paged: true, after, ..AppsQuery::default() };
        let (rows, next) = ask(ctx, connection, query).await?;
        let done = enough(&rows);
        let ended = read.turn(rows.iter().map(|row| row.id.as_str()), next.as_deref());
        apps.extend(rows);
        match next {
            Some(next) if !done => {
                ended.map_err(|how| {
                    let cause = AppCause::EndlessList { host: connection.to_owned(), how };
                    Refusal::of(Kind::Unavailable, Problem::because(cause).and(InAdoption::NameAppById))
                })?;
                after = Some(next);
            }
            _ => return Ok(apps),
        }
        ctx.output.progress(format!("looked at {} apps of {connection}", apps.len()));
    }
}

async fn ask(ctx: &Context, connection: &str, query: AppsQuery) -> Result<(Vec<AppRow>, Option<String>), Failure> {
    match ctx.call(Request::ConnectionApps { id: connection.into(), query }).await? {
        Reply::Apps { apps, next } => Ok((apps, next)),
        _ => Err(Failure::odd_reply()),
    }
}

/// All apps. Where few of them can be rotated, each is looked at with its secrets.
async fn apps(ctx: &Context, name: &str, filter: Option<&str>) -> Result<(), Failure> {
    let mut apps = pages(ctx, name, filter, |_| false).await?;
    if apps.iter().filter(|app| app.rotatable).count() <= COUNTED {
        for app in apps.iter_mut().filter(|app| app.rotatable && app.secrets.is_none()) {
            ctx.output.progress(format!("counting the secrets of {}", app.label));
            let (rows, _) = ask(ctx, name, AppsQuery { app: Some(app.id.clone()), ..AppsQuery::default() }).await?;
            if let Some(row) = rows.into_iter().next() {
                *app = row;
            }
        }
    }
    show(ctx, &Reply::Apps { apps, next: None })
}

async fn update(ctx: &Context, args: Update) -> Result<(), Failure> {
    let api_token = args.token.read(&ctx.output).await?;
    let private_key = args.key.read(&ctx.output).await?;
    let leftover = args.token.leftover().or_else(|| args.key.leftover()).or_else(|| args.vault.leftover());
    let KeySource { client_id, key_id, .. } = args.key;
    let vault = args.vault.read(&ctx.output).await?;
    let credentials = CredentialsBody { instance_url: args.url, api_token, client_id, private_key, key_id, ..vault };
    let some = credentials.instance_url.is_some() || !credentials.given().is_empty();
    if !some && args.new_name.is_none() && args.description.is_none() {
        let hint = "give --name, --url, --description, --token-file, --token-stdin, --client-id, --private-key-file, --key-id, \
                    --namespace, --auth-mount, --role-id, --secret-id-file, --role or --jwt-file";
        return Err(Refusal::new(Kind::Invalid, "there is nothing to change", hint).into());
    }
    let patch = ConnectionPatch {
        name: args.new_name,
        description: args.description,
        credentials: some.then_some(credentials),
        no_test: args.no_test,
    };
    let request = Request::ConnectionUpdate { id: args.name, patch: Box::new(patch) };
    changed(ctx, &ctx.call(request).await.map_err(untested)?, leftover)
}

/// What a test has refused can be saved all the same.
fn untested(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(refusal) if refusal.problem.remedies.contains(&Automatic::NothingSaved.into()) => {
            Failure::Refused(refusal.and(OnConnection::SaveUntested))
        }
        other => other,
    }
}

async fn delete(ctx: &Context, name: String, yes: bool) -> Result<(), Failure> {
    if !yes {
        // Reads it first, so that a mistyped name is reported before the question is asked.
        let reply = ctx.call(Request::ConnectionShow { id: name.clone() }).await?;
        let Reply::Connection { app_connection, .. } = reply else { return Err(Failure::odd_reply()) };
        let what = credential(&app_connection);
        let steps = vec![format!("forget {} ({}) and its {what}", app_connection.name, url(&app_connection))];
        consent(ctx, &Plan::question(steps), "Delete this connection?").await?;
    }
    let reply = ctx.call(Request::act(&name, DeleteConnectionTerms {}, Mode::Agreed)).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let Reply::Connection { app_connection, .. } = &reply else { return Err(Failure::odd_reply()) };
    let what = credential(app_connection);
    let at = if app_connection.is_okta() { "Okta" } else { host(app_connection) };
    ctx.output.talk(format!("connection {name} is deleted; revoke its {what} at {at} if nothing else uses it"));
    Ok(())
}

/// The row, what was cut off or looks odd, and the file that its credential is still in.
fn changed(ctx: &Context, reply: &Reply, leftover: Option<String>) -> Result<(), Failure> {
    let Reply::Connection { app_connection, notes } = reply else { return Err(Failure::odd_reply()) };
    if ctx.output.json {
        return ctx.output.object(reply);
    }
    for note in notes {
        ctx.output.warn(note.say());
    }
    if let Some(leftover) = leftover {
        ctx.output.talk(&leftover);
    }
    ctx.output.table(&table(ctx, std::slice::from_ref(app_connection)))
}

fn show(ctx: &Context, reply: &Reply) -> Result<(), Failure> {
    if ctx.output.json {
        return ctx.output.object(reply);
    }
    match reply {
        Reply::Connection { app_connection, .. } => ctx.output.data(sheet(ctx, app_connection).draw().as_bytes()),
        Reply::Connections { app_connections } if app_connections.is_empty() => {
            ctx.output.talk("there are no connections yet; `windlass connection create --help` shows how one is made");
            Ok(())
        }
        Reply::Connections { app_connections } => ctx.output.table(&table(ctx, app_connections)),
        Reply::Test { test } => {
            for note in &test.notes {
                ctx.output.warn(note.say());
            }
            ctx.output.data(tested(test).draw().as_bytes())
        }
        Reply::Apps { apps, .. } if apps.is_empty() => {
            ctx.output.talk("no app matches");
            Ok(())
        }
        Reply::Apps { apps, .. } => ctx.output.table(&app_table(apps)),
        _ => Err(Failure::odd_reply()),
    }
}

fn credential(connection: &ConnectionView) -> &'static str {
    match connection.method.as_str() {
        "oauth-service-app" => "key",
        "app-role" => "secret id",
        "kubernetes" => "role",
        _ => "token",
    }
}

fn host(connection: &ConnectionView) -> &str {
    url(connection).split_once("://").map_or(url(connection), |(_, host)| host)
}

fn url(connection: &ConnectionView) -> &str {
    &connection.credentials.instance_url
}

fn status(connection: &ConnectionView) -> Cell {
    Cell::new(&connection.status, if connection.fault.is_some() { Ink::Red } else { Ink::Green })
}

fn table<T: std::borrow::Borrow<ConnectionView>>(ctx: &Context, connections: &[T]) -> Table {
    let mut table = Table::new(&["name", "url", "app", "method", "status", "rotations", "last ok"]).narrowed(&[
        ("method", Way::Out),
        ("app", Way::Below("app")),
        ("last ok", Way::Below("last ok")),
        ("name", Way::Cut(24)),
    ]);
    for connection in connections.iter().map(std::borrow::Borrow::borrow) {
        table.row([
            connection.name.as_str().into(),
            url(connection).into(),
            connection.app.as_str().into(),
            connection.method.as_str().into(),
            status(connection),
            connection.rotations.to_string().into(),
            when::local_or_none(connection.last_ok_at, ctx.settings.zone).into(),
        ]);
    }
    table
}

fn sheet(ctx: &Context, connection: &ConnectionView) -> Sheet {
    let zone = ctx.settings.zone;
    let mut sheet = Sheet::default();
    sheet.line("name", &connection.name);
    sheet.line("description", &connection.description);
    sheet.line("app", &connection.app);
    sheet.line("url", url(connection));
    sheet.line("method", &connection.method);
    let known = &connection.credentials;
    let facts = [
        ("client id", &known.client_id),
        ("namespace", &known.namespace),
        ("auth mount", &known.auth_mount),
        ("role id", &known.role_id),
        ("role", &known.role),
        ("jwt file", &known.jwt_file),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact {
            sheet.line(name, fact);
        }
    }
    if let Some(key) = &connection.key {
        sheet.line("key id", key.key_id.as_deref().unwrap_or("none"));
        sheet.line("algorithm", key.algorithm.as_str());
        sheet.line("thumbprint", &key.thumbprint);
        sheet.line("key since", when::local(key.since, zone));
    }
    sheet.line("status", &connection.status);
    if let Some(fault) = &connection.fault {
        sheet.line("fault", fault.problem.what().by(&Page(zone)));
        sheet.line("to do", fault.problem.todo().by(&Page(zone)));
        sheet.line("since", when::local_or_none(connection.refused_since, zone));
        sheet.line("tried again", when::local_or_none(connection.next_probe_at, zone));
    }
    sheet.line("last ok", when::local_or_none(connection.last_ok_at, zone));
    sheet.line("rotations", connection.rotations.to_string());
    sheet.line("created", when::local(connection.created_at, zone));
    sheet.line("id", connection.id.to_string());
    sheet
}

fn tested(test: &TestView) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.line("connection", &test.connection);
    sheet.line("url", &test.instance_url);
    sheet.line("answer", "ok");
    if let Some(org) = &test.org_id {
        sheet.line("org id", org);
        sheet.line("clock skew", test.clock_skew_seconds.map(|skew| format!("{skew}s")).unwrap_or_default());
    }
    if let Some(dpop) = test.dpop {
        sheet.line("dpop", if dpop { "required, and used" } else { "not required" });
    }
    if test.org_id.is_some() {
        let rate = test.rate_limit.zip(test.rate_remaining);
        sheet.line("rate limit", rate.map(|(limit, left)| format!("{left} of {limit} calls left")).unwrap_or_default());
    }
    if let Some(version) = &test.server_version {
        sheet.line("version", version);
        sheet.line(
            "token ends",
            test.token_ttl_seconds.map_or_else(|| "never".into(), |left| format!("in {}", span(left))),
        );
    }
    sheet
}

fn app_table(apps: &[AppRow]) -> Table {
    let mut table = Table::new(&["id", "label", "client id", "auth method", "secrets", "rotatable"]).narrowed(&[
        // Whether it can be rotated says as much, and the client id is the app's id as a rule.
        ("auth method", Way::Out),
        ("client id", Way::Below("client id")),
        ("label", Way::Cut(16)),
    ]);
    for app in apps {
        let secrets = app.secrets.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let rotatable = match (&app.rotation, &app.reason, app.rotatable) {
            (Some(rotation), ..) => Cell::new(&format!("has rotation {rotation}"), Ink::Dim),
            (None, _, true) if app.method_open => Cell::new("yes, if --verify names its method", Ink::Green),
            (None, _, true) => Cell::new("yes", Ink::Green),
            (None, Some(reason), false) => Cell::new(&format!("no: {reason}"), Ink::Yellow),
            (None, None, false) => Cell::new("no", Ink::Yellow),
        };
        let client_id = if app.client_id.is_empty() { "-" } else { &app.client_id };
        let text = [&app.id, &app.label, client_id, app.method(), &secrets];
        table.row(text.map(Cell::from).into_iter().chain([rotatable]));
    }
    table
}

#[cfg(test)]
mod tests;
