//! The flows that people go through.

mod auth_app;
mod cards;
mod challenge;
mod presentation;
mod session;
mod signature;

pub(crate) use auth_app::AuthAppLogins;
pub(crate) use challenge::Challenge;
pub(crate) use presentation::Presentations;
pub(crate) use session::Sessions;
pub(crate) use signature::Signature;
