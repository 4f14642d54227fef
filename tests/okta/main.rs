//! The client and the sandbox, each held to what Okta says of its API.
//!
//! The client talks to the sandbox through a tap, and every request and every answer that passes is checked against
//! `description.toml`: methods, paths, queries, media types, fields, kinds, statuses, error envelopes and headers. So the two
//! cannot agree with each other on something that Okta does not do. Where Okta's own description stands beside the checkout,
//! the table is compared with that.

mod description;
mod refusals;
mod round;
mod shape;
mod source;
mod tap;
