//! The words: what core and engine know as data, as sentences for whoever reads them.
//!
//! This is the one place that makes sentences of causes, remedies, plans and notices, and nobody reads them back: whatever
//! has to be decided is decided on the data. It knows neither a socket nor a screen; who reads is a [`voice::Voice`].

mod attention;
mod cause;
pub mod deed;
mod history;
pub mod notice;
pub mod plan;
mod problem;
mod remedy;
#[cfg(test)]
pub mod samples;
pub mod stands;

pub use crate::text::{sentence, voice};
