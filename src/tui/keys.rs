//! Keys: how one is written, what each does, and which are in effect.

pub mod action;
pub mod bindings;
pub mod help;
pub mod key;
