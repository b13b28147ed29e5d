//! OCSP before other software: the command `openssl ocsp` as responder and as
//! reader, the crate `ocsp` as another encoder and reader, the crate
//! `x509-ocsp` as another reader.
//!
//! The crate `ocsp` stands here and not in the client: it encodes responses but
//! cannot read one, neither names a responder by its name nor carries its
//! certificate, and knows RSA alone. So it is a responder's side that shares
//! nothing with our reader, and no more.
//!
//! Needs the `openssl` command (3.0 or later).

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "without the command or a directory the test fails"
)]

mod encoder;
mod reader;
mod report;
mod responder;
mod scene;
