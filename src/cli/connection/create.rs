//! A new connection, from options.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::certificates::Certificates;
use super::{changed, untested};
use crate::cli::Failure;
use crate::cli::context::Context;
use crate::cli::input::{AwsLogin, IdentitySecret, KeySource, TokenSource, VaultLogin};
use crate::core::connection::App;
use crate::core::remedy::Remedy;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::command::option;
use crate::engine::request::{ConnectionBody, CredentialsBody, Request};
use crate::text::shell_word;

/// A new connection.
#[derive(Clone, Debug, Args)]
pub struct Create {
    /// Name: 1 to 64 of a-z, 0-9 and hyphen
    name: String,
    /// What it leads to
    #[arg(long, default_value = "okta", value_parser = PossibleValuesParser::new(App::ALL.map(App::as_str)))]
    app: String,
    /// The org's own address, such as https://acme.okta.com, or the server's; AWS has one for each region [default for infisical: its
    /// cloud]
    #[arg(long, required_unless_present_any = ["region", "client_secret_file", "client_secret_stdin"])]
    url: Option<String>,
    /// How to log in there: api-token or oauth-service-app at Okta; token, app-role or kubernetes at Vault; token, service-account
    /// or client-certificate at Kubernetes; access-key, instance-profile or web-identity at AWS; universal-auth at Infisical
    #[arg(long = "auth", value_name = "METHOD")]
    method: Option<String>,
    #[command(flatten)]
    token: TokenSource,
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    identity: IdentitySecret,
    #[command(flatten)]
    vault: VaultLogin,
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

/// Saves it, once its token or key works.
pub async fn run(ctx: &Context, args: Create) -> Result<(), Failure> {
    let api_token = args.token.read(&ctx.output).await?;
    let private_key = args.key.read(&ctx.output).await?;
    let client_secret = args.identity.read(&ctx.output).await?;
    let okta = args.app == App::Okta.as_str();
    if okta && api_token.is_none() && !args.key.some() {
        let hint = "give the file that holds the token with --token-file, or pipe it in with --token-stdin; for a service app \
                    give --client-id and --private-key-file";
        return Err(Refusal::new(Kind::Invalid, "a connection needs an API token or a service app's key", hint).into());
    }
    if okta && api_token.is_none() && private_key.is_none() {
        let hint = "give the file that holds it with --private-key-file, or pipe it in with --private-key-stdin";
        return Err(
            Refusal::new(Kind::Invalid, "a service app signs in with a private key, and none is given", hint).into()
        );
    }
    let leftover = args.token.leftover().or_else(|| args.key.leftover()).or_else(|| args.vault.leftover());
    let leftover = leftover.or_else(|| args.aws.leftover()).or_else(|| args.identity.leftover());
    let update = update_instead(&args);
    let method = args.method.clone().unwrap_or_else(|| method(&args, api_token.is_some()).into());
    let KeySource { client_id, key_id, .. } = args.key;
    let credentials = args.certificates.read(args.vault.read(&ctx.output).await?)?;
    let credentials = args.aws.read(&ctx.output, credentials).await?;
    let credentials = CredentialsBody {
        instance_url: args.url,
        client_secret,
        api_token,
        client_id,
        private_key,
        key_id,
        ..credentials
    };
    let body = ConnectionBody {
        name: args.name,
        app: args.app,
        method,
        description: args.description,
        credentials,
        no_test: args.no_test,
    };
    match ctx.call(Request::ConnectionCreate(Box::new(body))).await {
        // Its name is taken: by the one that is meant, as a rule.
        Err(Failure::Refused(refusal)) if refusal.error == Kind::Conflict => {
            Err(refusal.and(Remedy::Words(format!("to give that one this credential: `{update}`"))).into())
        }
        done => changed(ctx, &done.map_err(untested)?, leftover),
    }
}

/// The method that what was given is for.
fn method(args: &Create, token: bool) -> &'static str {
    if args.app == App::Infisical.as_str() {
        return "universal-auth";
    }
    if args.app == App::Kubernetes.as_str() {
        return match token {
            true => "token",
            false if args.certificates.certificate_file.is_some() => "client-certificate",
            false => "service-account",
        };
    }
    match (args.app == App::Okta.as_str(), token) {
        _ if args.app == App::Aws.as_str() => args.aws.method(),
        (true, true) => "api-token",
        (true, false) => "oauth-service-app",
        (false, false) if args.vault.role.is_some() || args.vault.jwt_file.is_some() => "kubernetes",
        (false, false) if args.vault.role_id.is_some() => "app-role",
        (false, _) => "token",
    }
}

/// The command that gives a connection that is there what was given for a new one.
fn update_instead(args: &Create) -> String {
    let mut command = format!("windlass connection update {}", shell_word(&args.name));
    let file = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    option(&mut command, "url", args.url.as_deref());
    option(&mut command, "client-id", args.key.client_id.as_deref());
    option(&mut command, "private-key-file", file(&args.key.private_key_file).as_deref());
    option(&mut command, "key-id", args.key.key_id.as_deref());
    option(&mut command, "client-secret-file", file(&args.identity.client_secret_file).as_deref());
    option(&mut command, "token-file", file(&args.token.token_file).as_deref());
    option(&mut command, "namespace", args.vault.namespace.as_deref());
    option(&mut command, "auth-mount", args.vault.auth_mount.as_deref());
    option(&mut command, "role-id", args.vault.role_id.as_deref());
    option(&mut command, "secret-id-file", file(&args.vault.secret_id_file).as_deref());
    option(&mut command, "role", args.vault.role.as_deref());
    option(&mut command, "jwt-file", args.vault.jwt_file.as_deref());
    option(&mut command, "ca-file", args.certificates.ca_file.as_deref());
    option(&mut command, "certificate-file", file(&args.certificates.certificate_file).as_deref());
    for (name, value) in args.aws.options() {
        option(&mut command, name, value.as_deref());
    }
    let piped = [
        (args.key.private_key_stdin, "private-key-stdin"),
        (args.token.token_stdin, "token-stdin"),
        (args.identity.client_secret_stdin, "client-secret-stdin"),
        (args.vault.secret_id_stdin, "secret-id-stdin"),
        (args.aws.secret_key_stdin, "secret-key-stdin"),
    ];
    for (on, name) in piped {
        if on {
            command.extend([" --", name]);
        }
    }
    command
}
