//! Delivery: the servers that credentials are delivered to. One call at a time; nothing is decided here, and nothing is tried
//! again, but for a call that was turned away because its token had ended.
//!
//! A file for each kind. This ring knows neither rotations nor the store.

pub mod server;
pub mod vault;
