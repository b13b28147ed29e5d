//! The layers in front of a service, and people with cards, phones and browsers
//! before them.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod browser;
mod challenge;
mod house;
mod session_memory;
#[path = "../stores/sessions.rs"]
mod session_suite;
