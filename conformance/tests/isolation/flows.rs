//! The flows that people go through.

mod cards;
mod challenge;
mod presentation;
mod session;
mod signature;

pub(crate) use challenge::Challenge;
pub(crate) use presentation::Presentations;
pub(crate) use session::Sessions;
pub(crate) use signature::Signature;
