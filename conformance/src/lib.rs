//! Judge, scoreboard, vectors and suites.

pub mod desk;
pub mod fixtures;
pub mod fuzz;
pub mod judge;
pub mod logins;
pub mod peer;
pub mod postgres;
pub mod scoreboard;
pub mod tls;
pub mod vectors;

pub use tashika_testbed::responder;
