//! What the tests of all kinds share.

pub mod served;
