//! Judge, scoreboard, vectors and suites.

pub mod fixtures;
pub mod scoreboard;
