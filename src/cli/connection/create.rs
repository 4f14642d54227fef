//! A new connection, from options.

use std::path::PathBuf;

use clap::Args;

use super::{changed, untested};
use crate::cli::Failure;
use crate::cli::context::Context;
use crate::cli::input::{KeySource, TokenSource};
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
    /// The org's own address, such as https://acme.okta.com
    #[arg(long)]
    url: String,
    #[command(flatten)]
    token: TokenSource,
    #[command(flatten)]
    key: KeySource,
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
    if api_token.is_none() && !args.key.some() {
        let hint = "give the file that holds the token with --token-file, or pipe it in with --token-stdin; for a service app \
                    give --client-id and --private-key-file";
        return Err(Refusal::new(Kind::Invalid, "a connection needs an API token or a service app's key", hint).into());
    }
    if api_token.is_none() && private_key.is_none() {
        let hint = "give the file that holds it with --private-key-file, or pipe it in with --private-key-stdin";
        return Err(
            Refusal::new(Kind::Invalid, "a service app signs in with a private key, and none is given", hint).into()
        );
    }
    let method = if api_token.is_some() { "api-token" } else { "oauth-service-app" };
    let leftover = args.token.leftover().or_else(|| args.key.leftover());
    let update = update_instead(&args);
    let KeySource { client_id, key_id, .. } = args.key;
    let body = ConnectionBody {
        name: args.name,
        method: method.into(),
        description: args.description,
        credentials: CredentialsBody { instance_url: args.url, api_token, client_id, private_key, key_id },
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

/// The command that gives a connection that is there what was given for a new one.
fn update_instead(args: &Create) -> String {
    let mut command = format!("windlass connection update {}", shell_word(&args.name));
    let file = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    option(&mut command, "url", Some(&args.url));
    option(&mut command, "client-id", args.key.client_id.as_deref());
    option(&mut command, "private-key-file", file(&args.key.private_key_file).as_deref());
    option(&mut command, "key-id", args.key.key_id.as_deref());
    option(&mut command, "token-file", file(&args.token.token_file).as_deref());
    for (on, name) in [(args.key.private_key_stdin, "private-key-stdin"), (args.token.token_stdin, "token-stdin")] {
        if on {
            command.extend([" --", name]);
        }
    }
    command
}
