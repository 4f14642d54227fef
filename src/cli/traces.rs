//! What the rings trace: warnings to stderr, and how far a start has come to whoever measures it.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use nix::time::{ClockId, clock_gettime};
use tracing::{Event, Level, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

use super::Global;

/// Names a file that the steps of a start are noted in, for `cargo bench --bench start`.
const STEPS: &str = "WINDLASS_START_STEPS";

/// What steps are traced as.
const STEP: &str = "start";

/// Listens. To stderr go warnings by default, and nothing where that belongs to a JSON error or to the screen.
pub fn listen(global: &Global, may_speak: bool) {
    let level = match (global.verbose, global.json || global.quiet) {
        _ if !may_speak => None,
        (0, true) => None,
        (0, false) => Some(Level::WARN),
        (1, _) => Some(Level::INFO),
        _ => Some(Level::DEBUG),
    };
    let steps = std::env::var_os(STEPS).and_then(|path| File::options().append(true).open(path).ok());
    if level.is_none() && steps.is_none() {
        return;
    }
    let wanted = Targets::new().with_target("windlass", level.map_or(LevelFilter::OFF, LevelFilter::from_level));
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false).without_time().with_target(false);
    let steps = steps.map(|file| Steps(Mutex::new(file)).with_filter(Targets::new().with_target(STEP, Level::TRACE)));
    // Only fails where someone listens already.
    let _ = registry().with(lines.with_filter(wanted)).with(steps).try_init();
}

/// Notes each step as a line: nanoseconds of the monotonic clock, and its name.
struct Steps(Mutex<File>);

impl<S: Subscriber> Layer<S> for Steps {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Ok(now) = clock_gettime(ClockId::CLOCK_MONOTONIC) else { return };
        let line = format!("{}{:09} {}\n", now.tv_sec(), now.tv_nsec(), event.metadata().name());
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(line.as_bytes());
    }
}
