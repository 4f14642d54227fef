//! What is done to rotations and connections, each with its question.

pub mod batch;
pub mod copy;
pub mod menus;
pub mod plan_box;
pub mod retire;
pub mod task;
