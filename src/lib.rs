//! windlass rotates the client secrets of Okta applications, and never loses one.
//!
//! # The rings
//!
//! Imports point inward only, which `tests/walls/main.rs` holds.
//!
//! ```text
//!    main → cli ─┬─▶ tui ─┐
//!                ├─▶ api ─┼─▶ engine ─┬─▶ okta      HTTP to Okta
//!                │        │           ├─▶ store     sled + ledger, sealed
//!                └────────┘           ├─▶ delivery  files, commands and servers that credentials go to
//!                                     ▼
//!                                    core           pure: no clock, no I/O, no tokio, no ratatui
//! ```
//!
//! - [`core`] knows what a rotation is and what must happen next. Time is an argument; effects are returned as data.
//! - [`engine`] alone does rotations: it holds the store, the clock, the scheduler and the clients of the orgs, and
//!   takes core's effects. Frontends reach it through one [`engine::Handle`]. Its floors, of which each imports only
//!   what is below: `request` (all that can be asked), `answer` (one file a request or an act), `work` (what moves by
//!   itself), `state` (what is known, on disk, said).
//! - [`okta`] makes one call at a time; [`delivery`] reads or writes one place at a time; [`net`] is what both have of HTTP.
//!   [`store`] makes what is written durable, and notices what was lost.
//! - [`words`] makes sentences of what core and engine say as data; they do not import it, the frontends do. The words of a
//!   cause and of a remedy stand beside it in core, in pieces ([`text::sentence`]); who reads them is decided at the edge.
//! - [`tui`], [`api`] and [`cli`] are frontends on the handle. [`sandbox`] is the other side: an Okta org in memory.
//!   [`demo`] stages both, beside the frontends.
//! - [`jose`] signs and checks tokens, for [`okta`] and for [`sandbox`].
//! - [`trust`], [`file`], [`text`] and [`clock`] know nothing of the rest, and are used by all: whom to believe, how a file is
//!   read without waiting, what may be shown, and what time it is.
//!
//! # Where to begin
//!
//! [`core::protocol`] for the promise, [`core::rotation`] for the record that keeps it, `engine::work::driver` for how
//! its effects are taken, [`store`] for why they last; [`core::target::machine`] for how credentials reach their places.

// What is tried at a stand-in and at real servers alike names this library as those tests do.
#[cfg(test)]
extern crate self as windlass;

pub mod api;
pub mod cli;
pub mod clock;
pub mod core;
pub mod delivery;
pub mod demo;
pub mod engine;
pub mod file;
#[cfg(test)]
mod fuzz;
pub mod jose;
pub mod net;
pub mod okta;
pub mod sandbox;
pub mod store;
pub mod text;
pub mod trust;
pub mod tui;
pub mod words;
