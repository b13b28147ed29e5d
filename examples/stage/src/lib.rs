//! Everybody that the example relying parties deal with, on one machine and over
//! loopback: the certification authorities with their lists and responders, the
//! auth app's provider, and a person's card and phone, which are a web page.
//!
//! Nothing here verifies: it knows the testbed, and of relying parties how their
//! settings look.

mod stage;
mod world;

pub use stage::{PORT, Stage, StageError, demo, main};
