//! A target as a whole, as it is asked for: everything about it that can be read without looking at what else there is.

use super::{command, destination, keys};
use crate::core::name::Slug;
use crate::core::target::{Destination, Drift, Keys};
use crate::engine::body::TargetBody;
use crate::engine::form::Form;

/// The longest that an old secret waits after a delivery, in seconds.
const LONGEST_SETTLE: u64 = 90 * 86_400;

/// How long it waits by default where programs look at a server now and then.
const POLLED: u64 = 3_600;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The place.
    pub destination: Destination,
    /// Its name, where one was given.
    pub name: Option<Slug>,
    /// The names at the place.
    pub keys: Keys,
    /// How long the old secret waits after a delivery, in seconds.
    pub settle: u64,
    /// What is done where others change it.
    pub drift: Drift,
    /// What runs after a delivery.
    pub after: Vec<String>,
}

/// Reads it; `mapped` are the names that the rotation publishes under. Nothing where a fault was noted that leaves a gap.
pub fn asked(form: &mut Form, body: &TargetBody, mapped: impl FnOnce() -> Keys) -> Option<Asked> {
    let place = destination(form, &body.destination, &body.destination_config, None);
    let name = body.name.as_ref().and_then(|name| form.read("name", name));
    let app = place.as_ref().and_then(Destination::app);
    match (app, &body.connection_id) {
        (None, Some(_)) if place.is_some() => {
            form.fault("connectionId", "what is on this machine needs no connection".into());
        }
        (Some(app), None) => form.fault("connectionId", format!("name the connection to {}", app.as_str())),
        _ => {}
    }
    let keys = keys(form, body.keys.as_ref(), place.as_ref(), mapped);
    let drift = drift(form, body.drift.as_deref(), Drift::Restore);
    let settle = settle(form, body.settle_seconds.unwrap_or(if app.is_some() { POLLED } else { 0 }));
    let after = after(form, body.after.clone().unwrap_or_default());
    Some(Asked { destination: place?, name, keys: keys?, settle, drift, after })
}

/// Reads what is done where others change what was delivered.
pub fn drift(form: &mut Form, given: Option<&str>, known: Drift) -> Drift {
    match given {
        None => known,
        Some("restore") => Drift::Restore,
        Some("attend") => Drift::Attend,
        Some(_) => {
            form.fault("drift", "is restore (deliver again) or attend (leave it and ask for attention)".into());
            known
        }
    }
}

/// Checks how long the old secret waits after a delivery, in seconds.
pub fn settle(form: &mut Form, seconds: u64) -> u64 {
    if seconds > LONGEST_SETTLE {
        form.fault("settleSeconds", "is 90 days at the most".into());
    }
    seconds
}

/// Checks the command that runs after a delivery.
pub fn after(form: &mut Form, argv: Vec<String>) -> Vec<String> {
    command(form, "after", &argv);
    argv
}
