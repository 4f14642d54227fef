//! Everything that is filled in.

pub mod connection;
pub mod form;
pub mod rotation;
pub mod target;
