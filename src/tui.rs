//! The terminal UI: a face on the engine's handle.

pub mod look;
