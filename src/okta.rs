//! HTTP to Okta: one exchange at a time, bounded, paced, and told as data.
//!
//! This ring decides nothing: it makes the call that it is given, exactly once, and says what came back as
//! [`crate::core::protocol::call::Answer`]. It never retries and never follows a redirect. No body, token or secret gets
//! into a fault or a log line. Facts about Okta's API come from Okta's OpenAPI description 2026.06.3 and from recorded
//! exchanges; what could not be confirmed against a live org is said where it matters.

pub mod apps;
mod assertion;
mod authenticate;
pub mod client;
pub(crate) mod error;
pub mod limits;
mod wire;

pub use client::{Client, Network};
