//! The wallet before a reader: what it answers, and by which check it refuses.
//!
//! The reader's side is written here, with one defect for each refusal. Signatures are
//! right unless the signature is the defect.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the reader's side here cannot do fails the test"
)]

mod annex_c;
mod apple;
mod openid4vp;
mod proximity;
mod reader;
