//! The law of this ring: what a rotation *is* and what must happen next.
//!
//! Pure. No clock, no I/O, no randomness, no tokio, no ratatui: time and drawn values are arguments, effects are
//! returned as data. Everything outside depends on this ring; it depends on nothing but data crates.

pub mod bulk;
pub mod cause;
pub mod connection;
pub mod consumer;
pub mod fault;
pub mod format;
pub mod history;
pub mod known;
pub mod name;
pub mod pages;
pub mod protocol;
pub mod reach;
pub mod remedy;
pub mod rotation;
pub mod schedule;
pub mod secret;
pub mod state;
pub mod target;
pub mod template;
