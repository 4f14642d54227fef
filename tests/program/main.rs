//! The real program against the stand-in org, over real HTTP: as people run it, and killed where it hurts.

mod api;
mod background;
mod checkup;
mod clear;
mod completions;
mod demo;
mod doctor;
mod environment;
mod fetching;
mod hands;
mod import;
mod input;
mod killed;
mod left;
mod life;
mod place;
mod pty;
mod remedies;
mod service;
mod status;
mod store;
mod strangers;
mod typos;
mod ui;
mod wizard;
mod world;
