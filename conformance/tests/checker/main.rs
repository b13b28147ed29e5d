//! The checker against real servers: operators, responders and whatever
//! stands in their place when they fail.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod breakers;
mod flights;
mod links;
mod operator;
mod plans;
mod responder;
mod scene;
mod tombstones;
