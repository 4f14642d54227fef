//! The wizard: a rotation is made or changed in six steps, none of which acts before the last.
//!
//! It is pure like the rest of [`super`]: what it wants is in its effects, and answers come with the number of the wizard
//! that asked. What a field may hold is the engine's rule; it is asked for here as well, so that a fault is reported while it
//! is typed.

pub mod ahead;
pub mod apps;
pub mod catalog;
pub mod check;
pub mod deliver;
pub mod delivery;
pub mod edit;
pub mod field;
pub mod fields;
pub mod keys;
pub mod making;
pub mod many;
pub mod order;
pub mod request;
#[cfg(test)]
mod tests;
pub mod view;
pub mod wanted;
pub mod wizard;
pub mod words;
