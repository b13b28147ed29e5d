//! Every example runs to its end.

#[path = "../examples/challenge.rs"]
mod challenge;
#[cfg(feature = "axum")]
#[path = "../examples/extractors.rs"]
mod extractors;

#[test]
fn challenge() {
    challenge::main().unwrap();
}

#[cfg(feature = "axum")]
#[test]
fn extractors() {
    extractors::main().unwrap();
}
