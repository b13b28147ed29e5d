//! Every example runs to its end.

#[path = "../examples/challenge.rs"]
mod challenge;
#[path = "../examples/signature.rs"]
mod signature;

#[test]
fn challenge() {
    challenge::main().unwrap();
}

#[test]
fn signature() {
    signature::main().unwrap();
}
