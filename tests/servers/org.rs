//! An org for the tests to rotate in, on loopback, with a clock of the tests' own.

use std::sync::Arc;

use windlass::clock::Clock;
use windlass::sandbox::{self, Sandbox};

/// An org of so many apps, and the clock by which it and every program beside it goes. It answers on the runtime of the test.
pub async fn org(apps: usize) -> (Sandbox, Clock) {
    let chosen = std::env::var("WINDLASS_TEST_NOW");
    let clock = Clock::fast(chosen.as_deref().unwrap_or("2027-03-09T13:00:00Z").parse().expect("RFC 3339"), 1.0);
    let now: sandbox::Now = Arc::new(move || clock.now());
    let listen = "127.0.0.1:0".parse().expect("an address");
    let options = sandbox::Options { listen, apps, now, per_minute: None, seed: 11 };
    (sandbox::start(options).await.expect("loopback is there"), clock)
}
