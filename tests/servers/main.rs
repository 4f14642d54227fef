//! The real program beside real servers, which `.ci/servers` brings up: `.ci/servers cargo test --features real-servers --test
//! servers`. What each of these tests needs is in [`env`].

mod aws;
mod corpus;
mod credential;
mod env;
mod export;
mod formats;
mod kubernetes;
mod machine;
mod names;
mod org;
mod readers;
mod thousand;
mod up;
mod vault;
