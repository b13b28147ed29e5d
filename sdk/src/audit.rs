//! Records of outcomes.

mod record;

pub use record::{Flow, Record};
