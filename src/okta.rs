//! HTTP to Okta: one exchange at a time, bounded, paced, and reported as data.
//!
//! This ring decides nothing: it makes the call that it is given, exactly once, and says what came back as
//! [`crate::core::protocol::call::Answer`]. It never follows a redirect and never retries, but for what Okta said it
//! did not look at: a call whose access token or nonce was out of date (see `authority`). No body, token or secret gets
//! into a fault or a log line. Facts about Okta's API come from Okta's OpenAPI description 2026.06.3 and from recorded
//! exchanges; what could not be confirmed against a live org is said where it matters.

pub(crate) mod answers;
pub mod apps;
mod assertion;
mod authenticate;
mod authority;
pub mod client;
pub(crate) mod error;
pub mod limits;
#[cfg(test)]
pub mod recorded;
mod wire;

pub use client::Client;
