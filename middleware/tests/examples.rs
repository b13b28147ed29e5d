//! Every example runs to its end.

#![allow(clippy::duplicate_mod, reason = "each example has its world")]

#[path = "../examples/challenge.rs"]
mod challenge;
#[path = "../examples/session.rs"]
mod session;

#[test]
fn challenge() {
    challenge::main().unwrap();
}

#[test]
fn session() {
    session::main().unwrap();
}
