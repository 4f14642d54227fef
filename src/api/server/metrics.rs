//! Figures for Prometheus, all from the view: nothing is counted for them.

use std::fmt::{Display, Write as _};

use crate::core::state::State;
use crate::engine::view::{RotationView, View};

/// The text format's type.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const STATES: [State; 7] =
    [State::Attention, State::Failing, State::Waiting, State::Rotating, State::Due, State::Ok, State::Paused];

/// The figures of a view.
pub fn of(view: &View) -> String {
    let mut page = Page(String::new());
    let engine = &view.engine;
    page.about("windlass_info", "The engine that answers; always 1.");
    page.figure(
        &format!("windlass_info{{version=\"{}\",role=\"{}\"}}", label(&engine.version), label(&engine.role)),
        1,
    );
    page.about("windlass_start_time_seconds", "When the engine started, in seconds since 1970.");
    page.figure("windlass_start_time_seconds", engine.started_at.timestamp());
    page.about("windlass_schedules", "1 where due times run by themselves.");
    page.figure("windlass_schedules", u8::from(engine.schedules));
    page.about("windlass_trouble", "1 while the store is quarantined or failed and nothing is rotated.");
    page.figure("windlass_trouble", u8::from(engine.trouble.is_some()));
    page.about("windlass_rotations", "Rotations by state.");
    for state in STATES {
        let count = view.secret_rotations.iter().filter(|rotation| rotation.state == state).count();
        page.figure(&format!("windlass_rotations{{state=\"{}\"}}", state.word().to_lowercase()), count);
    }
    page.about("windlass_consumers_missing", "Consumers that had an old secret and have not fetched the current one.");
    let missing = |rotation: &RotationView| rotation.consumers.missing.len();
    page.figure("windlass_consumers_missing", view.secret_rotations.iter().map(missing).sum::<usize>());
    page.about("windlass_connections", "Connections.");
    page.figure("windlass_connections", view.app_connections.len());
    page.about("windlass_connections_refused", "Connections whose calls are refused.");
    let refused = view.app_connections.iter().filter(|connection| connection.refused_since.is_some()).count();
    page.figure("windlass_connections_refused", refused);
    if let Some(next) = view.secret_rotations.iter().filter_map(|rotation| rotation.next_rotation_at).min() {
        page.about(
            "windlass_next_rotation_timestamp_seconds",
            "The earliest due time; in the past where one is overdue.",
        );
        page.figure("windlass_next_rotation_timestamp_seconds", next.timestamp());
    }
    page.0
}

struct Page(String);

impl Page {
    // Writing to a String cannot fail.
    fn about(&mut self, name: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} gauge");
    }

    fn figure(&mut self, series: &str, value: impl Display) {
        let _ = writeln!(self.0, "{series} {value}");
    }
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
