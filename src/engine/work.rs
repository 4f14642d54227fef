//! What moves by itself: due times, attempts that are driven, connections that are probed, a store that is opened anew.
//!
//! It answers no one. What was written is found in the journal's notes, and what comes of it is written, and said, below.

pub mod after;
mod calls;
pub mod deliver;
pub mod drift;
pub mod driver;
pub mod health;
mod overdue;
pub mod reopen;
pub mod scheduler;
mod turn;
pub mod unwoken;
