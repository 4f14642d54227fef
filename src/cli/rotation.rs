//! `windlass rotation`: what is rotated, when, and what became of it.

use clap::Subcommand;

use super::Failure;
use super::act;
use super::completions::rotations;
use super::context::Context;
use crate::engine::request::Request;

mod consumers;
mod create;
pub mod deletion;
mod import;
mod listing;
pub mod show;
mod update;

/// What can be done with rotations.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Test everything, issue the first secret, and rotate it from then on
    #[command(after_long_help = "Examples:
  windlass rotation create payments --connection acme --app 0oa1gjh63g214q0Hq0g4 --every 30 --at 02:30
  windlass rotation create payments --connection acme --app Payments --path /payments --overlap 7d --soak 24h --dry-run
  windlass rotation create --from-file request.json --connection acme

The request body is the API's own:
  {\"name\":\"payments\",\"connectionId\":\"acme\",\"environment\":\"prod\",\"secretPath\":\"/\",\"rotationInterval\":30,
   \"rotateAt\":{\"hours\":2,\"minutes\":30,\"timeZone\":\"Europe/Berlin\"},\"parameters\":{\"clientId\":\"0oa…\"},
   \"secretsMapping\":{\"clientId\":\"OKTA_CLIENT_ID\",\"clientSecret\":\"OKTA_CLIENT_SECRET\"}}")]
    Create(Box<create::Create>),
    /// Create several from a file: the peer's list, requests, or CSV
    Import(import::Import),
    /// All rotations, most urgent first
    List,
    /// One rotation
    Show {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
    },
    /// Change a rotation's settings
    Update(Box<update::Update>),
    /// What is done to one.
    #[command(flatten)]
    Act(act::Typed<act::OfRotation>),
    /// The due times to come
    Upcoming(listing::Upcoming),
    /// The pairs of credentials, with their values
    Credentials {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
        /// Print the values on a terminal too
        #[arg(long)]
        reveal: bool,
    },
    /// Who fetches its secret, and who has the current one
    Consumers(consumers::Consumers),
    /// Every Okta secret of a rotation, past and present, without values
    Secrets {
        /// Name or id
        #[arg(add = rotations())]
        name: String,
    },
}

/// Does it.
pub async fn run(ctx: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create::run(ctx, *args).await,
        Command::Import(args) => import::run(ctx, args).await,
        Command::List => show::reply(ctx, &ctx.call(Request::RotationList).await?),
        Command::Show { name } => show::reply(ctx, &ctx.call(Request::RotationShow { id: name }).await?),
        Command::Update(args) => update::run(ctx, *args).await,
        Command::Act(typed) => act::run(ctx, typed).await,
        Command::Upcoming(args) => listing::upcoming(ctx, args).await,
        Command::Credentials { name, reveal } => listing::credentials(ctx, name, reveal).await,
        Command::Consumers(args) => consumers::run(ctx, args).await,
        Command::Secrets { name } => listing::secrets(ctx, name).await,
    }
}

#[cfg(test)]
mod tests;
