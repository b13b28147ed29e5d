//! Every example runs to its end.

#[path = "../examples/challenge.rs"]
mod challenge;

#[test]
fn challenge() {
    challenge::main().unwrap();
}
