//! `windlass connection`: Okta orgs, servers that secrets are delivered to, and the credentials that they are called with.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::Failure;
use super::ask::consent;
use super::completions::connections;
use super::context::Context;
use super::input::{AwsLogin, IdentitySecret, KeySource, TokenSource, VaultLogin};
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
use crate::engine::view::{AppRow, ConnectionView};

mod certificates;
mod create;
mod show;

use certificates::Certificates;
use show::{host, show, table, url};

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
  windlass connection create bao --app hashicorp-vault --url https://vault.example.com:8200 --role-id ID --secret-id-file ~/sid
  windlass connection create cluster --app kubernetes --url https://10.0.0.1:6443 --ca-file ~/ca.pem --token-file ~/cluster.token
  windlass connection create cluster --app kubernetes --url https://10.0.0.1:6443 --ca-file ~/ca.pem --auth service-account
  windlass connection create prod-aws --app aws --region eu-central-1 --access-key-id AKIA1B2C3 --secret-key-file ~/aws.key
  windlass connection create prod-aws --app aws --region eu-central-1 --auth instance-profile
  windlass connection create infisical --app infisical --client-id ID --client-secret-file ~/infisical.secret")]
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
    #[command(flatten)]
    identity: IdentitySecret,
    #[command(flatten)]
    certificates: Certificates,
    #[command(flatten)]
    aws: AwsLogin,
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
    let client_secret = args.identity.read(&ctx.output).await?;
    let leftover = args.token.leftover().or_else(|| args.key.leftover()).or_else(|| args.vault.leftover());
    let leftover = leftover.or_else(|| args.aws.leftover()).or_else(|| args.identity.leftover());
    let KeySource { client_id, key_id, .. } = args.key;
    let server = args.certificates.read(args.vault.read(&ctx.output).await?)?;
    let server = args.aws.read(&ctx.output, server).await?;
    let credentials =
        CredentialsBody { instance_url: args.url, api_token, client_id, client_secret, private_key, key_id, ..server };
    let some =
        credentials.instance_url.is_some() || credentials.ca_certificate.is_some() || !credentials.given().is_empty();
    if !some && args.new_name.is_none() && args.description.is_none() {
        let hint = "give --name, --url, --description, --token-file, --token-stdin, --client-id, --private-key-file, --key-id, \
                    --namespace, --auth-mount, --role-id, --secret-id-file, --role, --jwt-file, --ca-file, --certificate-file, \
                    --client-secret-file, --region, --access-key-id, --secret-key-file, --role-arn, --assume-role-arn or --external-id";
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

fn credential(connection: &ConnectionView) -> &'static str {
    match connection.method.as_str() {
        "oauth-service-app" => "key",
        "app-role" => "secret id",
        "kubernetes" | "instance-profile" | "web-identity" => "role",
        "access-key" => "access key",
        "service-account" => "rights",
        "universal-auth" => "client secret",
        "client-certificate" => "certificate",
        _ => "token",
    }
}

#[cfg(test)]
mod tests;
