//! windlass rotates the client secrets of Okta applications, and never loses one.

pub mod clock;
pub mod core;
pub mod engine;
pub mod okta;
pub mod sandbox;
pub mod store;
pub mod text;
