//! Judge, scoreboard, vectors and suites.

pub mod fixtures;
pub mod judge;
pub mod scoreboard;
pub mod vectors;
