//! Waiting for what passes by itself: a row that meets a used-up limit, or an org or an engine that is out of reach for a
//! while, is not given up for that.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::Duration;

use crate::cli::Failure;
use crate::cli::context::Context;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};

/// The first pause; each further one is twice as long …
const FIRST: Duration = Duration::seconds(2);
/// … up to this.
const LONGEST: Duration = Duration::seconds(60);

/// How long a connection may be out of reach in one go. Then its other rows are not tried any more.
const MOST: Duration = Duration::minutes(15);

/// How long each connection has been waited for, since it last answered.
#[derive(Debug, Default)]
pub struct Patience(RefCell<BTreeMap<String, Waited>>);

#[derive(Clone, Copy, Debug)]
struct Waited {
    so_far: Duration,
    next: Duration,
}

impl Default for Waited {
    fn default() -> Self {
        Self { so_far: Duration::zero(), next: FIRST }
    }
}

impl Patience {
    /// Whether this connection was waited for in vain.
    pub fn is_over(&self, connection: &str) -> bool {
        self.0.borrow().get(connection).is_some_and(|waited| waited.so_far >= MOST)
    }

    /// Whether what is in the way passes by itself, as far as is known.
    pub fn passes(failure: &Failure) -> bool {
        failure.status() == Kind::Unavailable.exit_status()
    }

    /// Asks, and where what is in the way passes by itself, waits and asks again.
    pub async fn ask(&self, ctx: &Context, request: Request, connection: &str, what: &str) -> Result<Reply, Failure> {
        self.again(ctx, connection, what, async || ctx.call(request.clone()).await).await
    }

    /// The same for more than one request.
    pub async fn again<T>(
        &self,
        ctx: &Context,
        connection: &str,
        what: &str,
        ask: impl AsyncFn() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        loop {
            let failure = match ask().await {
                Err(failure) if Self::passes(&failure) => failure,
                done => {
                    // Whatever it was, it was answered.
                    self.0.borrow_mut().remove(connection);
                    return done;
                }
            };
            let waited = self.0.borrow().get(connection).copied().unwrap_or_default();
            if waited.so_far >= MOST {
                return Err(failure);
            }
            say(ctx, waited, what, failure.refusal());
            ctx.settings.clock.sleep(waited.next).await;
            let (so_far, next) = (waited.so_far + waited.next, LONGEST.min(waited.next * 2));
            self.0.borrow_mut().insert(connection.to_owned(), Waited { so_far, next });
        }
    }
}

/// Printed once, and then each time where a terminal is watched.
fn say(ctx: &Context, waited: Waited, what: &str, refusal: Option<&Refusal>) {
    let why = refusal.map(ToString::to_string).unwrap_or_default();
    if waited.so_far.is_zero() {
        let most = MOST.num_minutes();
        ctx.output.talk(format!("{what} waits: {why}; it is retried automatically, for {most} minutes at the most"));
    } else {
        ctx.output.progress(format!("{what} waits: {why}; tried again in {} s", waited.next.num_seconds()));
    }
}
