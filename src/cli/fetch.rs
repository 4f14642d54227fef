//! Whether a read counts as a fetch. The read itself does not count; once the value is where it was to go, that is
//! acknowledged.

use crate::words::sentence::Sentence;
use crate::words::sentence::say;
use std::time::Duration;
use std::{env, io};

use clap::Args;
use nix::sys::stat::{SFlag, fstat, makedev};
use tokio::time::timeout;

use super::context::Context;
use super::process;
use crate::core::name::{BadName, Slug};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Acknowledgement, Reply, Request};
use crate::engine::view::SecretView;

/// How long a consumer waits for its fetch to be noted. It has its value, and must not hang with the engine.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a consumer calls itself, where `--as` does not say.
pub const VARIABLE: &str = "WINDLASS_CONSUMER";

/// Whether it counts, and whose it is.
#[derive(Clone, Debug, Args)]
pub struct Fetch {
    /// Only look: it does not count as fetched, so an old secret is kept as if nothing had been read
    #[arg(long, conflicts_with = "reader")]
    peek: bool,
    /// The consumer that reads, such as payments-api: 1 to 64 of a-z, 0-9 and hyphens [default: WINDLASS_CONSUMER, else the
    /// systemd unit, else the user and the program above]
    #[arg(long = "as", value_name = "NAME", id = "reader")]
    reader: Option<Slug>,
}

impl Fetch {
    /// Whether the consumer is named.
    pub fn is_named(&self) -> bool {
        self.reader.is_some()
    }

    /// What the consumer calls itself: by the option, else by the environment.
    pub fn consumer(&self, ctx: &Context) -> Option<String> {
        let named = self.reader.as_ref().map(ToString::to_string);
        named.or_else(|| {
            let name = env::var(VARIABLE).ok().filter(|name| !name.is_empty())?;
            if let Err(BadName(why)) = name.parse::<Slug>() {
                ctx.output.warn(say!("{} is left aside, as it is no name: {}", VARIABLE, why));
                return None;
            }
            Some(name)
        })
    }

    /// Says that the values are where they were to go. A consumer never fails by this: what cannot be noted is said, and the
    /// old secret waits.
    pub async fn delivered(&self, ctx: &Context, secrets: &[SecretView]) {
        if let Some(read) = self.read(ctx, secrets)
            && let Err(why) = note(ctx, read).await
        {
            ctx.output.warn(why);
        }
    }

    /// What is to be noted once these values are where they were to go; nothing where that does not count.
    pub fn read(&self, ctx: &Context, secrets: &[SecretView]) -> Option<Acknowledgement> {
        if self.peek {
            return None;
        }
        if ctx.settings.read_only {
            if self.is_named() {
                ctx.output.note("not counted as fetched: --read-only notes nothing");
            }
            return None;
        }
        Some(Acknowledgement::of(secrets, self.consumer(ctx)).by(process::caller()))
    }

    /// Says at a terminal that a read there does not count, where that was not asked for.
    pub fn looked(&self, ctx: &Context) {
        if !self.peek && !ctx.settings.read_only {
            ctx.output.progress("not counted as fetched: a terminal is there; `--as NAME` says which consumer reads");
        }
    }
}

/// Notes a fetch; or why it is not, or may not be.
pub async fn note(ctx: &Context, read: Acknowledgement) -> Result<(), Sentence> {
    let noted = async { ctx.handle().await?.call(Request::Acknowledge(read)).await };
    let noted = timeout(PATIENCE, noted).await.unwrap_or_else(|_| {
        Err(Refusal::new(Kind::Unavailable, format!("the engine has not answered for {} s", PATIENCE.as_secs()), ""))
    });
    match noted {
        Ok(Reply::Acknowledged { .. }) => Ok(()),
        // An engine of an earlier version does not know the request: it counts every read by itself.
        Err(refusal) if refusal.error == Kind::Unknown => Ok(()),
        Ok(_) => Err(not_counted("is not", "the engine's reply is not what was asked for".into())),
        // It may have been noted, and only the answer lost.
        Err(refusal) if refusal.error == Kind::Unavailable => Err(not_counted("may not be", refusal.problem.what())),
        Err(refusal) => Err(not_counted("is not", refusal.problem.what())),
    }
}

fn not_counted(is: &str, why: Sentence) -> Sentence {
    say!(
        "the value was read, but it {} counted as fetched: {}; an old secret is kept until a later read counts",
        is,
        why
    )
}

/// Whether stdout is the null device: what is written there reaches no consumer.
pub fn out_is_null() -> bool {
    fstat(io::stdout()).is_ok_and(|meta| {
        SFlag::from_bits_truncate(meta.st_mode & SFlag::S_IFMT.bits()) == SFlag::S_IFCHR
            && meta.st_rdev == makedev(1, 3)
    })
}

#[cfg(test)]
mod tests;
