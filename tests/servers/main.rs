//! The real program beside real servers, which `.ci/servers` brings up: `.ci/servers cargo test --features real-servers --test
//! servers`. What each of these tests needs is in [`env`].

mod env;
mod machine;
mod names;
mod up;
