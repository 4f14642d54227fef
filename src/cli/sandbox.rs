//! `windlass sandbox`: a stateful stand-in for an Okta org, for trying things out. Nothing leaves this machine.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Failure;
use super::export::{destination, unwritten, write_private};
use super::output::Output;
use super::process::Stops;
use super::settings;
use crate::clock::Clock;
use crate::core::fault::Fault;
use crate::core::secret::SecretValue;
use crate::engine::refusal::{Kind, Refusal};
use crate::jose::Key;
use crate::sandbox::org::AppSummary;
use crate::sandbox::{Options, start};

/// How the org is made.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Example:
  windlass sandbox --token-file /tmp/sandbox.token &      # prints {\"url\",\"token\",\"apps\",\"clock\"} as one line
  windlass connection create try --url http://127.0.0.1:PORT --token-file /tmp/sandbox.token
  windlass sandbox --private-key-file /tmp/sandbox.pem &  # prints clientId and keyId as well: a service app of its own
  windlass connection create try --url http://127.0.0.1:PORT --client-id CLIENTID --private-key-file /tmp/sandbox.pem")]
pub struct Sandbox {
    /// Loopback address and port; 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How many apps the org has
    #[arg(long, value_name = "N", default_value_t = 12)]
    apps: usize,
    /// Add apps of Okta's catalogue: OpenID ones whose method is hidden, one with a key, SAML, a bookmark
    #[arg(long)]
    catalogue: bool,
    /// How many times as fast its clock runs
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Calls a minute that it allows [default: as many as one likes]
    #[arg(long, value_name = "N")]
    rate: Option<u32>,
    /// The same number makes the same ids, labels, secrets and token
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the token to a private file as well
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Draw a key for the org's API service app and write it to a private file
    #[arg(long, value_name = "FILE")]
    private_key_file: Option<PathBuf>,
    /// Have the service app require DPoP
    #[arg(long)]
    require_dpop: bool,
}

/// The service app's only key at the org.
const KEY_ID: &str = "sandbox-key";

/// The line that is printed: what a connection needs, first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Running<'a> {
    url: String,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<&'static str>,
    apps: Vec<AppSummary>,
    clock: String,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| (1.0..=10_000_000.0).contains(speed));
    speed.ok_or_else(|| "the speed is a number from 1 to 10000000".into())
}

fn write(path: &Path, text: &str, option: &str) -> Result<(), Refusal> {
    write_private(path, text.as_bytes()).map_err(|error| unwritten(path, option, &error))
}

/// PKCS#8 in base64, as a file (RFC 7468).
fn pem(kept: &SecretValue) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 << 10));
    text.push_str("-----BEGIN PRIVATE KEY-----\n");
    for line in kept.expose().as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}

/// Runs it until a signal.
pub async fn run(output: &Output, args: Sandbox) -> Result<(), Failure> {
    for (path, option) in [(&args.token_file, "--token-file"), (&args.private_key_file, "--private-key-file")] {
        path.as_deref().map_or(Ok(()), |path| destination(path, option))?;
    }
    let mut stops = Stops::listen();
    let shared = settings::clock(std::env::var_os("WINDLASS_CLOCK"))?;
    let fast = args.speed > 1.0;
    let clock = if fast { Clock::fast(shared.now(), args.speed) } else { shared };
    let options = Options {
        listen: args.listen,
        apps: args.apps,
        now: Arc::new(move || clock.now()),
        per_minute: args.rate,
        seed: args.seed,
    };
    let sandbox = start(options).await.map_err(|error| {
        let hint = "give another --listen; loopback only, and port 0 takes a free one";
        let kind = if error.kind() == io::ErrorKind::InvalidInput { Kind::Invalid } else { Kind::Unavailable };
        Refusal::new(kind, format!("the sandbox cannot listen on {}: {error}", args.listen), hint)
    })?;
    if let Some(path) = &args.token_file {
        write(path, &format!("{}\n", sandbox.token()), "--token-file")?;
    }
    if args.catalogue {
        sandbox.org().add_catalogue();
    }
    sandbox.org().inside().service.requires_dpop = args.require_dpop;
    let mut client_id = None;
    if let Some(path) = &args.private_key_file {
        let refused = |fault: Fault| Refusal::from_fault(&fault);
        let key = Key::draw().map_err(refused)?;
        write(path, &pem(&key.kept().map_err(refused)?), "--private-key-file")?;
        let mut inside = sandbox.org().inside();
        inside.service.register(KEY_ID, key.public());
        client_id = Some(inside.service.client_id.clone());
    }
    let running = Running {
        url: sandbox.url(),
        token: sandbox.token(),
        key_id: client_id.is_some().then_some(KEY_ID),
        client_id,
        apps: sandbox.apps(),
        clock: clock.to_string(),
    };
    output.object(&running)?;
    if fast {
        output.talk(format!("for commands with the same clock: export WINDLASS_CLOCK={clock}"));
    }
    stops.next().await;
    Ok(())
}
