//! The judge, asked by lines: every op, every flag, and lines that are none.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what cannot be read fails the test"
)]

mod door;
mod flags;
mod jws;
mod mdoc;
mod ocsp;
mod ops;
mod schema;
mod world;
