//! The commands that run after deliveries, and who waits for them: [`crate::engine::work::after`] runs them.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use crate::core::fault::Fault;
use crate::delivery::command::Delivered;

/// How a command ended.
pub type Answer = Result<(), Fault>;

/// A command, and who waits for its next run.
#[derive(Default)]
pub struct Line {
    /// Those who wait, each with its delivery.
    pub waiting: Vec<(Delivered, oneshot::Sender<Answer>)>,
    /// When it was last started.
    pub started_at: Option<DateTime<Utc>>,
    /// A task sees to it.
    pub served: bool,
}

/// The commands, by what they are.
pub type After = RefCell<HashMap<Vec<String>, Line>>;
