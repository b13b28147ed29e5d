//! The auth app's provider: what it does well, what it refuses, and that every
//! scenario changes something.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the relying party here cannot do fails the test"
)]

mod crowd;
mod login;
mod outage;
mod page;
mod refusals;
mod relying_party;
mod scenarios;
mod signing;
mod token_refusals;
