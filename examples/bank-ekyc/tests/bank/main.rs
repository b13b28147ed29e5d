//! The bank on a stage: people with cards and phones come to it over HTTP, and
//! staff looks at what came of it.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the bank here cannot do fails the test"
)]

#[path = "../../../stage/tests/stage/browser.rs"]
mod browser;
mod evidence;
mod hostile;
mod later;
mod process;
mod scene;
mod settings;
mod staff;
mod ways;
