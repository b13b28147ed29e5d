//! The layers in front of a service, and people with cards, phones and browsers
//! before them.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be set up fails the test"
)]

mod audit;
mod auth_app;
mod browser;
mod carry;
mod challenge;
mod extract;
mod flow;
mod flows;
mod house;
mod phones;
mod presentation;
mod presentation_age;
mod presentation_form;
mod presentation_records;
mod presentation_refused;
mod pressure;
mod session;
mod signature;
mod signing;
mod traces;
mod wire;
