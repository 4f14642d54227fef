//! Requests, answered: one file for each, and what they have in common.
//!
//! An answer reads the records, has work begun, and waits for it. It drives nothing itself.

pub mod adopt;
pub mod apps;
mod attempt;
pub mod check;
mod checkup;
pub mod confirm;
pub mod connections;
pub mod consumers;
pub mod create;
mod credential;
pub mod delete;
pub mod delete_connection;
pub mod delete_target;
pub mod deliver;
pub mod dismiss;
mod edited;
pub mod engine;
pub mod hand_out;
pub mod history;
pub mod names;
mod okta;
pub mod pause;
pub mod place;
pub mod resolve;
pub mod resume;
pub mod retire;
pub mod retire_store;
pub mod rollback;
pub mod rotate;
pub mod rotations;
pub mod secrets;
pub mod settings;
pub mod skip;
pub mod targets;
pub mod test_connection;
mod unread;
pub mod upcoming;
pub mod yielding;
