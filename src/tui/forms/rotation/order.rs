//! One rotation that is to be made: the request, what it would do, and what became of it.

use crate::words::sentence::Sentence;
use chrono::{DateTime, Utc};

use crate::core::protocol::plan::Plan;
use crate::engine::events::Level;
use crate::engine::refusal::Refusal;
use crate::engine::request::RotationBody;
use crate::engine::view::RotationView;

/// One rotation that is to be made.
#[derive(Clone, Debug)]
pub struct Order {
    /// The request.
    pub body: RotationBody,
    /// The app's label, or what was typed for it.
    pub label: String,
    /// When it rotates for the first time.
    pub first: Option<DateTime<Utc>>,
    /// What it would do.
    pub plan: Option<Result<Plan, Refusal>>,
    /// What became of it.
    pub outcome: Option<Result<Box<RotationView>, Refusal>>,
    /// The steps that the engine reported.
    pub steps: Vec<(Level, Sentence)>,
    /// It was asked for.
    pub asked: bool,
    /// How often it was asked for again.
    pub tries: u32,
}

impl Order {
    /// Not asked about yet.
    pub fn new(body: RotationBody, label: String, first: Option<DateTime<Utc>>) -> Self {
        Self { body, label, first, plan: None, outcome: None, steps: Vec::new(), asked: false, tries: 0 }
    }

    /// Whether it is being made.
    pub fn is_under_way(&self) -> bool {
        self.asked && self.outcome.is_none()
    }

    /// Whether it is to be made yet.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none() && !self.is_blocked()
    }

    /// The rotation, once it is made.
    pub fn made(&self) -> Option<&RotationView> {
        self.outcome.as_ref()?.as_ref().ok().map(AsRef::as_ref)
    }

    /// Why it was not made.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.outcome.as_ref()?.as_ref().err()
    }

    /// Whether something is known to be in its way.
    pub fn is_blocked(&self) -> bool {
        match &self.plan {
            Some(Ok(plan)) => !plan.blockers.is_empty(),
            Some(Err(_)) => true,
            None => false,
        }
    }
}
