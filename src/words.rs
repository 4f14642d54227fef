//! The words: what core and engine know as data, as sentences for whoever reads them.
//!
//! This is the one place that makes sentences of causes, remedies, plans and notices, and none is read back: whatever
//! has to be decided is decided on the data. The words of a cause and of a remedy stand beside it in core, in pieces;
//! here they become a problem's sentences. What older versions wrote down in words is read in [`written`] alone. This
//! ring knows neither a socket nor a screen; who reads is a [`voice::Voice`].

mod attention;
mod consumers;
pub mod deed;
mod history;
pub mod note;
pub mod notice;
pub mod plan;
mod problem;
#[cfg(test)]
pub mod samples;
pub mod stands;
mod target;

pub use crate::text::{sentence, voice, written};
