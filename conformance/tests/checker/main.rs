//! The checker against real servers: operators, responders and whatever
//! stands in their place when they fail.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what cannot be set up fails the test"
)]

mod flights;
mod links;
mod operator;
mod plans;
mod responder;
mod scene;
mod tombstones;
