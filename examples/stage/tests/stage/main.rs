//! The stage with a small house on it: everybody answers as they should, and each
//! thing that a visitor can break is refused by the code that is due.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the house here cannot do fails the test"
)]

mod app;
mod broken;
mod browser;
mod house;
mod lives;
mod pages;
mod world;
