//! The issuer's side of the My Number ecosystem, for tests and demonstrations.

pub mod calendar;
pub mod der;


